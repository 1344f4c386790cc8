"""A simulated readership with known tastes: who finished what, by a seed.

Stories lie in genres, one or two each; popularity is Zipf's. A reader likes a few genres, and picks stories
by popularity times how far they fit (a soft choice, so that everybody also finishes what does not fit).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from talehouse.rankings.alike.coreading import Floats, Ints

GENRES = 24
FIT = 4.0
"""A story that fits wholly is exp(4), about 55 times, as likely as an equally popular one that does not."""


@dataclass(frozen=True)
class Size:
    """How many stories and readers; `finished` is the mean number of stories that a reader finished."""

    stories: int = 20_000
    readers: int = 20_000
    finished: int = 30
    seed: int = 1


def finished(size: Size) -> tuple[Ints, Ints]:
    """(reader, story) of everything that was finished, each pair once, in the order of finishing."""
    chance = np.random.default_rng(size.seed)
    genres = _genres(chance, size.stories)
    popularity = 1 / np.arange(1, size.stories + 1) ** 0.8
    popularity = np.log(chance.permutation(popularity))
    pairs = [_reads(chance, reader, genres, popularity, size) for reader in range(size.readers)]
    return np.concatenate([who for who, _what in pairs]), np.concatenate([what for _who, what in pairs])


def _genres(chance: np.random.Generator, stories: int) -> Floats:
    """How far each story lies in each genre: wholly in one, half in another."""
    share = np.zeros((stories, GENRES))
    every = np.arange(stories)
    share[every, chance.integers(GENRES, size=stories)] = 0.5
    share[every, chance.integers(GENRES, size=stories)] = 1.0
    return share


def _reads(
    chance: np.random.Generator, reader: int, genres: Floats, popularity: Floats, size: Size
) -> tuple[Ints, Ints]:
    """Some stories, without putting back: the largest of log weights with Gumbel noise (Vieira 2014)."""
    taste = np.zeros(GENRES)
    taste[chance.choice(GENRES, size=chance.integers(1, 4), replace=False)] = 1.0
    number = int(np.clip(chance.lognormal(np.log(size.finished), 0.5), 4, size.stories // 4))
    weights = popularity + FIT * (genres @ taste).clip(0, 1) + chance.gumbel(size=len(popularity))
    chosen = np.argpartition(-weights, number)[:number]
    chosen = chosen[np.argsort(-weights[chosen])]
    return np.full(number, reader, dtype=np.int64), chosen.astype(np.int64)
