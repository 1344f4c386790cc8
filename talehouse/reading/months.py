"""How much came out in each month, as a drawing and as numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from django.db.models import CharField, Count, QuerySet
from django.db.models.functions import Cast, Substr
from django.utils.formats import date_format

from talehouse.stories.models import Story

MOST = 120
"""Months in a drawing: ten years. What is older counts in the sum alone."""
WIDTH, HEIGHT, GAP = 720, 96, 0.2
"""The drawing's own units; a fifth of each column is space."""


class Bar(NamedTuple):
    """A month: its first day and how that is said, its stories, and its place in the drawing."""

    month: date
    said: str
    stories: int
    x: float
    y: float
    width: float
    height: float


class Months(NamedTuple):
    """Some months, the last of which is this one, to be drawn. `most` is the one with the most stories."""

    bars: list[Bar]
    total: int
    most: Bar | None


def counted(stories: QuerySet[Story]) -> dict[str, int]:
    """How many of these stories came out first in each month (UTC, "2026-01"). One question.

    Both databases give a time as text with the year and the month in front, so nothing is worked out a row.
    """
    month = Substr(Cast("release_at", CharField()), 1, 7)
    rows = stories.order_by().annotate(month=month).values("month").annotate(n=Count("pk"))
    return dict(rows.values_list("month", "n"))


def drawn(counts: Mapping[str, int], today: date) -> Months:
    """Bars from the first month with a story to this one."""
    total = sum(counts.values())
    numbers = {_number(int(month[:4]), int(month[5:7])): n for month, n in counts.items()}
    last = _number(today.year, today.month)
    first = max(min(numbers, default=last), last - MOST + 1)
    highest = max((n for at, n in numbers.items() if at >= first), default=0)
    column = WIDTH / max(last - first + 1, 12)
    bars = []
    for at in range(first, last + 1):
        stories = numbers.get(at, 0)
        height = round(HEIGHT * stories / highest, 1) if highest else 0
        x = round((at - first + GAP / 2) * column, 1)
        place = (x, round(HEIGHT - height, 1), round(column * (1 - GAP), 1), height)
        month = date(at // 12, at % 12 + 1, 1)
        bars.append(Bar(month, date_format(month, "YEAR_MONTH_FORMAT"), stories, *place))
    return Months(bars, total, max(bars, key=lambda bar: bar.stories) if highest else None)


def _number(year: int, month: int) -> int:
    return year * 12 + month - 1
