"""The tail: whole rows and removals since the base, in a file that is only appended to.

A record is its length, the CRC-32 of its bytes, and its bytes: JSON with "rows", "gone", "kinds", "cursor".
The rows of a record and the cursor that goes with them are there together or not at all.
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from pyroaring import BitMap

from talehouse.search.columns.base import Base
from talehouse.search.columns.rows import COLUMNS, HIDDEN, NAMED, Array, Row
from talehouse.search.questions import Term

_HEAD = struct.Struct("<II")
_NONE = BitMap()


@dataclass(frozen=True, slots=True)
class Change:
    """What one record says: rows as they are now, stories that are gone, kinds of tags, the cursor after."""

    rows: Sequence[Row] = ()
    gone: Sequence[int] = ()
    kinds: Mapping[int, int] = field(default_factory=dict)
    cursor: Mapping[str, Any] | None = None


def packed(change: Change) -> bytes:
    """A record as it stands in the file."""
    told = {
        "rows": [[row.story, row.numbers, " ".join(row.terms)] for row in change.rows],
        "gone": list(change.gone),
        "kinds": list(change.kinds.items()),
        "cursor": change.cursor,
    }
    body = json.dumps(told, separators=(",", ":")).encode()
    return _HEAD.pack(len(body), zlib.crc32(body)) + body


def append(path: Path, change: Change) -> None:
    """Add a record, and see that it is on the disk."""
    opened = os.open(path, os.O_WRONLY | os.O_APPEND)
    try:
        rest = memoryview(packed(change))
        while rest:
            rest = rest[os.write(opened, rest) :]
        os.fsync(opened)
    finally:
        os.close(opened)


def records(path: Path, start: int = 0) -> Iterator[tuple[Change, int]]:
    """The whole records from a place on, each with the place after it; ends before a torn one."""
    with path.open("rb") as file:
        file.seek(start)
        while len(head := file.read(_HEAD.size)) == _HEAD.size:
            length, crc = _HEAD.unpack(head)
            body = file.read(length)
            if len(body) < length or zlib.crc32(body) != crc:
                return
            start += _HEAD.size + length
            yield _unpacked(body), start


def _unpacked(body: bytes) -> Change:
    told = json.loads(body)
    rows = [Row(story, tuple(numbers), tuple(terms.split())) for story, numbers, terms in told["rows"]]
    return Change(rows, told["gone"], dict(told["kinds"]), told["cursor"])


class Tail:
    """What has changed since a base, in memory. `covered` are the positions of the base that do not count any
    more, `dead` those here. `moved` are the tags whose kind is another
    than in the base; `ahead` is how far the writer has read without anything to write down.
    """

    def __init__(self, base: Base, path: Path) -> None:
        self._base, self._path = base, path
        self.read = 0
        self.cursor: Mapping[str, Any] = base.meta["cursor"]
        self.ahead: Mapping[str, Any] | None = None
        self.rows: list[Row] = []
        self.tags: list[Array] = []
        self.kinds: dict[int, int] = {}
        self.moved: set[int] = set()
        self._kinds: tuple[Array, Array] | None = None
        self.covered, self.dead = BitMap(), BitMap()
        self._place: dict[int, int] = {}
        self._terms: defaultdict[Term, BitMap] = defaultdict(BitMap)
        self._words: dict[str, set[str]] = {group: set() for group in NAMED}
        self._columns: dict[str, Array] = {}

    def catch_up(self) -> bool:
        """Read what has been appended; returns whether anything was.

        Raises FileNotFoundError if it is not the file any more that was read before.
        """
        size = self._path.stat().st_size
        if size < self.read:
            raise FileNotFoundError(f"{self._path} has become shorter")
        if size == self.read:
            return False
        before = self.read
        for change, end in records(self._path, before):
            self._apply(change)
            self.read = end
        self._columns, self._kinds = {}, None
        return self.read > before

    def _apply(self, change: Change) -> None:
        for tag, kind in change.kinds.items():
            if self.kinds.get(tag) != kind:
                self.kinds[tag] = kind
                self._look_at(tag, kind)
        for story in change.gone:
            self._cover(story)
        for row in change.rows:
            self._cover(row.story)
            place = self._place[row.story] = len(self.rows)
            self.rows.append(row)
            self.tags.append(np.array([int(term[4:]) for term in row.terms if term[:4] == "tag:"], np.int64))
            for term in row.terms:
                self._terms[term].add(place)
                group, _, code = term.partition(":")
                if group in self._words:
                    self._words[group].add(code)
        self.cursor = change.cursor or self.cursor

    def _look_at(self, tag: int, kind: int) -> None:
        """Remember the tags that the base has under another kind."""
        number = self._base.number(f"tag:{tag}")
        if number is not None and self._base.tag_kinds[number] != kind:
            self.moved.add(tag)
        else:
            self.moved.discard(tag)

    def _cover(self, story: int) -> None:
        place = self._place.pop(story, None)
        if place is not None:
            self.dead.add(place)
        elif (position := self._base.position(story)) is not None:
            self.covered.add(position)

    # As a segment

    @property
    def size(self) -> int:
        """How many rows there are, dead ones too."""
        return len(self.rows)

    @property
    def everything(self) -> BitMap:
        """All rows, dead ones too."""
        return BitMap(range(len(self.rows)))

    def term(self, term: Term) -> BitMap:
        """The rows that have a term."""
        return self._terms.get(term, _NONE)

    def total(self, term: Term) -> int:
        """How many rows have a term."""
        return len(self.term(term))

    def terms(self, group: str) -> set[str]:
        """The words of a named group that occur."""
        return self._words[group]

    @property
    def numbers(self) -> dict[str, Array]:
        """The columns."""
        if not self._columns:
            told = np.array([row.numbers for row in self.rows], np.int64).reshape(-1, len(COLUMNS))
            self._columns = {name: told[:, place] for place, name in enumerate(COLUMNS)}
            self._columns["story"] = np.array([row.story for row in self.rows], np.int64)
        return self._columns

    @property
    def stories(self) -> Array:
        """The stories of the rows."""
        return self.numbers["story"]

    def row(self, story: int) -> Row | None:
        """The newest row of a story."""
        place = self._place.get(story)
        return None if place is None else self.rows[place]

    def positions(self, stories: Array) -> tuple[Array, Array]:
        """Of those that are here: their places here, and in `stories`."""
        told = [(self._place[int(one)], at) for at, one in enumerate(stories) if int(one) in self._place]
        found = np.array(told, np.int64).reshape(-1, 2)
        return found[:, 0], found[:, 1]

    def counted(self, found: BitMap) -> dict[int, tuple[Array, Array]]:
        """By the code of its kind: the tags of these rows, ascending, and how many rows have each."""
        if not found:
            return {}
        tags, counts = np.unique(np.concatenate([self.tags[place] for place in found]), return_counts=True)
        known, kinds = self._known_kinds()
        if not len(known):
            return {}
        place = np.minimum(np.searchsorted(known, tags), len(known) - 1)
        kinds = np.where(known[place] == tags, kinds[place], HIDDEN)
        return {int(kind): (tags[kinds == kind], counts[kinds == kind]) for kind in np.unique(kinds)}

    def _known_kinds(self) -> tuple[Array, Array]:
        if self._kinds is None:
            known = np.array(sorted(self.kinds), np.int64)
            self._kinds = known, np.array([self.kinds[int(tag)] for tag in known], np.int64)
        return self._kinds
