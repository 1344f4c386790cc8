"""Forms of releasing: when a part comes out, and a story's rhythm."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.formats import get_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from talehouse.lib.clock import Moment, moment, zone_named, zones
from talehouse.stories.models import Rhythm

FURTHEST = timedelta(days=3660)


def first_weekday() -> int:
    """With which day the week begins in the reader's language: 0 is Monday, as in `calendar`."""
    return (int(get_format("FIRST_DAY_OF_WEEK")) - 1) % 7


class DayField(forms.DateField):
    """A day, given by the browser's own calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    input_formats = ("%Y-%m-%d",)

    def validate(self, value: Any) -> None:
        """A day within ten years: further off, nobody knows where the clocks will stand."""
        super().validate(value)
        if isinstance(value, date) and not abs(value - date.today()) < FURTHEST:
            raise forms.ValidationError(_("Choose a day within the next ten years."))


class ClockField(forms.TimeField):
    """A time of day, to the minute."""

    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")

    def clean(self, value: Any) -> time | None:
        """Without seconds, which some browsers send."""
        found: time | None = super().clean(value)
        return found.replace(second=0, microsecond=0) if found else None


class PublishForm(forms.Form):
    """When a part comes out. Day and time are by the clocks of the writer's zone."""

    when = forms.ChoiceField(
        choices=[("now", gettext_lazy("Now")), ("at", gettext_lazy("At a time")), ("queue", "")]
    )
    day = DayField(label=gettext_lazy("Day"), required=False)
    at = ClockField(label=gettext_lazy("Time"), required=False)

    def __init__(self, data: Any = None, *, zone: ZoneInfo, coming: datetime | None = None) -> None:
        self.zone = zone
        local = coming.astimezone(zone) if coming else None
        super().__init__(
            data,
            initial={
                "when": "at" if local else "now",
                "day": local.date() if local else None,
                "at": local.time() if local else None,
            },
        )

    @property
    def chosen(self) -> str:
        """Which of the ways is ticked."""
        return str(self["when"].value())

    @property
    def timing(self) -> list[forms.BoundField]:
        """The fields of the second way, which are needed only there."""
        return [self["day"], self["at"]]

    def clean(self) -> dict[str, Any]:
        """A time needs its day, and the day its time."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if told.get("when") == "at":
            for name, sentence in (("day", _("Choose a day.")), ("at", _("Choose a time."))):
                if not told.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
        return told

    @property
    def moment(self) -> Moment:
        """The moment that was chosen."""
        return moment(self.cleaned_data["day"], self.cleaned_data["at"], self.zone)


class RhythmForm(forms.Form):
    """On which days, at what time, by the clocks of which zone."""

    days = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Days"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one day of the week.")},
    )
    at = ClockField(label=gettext_lazy("Time"))
    zone = forms.ChoiceField(label=gettext_lazy("Time zone"))

    def __init__(self, data: Any = None, *, rhythm: Rhythm | None, zone: str) -> None:
        initial: dict[str, Any] = {"at": time(18), "zone": zone_named(zone).key, "days": []}
        if rhythm is not None:
            initial = {
                "days": [int(day) for day in rhythm.days],
                "at": rhythm.at,
                "zone": rhythm.time_zone,
            }
        super().__init__(data, initial=initial)
        start = first_weekday()
        order = [(start + number) % 7 for number in range(7)]
        self.fields["days"].choices = [(day + 1, WEEKDAYS[day]) for day in order]  # type: ignore[attr-defined]
        self.fields["zone"].choices = [(name, _place(name)) for name in zones()]  # type: ignore[attr-defined]


def _place(zone: str) -> str:
    """A zone's name as people read it: America/Argentina/Buenos Aires."""
    return zone.replace("_", " ")
