"""What became of every block: which id passes on to which text, and where each old block is now."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from talehouse.stories.anchors.chains import Pair, rising
from talehouse.stories.anchors.comparing import Texts
from talehouse.stories.anchors.matching import Matching
from talehouse.stories.anchors.tracing import Trace

MERGED_SHARE = 0.4
"""A block of which so much stands in another one was merged into that."""
PIECE_SHARE = 0.15
"""So much of a block's letters makes a piece of it."""


class Kind(StrEnum):
    """What became of an old block."""

    SAME = "same"
    EDITED = "edited"
    MOVED = "moved"
    SPLIT = "split"
    MERGED = "merged"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Went:
    """Where an old block is: `pieces` are the new blocks that hold it, the one with its id first.

    `before` and `after` are the new blocks that its nearest surviving neighbours are in, None at an end.
    They matter for a block that is gone.
    """

    kind: Kind
    pieces: tuple[int, ...]
    before: int | None
    after: int | None

    @property
    def main(self) -> int | None:
        """The new block that a comment on the whole old one belongs to."""
        return self.pieces[0] if self.pieces else None


@dataclass(frozen=True, slots=True)
class Alignment:
    """`inherits[n]` is the old block whose id the new block takes over, or None; `went[o]` where `o` is.

    `texts` and `trace` are for those who follow single words.
    """

    inherits: tuple[int | None, ...]
    went: tuple[Went, ...]
    texts: Texts
    trace: Trace


def align(old: Sequence[tuple[str, str]], new: Sequence[str]) -> list[str | None]:
    """For each new text the id that it inherits from `old` ((id, text) in order), or None if it is fresh.

    No id is given twice.
    """
    inherits = compare([text for _, text in old], new).inherits
    return [None if place is None else old[place][0] for place in inherits]


def compare(old: Sequence[str], new: Sequence[str], *, pinned: Iterable[Pair] = ()) -> Alignment:
    """What became of every old block. `pinned` are pairs (old, new) that are known to be the same block."""
    pins = list(pinned)
    matching = Matching(Texts(old, new), pins)
    matching.run()
    trace = Trace(matching)
    _hand_over(matching, trace, {o for o, _ in pins})
    for o, n in matching.settle(*_untraced(matching, trace)):
        trace.pair(o, n)
    matching.empty()
    return Alignment(tuple(matching.found), tuple(_fates(matching, trace)), matching.texts, trace)


def _hand_over(matching: Matching, trace: Trace, pinned: set[int]) -> None:
    """An id belongs to the piece with most of the block, if that piece is nobody else's."""
    for o in sorted(trace.of.keys() - pinned):
        pieces, at = _held(o, trace), matching.went[o]
        least = 0 if at is None else pieces.get(at, 0)
        for n, amount in pieces.items():
            if amount > least and matching.found[n] is None:
                matching.part(o)
                matching.match(o, n)
                break


def _held(o: int, trace: Trace) -> dict[int, int]:
    """The new blocks that hold pieces of an old one, with the letters that each has, the most first.

    A piece is no small part of the old block or most of the new one; none, if too little of it is left.
    """
    amounts, texts = trace.amounts(o), trace.texts
    whole = texts.letters_old[o]
    if sum(amounts.values()) < MERGED_SHARE * whole:
        return {}
    return {
        n: amount
        for n, amount in amounts.items()
        if amount >= PIECE_SHARE * whole or amount >= MERGED_SHARE * texts.letters_new[n]
    }


def _untraced(matching: Matching, trace: Trace) -> tuple[set[int], set[int]]:
    """Old and new blocks of which less than a merged share is found elsewhere."""
    olds = {
        o
        for o in matching.free_old(range(len(matching.went)))
        if sum(trace.amounts(o).values()) <= MERGED_SHARE * trace.texts.letters_old[o]
    }
    news = {n for n in matching.free_new(range(len(matching.found))) if trace.share_taken(n) <= MERGED_SHARE}
    return olds, news


def _fates(matching: Matching, trace: Trace) -> list[Went]:
    pieces = [_pieces(o, matching, trace) for o in range(len(matching.went))]
    in_order = set(rising([(o, n) for n, o in enumerate(matching.found) if o is not None]))
    alive = [o for o, places in enumerate(pieces) if places]
    fates: list[Went] = []
    for o, places in enumerate(pieces):
        at = bisect_left(alive, o)
        before = pieces[alive[at - 1]][0] if at else None
        at += bool(places)
        after = pieces[alive[at]][0] if at < len(alive) else None
        kind = _kind(o, places, matching, (o, places[0]) in in_order) if places else Kind.GONE
        fates.append(Went(kind, places, before, after))
    return fates


def _pieces(o: int, matching: Matching, trace: Trace) -> tuple[int, ...]:
    main = matching.went[o]
    if o not in trace.of:
        return () if main is None else (main,)
    held = _held(o, trace)
    if main is None:
        return tuple(held)
    return main, *(n for n in held if n != main)


def _kind(o: int, places: tuple[int, ...], matching: Matching, in_order: bool) -> Kind:
    if matching.went[o] is None:
        return Kind.MERGED
    if any(matching.found[n] is None for n in places[1:]):
        return Kind.SPLIT
    if not in_order:
        return Kind.MOVED
    return Kind.SAME if matching.texts.old[o] == matching.texts.new[places[0]] else Kind.EDITED
