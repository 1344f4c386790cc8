"""How alike two blocks are, and which blocks are worth the question."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from heapq import nlargest

from rapidfuzz import fuzz

from talehouse.stories.anchors.chains import Pair, shared_runs
from talehouse.stories.anchors.folding import Weights, Words, fold, keys_of, words_of

_BY_LETTERS = 600
"""Longer texts are compared by words alone."""
_COMMON_WORD = 40
"""A word in more blocks than this does not lead from one to another."""
_CANDIDATES = 5
_FAR_LIGHTER = 0.05
"""A block that has less than this share of another's words is not compared with it."""


class Texts:
    """Two lists of texts with what is known about them; all of it is worked out when it is first asked."""

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        self.raw_old, self.raw_new = old, new
        self.old, self.new = [fold(text) for text in old], [fold(text) for text in new]
        self._words_old: dict[int, Words] = {}
        self._words_new: dict[int, Words] = {}
        self._weight_old: dict[int, float] = {}
        self._weight_new: dict[int, float] = {}
        self._likeness: dict[Pair, float] = {}

    @cached_property
    def keys_old(self) -> list[list[str]]:
        """The words of every old block."""
        return [keys_of(text) for text in self.raw_old]

    @cached_property
    def keys_new(self) -> list[list[str]]:
        """The words of every new block."""
        return [keys_of(text) for text in self.raw_new]

    @cached_property
    def weights(self) -> Weights:
        """How telling each word is."""
        return Weights(self.keys_old, self.keys_new)

    def words_old(self, o: int) -> Words:
        """The words of an old block with their places."""
        if o not in self._words_old:
            self._words_old[o] = words_of(self.raw_old[o])
        return self._words_old[o]

    def words_new(self, n: int) -> Words:
        """The words of a new block with their places."""
        if n not in self._words_new:
            self._words_new[n] = words_of(self.raw_new[n])
        return self._words_new[n]

    def weight_old(self, o: int) -> float:
        """The weight of all words of an old block."""
        if o not in self._weight_old:
            self._weight_old[o] = self.weights.sum(self.keys_old[o])
        return self._weight_old[o]

    def weight_new(self, n: int) -> float:
        """The weight of all words of a new block."""
        if n not in self._weight_new:
            self._weight_new[n] = self.weights.sum(self.keys_new[n])
        return self._weight_new[n]

    @cached_property
    def letters_old(self) -> list[int]:
        """How many letters each old block has."""
        return [sum(map(len, keys)) for keys in self.keys_old]

    @cached_property
    def letters_new(self) -> list[int]:
        """How many letters each new block has."""
        return [sum(map(len, keys)) for keys in self.keys_new]

    def likeness(self, o: int, n: int) -> float:
        """From 0 to 1: the telling words that both have in the same order, or nearly the same letters."""
        pair = o, n
        if pair not in self._likeness:
            self._likeness[pair] = self._compared(o, n)
        return self._likeness[pair]

    def _compared(self, o: int, n: int) -> float:
        if self.old[o] == self.new[n]:
            return 1.0
        left, right = self.keys_old[o], self.keys_new[n]
        lighter, heavier = sorted((self.weight_old(o), self.weight_new(n)))
        if lighter < _FAR_LIGHTER * heavier:
            return 0.0
        shared = [left[i + k] for i, _, size in shared_runs(left, right) for k in range(size)]
        both = lighter + heavier
        by_words = 2 * self.weights.sum(shared) / both if both else 0.0
        if by_words > 0.8 or len(self.old[o]) + len(self.new[n]) > _BY_LETTERS:
            return by_words
        by_letters = fuzz.ratio(self.old[o], self.new[n], score_cutoff=50) / 100
        return max(by_words, 2 * by_letters - 1)

    def size(self, o: int) -> float:
        """How much an old block counts when one match excludes another: its letters, with a limit."""
        return 4 + min(len(self.old[o]), 200)

    def candidates(self, olds: Iterable[int], news: Iterable[int]) -> Iterator[Pair]:
        """Pairs that share telling words, a few for each new block."""
        having: dict[str, list[int]] = defaultdict(list)
        for o in sorted(olds):
            for key in set(self.keys_old[o]):
                having[key].append(o)
        for n in sorted(news):
            score: dict[int, float] = defaultdict(float)
            for key in sorted(set(self.keys_new[n])):
                where = having.get(key, ())
                if len(where) <= _COMMON_WORD:
                    weight = self.weights.of(key)
                    for o in where:
                        score[o] += weight
            yield from (
                (o, n) for o, _ in nlargest(_CANDIDATES, score.items(), key=lambda one: (one[1], -one[0]))
            )
