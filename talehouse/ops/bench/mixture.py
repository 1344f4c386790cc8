"""What the mixed load is made of: Zipf visits over all parts, with a page memory smaller than the archive.

The memory is half of what all pages weigh. The exponent of Zipf's law is chosen so that a least-recently-used
memory of that size misses 5 % of the visits, by the approximation of H. Che, Y. Tung and Z. Wang,
"Hierarchical Web Caching Systems: Modeling, Design and Experimental Results", IEEE JSAC 20 (2002): a page is
in memory if it was asked for within the last T requests, with T such that those pages fill the memory.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from talehouse.ops.bench.words import zipf
from talehouse.ops.bench.wrk import Step

MISSES = 0.05
SIGNED_IN = 0.05
WRITES = 0.01
MEGABYTE = 1024 * 1024
_FLATTEST, _STEEPEST = 0.1, 3.0


@dataclass(frozen=True, slots=True)
class Page:
    """A part's page: its address, the part's number, its weight in the page memory in bytes."""

    path: str
    part: int
    weight: int


def misses(weights: Sequence[int], memory: int, power: float) -> float:
    """The share of visits that a memory of so many bytes misses, the pages given by falling popularity."""
    if sum(weights) <= memory:
        return 0.0
    raw = zipf(len(weights), power=power)
    total = sum(raw)
    popularity = [one / total for one in raw]
    held = _solved(
        lambda log: sum(
            size * -math.expm1(-p * math.exp(log)) for size, p in zip(weights, popularity, strict=True)
        ),
        memory,
        (0.0, 40.0),
    )
    return sum(p * math.exp(-p * math.exp(held)) for p in popularity)


def exponent(weights: Sequence[int], memory: int, share: float = MISSES) -> float:
    """The exponent of Zipf's law with which a memory misses this share of visits; steeper misses less."""
    return _solved(lambda power: -misses(weights, memory, power), -share, (_FLATTEST, _STEEPEST))


def _solved(rising: Callable[[float], float], wanted: float, bounds: tuple[float, float]) -> float:
    low, high = bounds
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < wanted else (low, middle)
    return (low + high) / 2


def memory_for(pages: Sequence[Page]) -> int:
    """The page memory in bytes: half of what all pages weigh, in whole megabytes as the setting wants it."""
    return max(1, round(sum(page.weight for page in pages) / 2 / MEGABYTE)) * MEGABYTE


def plan(dice: Random, pages: Sequence[Page], power: float, count: int, cookie: str) -> list[Step]:
    """Steps of the mixed load; `pages` by falling popularity."""
    weights = list(accumulate(zipf(len(pages), power=power)))
    return [_step(dice.random(), page, cookie) for page in dice.choices(pages, cum_weights=weights, k=count)]


def _step(drawn: float, page: Page, cookie: str) -> Step:
    if drawn < WRITES:
        return Step("b", str(page.part))
    if drawn < WRITES + SIGNED_IN:
        return Step("s", page.path, cookie)
    return Step("v", page.path)


def remembered(steps: Sequence[Step], weights: dict[str, int], memory: int) -> list[str]:
    """The pages that a memory holds after these steps, the least recently used first."""
    held: OrderedDict[str, None] = OrderedDict()
    used = 0
    for step in steps:
        if step.kind != "v":
            continue
        if step.what in held:
            held.move_to_end(step.what)
            continue
        held[step.what] = None
        used += weights[step.what]
        while used > memory:
            used -= weights[held.popitem(last=False)[0]]
    return list(held)
