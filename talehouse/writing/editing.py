"""What the editor's pages share: the form, what stands in it, and whose the copies on a device are."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from talehouse.accounts.models import Account
from talehouse.stories import drafting, texts
from talehouse.stories.models import Part, Revision
from talehouse.writing.sources import Way, meant, shown

FIELDS = ("title", "note_before", "text", "note_after")


class TextForm(forms.Form):
    """A part as it is typed. `base` is the revision that it was begun from, `tab` the window, `settles` the
    text that was set aside and that this one is kept instead of."""

    title = forms.CharField(max_length=500, required=False)
    note_before = forms.CharField(required=False, strip=False)
    text = forms.CharField(required=False, strip=False)
    note_after = forms.CharField(required=False, strip=False)
    base = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    tab = forms.CharField(required=False, max_length=40)
    settles = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    way = forms.ChoiceField(choices=[(way.value, way.value) for way in Way])

    def clean_text(self) -> str:
        """A form that came without a text would empty the part."""
        if "text" not in self.data:
            raise forms.ValidationError(_("The text did not arrive. Send it again."))
        text: str = self.cleaned_data["text"]
        return text


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the editor shows: the newest text, or what somebody typed that could not be saved."""

    title: str
    note_before: str
    text: str
    note_after: str
    base: int | None
    tab: str
    newest_tab: str = ""


def sheet_of(part: Part, way: Way) -> Sheet:
    """The newest text of a part, in this way of writing."""
    newest = texts.newest_of(part)
    before, after = part.note_before, part.note_after
    if newest is not None:
        before = before if newest.note_before is None else newest.note_before
        after = after if newest.note_after is None else newest.note_after
    return Sheet(
        title=_title(part, newest),
        note_before=shown(before, way),
        text=shown(newest.html, way) if newest else "",
        note_after=shown(after, way),
        base=newest.number if newest else None,
        tab=secrets.token_urlsafe(12),
        newest_tab=newest.tab if newest else "",
    )


def _title(part: Part, newest: Revision | None) -> str:
    return part.title if newest is None or newest.title is None else newest.title


def typed(form: TextForm) -> Sheet:
    """What somebody typed, as it stood in the form."""
    data = form.data
    fields = {name: str(data.get(name, "")) for name in (*FIELDS, "tab")}
    base = str(data.get("base", ""))
    return Sheet(**fields, base=int(base) if base.isdecimal() else None)


def keep(part: Part, form: TextForm, *, by: Account, automatic: bool = False) -> drafting.Saved:
    """Keep what the form says. An automatic save leaves the title alone while it is being typed anew."""
    data: dict[str, Any] = form.cleaned_data
    way = Way(data["way"])
    title = drafting.line(data["title"])
    return drafting.save(
        part,
        by=by,
        html=meant(data["text"], way),
        base=data["base"] or None,
        title=None if automatic and not title else title,
        note_before=meant(data["note_before"], way),
        note_after=meant(data["note_after"], way),
        tab=data["tab"],
        settles=data["settles"],
        automatic=automatic,
    )
