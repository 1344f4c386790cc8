"""A quote looked for in a text by its own words alone, when nothing is known of the text that it was in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import fuzz

from talehouse.stories.anchors.comparing import Texts
from talehouse.stories.anchors.folding import words_of
from talehouse.stories.anchors.quoting import Quote, Span, new_span, rows_in, shared_length, surroundings

TELLING = 2.5
"""Weight of a quote that is known by itself, wherever it stands."""
ALIKE = 80
"""Per cent of common letters from which an edited quote is known again in its own block."""

_NEIGHBOURS = 3
_LONG = 12
_CLEAR = 0.25


@dataclass(frozen=True, slots=True)
class Found:
    """A quote found again: the new block, its characters, and by what."""

    how: str
    block: int
    span: Span


class Finding:
    """Looks for quotes in the new texts."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    @cached_property
    def _blocks_with(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for n, keys in enumerate(self._texts.keys_new):
            for key in set(keys):
                found[key].append(n)
        return found

    def by_quote(self, quote: Quote, own: int | None) -> Found | None:
        """The words where their surroundings agree, in any block; in block `own` also where they alone agree.

        None when it is doubtful which of several places is meant.
        """
        keys = words_of(quote.exact).keys
        if not keys:
            return self._as_it_stands(quote, own)
        where = min((self._blocks_with.get(key, []) for key in keys), key=len)
        hits = [
            (self._sureness(quote, keys, n, k, own), n, k)
            for n in where
            for k in rows_in(keys, self._texts.keys_new[n])
        ]
        hits.sort(key=lambda hit: (-hit[0], hit[1], hit[2]))
        if hits and hits[0][0] >= 1 and (len(hits) == 1 or hits[0][0] - hits[1][0] > _CLEAR):
            _, n, k = hits[0]
            here, there, whole = words_of(quote.exact), self._texts.words_new(n), range(len(keys))
            now, text = range(k, k + len(keys)), self._texts.raw_new[n]
            span = new_span(quote.exact, (0, len(quote.exact)), here, whole, text, there, now)
            return Found("exact" if n == own else "context", n, span)
        return None if own is None or hits else self._edited(quote, own)

    def _sureness(self, quote: Quote, keys: Sequence[str], n: int, k: int, own: int | None) -> float:
        before, after = surroundings(quote)
        text = self._texts.keys_new[n]
        end = k + len(keys)
        left = shared_length(before[:_NEIGHBOURS], text[max(0, k - _NEIGHBOURS) : k][::-1])
        right = shared_length(after[:_NEIGHBOURS], text[end : end + _NEIGHBOURS])
        around = (left + right) / _NEIGHBOURS
        return around + (n == own) + self._texts.weights.sum(keys) / TELLING - (0.0 if n == own else 0.5)

    def _as_it_stands(self, quote: Quote, own: int | None) -> Found | None:
        text = "" if own is None else self._texts.raw_new[own]
        if own is None or not quote.exact or text.count(quote.exact) != 1:
            return None
        start = text.index(quote.exact)
        return Found("exact", own, (start, start + len(quote.exact)))

    def _edited(self, quote: Quote, own: int) -> Found | None:
        text = self._texts.raw_new[own]
        if len(quote.exact) < _LONG or len(text) < len(quote.exact):
            return None
        hit = fuzz.partial_ratio_alignment(quote.exact, text, score_cutoff=ALIKE)
        return Found("fuzzy", own, (hit.dest_start, hit.dest_end)) if hit else None
