"""Ranks as they are met: always of stories that were found through the gate, so lists are full."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber

from talehouse.rankings.computing import RANKINGS
from talehouse.rankings.models import Rank
from talehouse.rankings.ranking import Words
from talehouse.stories.models import Story

DEEPEST = 2_000
"""So far down a ranking the first few are looked for, past what somebody may not meet."""


class Line(NamedTuple):
    """An input of a story in words: a share is told in percent, a moment as a time."""

    label: Words
    value: float
    kind: str
    private: bool

    @property
    def percent(self) -> float:
        """A share of 1 in percent."""
        return round(self.value * 100, 1)

    @property
    def moment(self) -> datetime:
        """Unix time as a time."""
        return datetime.fromtimestamp(self.value, UTC)


def of(name: str, stories: QuerySet[Story]) -> QuerySet[Rank]:
    """The places of these stories in one ranking, in order, each with its story as a card needs it."""
    rows = Rank.objects.filter(ranking=name, story__in=_ranked(stories))
    return _with_story(rows).order_by("position")


def tops(names: Iterable[str], stories: QuerySet[Story], *, most: int) -> dict[str, list[Rank]]:
    """The first places of these stories in several rankings, by one question."""
    found: dict[str, list[Rank]] = {name: [] for name in names}
    rows = Rank.objects.filter(ranking__in=found, position__lte=DEEPEST, story__in=_ranked(stories))
    place = Window(RowNumber(), partition_by=F("ranking"), order_by="position")
    for rank in _with_story(rows.annotate(place=place).filter(place__lte=most)).order_by("position"):
        found[rank.ranking].append(rank)
    return found


def _ranked(stories: QuerySet[Story]) -> QuerySet[Story, Any]:
    """A story that was taken out of the rankings leaves them at once."""
    return stories.filter(ranked=True).values("pk")


def _with_story(rows: QuerySet[Rank]) -> QuerySet[Rank]:
    return rows.select_related("story__cover", "story__series_entry__series")


def lines(rank: Rank, *, private: bool = False) -> list[Line]:
    """What its score was made of; with `private` also what only the story's people may know."""
    known = RANKINGS[rank.ranking].inputs
    return [
        Line(known[name].label, value, known[name].kind, known[name].private)
        for name, value in rank.inputs.items()
        if name in known and (private or not known[name].private)
    ]


def places_of(story: Story) -> dict[str, Rank]:
    """Where a story stands, by ranking."""
    return {rank.ranking: rank for rank in Rank.objects.filter(story=story)}
