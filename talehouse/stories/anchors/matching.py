"""Which new block is which old one: equal, moved, similar, in the order of trust."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator

from talehouse.stories.anchors.chains import Pair, heaviest, rising, sure
from talehouse.stories.anchors.comparing import Texts

BETWEEN = 0.25
"""Likeness from which a block between the same neighbours is the same block."""
MOVED = 0.5
"""Likeness from which a block elsewhere is the same block."""
IN_PLACE = 0.1
"""Likeness that is enough when nothing else stands in the same place."""
BESIDE = 0.1
"""What a neighbour that is kept adds to likeness when pairs exclude each other."""

_ALL_PAIRS = 400
_TWINS = 200


class Matching:
    """`found` tells for each new block which old one it is, `went` for each old block which new one."""

    def __init__(self, texts: Texts, pinned: Iterable[Pair] = ()) -> None:
        self.texts = texts
        self.found: list[int | None] = [None] * len(texts.new)
        self.went: list[int | None] = [None] * len(texts.old)
        self._equal: frozenset[str] = frozenset()
        for o, n in pinned:
            self.match(o, n)

    def run(self) -> None:
        """What is equal, or alike between the same neighbours."""
        if not any(place is not None for place in self.went):
            for o, n in sure(self.texts.old, self.texts.new):
                self.match(o, n)
        self._moved_equal()
        self._equal = self._on_both_sides()
        for _ in range(2):
            for olds, news in self.frames():
                self._between(olds, news)
        self._repeated()
        self._equal = frozenset()

    def match(self, o: int, n: int) -> None:
        """From now on new block `n` is old block `o`."""
        self.found[n] = o
        self.went[o] = n

    def part(self, o: int) -> None:
        """Take back what `match` did."""
        n = self.went[o]
        if n is not None:
            self.found[n] = self.went[o] = None

    def free_old(self, olds: Iterable[int]) -> list[int]:
        """Those of `olds` that have text and no place yet."""
        return [o for o in olds if self.went[o] is None and self.texts.old[o]]

    def free_new(self, news: Iterable[int]) -> list[int]:
        """Those of `news` that have text and are nothing old yet."""
        return [n for n in news if self.found[n] is None and self.texts.new[n]]

    def frames(self) -> Iterator[tuple[list[int], list[int]]]:
        """Free blocks between two neighbours, with the free old blocks between the same two."""
        held = [n for n, o in enumerate(self.found) if o is not None]
        for left, right in zip([-1, *held], [*held, len(self.found)], strict=True):
            news = self.free_new(range(left + 1, right))
            if not news:
                continue
            before = -1 if left < 0 else self.found[left]
            after = len(self.went) if right == len(self.found) else self.found[right]
            assert before is not None and after is not None
            if before < after:
                yield self.free_old(range(before + 1, after)), news
            else:  # a seam between two scenes that changed places
                yield self._following(before, 1), news
                yield self._following(after, -1)[::-1], news

    def _following(self, o: int, step: int) -> list[int]:
        """The free old blocks from `o` on, up to the next that has its place."""
        run: list[int] = []
        o += step
        while 0 <= o < len(self.went) and self.went[o] is None:
            run.append(o)
            o += step
        return self.free_old(run)

    def _moved_equal(self) -> None:
        """Equal texts elsewhere, if there is one on each side."""
        olds, news = self.free_old(range(len(self.went))), self.free_new(range(len(self.found)))
        times_old = Counter(self.texts.old[o] for o in olds)
        times_new = Counter(self.texts.new[n] for n in news)
        place = {self.texts.old[o]: o for o in olds}
        for n in news:
            text = self.texts.new[n]
            if times_new[text] == times_old[text] == 1:
                self.match(place[text], n)

    def _between(self, olds: list[int], news: list[int]) -> None:
        olds, news = self.free_old(olds), self.free_new(news)
        for o, n in heaviest(self._valued(olds, news, BETWEEN)):
            self.match(o, n)

    def _valued(self, olds: list[int], news: list[int], least: float) -> dict[Pair, float]:
        """The pairs that are alike enough, with what each is worth."""
        if len(olds) * len(news) <= _ALL_PAIRS:
            pairs = {(o, n) for o in olds for n in news}
        else:
            pairs = {*self.texts.candidates(olds, news), *self._twins(olds, news)}
        likeness = {pair: self.texts.likeness(*pair) for pair in pairs if self._may_be(*pair)}
        return {
            pair: (alike - least / 2 + BESIDE * self._neighbours(*pair)) * self.texts.size(pair[0])
            for pair, alike in likeness.items()
            if alike >= least
        }

    def _on_both_sides(self) -> frozenset[str]:
        """Texts of free blocks that have an equal one; these are not given to one that is only alike."""
        olds, news = self.free_old(range(len(self.went))), self.free_new(range(len(self.found)))
        return frozenset({self.texts.old[o] for o in olds} & {self.texts.new[n] for n in news})

    def _may_be(self, o: int, n: int) -> bool:
        old, new = self.texts.old[o], self.texts.new[n]
        return old == new or (old not in self._equal and new not in self._equal)

    def _neighbours(self, o: int, n: int) -> int:
        """How many of its two neighbours, or ends of the text, a block would keep."""
        before = (o == 0) if n == 0 else (o > 0 and self.found[n - 1] == o - 1)
        last_old, last_new = o == len(self.went) - 1, n == len(self.found) - 1
        after = last_old if last_new else (not last_old and self.found[n + 1] == o + 1)
        return before + after

    def _twins(self, olds: list[int], news: list[int]) -> Iterator[Pair]:
        """Equal texts; of many equal ones only the first with the first and the last with the last."""
        by_text: dict[str, list[int]] = defaultdict(list)
        for o in olds:
            by_text[self.texts.old[o]].append(o)
        also: dict[str, list[int]] = defaultdict(list)
        for n in news:
            also[self.texts.new[n]].append(n)
        for text, there in also.items():
            here = by_text.get(text, [])
            if len(here) * len(there) <= _TWINS:
                yield from ((o, n) for o in here for n in there)
            else:
                yield from zip(here, there, strict=False)
                yield from zip(here[::-1], there[::-1], strict=False)

    def _repeated(self) -> None:
        """Equal texts that are left: beside the same neighbour first, then in order."""
        places: dict[str, deque[int]] = defaultdict(deque)
        for o in self.free_old(range(len(self.went))):
            places[self.texts.old[o]].append(o)
        for n in self.free_new(range(len(self.found))):
            for o in self._beside(n):
                free = 0 <= o < len(self.went) and self.went[o] is None
                if free and self.texts.old[o] == self.texts.new[n]:
                    self.match(o, n)
                    break
        for n in self.free_new(range(len(self.found))):
            queue = places.get(self.texts.new[n])
            while queue and self.went[queue[0]] is not None:
                queue.popleft()
            if queue:
                self.match(queue.popleft(), n)

    def _beside(self, n: int) -> Iterator[int]:
        """Where an old block would stand if it kept its neighbour."""
        before = self.found[n - 1] if n > 0 else -1
        after = self.found[n + 1] if n + 1 < len(self.found) else len(self.went)
        if before is not None:
            yield before + 1
        if after is not None:
            yield after - 1

    def settle(self, olds: set[int], news: set[int]) -> list[Pair]:
        """Of what is left, what is alike elsewhere, and what stands alone in the same place."""
        return [*self._moved_similar(olds, news), *self._in_place(olds, news)]

    def _moved_similar(self, olds: set[int], news: set[int]) -> list[Pair]:
        """Alike and elsewhere: the most alike first."""
        scored = [(self.texts.likeness(*pair), pair) for pair in self.texts.candidates(olds, news)]
        made: list[Pair] = []
        for alike, (o, n) in sorted(scored, key=lambda one: (-one[0], one[1])):
            if alike >= MOVED and self.went[o] is None and self.found[n] is None:
                self.match(o, n)
                made.append((o, n))
        return made

    def _in_place(self, olds: set[int], news: set[int]) -> list[Pair]:
        """Between the same neighbours, and not altogether different."""
        made: list[Pair] = []
        for there, here in self.frames():
            left = [o for o in self.free_old(there) if o in olds]
            right = [n for n in self.free_new(here) if n in news]
            if 0 < len(left) * len(right) <= _ALL_PAIRS:
                for o, n in heaviest(self._valued(left, right, IN_PLACE)):
                    self.match(o, n)
                    made.append((o, n))
        return made

    def empty(self) -> None:
        """Blocks without text: beside the same neighbour first, then by order between what is matched."""
        for n in [n for n, text in enumerate(self.texts.new) if not text]:
            for o in self._beside(n):
                if self.found[n] is None and 0 <= o < len(self.went) and self._is_bare(o):
                    self.match(o, n)
        pairs = rising([(o, n) for n, o in enumerate(self.found) if o is not None])
        last_old, last_new = -1, -1
        for o, n in [*pairs, (len(self.went), len(self.found))]:
            there = [x for x in range(last_old + 1, o) if self._is_bare(x)]
            here = [x for x in range(last_new + 1, n) if self.found[x] is None and not self.texts.new[x]]
            for a, b in zip(there, here, strict=False):
                self.match(a, b)
            last_old, last_new = o, n
        self._swapped_breaks(len(pairs))

    def _swapped_breaks(self, in_order: int) -> None:
        """Scenes changed places, and as many breaks are left on both sides: those between the scenes."""
        there = [o for o in range(len(self.went)) if self._is_bare(o)]
        here = [n for n, o in enumerate(self.found) if o is None and not self.texts.new[n]]
        matched = sum(o is not None for o in self.found)
        if in_order < matched and len(there) == len(here):
            for a, b in zip(there, here, strict=True):
                self.match(a, b)

    def _is_bare(self, o: int) -> bool:
        return self.went[o] is None and not self.texts.old[o]
