"""What changed between two texts: block by block, and word by word inside a block.

Pure: stored texts in, rows out. Blocks are the same if they have the same id, else if they have the same
words, or much the same between the same neighbours. Their words are compared in `wording.py`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from rapidfuzz import fuzz

from talehouse.lib import words
from talehouse.lib.html.tree import Node, read, text, write
from talehouse.stories.anchors import common, fold
from talehouse.stories.anchors.chains import rising
from talehouse.stories.wording import Piece, Run, What, joined, pieces_of, word_runs

SIMILAR = 55
"""From this share of common letters on (rapidfuzz `ratio`, percent) it is the same block in other words."""

_MOST_IN_A_GAP = 200
"""So many blocks between two that stayed are looked through for similar ones."""

_BETWEEN = re.compile(r'\n(?=<[a-z0-9]+ id="b-)')
_ID = re.compile(r'^(<[a-z0-9]+) id="b-([A-Za-z0-9_-]+)"')


class State(StrEnum):
    """What became of a block. One that moved has two rows: AWAY where it stood, HERE where it stands.

    REPLACED: one went and another, which has nothing to do with it, came in its place.
    """

    KEPT = "kept"
    CHANGED = "changed"
    REPLACED = "replaced"
    ADDED = "added"
    REMOVED = "removed"
    AWAY = "away"
    HERE = "here"


@dataclass(frozen=True, slots=True)
class Shape:
    """A block without its text: its element and the class and direction on it."""

    tag: str
    attributes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One block, or two that share a line.

    `runs` are empty for what was kept or went AWAY: `html` is the block then, without its id. `place` numbers
    the moved blocks, the same for both rows of one.
    """

    state: State
    shape: Shape
    html: str = ""
    runs: tuple[Run, ...] = ()
    reshaped: bool = False
    place: int = 0


@dataclass(frozen=True, slots=True)
class Version:
    """A text with what goes with it: the stored form, and title and notes as readers see them."""

    html: str
    title: str = ""
    note_before: str = ""
    note_after: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """The blocks in order, and the runs of title and notes (None where nothing has changed)."""

    rows: tuple[Row, ...]
    title: tuple[Run, ...] | None
    note_before: tuple[Run, ...] | None
    note_after: tuple[Run, ...] | None


def compare(old: Version, new: Version) -> Difference:
    """What to do to `old` so that it is `new`."""

    def noted(one: str, other: str) -> tuple[Run, ...] | None:
        return None if one == other else word_runs(pieces_of(one), pieces_of(other))

    titles = (
        [Piece(word) for word in words.pieces(old.title)],
        [Piece(word) for word in words.pieces(new.title)],
    )
    return Difference(
        rows=tuple(_rows(_blocks(old.html), _blocks(new.html))),
        title=None if old.title == new.title else word_runs(*titles),
        note_before=noted(old.note_before, new.note_before),
        note_after=noted(old.note_after, new.note_after),
    )


# Blocks


class _Block(NamedTuple):
    key: str
    html: str


def _blocks(stored: str) -> list[_Block]:
    """The blocks of a stored text, each with its id taken off; nothing is parsed."""
    found = []
    for html in _BETWEEN.split(stored) if stored else []:
        match = _ID.match(html)
        found.append(_Block(match[2], match[1] + html[match.end() :]) if match else _Block("", html))
    return found


def _rows(old: Sequence[_Block], new: Sequence[_Block]) -> Iterator[Row]:
    partner = _partners(old, new)
    pairs = sorted((o, n) for n, o in partner.items())
    steady = rising(pairs)
    moved = {n: place for place, n in enumerate(sorted({n for _, n in pairs} - {n for _, n in steady}), 1)}
    away = {partner[n]: place for n, place in moved.items()}
    last_old = last_new = 0
    for o, n in [*steady, (len(old), len(new))]:
        yield from _gap(old, new, range(last_old, o), range(last_new, n), partner, moved, away)
        if o < len(old):
            yield _pair(old[o], new[n])
        last_old, last_new = o + 1, n + 1


def _partners(old: Sequence[_Block], new: Sequence[_Block]) -> dict[int, int]:
    """New place → old place of what is the same block: by its id, its words, or similar words in its place.

    A block without text is never taken for a moved one.
    """
    places = {block.key: place for place, block in enumerate(old)}
    found = {n: places[block.key] for n, block in enumerate(new) if block.key in places}
    olds, news = _left(old, new, found)
    if olds and news:
        told = {o: fold(_text(old[o])) for o in olds}, {n: fold(_text(new[n])) for n in news}
        found |= _equal(*told)
        for pair in _similar(found, *told, ends=(len(old), len(new))):
            found[pair[1]] = pair[0]
    steady = {n for _, n in rising(sorted((o, n) for n, o in found.items()))}
    return {n: o for n, o in found.items() if n in steady or _text(new[n])}


