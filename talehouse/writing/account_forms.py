"""Forms of `/settings/`: pen names, and closing an account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from talehouse.accounts.models import Account, PenName
from talehouse.accounts.portraits import LONGEST_ABOUT, MOST_LINKS, about_text
from talehouse.lib.pictures import LONGEST_INPUT
from talehouse.writing.closing import Own, What, Wish
from talehouse.writing.models import Closing

LEAVE = ""
"""The choice for a story that has other authors: it is theirs."""


class NameForm(forms.Form):
    """A pen name to make, or a new name for one. Whether it can be taken, the rule says."""

    name = forms.CharField(max_length=60, label=gettext_lazy("Name"))


class PortraitForm(forms.Form):
    """What a pen name says of its writer, and its picture."""

    face = forms.FileField(
        required=False,
        label=gettext_lazy("Picture"),
        help_text=gettext_lazy("It is cut to a square. Where and when it was taken is not kept."),
    )
    about = forms.CharField(
        required=False,
        max_length=LONGEST_ABOUT,
        label=gettext_lazy("About the writer"),
        help_text=gettext_lazy("An empty line begins a new paragraph."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    links = forms.CharField(
        required=False,
        label=gettext_lazy("Links"),
        help_text=gettext_lazy("Your pages elsewhere, one address on each line, five at most."),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocapitalize": "off"}),
    )

    def __init__(self, pen_name: PenName, *args: Any) -> None:
        told = {"about": about_text(pen_name.about), "links": "\n".join(pen_name.links[:MOST_LINKS])}
        super().__init__(*args)
        self.initial = told
        self.fields["face"].widget.attrs["accept"] = "image/*"

    def clean_face(self) -> UploadedFile[bytes] | None:
        """The picture, if it is small enough to be looked at."""
        face: UploadedFile[bytes] | None = self.cleaned_data["face"]
        if face is not None and (face.size or 0) > LONGEST_INPUT:
            raise forms.ValidationError(_("The picture is larger than 20 MB; please choose a smaller one."))
        return face


class CloseForm(forms.Form):
    """What becomes of each story and of the comments, and the password, to be sure who asks."""

    def __init__(self, account: Account, own: Sequence[Own], *args: Any) -> None:
        super().__init__(*args)
        self.account, self.own = account, own
        for each in own:
            self.fields[f"story-{each.story.pk}"] = forms.ChoiceField(
                label=each.story.title,
                required=not each.others,
                choices=_shared(each) if each.others else _alone(),
                widget=forms.RadioSelect,
                initial=LEAVE if each.others else None,
            )
        self.fields["comments"] = forms.ChoiceField(
            label=_("Your comments"),
            choices=Closing.Comments.choices,
            initial=Closing.Comments.NAMELESS,
            widget=forms.RadioSelect,
        )
        if account.has_usable_password():
            self.fields["password"] = forms.CharField(
                label=_("Your password"),
                strip=False,
                widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
            )

    def clean_password(self) -> str:
        """The password is theirs."""
        given = str(self.cleaned_data["password"])
        if not self.account.check_password(given):
            raise forms.ValidationError(_("This is not your password. Nothing was changed."))
        return given

    def story_fields(self) -> list[tuple[Own, forms.BoundField]]:
        """Each story with its question, in order."""
        return [(each, self[f"story-{each.story.pk}"]) for each in self.own]

    def wishes(self) -> dict[int, Wish]:
        """What was chosen for each story."""
        return {each.story.pk: self._wish(each) for each in self.own}

    def _wish(self, own: Own) -> Wish:
        chosen = str(self.cleaned_data[f"story-{own.story.pk}"])
        heirs = {f"{What.HAND_OVER}:{heir.pk}": heir for heir in own.others}
        return Wish(What.HAND_OVER, heirs[chosen]) if chosen in heirs else Wish(chosen)


def _alone() -> list[tuple[str, str]]:
    return [
        (What.ORPHAN, _("Leave it to the archive, without my name: readers keep it")),
        (What.DELETE, _("Delete it, with every draft and old text")),
    ]


def _shared(own: Own) -> list[tuple[str, str]]:
    """It stays with the others; who is its author may say which of them follows."""
    choices = [(LEAVE, _("It stays with %(names)s, and my name leaves it") % {"names": own.names})]
    if own.is_author:
        choices += [
            (f"{What.HAND_OVER}:{heir.pk}", _("Hand my place over to %(name)s") % {"name": heir.name})
            for heir in own.others
        ]
    return choices
