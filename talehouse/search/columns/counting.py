"""Facets: how many stories of an answer have each term, exactly, the most frequent first.

A narrow answer: the tags of its stories are gathered and counted. A broad one: the sets of the tags are
intersected with it, in the order of how many stories have them at all; a tag's count never exceeds its total,
so it ends as soon as no further tag can be among the first.
"""

from __future__ import annotations

from collections import Counter as Counting
from collections.abc import Collection, Iterable, Mapping
from heapq import heappush, heappushpop, merge

import numpy as np
from pyroaring import BitMap

from talehouse.search.columns import sets
from talehouse.search.columns.base import Base, Facet
from talehouse.search.columns.rows import KIND_CODES, NAMED, Array
from talehouse.search.columns.tail import Tail
from talehouse.search.questions import Counted

Found = tuple[tuple[Base, BitMap], tuple[Tail, BitMap]]
Told = tuple[int, int]
"""A count and a tag."""
Extra = tuple[Array, Array]
"""Tags of the tail, ascending, and their counts there."""
_NONE: Extra = (np.zeros(0, np.int64), np.zeros(0, np.int64))
_GATHER_NS, _INTERSECT_NS = 30, 15_000
"""What one tag of a story costs to gather, and one set to intersect: measured on two cores at a million."""
_CHEAP = 50_000
"""Up to so many tags of stories, gathering is cheaper whatever the tags."""


def facets(found: Found, kinds: Iterable[str], most: int) -> dict[str, tuple[tuple[Counted, ...], bool]]:
    """The first terms of each kind with their counts, and whether there are more of them."""
    _in_base, (tail, in_tail) = found
    extra = tail.counted(in_tail)
    told = {}
    for kind in kinds:
        if kind in NAMED:
            counted = _named(found, kind)
        elif (code := KIND_CODES.get(kind.removeprefix("tag:"))) and kind.startswith("tag:"):
            first = _tags(found, kind.removeprefix("tag:"), extra.get(code, _NONE), most + 1)
            counted = [Counted(f"tag:{tag}", count) for count, tag in first]
        else:
            raise ValueError(f"There is no facet {kind!r}.")
        told[kind] = tuple(counted[:most]), len(counted) > most
    return told


def count_of(found: Found, term: str) -> int:
    """How many of the found have a term."""
    return sum(segment.term(term).intersection_cardinality(hits) for segment, hits in found)


def _named(found: Found, group: str) -> list[Counted]:
    (base, _in_base), (tail, _in_tail) = found
    words = {*base.terms(group), *tail.terms(group)}
    told = [Counted(term, count) for word in words if (count := count_of(found, term := f"{group}:{word}"))]
    return sorted(told, key=lambda one: (-one.stories, one.term))


def _tags(found: Found, kind: str, extra: Extra, want: int) -> list[Told]:
    """The first tags of a kind; `extra` are the counts of the tail."""
    (base, in_base), (tail, _in_tail) = found
    table = base.facet(kind)
    came = [tag for tag in tail.moved if tail.kinds[tag] == KIND_CODES[kind]]
    elsewhere = tail.moved.difference(came)
    per_story = len(table.ranks) / max(1, base.size)
    cost = len(in_base) * per_story * _GATHER_NS
    if cost > _CHEAP * _GATHER_NS and _likely(table, in_base, base, want) * _INTERSECT_NS < cost:
        added, tries = _added(extra, dict.fromkeys(came, 0)), int(2 * cost / _INTERSECT_NS)
        told = _intersected(base, table, in_base, added, elsewhere, want, tries)
        if told is not None:
            return told
    here = {tag: base.term(f"tag:{tag}").intersection_cardinality(in_base) for tag in came}
    return _gathered(table, in_base, _added(extra, here), elsewhere, want)


def _added(extra: Extra, more: Mapping[int, int]) -> Extra:
    """These counts too: of tags that have come to the kind, and that the base has under another."""
    if not more:
        return extra
    tags = np.union1d(extra[0], np.fromiter(more, np.int64))
    counts = np.array([more.get(tag, 0) for tag in tags.tolist()], np.int64)
    counts[np.searchsorted(tags, extra[0])] += extra[1]
    return tags, counts


