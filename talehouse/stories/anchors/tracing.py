"""Where the words of a block went: the same words in the new text, one by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice

from rapidfuzz.distance import OSA

from talehouse.stories.anchors.chains import Run, shared_runs
from talehouse.stories.anchors.comparing import Texts
from talehouse.stories.anchors.matching import Matching
from talehouse.stories.anchors.quoting import rows_in

Place = tuple[int, int]
"""A new block, and the number of a word in it."""

ADJOINING = 0.4
"""Share of a block that is found in another if the two were merged, or were one."""
MOVED_RUN = 2.0
"""Weight of a run of words that nobody writes twice by accident: five words or so."""
MOST_PLACES = 8
RESPELT = 0.5
"""Share of letters that a word keeps when it is only respelt (by restricted edit distance)."""

_NOWHERE = (-2, -2)
_SHORT_RUN = 3
_STRAY = 0.5
_STRAYED = 6
_FEW = 4


class Trace:
    """`of[o][w]` is where word `w` of old block `o` is now, or None.

    Only blocks that are not simply equal are traced; `taken[n][k]` tells whose a word of a new block is.
    """

    def __init__(self, matching: Matching) -> None:
        self.matching = matching
        self.texts: Texts = matching.texts
        self.of: dict[int, list[Place | None]] = {}
        self.taken: dict[int, list[int | None]] = {}
        self._spans: dict[Place, tuple[Place, Place]] = {}
        for n, o in enumerate(matching.found):
            if o is not None:
                self.pair(o, n)
        for o in matching.free_old(range(len(matching.went))):
            self._open_old(o)
        for n in matching.free_new(range(len(matching.found))):
            self._open_new(n)
        if self.of and self.taken:
            self._redivided()
            self._adjoining()
            self._moved_runs()

    def pair(self, o: int, n: int) -> None:
        """Trace the words of a block into the one that it is now."""
        if self.texts.old[o] == self.texts.new[n]:
            return
        self._open_old(o)
        self._open_new(n)
        self._trace(o, self._untraced(o), n, self._untaken(n))

    def amounts(self, o: int) -> dict[int, int]:
        """How many letters of an old block each new block has, the most first."""
        total: dict[int, int] = defaultdict(int)
        for key, place in zip(self.texts.keys_old[o], self.of[o], strict=True):
            if place:
                total[place[0]] += len(key)
        return dict(sorted(total.items(), key=lambda one: (-one[1], one[0])))

    def share_taken(self, n: int) -> float:
        """The share of a new block's letters that are known from the old text."""
        keys = self.texts.keys_new[n]
        held = self.taken.get(n, ())
        known = sum(len(key) for key, o in zip(keys, held, strict=False) if o is not None)
        return known / max(1, self.texts.letters_new[n])

    def _open_old(self, o: int) -> None:
        if o not in self.of:
            self.of[o] = [None] * len(self.texts.keys_old[o])

    def _open_new(self, n: int) -> None:
        if n not in self.taken:
            self.taken[n] = [None] * len(self.texts.keys_new[n])

    def _untraced(self, o: int) -> list[int]:
        return [w for w, place in enumerate(self.of[o]) if place is None]

    def _untaken(self, n: int) -> list[int]:
        return [k for k, owner in enumerate(self.taken[n]) if owner is None]

    def _set(self, o: int, w: int, n: int, k: int) -> None:
        self.of[o][w] = n, k
        self.taken[n][k] = o
        (w_least, k_least), (w_most, k_most) = self._spans.get((o, n), ((w, k), (w, k)))
        self._spans[o, n] = (min(w, w_least), min(k, k_least)), (max(w, w_most), max(k, k_most))

    def _trace(self, o: int, here: Sequence[int], n: int, there: Sequence[int]) -> None:
        """Trace some words of a block into some words of another."""
        left = [self.texts.keys_old[o][w] for w in here]
        right = [self.texts.keys_new[n][k] for k in there]
        found = runs(left, right, self.texts)
        for i, j, size in [*found, *_respelt(found, left, right)]:
            for step in range(size):
                self._set(o, here[i + step], n, there[j + step])

    def _redivided(self) -> None:
        """Blocks between two neighbours whose words are in order as before, but otherwise divided."""
        for olds, news in self.matching.frames():
            here = [(o, w) for o in olds for w in self._untraced(o)]
            there = [(n, k) for n in news for k in self._untaken(n)]
            left = [self.texts.keys_old[o][w] for o, w in here]
            right = [self.texts.keys_new[n][k] for n, k in there]
            found = runs(left, right, self.texts) if left and right else []
            pairs = [(here[i + k], there[j + k]) for i, j, size in found for k in range(size)]
            shared: dict[Place, int] = defaultdict(int)
            for (o, w), (n, _) in pairs:
                shared[o, n] += len(self.texts.keys_old[o][w])
            for (o, w), (n, k) in pairs:
                if shared[o, n] >= ADJOINING * min(self.texts.letters_old[o], self.texts.letters_new[n]):
                    self._set(o, w, n, k)

    def _adjoining(self) -> None:
        """Blocks that were merged with a neighbour, and blocks that were one with a neighbour before."""
        for step in (1, -1):
            whose = dict(enumerate(self.matching.found))
            for n in self.matching.free_new(range(len(whose))[::step]):
                o = whose.get(n - step)
                if o is not None and o in self.of and whose[n] is None:
                    here = _reach(self.of[o], self._edge(o, n - step, 0, step), step, len(self.taken[n]))
                    if self._join(o, here, n, self._untaken(n), of_old=False):
                        whose[n] = o
            into = dict(enumerate(self.matching.went))
            for o in self.matching.free_old(range(len(into))[::step]):
                at = into.get(o - step)
                if at is not None and at in self.taken and into[o] is None:
                    there = _reach(self.taken[at], self._edge(o - step, at, 1, step), step, len(self.of[o]))
                    if self._join(o, self._untraced(o), at, there, of_old=True):
                        into[o] = at

    def _edge(self, o: int, n: int, side: int, step: int) -> int:
        """The outermost word of what `o` and `n` have in common, on the old (0) or the new (1) side."""
        least, most = self._spans.get((o, n), (_NOWHERE, _NOWHERE))
        return (most if step > 0 else least)[side]

    def _join(self, o: int, here: Sequence[int], n: int, there: Sequence[int], *, of_old: bool) -> bool:
        """Trace these words into those if enough of the old block, or of the new one, is among them."""
        left = [self.texts.keys_old[o][w] for w in here]
        right = [self.texts.keys_new[n][k] for k in there]
        found = runs(left, right, self.texts) if left and right else []
        shared = self.texts.weights.sum(left[i + k] for i, _, size in found for k in range(size))
        if not shared or shared < ADJOINING * self.texts.weights.sum(left if of_old else right):
            return False
        self._trace(o, here, n, there)
        return True

    def _moved_runs(self) -> None:
        """Runs of words that stand elsewhere now: sentences that moved to another block."""
        index: dict[tuple[str, ...], list[Place]] = defaultdict(list)
        for n in self.taken:
            keys = self.texts.keys_new[n]
            for k in range(len(keys) - 2):
                if self.taken[n][k] is None:
                    index[tuple(keys[k : k + 3])].append((n, k))
        for o in self.of:
            keys, w = self.texts.keys_old[o], 0
            while w < len(keys) - 2:
                w += self._follow(o, w, index.get(tuple(keys[w : w + 3]), []))

    def _follow(self, o: int, w: int, places: list[Place]) -> int:
        """Trace the longest run that begins at a word of `o` and in one of `places`; how far to go on."""
        best, length = (-1, -1), 0
        for n, k in places[:MOST_PLACES]:
            size = self._length(o, w, n, k)
            if size > length:
                best, length = (n, k), size
        if length < 3 or self.texts.weights.sum(self.texts.keys_old[o][w : w + length]) < MOVED_RUN:
            return 1
        for step in range(length):
            self._set(o, w + step, best[0], best[1] + step)
        return length

    def _length(self, o: int, w: int, n: int, k: int) -> int:
        left, right = self.texts.keys_old[o], self.texts.keys_new[n]
        traced, taken = self.of[o], self.taken[n]
        size = 0
        while (
            w + size < len(left)
            and k + size < len(right)
            and left[w + size] == right[k + size]
            and traced[w + size] is None
            and taken[k + size] is None
        ):
            size += 1
        return size


def _reach(held: Sequence[object], edge: int, step: int, wanted: int) -> list[int]:
    """The free places beyond `edge`, no more than one could want, in rising order."""
    found: list[int] = []
    at = edge + step
    while 0 <= at < len(held) and held[at] is None and len(found) < 2 * wanted + 20:
        found.append(at)
        at += step
    return found[::step]


def runs(left: Sequence[str], right: Sequence[str], texts: Texts) -> list[Run]:
    """What two rows of words have in common, as a person would see it.

    Words that match by accident (a stray "the") join the run beside them if they can, and are dropped if they
    stand far from where the runs around them would have them.
    """
    contained = _contained(left, right)
    return contained or _without_strays(_slid(shared_runs(left, right), left, right), left, texts)


def _contained(left: Sequence[str], right: Sequence[str]) -> list[Run]:
    """One run, if the shorter row stands in the longer as it is, and only once."""
    shorter, longer = sorted((left, right), key=len)
    places = list(islice(rows_in(shorter, longer), 2))
    if len(places) != 1:
        return []
    return [(places[0], 0, len(right)) if longer is left else (0, places[0], len(left))]


def _respelt(found: Sequence[Run], left: Sequence[str], right: Sequence[str]) -> Iterator[Run]:
    """Between what both have in common: words that stand for each other and have nearly the same letters."""
    i = j = 0
    for to_i, to_j, size in [*found, (len(left), len(right), 0)]:
        if 0 < to_i - i == to_j - j <= _FEW:
            pairs = zip(left[i:to_i], right[j:to_j], strict=True)
            yield from (
                (i + step, j + step, 1)
                for step, (one, other) in enumerate(pairs)
                if OSA.normalized_similarity(one, other) >= RESPELT
            )
        i, j = to_i + size, to_j + size


