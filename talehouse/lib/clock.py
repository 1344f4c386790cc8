"""Wall time: what a clock in a time zone shows, as moments; right on the nights when clocks are changed.

A wall time that does not exist (clocks go forward over it) is the first moment after the gap. One that comes
twice (clocks go back) is the first of the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import count as numbers
from itertools import islice
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

REGIONS = "Africa/ America/ Antarctica/ Arctic/ Asia/ Atlantic/ Australia/ Europe/ Indian/ Pacific/".split()
DAY = timedelta(days=1)


def zone_named(name: str) -> ZoneInfo:
    """The time zone of this name; UTC for one that there is not."""
    return ZoneInfo(name) if name in zones() else ZoneInfo("UTC")


class Kind(StrEnum):
    """How a wall time stands to the moments."""

    ONCE = "once"
    NEVER = "never"
    TWICE = "twice"


class Moment(NamedTuple):
    """A wall time as a moment (in UTC), and whether it was one."""

    at: datetime
    kind: Kind


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """The names of time zones that people choose from: UTC, then places by region."""
    return ("UTC", *sorted(name for name in available_timezones() if name.startswith(tuple(REGIONS))))


def moment(day: date, at: time, zone: ZoneInfo) -> Moment:
    """When a clock in this zone shows this."""
    first, second = (datetime.combine(day, at.replace(fold=fold), zone).astimezone(UTC) for fold in (0, 1))
    wanted = datetime.combine(day, at.replace(fold=0))
    if first.astimezone(zone).replace(tzinfo=None, fold=0) != wanted:
        return Moment(_change(second, first, zone), Kind.NEVER)
    return Moment(first, Kind.ONCE if first == second else Kind.TWICE)


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first second after `before` on which the clocks are as they are at `after`."""
    wanted = after.astimezone(zone).utcoffset()
    low, high = int(before.timestamp()), int(after.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == wanted:
            high = middle
        else:
            low = middle
    return datetime.fromtimestamp(high, UTC)


def slots(days: Iterable[int], at: time, zone: ZoneInfo, after: datetime, count: int) -> list[datetime]:
    """The next `count` moments (in UTC) after `after` at which a clock in `zone` shows `at` on one of `days`.

    `days` are ISO weekdays (1 is Monday). Each moment is later than the one before it: two days whose times
    fall into one gap give one moment. Raises ValueError without days.
    """
    wanted = frozenset(days)
    if not wanted or not wanted <= frozenset(range(1, 8)):
        raise ValueError("A rhythm needs days from 1 (Monday) to 7 (Sunday).")
    return list(islice(_rising(_moments(wanted, at, zone, after), after), count))


def _moments(days: frozenset[int], at: time, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    start = after.astimezone(zone).date() - 2 * DAY  # a gap may be a whole day
    for number in numbers():
        day = start + number * DAY
        if day.isoweekday() in days:
            yield moment(day, at, zone).at


def _rising(moments: Iterator[datetime], after: datetime) -> Iterator[datetime]:
    last = after
    for at in moments:
        if at > last:
            yield at
            last = at


def offset(at: datetime, zone: ZoneInfo) -> str:
    """How far the clocks of a zone are from UTC at a moment: UTC+05:30."""
    minutes = int((at.astimezone(zone).utcoffset() or timedelta()).total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours:02d}:{rest:02d}"
