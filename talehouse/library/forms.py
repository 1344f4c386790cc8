"""What somebody says of a list, of a story in it, and the address that they want mails at."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from talehouse.accounts.models import Account, PenName
from talehouse.library.listing import LONGEST_NOTE, LONGEST_WORD
from talehouse.library.models import ReadingList


class ListForm(forms.Form):
    """A list's title, its note, and who may see it."""

    title = forms.CharField(label=_("Title"), max_length=120)
    note = forms.CharField(
        label=_("What this list is about"),
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    pen_name = forms.ModelChoiceField(PenName.objects.none(), label=_("Signed by"), empty_label=None)
    is_public = forms.BooleanField(
        label=_("Everybody may see it"),
        required=False,
        help_text=_("Then it stands on the page of your pen name, and people can follow it."),
    )

    def __init__(
        self, *args: Any, account: Account, about: ReadingList | None = None, **options: Any
    ) -> None:
        if about is not None:
            shown = {name: getattr(about, name) for name in ("title", "note", "is_public")}
            options.setdefault("initial", shown)
        super().__init__(*args, **options)
        mine = account.pen_names.filter(retired_at=None).order_by("-preferred", "pk")
        if about is not None or len(mine) < 2:
            del self.fields["pen_name"]
            return
        names: Any = self.fields["pen_name"]
        names.queryset, names.initial = mine, mine[0]


class AddForm(forms.Form):
    """Into which list a story goes: one that is there, or a new one; and a word on it."""

    NEW = "new"

    into = forms.CharField(widget=forms.HiddenInput)
    title = forms.CharField(label=_("Title of the new list"), max_length=120, required=False)
    note = forms.CharField(
        label=_("A word on this story"),
        max_length=LONGEST_WORD,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class MailForm(forms.Form):
    """Where the mails go."""

    email = forms.EmailField(
        label=_("Your email address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
