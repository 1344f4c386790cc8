"""Which stories a question is about: operations on the sets of a segment, be it a base or a tail."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

import numpy as np
from pyroaring import BitMap

from talehouse.search.columns import sets
from talehouse.search.columns.rows import COLUMNS, Array, Matched
from talehouse.search.questions import Question, Span, Term
from talehouse.tags.vocabulary import Rating

_ALL_RATINGS = frozenset(str(rating) for rating in Rating.values)
_FEW = 0.05
"""Up to this share of all, numbers are looked up one by one; above it, whole columns are compared."""


class Segment(Protocol):
    """What can be asked of a base and of a tail."""

    @property
    def size(self) -> int:
        """How many rows."""

    @property
    def everything(self) -> BitMap:
        """All of them."""

    @property
    def numbers(self) -> dict[str, Array]:
        """The columns."""

    def term(self, term: Term, /) -> BitMap:
        """Those that have a term."""

    def total(self, term: Term, /) -> int:
        """How many have it."""

    def positions(self, stories: Array, /) -> tuple[Array, Array]:
        """Where stories stand."""


def chosen(segment: Segment, question: Question, dead: BitMap, matched: Matched | None) -> BitMap:
    """The positions that answer a question. `dead` ones do not count; `matched` are the stories in which the
    words of the question were found.
    """
    found = _wanted(segment, question, matched)
    for term in _unwanted(question):
        if not found:
            return found
        found = found - segment.term(term)
    if question.without.stories:
        found = found - _of_stories(segment, question.without.stories)
    if matched is not None and matched.but:
        found = found - sets.of_positions(segment.positions(matched.stories)[0])
    found = found - dead
    for span in question.spans:
        found = within(segment, found, span)
    return found


def _wanted(segment: Segment, question: Question, matched: Matched | None) -> BitMap:
    """All that must be there, the smallest set first."""
    sets_asked: list[tuple[int, Callable[[], BitMap]]] = []

    def ask(size: int, find: Callable[[], BitMap]) -> None:
        sets_asked.append((size, find))

    for term in question.include:
        ask(segment.total(term), lambda term=term: segment.term(term))  # type: ignore[misc]
    groups = [tuple(f"rating:{one}" for one in sorted(question.ratings))]
    if question.ratings >= _ALL_RATINGS:
        groups = []
    if not question.member:
        groups.append(("audience:public",))
    for group in (*question.any_of, *groups):
        ask(sum(map(segment.total, group)), lambda group=group: _any(segment, group))  # type: ignore[misc]
    if question.only is not None:
        only = question.only
        ask(len(only), lambda: _of_stories(segment, only))
    if matched is not None and not matched.but:
        ask(len(matched.stories), lambda: sets.of_positions(segment.positions(matched.stories)[0]))
    sets_asked.sort(key=lambda one: one[0])
    if not sets_asked:
        return segment.everything
    found = sets_asked[0][1]()
    for _size, find in sets_asked[1:]:
        if not found:
            break
        found = found & find()
    return found


def _any(segment: Segment, group: Iterable[Term]) -> BitMap:
    return BitMap.union(BitMap(), *(segment.term(term) for term in group))


def _unwanted(question: Question) -> list[Term]:
    tags = [f"tag:{tag}" for tag in sorted(question.without.tags)]
    names = [f"pen:{name}" for name in sorted(question.without.pen_names)]
    return [*question.exclude, *tags, *names]


def _of_stories(segment: Segment, stories: frozenset[int]) -> BitMap:
    wanted = np.fromiter(stories, np.int64, len(stories))
    wanted.sort()
    return sets.of_positions(segment.positions(wanted)[0])


def within(segment: Segment, found: BitMap, span: Span) -> BitMap:
    """Those of the found whose number lies in a span."""
    if span.number not in COLUMNS:
        raise ValueError(f"There is no number {span.number!r}.")
    column = segment.numbers[span.number]
    if len(found) > _FEW * segment.size:
        return found & sets.of_mask(_inside(column, span))
    places = sets.positions(found)
    return sets.of_positions(places[_inside(column[places], span)])


def _inside(column: Array, span: Span) -> Array:
    inside = np.ones(len(column), bool)
    low = None if span.low is None else max(span.low, -(2**62))
    high = None if span.high is None else min(span.high, 2**62)
    if low is not None:
        inside &= column >= np.int64(min(low, 2**62))
    if high is not None:
        inside &= column <= np.int64(max(high, -(2**62)))
    return inside
