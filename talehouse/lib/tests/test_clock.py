"""Wall time: both nights of the year on which clocks are changed, in several zones, and the law of slots."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from talehouse.lib.clock import Kind, moment, offset, slots, zones


def utc(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "at", "when", "kind"),
    [
        # clocks go forward: what is skipped is the first moment after the gap
        ("Europe/Berlin", "2026-03-29", "01:59", "2026-03-29 00:59", Kind.ONCE),
        ("Europe/Berlin", "2026-03-29", "02:00", "2026-03-29 01:00", Kind.NEVER),
        ("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29 01:00", Kind.NEVER),
        ("Europe/Berlin", "2026-03-29", "03:00", "2026-03-29 01:00", Kind.ONCE),
        ("America/New_York", "2026-03-08", "02:59", "2026-03-08 07:00", Kind.NEVER),
        ("America/New_York", "2026-03-08", "03:01", "2026-03-08 07:01", Kind.ONCE),
        ("Australia/Lord_Howe", "2026-10-04", "02:00", "2026-10-03 15:30", Kind.NEVER),
        ("Australia/Lord_Howe", "2026-10-04", "02:29", "2026-10-03 15:30", Kind.NEVER),
        ("Australia/Lord_Howe", "2026-10-04", "02:30", "2026-10-03 15:30", Kind.ONCE),
        ("America/Havana", "2026-03-08", "00:00", "2026-03-08 05:00", Kind.NEVER),
        ("Pacific/Apia", "2011-12-30", "18:00", "2011-12-30 10:00", Kind.NEVER),
        # clocks go back: what comes twice is the first
        ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25 00:30", Kind.TWICE),
        ("Europe/Berlin", "2026-10-25", "03:00", "2026-10-25 02:00", Kind.ONCE),
        ("America/New_York", "2026-11-01", "01:30", "2026-11-01 05:30", Kind.TWICE),
        ("Australia/Lord_Howe", "2026-04-05", "01:30", "2026-04-04 14:30", Kind.TWICE),
        ("Australia/Lord_Howe", "2026-04-05", "02:00", "2026-04-04 15:30", Kind.ONCE),
        # nothing is ever changed
        ("Asia/Tokyo", "2026-03-29", "02:30", "2026-03-28 17:30", Kind.ONCE),
        ("UTC", "2026-10-25", "02:30", "2026-10-25 02:30", Kind.ONCE),
    ],
)
def test_a_wall_time_is_one_moment(zone: str, day: str, at: str, when: str, kind: Kind) -> None:
    found = moment(date.fromisoformat(day), time.fromisoformat(at), ZoneInfo(zone))
    assert found == (utc(when), kind)


def test_a_rhythm_goes_through_both_nights() -> None:
    """Sundays at 02:30 in Berlin: the wall time stays, but for the night that lacks it."""
    berlin = ZoneInfo("Europe/Berlin")
    spring = slots([7], time(2, 30), berlin, utc("2026-03-20 00:00"), 3)
    assert spring == [utc("2026-03-22 01:30"), utc("2026-03-29 01:00"), utc("2026-04-05 00:30")]
    autumn = slots([7], time(2, 30), berlin, utc("2026-10-20 00:00"), 2)
    assert autumn == [utc("2026-10-25 00:30"), utc("2026-11-01 01:30")]


def test_a_slot_is_after_and_never_at() -> None:
    tuesday = utc("2026-03-03 17:00")
    assert slots([2], time(18), ZoneInfo("Europe/Berlin"), tuesday, 1) == [utc("2026-03-10 17:00")]
    just_before = tuesday - timedelta(microseconds=1)
    assert slots([2], time(18), ZoneInfo("Europe/Berlin"), just_before, 1) == [tuesday]


def test_the_first_of_two_that_come_twice_does_not_come_again() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    between = utc("2026-10-25 01:00")  # 02:00 for the second time
    assert slots([7], time(2, 30), berlin, between, 1) == [utc("2026-11-01 01:30")]


def test_two_days_that_fall_into_one_gap_are_one_slot() -> None:
    """Samoa left out 30 December 2011: its noon and the midnight after it are the same moment."""
    apia = ZoneInfo("Pacific/Apia")
    found = slots([5, 6], time(0), apia, utc("2011-12-25 00:00"), 2)
    assert found == [utc("2011-12-30 10:00"), utc("2012-01-05 10:00")]


def test_no_days_are_refused() -> None:
    for days in ([], [0], [8]):
        with pytest.raises(ValueError, match="days from 1"):
            slots(days, time(18), ZoneInfo("UTC"), utc("2026-01-01 00:00"), 1)


def test_the_offset_is_said_as_people_write_it() -> None:
    at = utc("2026-01-01 00:00")
    told = [offset(at, ZoneInfo(name)) for name in ("UTC", "Asia/Kolkata", "America/St_Johns")]
    assert told == ["UTC+00:00", "UTC+05:30", "UTC-03:30"]


@given(
    days=st.sets(st.integers(1, 7), min_size=1),
    at=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    zone=st.sampled_from(zones()).map(ZoneInfo),
    after=st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)),
    count=st.integers(0, 30),
)
def test_slots_rise_on_their_days_at_their_time(
    days: set[int], at: time, zone: ZoneInfo, after: datetime, count: int
) -> None:
    found = slots(days, at, zone, after, count)
    assert len(found) == count
    assert all(one < other for one, other in zip([after, *found], found, strict=False))
    for slot in found:
        local = slot.astimezone(zone)
        if (local.time(), local.isoweekday() in days) == (at, True):
            assert local.fold == 0, "of two, it is the first"
        else:
            judge_gap(slot, at, zone, days)
    assert missed(days, at, zone, after, found) == []


def judge_gap(slot: datetime, at: time, zone: ZoneInfo, days: set[int]) -> None:
    """The clocks jumped at this very moment over the time at which it should have been."""
    before = (slot - timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None)
    here = slot.astimezone(zone).replace(tzinfo=None)
    candidates = [datetime.combine(here.date() - timedelta(days=back), at) for back in (0, 1)]
    assert any(before < wanted < here and wanted.isoweekday() in days for wanted in candidates)


def missed(
    days: set[int], at: time, zone: ZoneInfo, after: datetime, found: list[datetime]
) -> list[datetime]:
    """Moments before the last that have the day and the time and are no slot, looked for day by day."""
    if not found:
        return []
    start, last = after.astimezone(zone).date(), found[-1].astimezone(zone).date()
    lost = []
    for number in range((last - start).days):
        day = start + timedelta(days=number)
        wall = datetime.combine(day, at, zone)
        if day.isoweekday() in days and after < wall.astimezone(UTC) <= found[-1]:
            exists = wall.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None)
            if exists and wall.astimezone(UTC) not in found:
                lost.append(wall)
    return lost


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(zones()).map(ZoneInfo),
)
def test_what_a_clock_shows_is_that_moment(at: datetime, zone: ZoneInfo) -> None:
    at = at.replace(microsecond=0)
    local = at.astimezone(zone)
    assume(local.fold == 0)
    assert moment(local.date(), local.time(), zone).at == at