def _left(old: Sequence[_Block], new: Sequence[_Block], found: dict[int, int]) -> tuple[list[int], list[int]]:
    taken = set(found.values())
    return [o for o in range(len(old)) if o not in taken], [n for n in range(len(new)) if n not in found]


def _equal(olds: dict[int, str], news: dict[int, str]) -> dict[int, int]:
    """Those with the same words: in their order, then wherever they stand."""
    places, at = list(olds), list(news)
    found = {at[n]: places[o] for o, n in common(list(olds.values()), list(news.values()))}
    taken = set(found.values())
    free: dict[str, list[int]] = {}
    for o, told in olds.items():
        if told and o not in taken:
            free.setdefault(told, []).append(o)
    for n, told in news.items():
        if n not in found and free.get(told):
            found[n] = free[told].pop(0)
    return found


def _similar(
    found: dict[int, int], olds: dict[int, str], news: dict[int, str], *, ends: tuple[int, int]
) -> Iterator[tuple[int, int]]:
    """(old, new) of blocks between the same neighbours with mostly the same words, the first that fits."""
    taken = set(found.values())
    left_o = [o for o in olds if o not in taken and olds[o]]
    left_n = [n for n in news if n not in found and news[n]]
    last_o, last_n = -1, -1
    for end_o, end_n in [*rising(sorted((o, n) for n, o in found.items())), ends]:
        gap_o = left_o[bisect_right(left_o, last_o) : bisect_right(left_o, end_o)]
        gap_n = left_n[bisect_right(left_n, last_n) : bisect_right(left_n, end_n)]
        for n in gap_n[:_MOST_IN_A_GAP]:
            near = [o for o in gap_o[:_MOST_IN_A_GAP] if fuzz.ratio(olds[o], news[n], score_cutoff=SIMILAR)]
            if near:
                yield near[0], n
                gap_o = gap_o[gap_o.index(near[0]) + 1 :]
        last_o, last_n = end_o, end_n


def _text(block: _Block) -> str:
    return text(read(block.html))


def _gap(
    old: Sequence[_Block],
    new: Sequence[_Block],
    olds: range,
    news: range,
    partner: dict[int, int],
    moved: dict[int, int],
    away: dict[int, int],
) -> Iterator[Row]:
    """What stands between two blocks that stayed; what went and what came share their lines."""
    o, n = olds.start, news.start
    while o < olds.stop or n < news.stop:
        if o in away and o < olds.stop:
            yield Row(State.AWAY, _shape(old[o]), html=old[o].html, place=away[o])
            o += 1
        elif n in moved and n < news.stop:
            row = _pair(old[partner[n]], new[n], moved[n])
            yield row
            n += 1
        else:
            one = old[o] if o < olds.stop else None
            other = new[n] if n < news.stop else None
            yield _single(one, other)
            o, n = o + (one is not None), n + (other is not None)


def _single(old: _Block | None, new: _Block | None) -> Row:
    gone = tuple(joined(What.REMOVED, pieces_of(old.html))) if old else ()
    came = tuple(joined(What.ADDED, pieces_of(new.html))) if new else ()
    state = State.REPLACED if old and new else State.REMOVED if old else State.ADDED
    shapes = {_shape(block) for block in (old, new) if block}
    return Row(state, shapes.pop() if len(shapes) == 1 else Shape("p"), runs=gone + came)


def _pair(old: _Block, new: _Block, place: int = 0) -> Row:
    if old.html == new.html and not place:
        return Row(State.KEPT, _shape(new), html=new.html)
    runs = word_runs(pieces_of(old.html), pieces_of(new.html))
    shape = _shape(new)
    state = State.HERE if place else State.CHANGED
    return Row(state, shape, runs=runs, reshaped=_shape(old) != shape, place=place)


def _shape(block: _Block) -> Shape:
    tag, _, attributes = block.html[1 : block.html.find(">")].partition(" ")
    return Shape(tag, tuple(re.findall(r'([\w-]+)="([^"]*)"', attributes)))


def without_ids(html: str) -> str:
    """Canonical markup for showing beside another: no ids, and headings that do not stand in the page's."""
    return write([_bare(child) for child in read(html)])


def _bare(child: Node | str) -> Node | str:
    if isinstance(child, str):
        return child
    kept = {name: value for name, value in child.attrs.items() if name != "id"}
    return Node(child.tag, kept, [_bare(inner) for inner in child.children])
