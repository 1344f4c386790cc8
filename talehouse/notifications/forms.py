"""Choosing what one is told, and how."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from talehouse.notifications.models import Kind, Pace, Quiet
from talehouse.notifications.wishes import Way


class WishesForm(forms.Form):
    """For each kind: on the site or not, when by mail, pushed or not; and the quiet hours."""

    begins = forms.TimeField(label=_("From"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))
    ends = forms.TimeField(label=_("To"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))

    def __init__(self, data: Any = None, *, ways: Mapping[str, Way], quiet: Quiet | None) -> None:
        first: dict[str, Any] = {
            "begins": quiet.begins if quiet else None,
            "ends": quiet.ends if quiet else None,
        }
        super().__init__(data, initial=first)
        self.offered = [Kind(kind) for kind in ways]
        for kind, way in ways.items():
            label = str(Kind(kind).label)
            self.fields[f"site-{kind}"] = forms.BooleanField(label=label, required=False, initial=way.on_site)
            self.fields[f"mail-{kind}"] = forms.ChoiceField(
                label=label, choices=Pace.choices, initial=way.mail
            )
            self.fields[f"push-{kind}"] = forms.BooleanField(label=label, required=False, initial=way.push)

    def kinds(self) -> list[tuple[str, BoundField, BoundField, BoundField]]:
        """(what is told, box for the site, choice for mail, box for push) in the order of the list."""
        return [
            (str(kind.label), self[f"site-{kind}"], self[f"mail-{kind}"], self[f"push-{kind}"])
            for kind in self.offered
        ]

    def chosen(self) -> dict[str, Way]:
        """What was chosen for each kind."""
        told = self.cleaned_data
        return {
            kind: Way(told[f"site-{kind}"], told[f"mail-{kind}"], told[f"push-{kind}"])
            for kind in self.offered
        }
