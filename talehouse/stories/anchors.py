"""Which block of an edited text is which block of the old one: how block ids survive an edit.

Pure: texts in, ids out. In order of trust: equal text in the same order, equal text that moved, similar text
between the same neighbours, and blocks without text (scene breaks, pictures) by their place. Texts that
differ only in the kind of quotation marks, dashes or spaces are equal.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from rapidfuzz import fuzz, process

SIMILAR = 0.6
"""From this share of common letters on (rapidfuzz `ratio`: 2 × common / both lengths) it is the same
block."""

_LARGEST_TABLE = 250_000
_WIDEST_GAP = 300

_SAME = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»″〝〞＂", '"'),
        **dict.fromkeys("‘’‚‛‹›′`´ʼ＇", "'"),
        **dict.fromkeys("‐‑‒–—―−﹘﹣－", "-"),
        "…": "...",
        **dict.fromkeys("\u00ad\u200b\u200e\u200f\u2060\ufeff", ""),
    }
)
_DASHES = re.compile(r"\s*-[-\s]*-\s*|\s+-\s+")

Pair = tuple[int, int]


def fold(text: str) -> str:
    """What counts as the same text: typographic quotes, dashes, ellipses and white space are made plain."""
    plain = " ".join(unicodedata.normalize("NFC", text).translate(_SAME).split())
    return _DASHES.sub("-", plain).replace("''", '"')


def align(old: Sequence[tuple[str, str]], new: Sequence[str]) -> list[str | None]:
    """For each new text the id that it inherits from `old` ((id, text) in order), or None if it is fresh.

    No id is given twice.
    """
    matching = _Matching([fold(text) for _, text in old], [fold(text) for text in new])
    matching.run()
    return [None if place is None else old[place][0] for place in matching.found]


class _Matching:
    def __init__(self, old: list[str], new: list[str]) -> None:
        self.old = old
        self.new = new
        self.found: list[int | None] = [None] * len(new)
        self._used: set[int] = set()

    def run(self) -> None:
        in_order = common(self.old, self.new)
        for o, n in in_order:
            self._match(o, n)
        self._moved()
        for olds, news in self._gaps(in_order):
            self._similar(olds, news)
        self._empty()

    def _match(self, o: int, n: int) -> None:
        self.found[n] = o
        self._used.add(o)

    def _free(self, olds: range, news: range, *, empty: bool = False) -> tuple[list[int], list[int]]:
        return (
            [o for o in olds if o not in self._used and (self.old[o] == "") is empty],
            [n for n in news if self.found[n] is None and (self.new[n] == "") is empty],
        )

    def _moved(self) -> None:
        """Equal texts that are left: single ones first, then beside the same neighbour, then in order."""
        olds, news = self._free(range(len(self.old)), range(len(self.new)))
        places: dict[str, list[int]] = defaultdict(list)
        for o in olds:
            places[self.old[o]].append(o)
        wanted = Counter(self.new[n] for n in news)
        for n in news:
            if wanted[self.new[n]] == len(places.get(self.new[n], ())) == 1:
                self._match(places[self.new[n]][0], n)
        for beside in (True, False):
            for n in news:
                if self.found[n] is None:
                    self._take(places.get(self.new[n], []), n, beside=beside)

    def _take(self, places: list[int], n: int, *, beside: bool) -> None:
        for o in places:
            if o not in self._used and (not beside or self._neighbours(o, n)):
                self._match(o, n)
                return

    def _neighbours(self, o: int, n: int) -> bool:
        before = n > 0 and o > 0 and self.found[n - 1] == o - 1
        return before or (n + 1 < len(self.found) and self.found[n + 1] == o + 1)

    def _gaps(self, in_order: list[Pair]) -> Iterator[tuple[range, range]]:
        last_old, last_new = -1, -1
        for o, n in [*in_order, (len(self.old), len(self.new))]:
            if o > last_old + 1 and n > last_new + 1:
                yield range(last_old + 1, o), range(last_new + 1, n)
            last_old, last_new = o, n

    def _similar(self, olds: range, news: range) -> None:
        """Within a gap the most similar pairs first, never crossing one another."""
        free_old, free_new = self._free(olds, news)
        kept: list[Pair] = []
        for _, o, n in sorted(self._scores(free_old, free_new)):
            if all((o < a) == (n < b) and o != a and n != b for a, b in kept):
                kept.append((o, n))
                self._match(o, n)

    def _scores(self, olds: list[int], news: list[int]) -> Iterator[tuple[float, int, int]]:
        """(minus likeness, old, new) of the pairs that are alike; in a wide gap only those near in place."""
        wide = len(olds) > _WIDEST_GAP
        for at, n in enumerate(news):
            middle = at * len(olds) // len(news)
            nearby = olds[max(0, middle - _WIDEST_GAP // 2) : middle + _WIDEST_GAP // 2] if wide else olds
            texts = [self.old[o] for o in nearby]
            hits = process.extract(
                self.new[n], texts, scorer=fuzz.ratio, processor=None, limit=5, score_cutoff=SIMILAR * 100
            )
            for _, score, index in hits:
                yield -score, nearby[index], n

    def _empty(self) -> None:
        """Blocks without text: beside the same neighbour first, then by order between what is matched."""
        _, news = self._free(range(0), range(len(self.new)), empty=True)
        for n in news:
            for o in self._beside(n):
                if 0 <= o < len(self.old) and self.old[o] == "" and o not in self._used:
                    self._match(o, n)
                    break
        pairs = [(o, n) for n, o in enumerate(self.found) if o is not None]
        for olds, news_in_gap in self._gaps(_rising(pairs)):
            for o, n in zip(*self._free(olds, news_in_gap, empty=True), strict=False):
                self._match(o, n)

    def _beside(self, n: int) -> Iterator[int]:
        before = self.found[n - 1] if n > 0 else -1
        after = self.found[n + 1] if n + 1 < len(self.new) else len(self.old)
        if before is not None:
            yield before + 1
        if after is not None:
            yield after - 1


def common(old: Sequence[str], new: Sequence[str]) -> list[Pair]:
    """Pairs of equal texts (empty ones left out) in rising order: a long common subsequence.

    Patience: texts that are unique on both sides anchor it, the stretches between them are searched again;
    a stretch without such anchors is searched in full when it is small.
    """
    olds = [i for i, text in enumerate(old) if text]
    news = [i for i, text in enumerate(new) if text]
    found: list[Pair] = []
    stack = [(olds, news)]
    while stack:
        olds, news = stack.pop()
        olds, news = _shared_ends(old, new, olds, news, found)
        if not olds or not news:
            continue
        anchors = _anchors(old, new, olds, news)
        if not anchors:
            found += _stretch(old, new, olds, news)
            continue
        found += anchors
        stack += _between(olds, news, anchors)
    return sorted(found)


def _shared_ends(
    old: Sequence[str], new: Sequence[str], olds: list[int], news: list[int], found: list[Pair]
) -> tuple[list[int], list[int]]:
    shorter = min(len(olds), len(news))
    start = 0
    while start < shorter and old[olds[start]] == new[news[start]]:
        start += 1
    end = 0
    while end < shorter - start and old[olds[-1 - end]] == new[news[-1 - end]]:
        end += 1
    found += zip(olds[:start], news[:start], strict=True)
    found += zip(olds[len(olds) - end :], news[len(news) - end :], strict=True)
    return olds[start : len(olds) - end], news[start : len(news) - end]


def _anchors(old: Sequence[str], new: Sequence[str], olds: list[int], news: list[int]) -> list[Pair]:
    times_old, times_new = Counter(old[o] for o in olds), Counter(new[n] for n in news)
    place = {new[n]: n for n in news if times_new[new[n]] == 1}
    return _rising([(o, place[old[o]]) for o in olds if times_old[old[o]] == 1 and old[o] in place])


def _rising(pairs: list[Pair]) -> list[Pair]:
    """The longest run of pairs that rise on both sides."""
    pairs = sorted(pairs)
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for i, (_, n) in enumerate(pairs):
        at = bisect_left(ends, n)
        before.append(last[at - 1] if at else -1)
        ends[at : at + 1] = [n]
        last[at : at + 1] = [i]
    chain: list[Pair] = []
    i = last[-1] if last else -1
    while i >= 0:
        chain.append(pairs[i])
        i = before[i]
    return chain[::-1]


def _between(olds: list[int], news: list[int], anchors: list[Pair]) -> Iterator[tuple[list[int], list[int]]]:
    o_from, n_from = 0, 0
    for o, n in anchors:
        o_to, n_to = bisect_left(olds, o), bisect_left(news, n)
        yield olds[o_from:o_to], news[n_from:n_to]
        o_from, n_from = o_to + 1, n_to + 1
    yield olds[o_from:], news[n_from:]


def _stretch(old: Sequence[str], new: Sequence[str], olds: list[int], news: list[int]) -> list[Pair]:
    left, right = [old[o] for o in olds], [new[n] for n in news]
    if len(olds) * len(news) > _LARGEST_TABLE:
        blocks = SequenceMatcher(None, left, right, autojunk=True).get_matching_blocks()
        return [(olds[b.a + k], news[b.b + k]) for b in blocks for k in range(b.size)]
    longest = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i in range(len(left) - 1, -1, -1):
        row, below = longest[i], longest[i + 1]
        for j in range(len(right) - 1, -1, -1):
            row[j] = below[j + 1] + 1 if left[i] == right[j] else max(below[j], row[j + 1])
    return _trace(left, right, longest, olds, news)


def _trace(
    left: list[str], right: list[str], longest: list[list[int]], olds: list[int], news: list[int]
) -> list[Pair]:
    pairs: list[Pair] = []
    i = j = 0
    while i < len(left) and j < len(right):
        if left[i] == right[j]:
            pairs.append((olds[i], news[j]))
            i, j = i + 1, j + 1
        elif longest[i + 1][j] >= longest[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs
