"""A base: files that are mapped, not read; terms are decoded when they are asked for."""

from __future__ import annotations

import os
from array import array
from bisect import bisect_left
from collections import OrderedDict
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
from pyroaring import BitMap

from talehouse.search.columns import files
from talehouse.search.columns.rows import COLUMNS, KINDS, NAMED, SORTED_BY, Array
from talehouse.search.questions import IndexMissing, Term

_SMALL = 1 << 16
"""Bytes up to which a column is read instead of mapped."""
MEMORY = 32 << 20
"""Bytes of decoded terms that one process keeps."""
_NONE = BitMap()


class Facet(NamedTuple):
    """The tags of one kind, the most used first: `terms` are their numbers, `codes` their tags, `falling` is
    how many stories have each, below zero, so that it rises; story p has the ranks from offsets[p] up to
    offsets[p + 1].
    """

    terms: Array
    codes: Array
    falling: Array
    offsets: Array
    ranks: Array


class Base:
    """A whole base of one generation. Raises IndexMissing if it is not as it was written."""

    def __init__(self, folder: Path, *, check: bool = True) -> None:
        self.folder = folder
        self.meta = files.meta(folder)
        if check:
            files.verify(folder, self.meta)
        self.size: int = self.meta["size"]
        self._names = {
            group: {name: code for code, name in enumerate(names)}
            for group, names in self.meta["names"].items()
        }
        try:
            self.stories, self._numbered = self._load("stories"), self._load("numbered")
            self._numbered_positions = self._load("numbered-positions")
            self.counts, self._starts = self._load("counts"), self._load("starts")
            self._lengths, self.tag_kinds = self._load("lengths"), self._load("tag-kinds")
            self.numbers = {name: self._load(f"number-{name}") for name in COLUMNS}
            ordered = set(SORTED_BY.values()) - {"updated"}
            self.orders = {name: self._load(f"order-{name}") for name in ordered}
            self._codes = {group: self._load(f"terms-{group}") for group in self.meta["groups"]}
            self._rare = os.open(folder / "postings.bin", os.O_RDONLY | os.O_CLOEXEC)
            self._packed = os.open(folder / "bitmaps.bin", os.O_RDONLY | os.O_CLOEXEC)
        except (OSError, ValueError) as error:
            raise IndexMissing(f"{folder.name} is damaged") from error
        self._decoded: OrderedDict[int, BitMap] = OrderedDict()
        self._kept = 0

    def close(self) -> None:
        """Give the files back; the maps go with their last use."""
        os.close(self._rare)
        os.close(self._packed)

    def _load(self, name: str) -> Array:
        path = self.folder / f"{name}.npy"
        mapped = path.stat().st_size > _SMALL
        loaded: Array = np.load(path, mmap_mode="r" if mapped else None)
        return loaded.view(np.ndarray)

    # Stories

    def position(self, story: int) -> int | None:
        """Where a story stands, if it is here."""
        place = int(np.searchsorted(self._numbered, story))
        if place < self.size and self._numbered[place] == story:
            return int(self._numbered_positions[place])
        return None

    def positions(self, stories: Array) -> tuple[Array, Array]:
        """Of those that are here: their positions, and their places in `stories`."""
        if not self.size or not len(stories):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        places = np.minimum(np.searchsorted(self._numbered, stories), self.size - 1)
        here = np.flatnonzero(self._numbered[places] == stories)
        return self._numbered_positions[places[here]].astype(np.int64), here

    @cached_property
    def everything(self) -> BitMap:
        """All positions."""
        return BitMap(range(self.size))

    # Terms

    def number(self, term: Term) -> int | None:
        """The number of a term, if any story has it."""
        group, _, code = term.partition(":")
        if group not in self._codes:
            return None
        if group in NAMED:
            wanted = self._names[group].get(code)
        else:
            wanted = int(code) if code.isdecimal() and len(code) < 19 else None
        if wanted is None:
            return None
        codes = self._codes[group]
        place = int(np.searchsorted(codes, wanted))
        if place < len(codes) and codes[place] == wanted:
            return int(self.meta["groups"][group][0]) + place
        return None

    def terms(self, group: str) -> dict[str, int]:
        """The words of a named group, with the numbers of their terms."""
        first = self.meta["groups"][group][0]
        names = self.meta["names"][group]
        return {names[int(code)]: first + place for place, code in enumerate(self._codes[group])}

    def codes(self, group: str) -> Array:
        """The codes of a group, ascending, in the order of the numbers of their terms."""
        return self._codes[group]

    def tags(self) -> Array:
        """All tags, in the order of the numbers of their terms, which begin at 0."""
        return self._codes["tag"]

    def total(self, term: Term) -> int:
        """How many stories here have a term."""
        number = self.number(term)
        return 0 if number is None else int(self.counts[number])

    def term(self, term: Term) -> BitMap:
        """The positions that have a term. Not to be changed."""
        number = self.number(term)
        return _NONE if number is None else self.decoded(number)

    def decoded(self, number: int) -> BitMap:
        """The positions that have the term of this number. Not to be changed."""
        found = self._decoded.get(number)
        if found is not None:
            self._decoded.move_to_end(number)
            return found
        start, length = int(self._starts[number]), int(self._lengths[number])
        if not length:
            return BitMap(array("I", os.pread(self._rare, 4 * int(self.counts[number]), 4 * start)))
        found = BitMap.deserialize(os.pread(self._packed, length, start))
        self._decoded[number] = found
        self._kept += length
        while self._kept > MEMORY:
            gone, _bitmap = self._decoded.popitem(last=False)
            self._kept -= int(self._lengths[gone])
        return found

    # Facets

    def facet(self, kind: str) -> Facet:
        """The tags of a kind."""
        return self._facets[kind]

    @cached_property
    def _facets(self) -> dict[str, Facet]:
        found = {}
        for kind in KINDS:
            terms = self._load(f"facet-{kind}-terms")
            codes, falling = self.tags()[terms], -self.counts[terms].astype(np.int64)
            offsets, ranks = self._load(f"facet-{kind}-offsets"), self._load(f"facet-{kind}-ranks")
            found[kind] = Facet(terms, codes, falling, offsets, ranks)
        return found

    # Orders

    def begin(self, column: str, key: tuple[int, int]) -> int:
        """The place in an order of the first story that comes after this key (value, story)."""
        values, stories = self.numbers[column], self.stories
        order = self.orders.get(column)

        def place(index: int) -> tuple[int, int]:
            position = index if order is None else int(order[index])
            return -int(values[position]), -int(stories[position])

        value, story = key
        return bisect_left(range(self.size), (-value, -story + 1), key=place)
