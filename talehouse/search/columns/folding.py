"""A base and its tail become one table again, without asking the database."""

from __future__ import annotations

import numpy as np

from talehouse.search.columns import sets
from talehouse.search.columns.base import Base
from talehouse.search.columns.rows import COLUMNS, NAMED, Array, Table, table_of
from talehouse.search.columns.tail import Tail


def folded(base: Base, tail: Tail) -> Table:
    """Everything that counts, as a table."""
    living = [row for place, row in enumerate(tail.rows) if place not in tail.dead]
    fresh = table_of(living, tail.kinds)
    kept = np.ones(base.size, bool)
    kept[sets.positions(tail.covered)] = False
    place = np.cumsum(kept) - 1
    names = {group: list(base.meta["names"][group]) for group in NAMED}
    pairs = {}
    for group in base.meta["groups"]:
        who, what = _pairs(base, group)
        here = kept[who]
        more_who, more_what = fresh.pairs[group]
        if group in NAMED:
            more_what = _renamed(more_what, fresh.names[group], names[group])
        pairs[group] = (
            np.concatenate([place[who[here]], more_who + int(kept.sum())]),
            np.concatenate([what[here], more_what]),
        )
    return Table(
        stories=np.concatenate([np.asarray(base.stories)[kept], fresh.stories]),
        numbers={
            name: np.concatenate([np.asarray(base.numbers[name])[kept].astype(np.int64), fresh.numbers[name]])
            for name in COLUMNS
        },
        pairs=pairs,
        names=names,
        kinds={**dict(zip(base.tags().tolist(), base.tag_kinds.tolist(), strict=True)), **tail.kinds},
    )


def _pairs(base: Base, group: str) -> tuple[Array, Array]:
    """Position and code of each pair of a group."""
    first, size = base.meta["groups"][group]
    codes = base.codes(group)
    if not size:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    each = [sets.positions(base.decoded(first + place)) for place in range(size)]
    who = np.concatenate(each).astype(np.int64)
    return who, np.repeat(np.asarray(codes), [len(one) for one in each])


def _renamed(codes: Array, theirs: list[str], ours: list[str]) -> Array:
    """Codes of one list of words as codes of another, which grows."""
    known = {name: code for code, name in enumerate(ours)}
    for name in theirs:
        if name not in known:
            known[name] = len(ours)
            ours.append(name)
    return np.array([known[name] for name in theirs], np.int64)[codes] if theirs else codes
