"""The forms of the desk: beginning a story, what it says of itself, bulk actions, find and replace."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from talehouse.accounts.models import Account, PenName
from talehouse.imports.forms import LANGUAGES
from talehouse.lib import plain
from talehouse.lib.html.finding import LONGEST, Wanted
from talehouse.site.templatetags.look import language_name
from talehouse.stories.describing import MOST_TAGS
from talehouse.stories.models import CommentsFrom, CommentsWait, Download, Feed, Story, Visibility
from talehouse.tags.vocabulary import Category, Rating, Status, TagKind, Warning

SPECIFIC = frozenset(Warning.values) - {Warning.NONE_APPLY, Warning.CHOSE_NOT, Warning.UNKNOWN}
TAG_FIELDS = {kind: f"tags_{kind}" for kind in TagKind.values}


def language_choices(current: str = "") -> list[tuple[str, str]]:
    """The languages that are offered, and the one that a story has already."""
    codes = [*LANGUAGES, *([current] if current and current not in LANGUAGES else [])]
    return [(code, language_name(code)) for code in codes]


class NewStoryForm(forms.Form):
    """What is asked before the first publishing: title, language, rating and text."""

    title = forms.CharField(label=_("Title"), max_length=200)
    pen_name = forms.ModelChoiceField(PenName.objects.none(), label=_("Pen name"), empty_label=None)
    language = forms.ChoiceField(label=_("Language"))
    rating = forms.ChoiceField(label=_("Rating"), choices=[("", _("Please choose")), *Rating.choices])
    text = forms.CharField(
        label=_("Text"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_("Write or paste the beginning. It opens in the editor next, and nobody sees it yet."),
    )

    def __init__(self, *args: Any, account: Account, **options: Any) -> None:
        super().__init__(*args, **options)
        names = account.pen_names.filter(retired_at=None).order_by("-preferred", "pk")
        self._only = None
        known = list(names[:2])
        if len(known) == 1:
            self._only = known[0]
            del self.fields["pen_name"]
        else:
            self.fields["pen_name"].queryset = names  # type: ignore[attr-defined]
            self.fields["pen_name"].initial = known[0] if known else None
        self.fields["language"].choices = language_choices(self.initial.get("language", ""))  # type: ignore[attr-defined]

    def wishes(self) -> dict[str, Any]:
        """What the rule takes."""
        told = dict(self.cleaned_data)
        told["pen_name"] = self._only or told["pen_name"]
        told["html"] = plain.to_html(told.pop("text"))
        return told


def _explained() -> list[tuple[str, Any]]:
    return [
        (Visibility.PUBLIC, _("Public: everybody reads it, and it stands in lists, search and feeds.")),
        (Visibility.MEMBERS, _("Members: only people who have signed in here.")),
        (Visibility.UNLISTED, _("Unlisted: whoever has its secret link. It stands in no list.")),
        (Visibility.PRIVATE, _("Private: only you and the people of the story.")),
    ]


_NAME = re.compile(r'\s*(?:"((?:[^"]|"")*)"\s*(?=,|$)|([^,]*))(?:,|$)')


def written(names: Iterable[str]) -> str:
    """Names divided by commas; one that holds a comma itself stands in quotation marks."""
    return ", ".join(
        '"' + name.replace('"', '""') + '"' if "," in name or name.startswith('"') else name for name in names
    )


def read(line: str) -> list[str]:
    """The names in such a line, in order, none twice."""
    pieces = (quoted.replace('""', '"') or plain for quoted, plain in _NAME.findall(line.replace("\n", ",")))
    return list(dict.fromkeys(name for piece in pieces if (name := " ".join(piece.split()))))


class TagsField(forms.CharField):
    """Names of one kind of tag, in one line."""

    def __init__(self, kind: str, **options: Any) -> None:
        super().__init__(required=False, max_length=6000, **options)
        self.widget.attrs.update({"data-suggests": kind, "autocomplete": "off"})


class LongField(forms.CharField):
    """Several lines: a note or a summary with a little markup, or a list."""

    def __init__(self, **options: Any) -> None:
        rows = options.pop("rows", 5)
        super().__init__(
            required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": rows}), **options
        )

    def to_python(self, value: Any) -> str:
        """With plain line ends, as browsers send others than they were given."""
        return str(super().to_python(value) or "").replace("\r\n", "\n")

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether other words were sent than were shown."""
        return self.to_python(initial) != self.to_python(data)


