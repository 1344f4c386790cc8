"""What is asked for on the desk: an act on some tags, and a new canonical tag."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from talehouse.tags.models import Tag
from talehouse.tags.vocabulary import Standing, TagKind
from talehouse.wrangling.knowing import called, known
from talehouse.wrangling.models import Act
from talehouse.wrangling.sorting import MOST, Wish
from talehouse.wrangling.suggesting import meanings

SUGGESTED = "suggested"
CHOICES: list[tuple[str, Any]] = [
    (SUGGESTED, _("Make each a synonym of what is suggested")),
    (Act.CANONICAL, Act.CANONICAL.label),
    (Act.SYNONYM, Act.SYNONYM.label),
    (Act.UNDER, Act.UNDER.label),
    (Act.ASIDE, Act.ASIDE.label),
    (Act.APART, Act.APART.label),
]
"""What can be done with many tags at once."""
ALL = [*CHOICES, (Act.OUT, Act.OUT.label), (Act.MEMBERS, Act.MEMBERS.label)]
_ROMANTIC = {"yes": True, "no": False, "": None}


class WishForm(forms.Form):
    """An act, the tags ("tag", each by its id), and what it is about, by name ("name"; "kind" only to put
    under one of another kind) or by id ("to", "to-12" for the tag 12).

    `people` has one character a line. The wish stands in `wish` once the form is valid.
    """

    act = forms.ChoiceField(label=_("What to do"), choices=ALL)
    kind = forms.ChoiceField(label=_("Its kind"), choices=[("", "–"), *TagKind.choices], required=False)
    name = forms.CharField(label=_("The other tag"), max_length=150, required=False)
    people = forms.CharField(required=False, max_length=8000)
    romantic = forms.ChoiceField(choices=[(one, one) for one in _ROMANTIC], required=False)
    wish: Wish

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        ids = list(dict.fromkeys(int(one) for one in data.getlist("tag") if _is_id(one)))[: MOST + 1]
        rows = known().in_bulk(ids)
        self.tags = [rows[pk] for pk in ids if pk in rows]
        self._given = {name: int(str(data[name])) for name in data if _is_id(str(data[name]))}

    def clean(self) -> dict[str, Any]:
        """Finds the tags that are named, and makes the wish of them."""
        told = super().clean() or self.cleaned_data
        if not self.tags:
            raise forms.ValidationError(gettext("Choose at least one tag."))
        act = told.get("act")
        if act == SUGGESTED:
            self._as_suggested()
        elif act:
            pairs = () if told.get("name") else self._pairs()
            self.wish = Wish(
                Act(act),
                tuple(tag.pk for tag in self.tags),
                None if pairs else self._other(Act(act), told),
                pairs,
                self._characters(told) if act == Act.MEMBERS else (),
                _ROMANTIC[told.get("romantic") or ""],
            )
        return told

    def _as_suggested(self) -> None:
        found = meanings([tag for tag in self.tags if tag.standing == Standing.UNSORTED])
        self.tags = [tag for tag in self.tags if tag.pk in found]
        if not found:
            raise forms.ValidationError(gettext("Nothing is suggested for these tags."))
        pairs = tuple((tag.pk, found[tag.pk].tag.pk) for tag in self.tags)
        self.wish = Wish(Act.SYNONYM, tuple(tag.pk for tag in self.tags), others=pairs)

    def _pairs(self) -> tuple[tuple[int, int], ...]:
        """What each tag is about by itself, by id; only tags that a wrangler may know."""
        told = {tag.pk: self._given.get(f"to-{tag.pk}", self._given.get("to", 0)) for tag in self.tags}
        rows = known().in_bulk({other for other in told.values() if other})
        return tuple((pk, other) for pk, other in told.items() if other in rows)

    def _other(self, act: Act, told: dict[str, Any]) -> int | None:
        if act not in (Act.SYNONYM, Act.UNDER, Act.OUT):
            return None
        name = told.get("name") or ""
        kind = self.tags[0].kind if act == Act.SYNONYM else told.get("kind") or self.tags[0].kind
        found = called(kind, name) if name else None
        if found is None:
            self.add_error("name", _no_tag(kind, name))
            return None
        return found.pk

    def _characters(self, told: dict[str, Any]) -> tuple[int, ...]:
        each: list[Tag] = []
        for name in (line.strip() for line in told.get("people", "").splitlines()):
            found = called(TagKind.CHARACTER, name) if name else None
            if found:
                each.append(found)
            elif name:
                self.add_error("people", _no_tag(TagKind.CHARACTER, name))
        return tuple(tag.pk for tag in each)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 18


def _no_tag(kind: str, name: str) -> str:
    if not name:
        return gettext("Name the other tag.")
    told = {"name": name, "kind": TagKind(kind).label}
    return gettext("There is no tag “%(name)s” of the kind %(kind)s. Make it first, on the desk.") % told


class NewForm(forms.Form):
    """A canonical tag that nobody has written yet."""

    kind = forms.ChoiceField(label=_("Kind"), choices=TagKind.choices)
    name = forms.CharField(label=_("Name"), max_length=150)
