"""What two rows have in common, in order: the longest, the surest, the heaviest run of pairs."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from rapidfuzz.distance import Indel

LARGEST_TABLE = 4_000_000
"""Pairs of a stretch up to which the longest common subsequence is found in full."""

Pair = tuple[int, int]
Run = tuple[int, int, int]
"""Where equal things stand in a row on the left, on the right, and how many."""
Row = Sequence[Hashable]
Stretch = Callable[[Row, Row, list[int], list[int]], list[Pair]]


def common(old: Row, new: Row) -> list[Pair]:
    """Pairs of equal things (empty ones left out) in rising order: a long common subsequence.

    Patience: things that are unique on both sides anchor it, the stretches between them are searched again;
    a stretch without such anchors is searched in full when it is small.
    """
    return _by_patience(old, new, _longest)


def sure(old: Row, new: Row) -> list[Pair]:
    """The pairs of `common` that leave no choice: unique on both sides, or in line with such a pair."""
    return _by_patience(old, new, lambda old, new, olds, news: [])


def _by_patience(old: Row, new: Row, rest: Stretch) -> list[Pair]:
    olds = [i for i, thing in enumerate(old) if thing]
    news = [i for i, thing in enumerate(new) if thing]
    found: list[Pair] = []
    stack = [(olds, news)]
    while stack:
        olds, news = stack.pop()
        olds, news = _shared_ends(old, new, olds, news, found)
        if not olds or not news:
            continue
        anchors = _anchors(old, new, olds, news)
        if not anchors:
            found += rest(old, new, olds, news)
            continue
        found += anchors
        stack += _between(olds, news, anchors)
    return sorted(found)


def _shared_ends(
    old: Row, new: Row, olds: list[int], news: list[int], found: list[Pair]
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


def _anchors(old: Row, new: Row, olds: list[int], news: list[int]) -> list[Pair]:
    times_old, times_new = Counter(old[o] for o in olds), Counter(new[n] for n in news)
    place = {new[n]: n for n in news if times_new[new[n]] == 1}
    return rising([(o, place[old[o]]) for o in olds if times_old[old[o]] == 1 and old[o] in place])


def rising(pairs: list[Pair]) -> list[Pair]:
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


def _longest(old: Row, new: Row, olds: list[int], news: list[int]) -> list[Pair]:
    left, right = [old[o] for o in olds], [new[n] for n in news]
    if len(olds) * len(news) <= LARGEST_TABLE:
        runs = shared_runs(left, right)
    else:
        blocks = SequenceMatcher(None, left, right, autojunk=True).get_matching_blocks()
        runs = [(block.a, block.b, block.size) for block in blocks]
    return [(olds[i + k], news[j + k]) for i, j, size in runs for k in range(size)]


def shared_runs(left: Row, right: Row) -> list[Run]:
    """What two rows have in common, in order: the longest common subsequence, of long rows nearly so."""
    if len(left) * len(right) > LARGEST_TABLE:
        return _in_runs(common(left, right))
    return [(b.a, b.b, b.size) for b in Indel.opcodes(left, right).as_matching_blocks() if b.size]


def _in_runs(pairs: Iterable[Pair]) -> list[Run]:
    found: list[Run] = []
    for i, j in pairs:
        if found and (i, j) == (found[-1][0] + found[-1][2], found[-1][1] + found[-1][2]):
            found[-1] = (found[-1][0], found[-1][1], found[-1][2] + 1)
        else:
            found.append((i, j, 1))
    return found


def heaviest(values: Mapping[Pair, float]) -> list[Pair]:
    """The run of rising pairs whose values together are greatest.

    A pair that directly follows another on both sides gains a little, so that what stands together stays so.
    """
    best: dict[Pair, tuple[float, Pair | None]] = {}
    tree = _Peaks(max((n for _, n in values), default=0) + 1)
    row: list[Pair] = []
    for pair in sorted(values):
        if row and row[0][0] != pair[0]:
            _raise(tree, row, best)
            row = []
        row.append(pair)
        o, n = pair
        reached, before = tree.below(n)
        beside = best.get((o - 1, n - 1))
        if beside and beside[0] + 0.1 * values[pair] >= reached:
            reached, before = beside[0] + 0.1 * values[pair], (o - 1, n - 1)
        best[pair] = (reached + values[pair], before)
    at: Pair | None = max(best, key=lambda pair: best[pair][0], default=None)
    chain: list[Pair] = []
    while at is not None:
        chain.append(at)
        at = best[at][1]
    return chain[::-1]


def _raise(tree: _Peaks, row: list[Pair], best: dict[Pair, tuple[float, Pair | None]]) -> None:
    for pair in row:
        tree.put(pair[1], best[pair][0], pair)


class _Peaks:
    """The greatest value so far at any place below a given one (a Fenwick tree)."""

    def __init__(self, size: int) -> None:
        self._nodes: list[tuple[float, Pair | None]] = [(0.0, None)] * (size + 1)

    def put(self, place: int, value: float, pair: Pair) -> None:
        i = place + 1
        while i < len(self._nodes):
            if value > self._nodes[i][0]:
                self._nodes[i] = (value, pair)
            i += i & -i

    def below(self, place: int) -> tuple[float, Pair | None]:
        found: tuple[float, Pair | None] = (0.0, None)
        i = place
        while i > 0:
            if self._nodes[i][0] > found[0]:
                found = self._nodes[i]
            i -= i & -i
        return found