class StoryForm(forms.Form):
    """What a story says of itself. Only what was changed is written down."""

    title = forms.CharField(label=_("Title"), max_length=200)
    language = forms.ChoiceField(label=_("Language"))
    rating = forms.ChoiceField(label=_("Rating"), choices=Rating.choices)
    summary = LongField(label=_("Summary"), help_text=_("What would make a friend want to read it?"))
    cover = forms.FileField(
        label=_("A picture for the cover"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*"}),
        help_text=_("JPEG, PNG or WebP, upright, best 2 to 3. Where and when it was taken is removed."),
    )
    cover_alt = forms.CharField(
        label=_("What it shows"),
        required=False,
        max_length=300,
        help_text=_("For people who do not see it."),
    )
    cover_remove = forms.BooleanField(label=_("Take the picture away"), required=False)
    warnings = forms.MultipleChoiceField(
        label=_("Warnings"),
        choices=Warning.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "“No warnings apply” says that there is nothing of this kind; “Chose not to warn” says nothing."
        ),
        error_messages={"required": _("Choose at least one. “Chose not to warn” is one too.")},
    )
    categories = forms.MultipleChoiceField(
        label=_("Pairings"),
        choices=Category.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    tags_fandom = TagsField("fandom", label=_("Fandoms"))
    tags_genre = TagsField("genre", label=_("Genres"))
    tags_character = TagsField("character", label=_("Characters"))
    tags_relationship = TagsField("relationship", label=_("Relationships"))
    tags_theme = TagsField("theme", label=_("Themes"))
    series = forms.CharField(
        label=_("Series"),
        required=False,
        max_length=200,
        help_text=_("The name of one of your series, or of a new one. Empty: in none."),
    )
    series_place = forms.DecimalField(
        label=_("Place in it"),
        required=False,
        min_value=0,
        max_value=9998,
        decimal_places=2,
        help_text=_("1, 2, or 2.5 between them. Empty: the next."),
    )
    status = forms.ChoiceField(label=_("Status"), choices=Status.choices)
    planned_parts = forms.IntegerField(
        label=_("Planned parts"), required=False, min_value=1, max_value=100_000
    )
    visibility = forms.ChoiceField(label=_("Who may see it"), choices=_explained, widget=forms.RadioSelect)
    comments_from = forms.ChoiceField(
        label=_("Who may comment"), choices=CommentsFrom.choices, widget=forms.RadioSelect
    )
    comments_wait = forms.ChoiceField(
        label=_("Whose comments wait until you have seen them"),
        choices=CommentsWait.choices,
        widget=forms.RadioSelect,
    )
    held_words = LongField(
        label=_("Words that hold a comment back"),
        rows=3,
        help_text=_("One a line. A comment with one of them waits until you have seen it."),
    )
    old_revisions_open = forms.BooleanField(
        label=_("Readers may open the earlier version that an old comment was about"), required=False
    )
    ranked = forms.BooleanField(
        label=_("It may stand in rankings"),
        required=False,
        help_text=_("Without it, nobody meets the story there, and it is not offered beside others."),
    )
    download = forms.ChoiceField(
        label=_("Who may take it away as a file"),
        choices=[
            (Download.EVERYONE, _("Everyone")),
            (Download.MEMBERS, _("People with an account")),
            (Download.NOBODY, _("Nobody")),
        ],
        widget=forms.RadioSelect,
    )
    feed = forms.ChoiceField(
        label=_("What of each part stands in feeds"),
        choices=Feed.choices,
        widget=forms.RadioSelect,
        help_text=_("Feeds go to programs of readers, and what stood there once may be kept by them."),
    )
    note_before = LongField(label=_("Before the text of each new part"), rows=3)
    note_after = LongField(label=_("After the text of each new part"), rows=3)

    def __init__(self, *args: Any, story: Story, series: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.story = story
        self.own_series = series
        self.fields["language"].choices = language_choices(story.language)  # type: ignore[attr-defined]
        self.fields["series"].widget.attrs["list"] = "own-series"
        if story.cover_id is None:
            del self.fields["cover_remove"]

    def clean_warnings(self) -> list[str]:
        """What contradicts itself tells readers nothing."""
        chosen: list[str] = self.cleaned_data["warnings"]
        if Warning.NONE_APPLY in chosen and SPECIFIC & set(chosen):
            raise forms.ValidationError(gettext("“No warnings apply” cannot stand beside a warning."))
        return chosen

    def clean(self) -> dict[str, Any]:
        """No more tags than tell somebody something, none longer than a name."""
        told = super().clean() or self.cleaned_data
        number = 0
        for field in TAG_FIELDS.values():
            names = self.names_in(field)
            number += len(names)
            if any(len(name) > 150 for name in names):
                self.add_error(field, gettext("A tag can have at most 150 characters."))
        if number > MOST_TAGS:
            self.add_error("tags_theme", gettext("A story can have %(n)d tags at most.") % {"n": MOST_TAGS})
        if told.get("series_place") is not None and not told.get("series"):
            self.add_error("series", gettext("Name the series of which this is the place."))
        return told

    def names_in(self, field: str) -> list[str]:
        """The tags of one field."""
        return read(self.cleaned_data.get(field, ""))

    def tags(self) -> list[tuple[str, str]]:
        """All tags, as pairs of kind and name, in their order."""
        return [(kind, name) for kind, field in TAG_FIELDS.items() for name in self.names_in(field)]


class ReplaceForm(forms.Form):
    """What to look for, and what to put in its place."""

    find = forms.CharField(label=_("Find"), max_length=LONGEST, strip=False)
    into = forms.CharField(
        label=_("Replace with"),
        max_length=LONGEST,
        required=False,
        strip=False,
        help_text=_("Empty: the words are taken out."),
    )
    case = forms.BooleanField(label=_("Capital and small letters count"), required=False)
    whole = forms.BooleanField(label=_("Whole words only"), required=False)

    def clean_find(self) -> str:
        """Blanks alone would stand everywhere."""
        words: str = self.cleaned_data["find"]
        if not words.strip():
            raise forms.ValidationError(gettext("Write the words that you look for."))
        return words

    def wanted(self) -> Wanted:
        """What the search takes."""
        told = self.cleaned_data
        return Wanted(told["find"], told["case"], told["whole"])


class BulkScheduleForm(forms.Form):
    """From which day, on which days of the week, at what time the chosen parts come out.

    Its fields stand in the form of all bulk actions, so the browser must not insist on them.
    """

    use_required_attribute = False

    start = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    at = forms.TimeField(label=_("At"), widget=forms.TimeInput(attrs={"type": "time"}))
    days = forms.TypedMultipleChoiceField(
        label=_("On"),
        coerce=int,
        choices=[
            (1, _("Monday")),
            (2, _("Tuesday")),
            (3, _("Wednesday")),
            (4, _("Thursday")),
            (5, _("Friday")),
            (6, _("Saturday")),
            (7, _("Sunday")),
        ],
        widget=forms.CheckboxSelectMultiple,
    )
