"""Placing anew what stands at places in a text, after another text has been published.

First from the text on which it was placed last, where its words are known best; what that does not find is
looked for once more from the text that it was said about, as words may have come back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeVar

from talehouse.lib import html as markup
from talehouse.stories.anchors import Anchor, How, Placement, Quote, place
from talehouse.stories.models import Anchored, Revision

AROUND = 32
"""Characters on each side of quoted words that help to find them again."""
COLUMNS = ("placed_on", "block", "start", "end", "how", "order")
"""What `place_anew` sets."""

Blocks = list[tuple[str, str]]
Thing = TypeVar("Thing", bound=Anchored)
_MARKED = {Anchored.How.GIVEN, Anchored.How.EXACT, Anchored.How.CONTEXT, Anchored.How.FUZZY}


def place_anew(things: Iterable[Thing], new: Revision) -> list[Thing]:
    """Set the places of these things in the text `new`; returns them, for the caller to save `COLUMNS`."""
    placing = _Placing(new)
    all_of_them = list(things)
    placing.from_last(all_of_them)
    placing.from_first([t for t in all_of_them if t.how == How.EARLIER or (t.how == How.BLOCK and t.quote)])
    return all_of_them


class _Placing:
    def __init__(self, new: Revision) -> None:
        self.new = new
        self.blocks = _blocks(new)
        self.places = {key: n for n, (key, _) in enumerate(self.blocks)}

    def from_last(self, things: Sequence[Anchored]) -> None:
        """From the text on which each was placed last."""
        for old, group in _by_revision(things, "placed_on"):
            texts = dict(old)
            for thing, found in zip(
                group, place([_where(t, texts) for t in group], old, self.blocks), strict=True
            ):
                was_earlier = thing.how == How.EARLIER
                self._set(thing, found)
                if was_earlier:  # what was followed is only the neighbour that it is shown at
                    thing.how, thing.start, thing.end = Anchored.How.EARLIER, 0, 0

    def from_first(self, things: Sequence[Anchored]) -> None:
        """From the text that each was said about; only what is better than what is known counts."""
        for old, group in _by_revision(things, "revision"):
            for thing, found in zip(group, place([_said(t) for t in group], old, self.blocks), strict=True):
                if found.how not in (How.EARLIER, How.BLOCK) or (
                    found.how == How.BLOCK and thing.how == How.EARLIER
                ):
                    self._set(thing, found)

    def _set(self, thing: Anchored, found: Placement) -> None:
        thing.placed_on = self.new
        thing.block, thing.start, thing.end = found.block, found.start, found.end
        thing.how = Anchored.How(found.how.value)
        thing.order = self.places.get(found.block, 0)


def _by_revision(things: Sequence[Anchored], column: str) -> Iterable[tuple[Blocks, list[Anchored]]]:
    groups: dict[int, list[Anchored]] = defaultdict(list)
    for thing in things:
        groups[getattr(thing, f"{column}_id") or 0].append(thing)
    revisions = Revision.objects.in_bulk([pk for pk in groups if pk])
    for pk, group in groups.items():
        if pk in revisions:
            yield _blocks(revisions[pk]), group


def _blocks(revision: Revision) -> Blocks:
    return [(key, block.text) for key, block in markup.parse(revision.html)]


def _where(thing: Anchored, texts: dict[str, str]) -> Anchor:
    """The anchor at the place where it was last: the words that stand there."""
    text = texts.get(thing.block, "")
    if thing.how not in _MARKED or thing.end <= thing.start:
        return Anchor(thing.block)
    start, end = thing.start, thing.end
    around = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    return Anchor(thing.block, Quote(text[start:end], around[0], around[1], start))


def _said(thing: Anchored) -> Anchor:
    """The anchor as it was when it was said."""
    if not thing.quote:
        return Anchor(thing.quoted_block)
    quote = Quote(thing.quote, thing.quote_prefix, thing.quote_suffix, thing.quote_start)
    return Anchor(thing.quoted_block, quote)
