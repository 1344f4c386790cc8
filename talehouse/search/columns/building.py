"""From a table to a base: a folder of files, each written once and never changed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from talehouse.search.columns import files, sets
from talehouse.search.columns.rows import COLUMNS, KINDS, NAMED, NUMBERED, SORTED_BY, Array, Table

RARE = 64
"""Terms with at most so many stories are kept as plain numbers, not as bitmaps."""

Progress = Callable[[str], None]


def silently(sentence: str) -> None:
    """Progress that nobody reads."""


def build(table: Table, cursor: dict[str, Any], folder: Path, *, tell: Progress = silently) -> None:
    """Write a base; `folder` appears when it is whole. `cursor` tells which events it knows already."""
    fresh = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True, mode=0o700)
    _Build(table, fresh, tell).write(cursor)
    fresh.replace(folder)
    files.sync(folder.parent)


class _Build:
    """One base on its way. Positions run from the story that was updated last to the first."""

    def __init__(self, table: Table, folder: Path, tell: Progress) -> None:
        self.table, self.folder, self.tell = table, folder, tell
        self.size = len(table.stories)
        self.order = np.lexsort((-table.stories, -table.numbers["updated"]))
        self.position = np.empty(self.size, np.int64)
        self.position[self.order] = np.arange(self.size)
        self.counts: list[Array] = []
        self.starts: list[Array] = []
        self.lengths: list[Array] = []
        self.rare = self.packed = 0
        self.groups: dict[str, list[int]] = {}
        self.terms = 0

    def write(self, cursor: dict[str, Any]) -> None:
        self._stories()
        self.tell("numbers")
        for name in COLUMNS:
            self._number(name)
        names = {}
        with (
            (self.folder / "postings.bin").open("wb") as rare,
            (self.folder / "bitmaps.bin").open("wb") as packed,
        ):
            for group in (*NUMBERED, *NAMED):
                self.tell(group)
                if group in NAMED:
                    names[group] = self.table.names.get(group, [])
                terms, who = self._group(group, rare, packed)
                if group == "tag":
                    self._facets(terms, who)
        for name, columns in (("counts", self.counts), ("starts", self.starts), ("lengths", self.lengths)):
            self._save(name, np.concatenate(columns))
        self.tell("checksums")
        known = {"size": self.size, "groups": self.groups, "names": names, "cursor": cursor}
        files.seal(self.folder, known)

    def _save(self, name: str, column: Array) -> None:
        np.save(self.folder / f"{name}.npy", column)

    def _stories(self) -> None:
        stories = self.table.stories[self.order]
        self._save("stories", stories)
        by_number = np.argsort(stories, kind="stable")
        self._save("numbered", stories[by_number])
        self._save("numbered-positions", by_number.astype(np.uint32))

    def _number(self, name: str) -> None:
        column = self.table.numbers[name][self.order]
        self._save(f"number-{name}", _narrow(column))
        if name in SORTED_BY.values() and name != "updated":
            stories = self.table.stories[self.order]
            self._save(f"order-{name}", np.lexsort((-stories, -column)).astype(np.uint32))

    def _group(self, group: str, rare: Any, packed: Any) -> tuple[Array, Array]:
        """The terms of one group with their stories; returns, pair by pair, the term's number and the
        position, sorted by both.
        """
        who, what = self.table.pairs.get(group, (np.zeros(0, np.int64), np.zeros(0, np.int64)))
        codes, dense = np.unique(what, return_inverse=True)
        pairs = np.unique(dense * self.size + self.position[who]) if self.size else np.zeros(0, np.int64)
        terms, where = pairs // max(1, self.size), (pairs % max(1, self.size)).astype(np.uint32)
        counts = np.bincount(terms, minlength=len(codes))
        self._save(f"terms-{group}", codes.astype(np.int64))
        self._postings(counts, where, rare, packed)
        self.groups[group] = [self.terms, len(codes)]
        self.terms += len(codes)
        if group == "tag":
            kinds = np.array([self.table.kinds.get(int(code), 0) for code in codes], np.uint8)
            self._save("tag-kinds", kinds)
        return terms, where

    def _postings(self, counts: Array, where: Array, rare: Any, packed: Any) -> None:
        """The positions of each term: few as they are, many as a bitmap."""
        ends = np.cumsum(counts)
        begins = ends - counts
        few = counts <= RARE
        starts, lengths = np.zeros(len(counts), np.int64), np.zeros(len(counts), np.int32)
        starts[few] = self.rare + np.cumsum(counts[few]) - counts[few]
        kept = where[np.repeat(few, counts)]
        rare.write(kept.astype("<u4").tobytes())
        self.rare += len(kept)
        for term in np.flatnonzero(~few):
            body = sets.of_positions(where[begins[term] : ends[term]]).serialize()
            packed.write(body)
            starts[term], lengths[term] = self.packed, len(body)
            self.packed += len(body)
        self.counts.append(counts.astype(np.uint32))
        self.starts.append(starts)
        self.lengths.append(lengths)

    def _facets(self, terms: Array, where: Array) -> None:
        """For each kind: its tags by how many stories have them, and of each story which it has."""
        kinds = np.load(self.folder / "tag-kinds.npy")
        counts = self.counts[-1]
        for code, kind in enumerate(KINDS, 1):
            ours = np.flatnonzero(kinds == code)
            ranked = ours[np.lexsort((ours, -counts[ours].astype(np.int64)))]
            rank = np.zeros(len(kinds), np.int64)
            rank[ranked] = np.arange(len(ranked))
            chosen = kinds[terms] == code
            wide = max(1, len(ranked))
            pairs = np.sort(where[chosen].astype(np.int64) * wide + rank[terms[chosen]])
            each = np.bincount(pairs // wide, minlength=self.size)
            offsets = np.zeros(self.size + 1, np.int64)
            np.cumsum(each, out=offsets[1:])
            self._save(f"facet-{kind}-terms", ranked.astype(np.uint32))
            self._save(f"facet-{kind}-offsets", offsets.astype(np.uint32))
            self._save(f"facet-{kind}-ranks", _narrow(pairs % wide))


def _narrow(column: Array) -> Array:
    """The same numbers in as few bytes as hold them all."""
    if len(column) == 0:
        return column.astype(np.int32)
    low, high = int(column.min()), int(column.max())
    for kind in (np.uint16, np.int32):
        limits = np.iinfo(kind)
        if limits.min <= low and high <= limits.max:
            return column.astype(kind)
    return column.astype(np.int64)