def _slid(found: list[Run], left: Sequence[str], right: Sequence[str]) -> list[Run]:
    """Short runs moved to the longer run beside them, where the same words stand."""
    rows = list(found)
    for at in range(len(rows) - 2, -1, -1):
        i, j, size = rows[at]
        to_i, to_j, length = rows[at + 1]
        if size <= _SHORT_RUN and size < length and (i + size == to_i) != (j + size == to_j):
            a, b = to_i - size, to_j - size
            if left[a:to_i] == right[b:to_j] and a >= i and b >= j:
                rows[at : at + 2] = [(a, b, size + length)]
    at = 1
    while at < len(rows):
        i, j, size = rows[at]
        from_i, from_j, length = rows[at - 1]
        a, b = from_i + length, from_j + length
        near = size <= _SHORT_RUN and size < length and (a == i) != (b == j)
        if near and left[a : a + size] == right[b : b + size]:
            rows[at - 1 : at + 1] = [(from_i, from_j, length + size)]
        else:
            at += 1
    return rows


def _without_strays(found: list[Run], left: Sequence[str], texts: Texts) -> list[Run]:
    kept: list[Run] = []
    for at, (i, j, size) in enumerate(found):
        shift = i - j
        around = [one[0] - one[1] for one in (*kept[-1:], *found[at + 1 : at + 2])]
        strayed = bool(around) and min(abs(shift - other) for other in around) > _STRAYED
        if not strayed or texts.weights.sum(left[i : i + size]) >= _STRAY:
            kept.append((i, j, size))
    return kept
