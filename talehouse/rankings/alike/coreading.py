"""Readers who finished this also finished …: numbers in, numbers out.

Two stories are alike as far as the same readers finished both: the cosine of their columns in the table of
readers and stories, where whoever finished much weighs less (1 / log2(2 + stories), the idea of "inverse user
frequency" of Breese, Heckerman and Kadie 1998), drawn towards nothing where few did (shrinkage by `DOUBT`,
after Bell and Koren 2007). Only arrays, so that it needs little more memory than the pairs themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

LEAST = 5
"""Pairs that fewer readers have in common are told to nobody."""
MOST = 30
"""Stories that are kept for each."""
DOUBT = 10
LONGEST = 300
"""Stories of one reader that are looked at: the last ones."""
CROWD = 4_000
"""Readers of one story that are looked at, evenly chosen."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Likeness(NamedTuple):
    """The stories that are like one, the most alike first; `scores` are between 0 and 1."""

    story: int
    others: Ints
    scores: Floats


class _Table(NamedTuple):
    """The pairs in both orders: items by reader (from `starts`), and readers by item (from `begins`)."""

    items: Ints
    starts: Ints
    readers: Ints
    begins: Ints
    weights: Floats
    norms: Floats


def likenesses(readers: Ints, stories: Ints) -> Iterator[Likeness]:
    """For each story those like it. `readers[n]` finished `stories[n]`; a pair stands once, the oldest
    first.
    """
    names, items = np.unique(stories, return_inverse=True)
    table = _table(readers, items)
    for item, name in enumerate(names):
        others, scores = _like(item, table)
        if len(others):
            yield Likeness(int(name), names[others], scores)


def _table(readers: Ints, items: Ints) -> _Table:
    known, who = np.unique(readers, return_inverse=True)
    order = np.argsort(who, kind="stable")
    who, items = who[order], items[order]
    sizes = np.bincount(who, minlength=len(known))
    from_end = np.repeat(np.cumsum(sizes), sizes) - np.arange(len(who))
    keep = from_end <= LONGEST
    who, items = who[keep], items[keep]
    sizes = np.bincount(who, minlength=len(known))
    weights = 1 / np.log2(2 + sizes)
    by_item = np.argsort(items, kind="stable")
    counts = np.bincount(items)
    norms = np.sqrt(np.bincount(items, weights=weights[who]))
    return _Table(items, _offsets(sizes), who[by_item], _offsets(counts), weights, norms)


def _offsets(sizes: Ints) -> Ints:
    return np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)


def _like(item: int, table: _Table) -> tuple[Ints, Floats]:
    """The items like this one, by what its readers have finished too."""
    readers = table.readers[table.begins[item] : table.begins[item + 1]]
    readers = readers[:: len(readers) // CROWD + 1]
    starts = table.starts[readers]
    lengths = table.starts[readers + 1] - starts
    before = np.concatenate(([0], np.cumsum(lengths)[:-1]))
    places = np.arange(lengths.sum()) + np.repeat(starts - before, lengths)
    others, which = np.unique(table.items[places], return_inverse=True)
    together = np.bincount(which)
    weight = np.bincount(which, weights=np.repeat(table.weights[readers], lengths))
    scores = weight / (table.norms[item] * table.norms[others]) * together / (together + DOUBT)
    enough = (together >= LEAST) & (others != item)
    others, scores = others[enough], scores[enough]
    best = np.lexsort((others, -scores))[:MOST]
    return others[best], np.round(scores[best], 6)
