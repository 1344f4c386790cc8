"""The first stories of an answer in its order, from a key on: pages that stay right while stories come."""

from __future__ import annotations

from itertools import islice

import numpy as np
from pyroaring import BitMap

from talehouse.search.columns import sets
from talehouse.search.columns.base import Base
from talehouse.search.columns.rows import SORTED_BY, Array, Matched
from talehouse.search.columns.tail import Tail
from talehouse.search.questions import Question, Sort

Key = tuple[int, int]
"""A value and a story; the highest comes first."""
UNTOLD = frozenset({Sort.FINISHED})
"""Orders whose numbers are told to nobody: the key of a page is the story alone, its number is looked up."""
_WALKED = 4_000
"""From so many stories on, the written order is walked instead of sorting what was found."""
_CROWD = 20_000


def page(
    question: Question, found: tuple[tuple[Base, BitMap], tuple[Tail, BitMap]], matched: Matched | None
) -> tuple[tuple[int, ...], str]:
    """The stories of one page, and the key of the next page or ""."""
    after, want = key_of(question.after), question.size + 1
    (base, in_base), (tail, in_tail) = found
    column = SORTED_BY.get(question.sort, "updated")
    if after and question.sort in UNTOLD:
        after = _looked_up(base, tail, column, after[1])
    scored = question.sort is Sort.RELEVANCE and matched is not None and not matched.but
    if question.sort is Sort.RANDOM or scored:
        told = _ranked(question, base.stories, in_base, matched, after, want)
        told += _ranked(question, tail.stories, in_tail, matched, after, want)
    else:
        told = _first(base, in_base, column, after, want)
        told += _top(tail.numbers[column], tail.stories, in_tail, after, want)
    told.sort(reverse=True)
    shown = told[: question.size]
    following = _next(question.sort, *shown[-1]) if len(told) > question.size and shown else ""
    return tuple(story for _value, story in shown), following


def _next(sort: Sort, value: int, story: int) -> str:
    return f"{0 if sort in UNTOLD else value}.{story}"


def _looked_up(base: Base, tail: Tail, column: str, story: int) -> Key | None:
    """The key of a story by its number as it is now; none for one that is not here any more."""
    for segment in (tail, base):
        places, _here = segment.positions(np.array([story], np.int64))
        if len(places):
            return int(segment.numbers[column][places[0]]), story
    return None


def key_of(after: str) -> Key | None:
    """The key that stands in an address; one that is no key is none."""
    value, _, story = after.partition(".")
    try:
        told = int(value[:20]), int(story[:20])
    except ValueError:
        return None
    return told if all(-(2**62) < one < 2**62 for one in told) else None


def _first(base: Base, found: BitMap, column: str, after: Key | None, want: int) -> list[Key]:
    values = base.numbers[column]
    if column == "updated":
        start = base.begin(column, after) if after else 0
        places = list(islice(found.iter_equal_or_larger(start), want)) if found else []
        return [(int(values[place]), int(base.stories[place])) for place in places]
    if len(found) < _WALKED:
        return _top(values, base.stories, found, after, want)
    return _walked(base, found, column, after, want)


def _walked(base: Base, found: BitMap, column: str, after: Key | None, want: int) -> list[Key]:
    """Along the written order, in steps, until enough of the found have been met."""
    order, values = base.orders[column], base.numbers[column]
    start = base.begin(column, after) if after else 0
    told: list[Key] = []
    step = max(64, int(2 * want * base.size / len(found)))
    while start < base.size and len(told) < want:
        met = sets.positions(sets.of_positions(order[start : start + step]) & found)
        told += sorted(zip(values[met].tolist(), base.stories[met].tolist(), strict=True), reverse=True)
        start, step = start + step, step * 2
    return told[:want]


def _top(values: Array, stories: Array, found: BitMap, after: Key | None, want: int) -> list[Key]:
    places = sets.positions(found)
    return _highest(values[places].astype(np.int64), stories[places], after, want)


def _highest(values: Array, stories: Array, after: Key | None, want: int) -> list[Key]:
    if after:
        value, story = after
        later = np.flatnonzero((values < value) | ((values == value) & (stories < story)))
        values, stories = values[later], stories[later]
    if len(values) > max(_CROWD, want):
        floor = np.partition(values, len(values) - want)[len(values) - want]
        high = np.flatnonzero(values >= floor)
        values, stories = values[high], stories[high]
    order = np.lexsort((-stories, -values))[:want]
    return list(zip(values[order].tolist(), stories[order].tolist(), strict=True))


def _ranked(
    question: Question, stories: Array, found: BitMap, matched: Matched | None, after: Key | None, want: int
) -> list[Key]:
    ours = np.asarray(stories[sets.positions(found)])
    if question.sort is Sort.RANDOM or matched is None:
        return _highest(shuffled(ours, question.seed), ours, after, want)
    return _highest(matched.scores[np.searchsorted(matched.stories, ours)], ours, after, want)


def shuffled(stories: Array, seed: int) -> Array:
    """A number for each story that looks drawn by lot, the same each time for one seed.

    The finalizer of MurmurHash3 (32 bits, public domain, Austin Appleby) over story and seed.
    """
    mixed = (stories.astype(np.uint64) * 0x9E3779B1 + (seed * 0x85EBCA77 + 1) % 2**32).astype(np.uint32)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        mixed ^= mixed >> np.uint32(shift)
        mixed *= np.uint32(factor)
    mixed ^= mixed >> np.uint32(16)
    return mixed.astype(np.int64)
