"""A month of releases, as the calendar shows it: weeks of days, by the clocks of the person's zone."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR

from talehouse.accounts.models import Account
from talehouse.lib.clock import moment
from talehouse.stories.models import Part, Role
from talehouse.stories.powers import POWERS, Power
from talehouse.writing.release_forms import first_weekday

MOST = 600
"""Releases that one page shows; whoever has more in six weeks sees the earliest."""
ON_A_DAY = 4
"""Entries that a day's square has room for; the others are counted, and stand in its list."""
YEARS = range(1990, 2100)


@dataclass(frozen=True, slots=True)
class Entry:
    """One release; `at` by the clocks of the zone."""

    title: str
    story: str
    url: str
    at: datetime
    out: bool
    queued: bool

    @property
    def clock(self) -> time:
        """What the clocks show. A template would bring `at` to the server's zone first."""
        return self.at.time()

    @property
    def exact(self) -> str:
        """The moment for programs."""
        return self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(slots=True)
class Day:
    """A square of the calendar."""

    day: date
    inside: bool
    today: bool
    entries: list[Entry] = field(default_factory=list)

    @property
    def shown(self) -> list[Entry]:
        """What stands in the square."""
        return self.entries if len(self.entries) <= ON_A_DAY + 1 else self.entries[:ON_A_DAY]

    @property
    def more(self) -> int:
        """How many do not."""
        return len(self.entries) - len(self.shown)


@dataclass(frozen=True, slots=True)
class Month:
    """The weeks of a month, whole ones."""

    first: date
    weeks: list[list[Day]]

    @property
    def weekdays(self) -> list[tuple[str, str]]:
        """The heads of the columns: short, and whole."""
        return [
            (str(WEEKDAYS_ABBR[one.day.weekday()]), str(WEEKDAYS[one.day.weekday()])) for one in self.weeks[0]
        ]

    @property
    def busy(self) -> list[Day]:
        """The days of this month on which something comes out."""
        return [one for week in self.weeks for one in week if one.inside and one.entries]

    @property
    def before(self) -> str:
        """The month before, as its address names it."""
        return _named(self.first - timedelta(days=1))

    @property
    def after(self) -> str:
        """The month after, as its address names it."""
        return _named(self.first + timedelta(days=31))


def _named(day: date) -> str:
    return f"{day:%Y-%m}" if day.year in YEARS else ""


def month_of(account: Account, zone: ZoneInfo, named: str) -> Month:
    """The month that is named (2026-03), with its releases; this month for anything else. One query."""
    today = timezone.now().astimezone(zone).date()
    first = _first_of(named) or today.replace(day=1)
    weeks = [
        [Day(day, day.month == first.month, day == today) for day in week]
        for week in calendar.Calendar(first_weekday()).monthdatescalendar(first.year, first.month)
    ]
    by_day = {one.day: one for week in weeks for one in week}
    start = moment(weeks[0][0].day, time(0), zone).at
    end = moment(weeks[-1][-1].day + timedelta(days=1), time(0), zone).at
    for entry in _entries(account, zone, start, end):
        by_day[entry.at.date()].entries.append(entry)
    return Month(first, weeks)


def _first_of(named: str) -> date | None:
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", named):
        return None
    year, month = int(named[:4]), int(named[5:])
    return date(year, month, 1) if year in YEARS else None


def _entries(account: Account, zone: ZoneInfo, start: datetime, end: datetime) -> list[Entry]:
    """What comes out between, and came out, of the stories on which the account releases parts."""
    roles = Role.objects.filter(
        pen_name__account=account, accepted_at__isnull=False, kind__in=POWERS[Power.RELEASE]
    )
    parts = Part.objects.visible_to(account).filter(
        story__in=roles.values("story"),
        published__isnull=False,
        release_at__gte=start,
        release_at__lt=end,
        withdrawn_at=None,
        hidden_at=None,
    )
    columns = ("pk", "title", "slug", "release_at", "queued_at", "story_id", "story__title")
    found = parts.select_related("story").only(*columns).order_by("release_at", "story_id", "position")
    now = timezone.now()
    return [_entry(part, zone, now) for part in found[:MOST]]


def _entry(part: Part, zone: ZoneInfo, now: datetime) -> Entry:
    assert part.release_at is not None
    out = part.release_at <= now
    return Entry(
        title=part.title,
        story=part.story.title,
        url=part.url if out else f"/write/parts/{part.pk}/publish/",
        at=part.release_at.astimezone(zone),
        out=out,
        queued=part.queued_at is not None and not out,
    )
