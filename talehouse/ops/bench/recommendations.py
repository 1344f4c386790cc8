"""How well what is suggested meets what readers went on to finish, beside what most have finished.

A fifth of what each reader finished is held out; the rest makes the likeness of stories, and the suggestions.
Recall@20 is the share of what was held out that is among the first twenty (of at most twenty). `cold` are the
same figures for readers of whom only three stories are known.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, NamedTuple

import numpy as np

from talehouse.ops.bench.readership import Size, finished
from talehouse.ops.bench.running import machine
from talehouse.rankings.alike.coreading import Floats, Ints, likenesses

FIRST = 20
HELD_OUT = 0.2
KNOWN = 3
"""What is known of a reader who is new here."""
ASKED = 2_000
"""Readers whose suggestions are looked at."""


class Split(NamedTuple):
    """What is known of everybody, and of some readers what was held out."""

    readers: Ints
    stories: Ints
    held: dict[int, Ints]


def run(size: Size, tell: Callable[[str], None]) -> dict[str, Any]:
    """Simulate, hold out, suggest, compare."""
    tell(f"{size.readers:,} readers finish some of {size.stories:,} stories.")
    readers, stories = finished(size)
    split = _split(readers, stories, size.seed)
    tell(f"{len(split.readers):,} of {len(readers):,} are known; what is alike is worked out.")
    start = time.monotonic()
    alike = {one.story: (one.others, one.scores) for one in likenesses(split.readers, split.stories)}
    built = time.monotonic() - start
    known = _by_reader(split)
    popular = np.argsort(-np.bincount(split.stories, minlength=size.stories), kind="stable")
    cold = {reader: stories[:KNOWN] for reader, stories in known.items()}
    whole, new = _figures(known, split.held, alike, popular), _figures(cold, split.held, alike, popular)
    return {
        "bench": "recommendations",
        **asdict(size),
        "pairs": len(readers),
        "asked": len(split.held),
        **whole,
        "cold": {"known": KNOWN, **new},
        "build_s": round(built, 2),
        "machine": machine(),
    }


def _split(readers: Ints, stories: Ints, seed: int) -> Split:
    chance = np.random.default_rng(seed + 1)
    out = chance.random(len(readers)) < HELD_OUT
    held = {
        int(reader): stories[out & (readers == reader)]
        for reader in chance.permutation(np.unique(readers))[:ASKED]
    }
    some = {reader: stories for reader, stories in held.items() if len(stories)}
    return Split(readers[~out], stories[~out], some)


def _by_reader(split: Split) -> dict[int, Ints]:
    return {reader: split.stories[split.readers == reader] for reader in split.held}


def suggested(known: Ints, alike: dict[int, tuple[Ints, Floats]], fallback: Ints) -> Ints:
    """The first twenty: by the sum of what is like each story that is known, then what most have finished."""
    scores: dict[int, float] = {}
    for story in known.tolist():
        others, likeness = alike.get(story, (np.array([], np.int64), np.array([])))
        for other, score in zip(others.tolist(), likeness.tolist(), strict=True):
            scores[other] = scores.get(other, 0.0) + score
    best = sorted((story for story in scores if story not in set(known.tolist())), key=lambda s: -scores[s])
    rest = fallback[~np.isin(fallback, [*best, *known])]
    return np.array([*best, *rest[:FIRST]][:FIRST], dtype=np.int64)


def _figures(
    known: dict[int, Ints], held: dict[int, Ints], alike: dict[int, tuple[Ints, Floats]], popular: Ints
) -> dict[str, float]:
    ours, most_read = [], []
    for reader, wanted in held.items():
        ours.append(_recall(suggested(known[reader], alike, popular), wanted))
        most_read.append(_recall(popular[~np.isin(popular, known[reader])][:FIRST], wanted))
    recall, yardstick = float(np.mean(ours)), float(np.mean(most_read))
    return {
        "recall_at_20": round(recall, 4),
        "popularity_recall_at_20": round(yardstick, 4),
        "ratio": round(recall / yardstick, 2) if yardstick else 0.0,
    }


def _recall(shown: Ints, wanted: Ints) -> float:
    return float(np.isin(wanted, shown).sum()) / min(FIRST, len(wanted))


def table(told: dict[str, Any]) -> str:
    """The figures for people."""
    lines = [
        f"{told['readers']:,} readers, {told['stories']:,} stories, {told['pairs']:,} times finished",
        f"recall@20: {told['recall_at_20']:.3f}, of what most have finished "
        f"{told['popularity_recall_at_20']:.3f} ({told['ratio']} times)",
        f"of whom three stories are known: {told['cold']['recall_at_20']:.3f}, "
        f"{told['cold']['popularity_recall_at_20']:.3f} ({told['cold']['ratio']} times)",
        f"worked out in {told['build_s']} s",
    ]
    return "\n".join(lines)