def _likely(table: Facet, in_base: BitMap, base: Base, want: int) -> int:
    """How many sets it will take, if this answer has tags as all stories have them."""
    if len(table.falling) <= want:
        return len(table.falling)
    floor = int(table.falling[want - 1]) * len(in_base) / base.size
    return int(np.searchsorted(table.falling, floor, side="right"))


def _intersected(
    base: Base,
    table: Facet,
    found: BitMap,
    extra: Extra,
    elsewhere: set[int],
    want: int,
    tries: int,
) -> list[Told] | None:
    """The first by intersecting; None if `tries` sets were not enough."""
    best: list[Told] = []
    more = dict(zip(extra[0].tolist(), extra[1].tolist(), strict=True))
    for tried, (bound, tag, number) in enumerate(_by_bound(base, table, extra, more)):
        if len(best) == want and bound < best[0][0]:
            break
        if tried > tries:
            return None
        if tag in elsewhere:
            continue
        count = more.get(tag, 0)
        if number is not None:
            count += base.decoded(number).intersection_cardinality(found)
        if count:
            (heappush if len(best) < want else heappushpop)(best, (count, -tag))
    return [(count, -tag) for count, tag in sorted(best, reverse=True)]


def _by_bound(
    base: Base, table: Facet, extra: Extra, more: Collection[int]
) -> Iterable[tuple[int, int, int | None]]:
    """Each tag with the most that its count can be, the highest first, and the number of its term here."""
    ours = (
        (-int(total), int(tag), int(number))
        for total, tag, number in zip(table.falling, table.codes, table.terms, strict=True)
        if int(tag) not in more
    )
    if not more:
        return ours
    tags, counts = extra
    number = np.minimum(np.searchsorted(base.tags(), tags), max(0, len(base.tags()) - 1))
    here = base.tags()[number] == tags if len(base.tags()) else np.zeros(len(tags), bool)
    bounds = counts + np.where(here, base.counts[number], 0) if len(base.tags()) else counts
    theirs = (
        (int(bounds[one]), int(tags[one]), int(number[one]) if here[one] else None)
        for one in np.argsort(-bounds, kind="stable")
    )
    return merge(ours, theirs, key=lambda one: -one[0])


def _gathered(table: Facet, found: BitMap, extra: Extra, elsewhere: set[int], want: int) -> list[Told]:
    ranks = _ranks_of(table, sets.positions(found))
    if len(ranks) * 8 < len(table.codes):
        seen, counts = np.unique(ranks, return_counts=True)
    else:
        counts = np.bincount(ranks, minlength=1)
        seen = np.flatnonzero(counts)
        counts = counts[seen]
    tags = table.codes[seen]
    if elsewhere:
        here = ~np.isin(tags, np.fromiter(elsewhere, np.int64))
        tags, counts = tags[here], counts[here]
    if len(counts) > want:
        high = counts >= np.partition(counts, len(counts) - want)[len(counts) - want]
        if len(extra[0]):
            high |= np.isin(tags, extra[0])
        tags, counts = tags[high], counts[high]
    told = Counting(dict(zip(tags.tolist(), counts.tolist(), strict=True)))
    told.update(dict(zip(extra[0].tolist(), extra[1].tolist(), strict=True)))
    ordered = sorted((-count, tag) for tag, count in told.items() if count)
    return [(-count, tag) for count, tag in ordered[:want]]


def _ranks_of(table: Facet, places: Array) -> Array:
    """The ranks of all tags of these positions, one after the other."""
    starts = table.offsets[places].astype(np.int64)
    each = table.offsets[places + 1].astype(np.int64) - starts
    ends = np.cumsum(each)
    whole = int(ends[-1]) if len(ends) else 0
    return table.ranks[np.repeat(starts - (ends - each), each) + np.arange(whole)]
