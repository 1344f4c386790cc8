"""Comments, highlights and notes of an old text, placed in the new one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from talehouse.stories.anchors.alignment import Alignment, Went, compare
from talehouse.stories.anchors.finding import TELLING, Finding
from talehouse.stories.anchors.quoting import Quote, Span, new_span, rows_in, stands_at

ENOUGH = 0.5
"""Share of a quote's weight that must still be there for it to be marked."""
REPLACED = 3
"""Up to so many words may have been replaced between the same neighbours and still be marked."""

_SPREAD = 0.08
"""What each word between two that were followed takes away: far apart they are no longer one quote."""

Blocks = Sequence[tuple[str, str]]


class How(StrEnum):
    """How a place was found.

    *exact*: the same words, but for typography. *context*: what stands between the same neighbours, or equal
    words known by those. *fuzzy*: words that were edited. *block*: the block without words of it, since none
    were quoted or they are no longer there. *earlier*: nowhere; shown on an earlier version.
    """

    EXACT = "exact"
    CONTEXT = "context"
    FUZZY = "fuzzy"
    BLOCK = "block"
    EARLIER = "earlier"


@dataclass(frozen=True, slots=True)
class Anchor:
    """What a comment hangs on: a block of the old text by its id, and perhaps words of it."""

    block: str
    quote: Quote | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an anchor is in the new text.

    `start` and `end` are characters of the block's text, both 0 when no words are marked. For an *earlier*
    one `block` is the neighbour that it is shown at ("" in an empty text); it stood between `before` and
    `after`, as far as these are still there.
    """

    how: How
    block: str
    start: int = 0
    end: int = 0
    before: str = ""
    after: str = ""


def place(anchors: Sequence[Anchor], old: Blocks, new: Blocks) -> list[Placement]:
    """Where each anchor is in the new text, in the same order. Blocks are (id, text), ids are unique.

    A block with the same id on both sides is the same block; all others are compared. An anchor whose block
    is not in `old` is looked for by its quote alone.
    """
    ids = {key: n for n, (key, _) in enumerate(new)}
    pinned = [(o, ids[key]) for o, (key, _) in enumerate(old) if key in ids]
    placing = _Placing(old, new, compare([t for _, t in old], [t for _, t in new], pinned=pinned))
    return [placing.of(anchor) for anchor in anchors]


class _Placing:
    def __init__(self, old: Blocks, new: Blocks, alignment: Alignment) -> None:
        self.old, self.new = old, new
        self.numbers = {key: o for o, (key, _) in enumerate(old)}
        self.numbers_new = {key: n for n, (key, _) in enumerate(new)}
        self.went = alignment.went
        self.texts = alignment.texts
        self.traced = alignment.trace.of
        self.taken = alignment.trace.taken
        self.finding = Finding(alignment.texts)

    def of(self, anchor: Anchor) -> Placement:
        o = self.numbers.get(anchor.block)
        if o is None:
            return self._unknown(anchor)
        quote = anchor.quote
        span = stands_at(quote, self.old[o][1]) if quote else None
        found = self._words(o, quote, span) if quote and span else None
        return found or self._block(self.went[o])

    def _block(self, went: Went) -> Placement:
        if went.main is not None:
            return Placement(How.BLOCK, self.new[went.main][0])
        before = "" if went.before is None else self.new[went.before][0]
        after = "" if went.after is None else self.new[went.after][0]
        fallback = self.new[0][0] if self.new else ""
        return Placement(How.EARLIER, before or after or fallback, before=before, after=after)

    def _words(self, o: int, quote: Quote, span: Span) -> Placement | None:
        main = self.went[o].main
        if main is not None and self.new[main][1] == self.old[o][1]:
            return Placement(How.EXACT, self.new[main][0], *span)
        kept = self.texts.words_old(o).within(*span)
        if not kept:
            return self._signs(o, quote, span)
        if o not in self.traced:
            return None if main is None else self._mark(How.EXACT, o, span, kept, main, kept)
        return (
            self._in_a_row(o, span, kept)
            or self._elsewhere_in_it(o, span, kept)
            or self._edited(o, span, kept)
            or self._replaced(o, span, kept)
        )

    def _mark(self, how: How, o: int, span: Span, kept: range, n: int, now: range) -> Placement | None:
        there = self.texts.words_new(n)
        if now.stop > len(there.starts):
            return None
        here = self.texts.words_old(o)
        key, text = self.new[n]
        return Placement(how, key, *new_span(self.old[o][1], span, here, kept, text, there, now))

    def _in_a_row(self, o: int, span: Span, kept: range) -> Placement | None:
        """All the words were followed, and still stand side by side."""
        first = self.traced[o][kept[0]]
        if first is None:
            return None
        n, k = first
        if any(self.traced[o][w] != (n, k + w - kept[0]) for w in kept):
            return None
        now = range(k, k + len(kept))
        same = self.texts.keys_old[o][kept.start : kept.stop] == self.texts.keys_new[n][k : now.stop]
        return self._mark(How.EXACT if same else How.FUZZY, o, span, kept, n, now)

    def _elsewhere_in_it(self, o: int, span: Span, kept: range) -> Placement | None:
        """The same words in what became of the block, where others were followed."""
        keys = self.texts.keys_old[o][kept.start : kept.stop]
        best: tuple[float, int, int] | None = None
        followed = (place[0] for w in kept if (place := self.traced[o][w]))
        for n in dict.fromkeys((*self.went[o].pieces, *followed)):
            for k in rows_in(keys, self.texts.keys_new[n]):
                sure = self._sureness(o, kept, n, k)
                if best is None or sure > best[0]:
                    best = sure, n, k
        if best is None or best[0] < 1:
            return None
        return self._mark(How.CONTEXT, o, span, kept, best[1], range(best[2], best[2] + len(kept)))

    def _sureness(self, o: int, kept: range, n: int, k: int) -> float:
        """Whether equal words are these words: some of them were followed there, or their neighbours stand
        around them, or nobody writes them twice; less than 1 is not sure, nor are words that are others'."""
        owners = self.taken.get(n)
        if owners is None:
            return 0.0
        traced = self.traced[o]
        followed = sum(traced[w] == (n, k + w - kept[0]) for w in kept)
        strange = sum(
            owners[k + step] is not None and traced[w] != (n, k + step) for step, w in enumerate(kept)
        )
        if strange > len(kept) / 2:
            return 0.0
        left, right = self.texts.keys_old[o], self.texts.keys_new[n]
        beside = left[max(0, kept.start - 1) : kept.start] == right[max(0, k - 1) : k]
        after = left[kept.stop : kept.stop + 1] == right[k + len(kept) : k + len(kept) + 1]
        telling = self.texts.weights.sum(left[kept.start : kept.stop]) / TELLING
        return 2 * followed / len(kept) + beside + after + telling - 0.5

    def _edited(self, o: int, span: Span, kept: range) -> Placement | None:
        """Most of the words were followed into one block, near to each other."""
        keys, weights = self.texts.keys_old[o], self.texts.weights
        by_block: dict[int, list[tuple[int, int, float]]] = defaultdict(list)
        for w in kept:
            if place := self.traced[o][w]:
                by_block[place[0]].append((w, place[1], weights.of(keys[w])))
        whole = weights.sum(keys[kept.start : kept.stop])
        best: tuple[float, int, int, int] | None = None
        for n, hits in sorted(by_block.items()):
            weight, first, last = _densest(hits)
            if weight >= ENOUGH * whole and (best is None or weight > best[0]):
                best = weight, n, first, last
        if best is None:
            return None
        _, n, first, last = best
        first, last = self._to_the_ends(o, kept, n, first, last)
        return self._mark(How.FUZZY, o, span, kept, n, range(first, last + 1))

    def _to_the_ends(self, o: int, kept: range, n: int, first: int, last: int) -> tuple[int, int]:
        """With words at the ends of the quote that were replaced, as far as the quote's neighbours."""
        owners, traced = self.taken[n], self.traced[o]
        missing = next((i for i, w in enumerate(kept) if traced[w] == (n, first)), 0)
        while missing and first and owners[first - 1] is None:
            first, missing = first - 1, missing - 1
        missing = next((i for i, w in enumerate(kept[::-1]) if traced[w] == (n, last)), 0)
        while missing and last + 1 < len(owners) and owners[last + 1] is None:
            last, missing = last + 1, missing - 1
        return first, last

    def _replaced(self, o: int, span: Span, kept: range) -> Placement | None:
        """Other words stand between the same two neighbours (or the same neighbour and the block's end)."""
        if len(kept) > REPLACED:
            return None
        traced = self.traced[o]
        before = traced[kept.start - 1] if kept.start else None
        after = traced[kept.stop] if kept.stop < len(traced) else None
        if before is None and (kept.start or after is None):
            return None
        if after is None and (kept.stop < len(traced) or before is None):
            return None
        n = before[0] if before else after[0] if after else -1
        if before and after and after[0] != before[0]:
            return None
        first = before[1] + 1 if before else 0
        last = after[1] - 1 if after else len(self.taken[n]) - 1
        if not 1 <= last - first + 1 <= 2 * len(kept) + 1 or not self._fresh(n, first, last):
            return None
        return self._mark(How.CONTEXT, o, span, kept, n, range(first, last + 1))

    def _fresh(self, n: int, first: int, last: int) -> bool:
        return all(owner is None for owner in self.taken[n][first : last + 1])

    def _signs(self, o: int, quote: Quote, span: Span) -> Placement | None:
        """A quote without a word ("…", "?!"): the same signs between the same two words."""
        main = self.went[o].main
        if main is None:
            return None
        here, there = self.texts.words_old(o), self.texts.words_new(main)
        follows = here.within(0, span[0]).stop
        bounds: list[int] = []
        for w, side in ((follows - 1, there.ends), (follows, there.starts)):
            if not 0 <= w < len(here.keys):
                bounds.append(0 if w < 0 else len(self.new[main][1]))
                continue
            at = self.traced[o][w] if o in self.traced else (main, w)
            if at is None or at[0] != main or at[1] >= len(side):
                return None
            bounds.append(side[at[1]])
        start = self.new[main][1].find(quote.exact, *bounds)
        return (
            Placement(How.EXACT, self.new[main][0], start, start + len(quote.exact)) if start >= 0 else None
        )

    def _unknown(self, anchor: Anchor) -> Placement:
        """The anchor's own text is not at hand: its block by id, its quote by words and surroundings."""
        own = self.numbers_new.get(anchor.block)
        found = self.finding.by_quote(anchor.quote, own) if anchor.quote else None
        if found:
            return Placement(How(found.how), self.new[found.block][0], *found.span)
        if own is not None:
            return Placement(How.BLOCK, anchor.block)
        return Placement(How.EARLIER, self.new[0][0] if self.new else "")


def _densest(hits: Sequence[tuple[int, int, float]]) -> tuple[float, int, int]:
    """Of (old word, new word, weight) the stretch of new words that has most weight for its length: its
    weight, first and last word."""
    row = sorted((k, weight) for _, k, weight in hits)
    best, value = (float("-inf"), 0, 0), float("-inf")
    first = last = row[0][0]
    for k, weight in row:
        going_on = value - _SPREAD * (k - last)
        if going_on <= 0:
            first, going_on = k, 0.0
        value, last = going_on + weight, k
        best = max(best, (value, first, last), key=lambda one: one[0])
    _, first, last = best
    return sum(weight for k, weight in row if first <= k <= last), first, last
