"""Full text at size: how fast it is written, how large it is, how quickly it answers, and its passages.

Pseudo-English as in `words.py`, with 200,000 different words, since an archive has far more of them than one
novel. No database takes part: texts come from a seed and go into the index as they would from the tables.
"""

from __future__ import annotations

import resource
import shutil
import time
from collections.abc import Callable, Iterator
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from talehouse.ops.bench.words import vocabulary, zipf
from talehouse.search.language.parsing import parse
from talehouse.search.language.words import Words
from talehouse.search.texts.asking import Matches, Reader
from talehouse.search.texts.documents import PartText, StoryTexts
from talehouse.search.texts.passages import best_parts, inside, passage_in
from talehouse.search.texts.units import usable
from talehouse.search.texts.writing import Writer

PARTS = 100_000
QUICK = 2_000
WORDS = 2_000
"""Of a part."""
DIFFERENT = 200_000
PARTS_OF_A_STORY = 5
BLOCK = 40
SHOWN = 24
"""Stories whose passages are made, as on one page."""
QUERIES = {"word": 80, "words": 60, "phrase": 60, "prefix": 30, "without": 30, "filtered": 40}

Progress = Callable[[int, int], None]
Times = tuple[float, float]
"""Milliseconds by the clock, and of the CPU."""


class Archive:
    """Texts from a seed; each part can be made again by its number."""

    def __init__(self, seed: int, parts: int) -> None:
        dice = Random(seed)
        self.seed, self.parts = seed, parts
        self.words = vocabulary(dice, DIFFERENT)
        weights = np.array(list(accumulate(zipf(DIFFERENT, shift=2.7))))
        self._weights = weights / weights[-1]
        self._array = np.array(self.words, dtype=object)

    def dice(self) -> Random:
        """What questions are drawn with."""
        return Random(self.seed)

    @property
    def stories(self) -> int:
        """How many."""
        return -(-self.parts // PARTS_OF_A_STORY)

    def blocks(self, part: int) -> list[list[str]]:
        """The words of each block of a part."""
        draws = np.random.default_rng([self.seed, part]).random(WORDS)
        words: list[str] = self._array[np.searchsorted(self._weights, draws)].tolist()
        return [words[at : at + BLOCK] for at in range(0, WORDS, BLOCK)]

    def html(self, part: int) -> str:
        """The stored markup of a part."""
        told = enumerate(self.blocks(part), 1)
        return "\n".join(
            f'<p id="b-{key}">“{" ".join(block[:9])},” {" ".join(block[9:])}.</p>' for key, block in told
        )

    def story(self, number: int) -> StoryTexts:
        """One story with its parts; numbers begin at 1."""
        dice = Random(f"{self.seed} {number}")
        rare = [self.words[dice.randrange(1000, DIFFERENT)] for _ in range(12)]
        first = (number - 1) * PARTS_OF_A_STORY + 1
        numbers = range(first, min(first + PARTS_OF_A_STORY, self.parts + 1))
        parts = tuple(
            PartText(part, rare[part % 5], self.html(part), members=part % 50 == 0) for part in numbers
        )
        return StoryTexts(
            number,
            "en",
            " ".join(rare[:3]),
            " ".join(rare),
            (rare[4],),
            (rare[5], rare[6]),
            members=False,
            parts=parts,
        )

    def all(self) -> Iterator[StoryTexts]:
        """Every story."""
        return (self.story(number) for number in range(1, self.stories + 1))


def measure(parts: int, seed: int, folder: Path, progress: Progress | None = None) -> dict[str, Any]:
    """Build an index in this folder, ask it, and tell all figures."""
    shutil.rmtree(folder, ignore_errors=True)
    archive = Archive(seed, parts)
    built = _build(archive, folder, progress)
    reader = Reader(folder)
    return {
        "parts": parts,
        "words": parts * WORDS,
        **built,
        "index_mb": round(sum(file.stat().st_size for file in folder.iterdir()) / 1e6, 1),
        **_asked(archive, reader, archive.dice()),
        **_passages(archive, reader, Random(seed + 1)),
        "memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000),
    }


def _build(archive: Archive, folder: Path, progress: Progress | None) -> dict[str, Any]:
    """The time in which texts are made does not count."""
    making = 0.0
    start, cpu = time.perf_counter(), time.process_time()
    cpu_making = 0.0
    with Writer(folder) as writer:
        stories = archive.all()
        for number in range(1, archive.stories + 1):
            before, cpu_before = time.perf_counter(), time.thread_time()
            story = next(stories)
            making += time.perf_counter() - before
            cpu_making += time.thread_time() - cpu_before
            writer.add(story)
            if progress and number % 500 == 0:
                progress(number * PARTS_OF_A_STORY, archive.parts)
    whole = time.perf_counter() - start
    return {
        "build_s": round(whole, 1),
        "made_s": round(making, 1),
        "build_parts_per_s": round(archive.parts / (whole - making)),
        "build_cpu_s": round(time.process_time() - cpu - cpu_making, 1),
    }


# Asking


def questions(archive: Archive, dice: Random) -> Iterator[tuple[str, str]]:
    """What is typed, with its class: frequent and rare words alike, and phrases that stand somewhere."""
    for kind, count in QUERIES.items():
        for _ in range(count):
            yield kind, _typed(kind, archive, dice)


def _typed(kind: str, archive: Archive, dice: Random) -> str:
    if kind == "phrase":
        return f'"{" ".join(_passage(archive, dice)[2])}"'
    one, other = _word(archive, dice), _word(archive, dice)
    if kind == "prefix":
        return f"{max(one, other, key=len)[:4]}*"
    return {"words": f"{one} {other}", "without": f"{one} -{other}"}.get(kind, one)


def _word(archive: Archive, dice: Random) -> str:
    """A word; its rank is as likely to lie between 10 and 100 as between 100 and 1,000."""
    return archive.words[int(DIFFERENT ** dice.random()) - 1]


def _passage(archive: Archive, dice: Random) -> tuple[int, int, list[str]]:
    """Three words that stand next to each other: the part, the number of the block, and they."""
    part = dice.randrange(1, archive.parts + 1)
    part -= part % 50 == 0  # those are for members
    block = dice.randrange(WORDS // BLOCK)
    at = dice.randrange(BLOCK - 3)
    return part, block + 1, archive.blocks(part)[block][at : at + 3]


def _asked(archive: Archive, reader: Reader, dice: Random) -> dict[str, Any]:
    """Each question cold: nothing that is remembered of words helps."""
    kept = np.unique(
        np.random.default_rng(archive.seed).integers(1, archive.stories + 1, archive.stories // 5)
    )
    told: dict[str, list[Times]] = {kind: [] for kind in QUERIES}
    for kind, typed in questions(archive, dice):
        words = parse(typed).words
        assert words is not None
        reader.forget()
        start, cpu = time.perf_counter(), time.thread_time()
        found = reader.match(words, member=False)
        if kind == "filtered":
            np.intersect1d(found.stories, kept, assume_unique=True)
        _page(found)
        told[kind].append(((time.perf_counter() - start) * 1000, (time.thread_time() - cpu) * 1000))
    every = [one for times in told.values() for one in times]
    return {
        **_figures(every),
        "classes": {kind: _figures(times) for kind, times in told.items()},
    }


def _page(found: Matches) -> list[int]:
    """The best stories."""
    best = np.argsort(-found.scores, kind="stable")[:SHOWN]
    return [int(story) for story in found.stories[best]]


def _figures(times: list[Times]) -> dict[str, float]:
    """By the clock, and the time of the CPU alone, which a busy machine does not lengthen as much."""
    clock, cpu = zip(*times, strict=True)
    return {
        "p50_ms": round(float(np.percentile(clock, 50)), 1),
        "p95_ms": round(float(np.percentile(clock, 95)), 1),
        "max_ms": round(max(clock), 1),
        "cpu_p50_ms": round(float(np.percentile(cpu, 50)), 1),
        "cpu_p95_ms": round(float(np.percentile(cpu, 95)), 1),
    }


def _passages(archive: Archive, reader: Reader, dice: Random, count: int = 50) -> dict[str, Any]:
    """Phrases that stand in a known block, among other stories: is it that block that is shown?"""
    times: list[float] = []
    right = 0
    for _ in range(count):
        part, block, told = _passage(archive, dice)
        words = parse(f'"{" ".join(told)}"').words
        assert words is not None
        page = [
            (part - 1) // PARTS_OF_A_STORY + 1,
            *dice.sample(range(1, archive.stories + 1), min(SHOWN, archive.stories) - 1),
        ]
        seconds, shown = _shown(archive, reader, words, page)
        times.append(seconds * 1000)
        right += _is_right(archive, shown.get(page[0]), told, (part, block))
    return {
        "passages": count,
        "passages_right": right,
        "passages_p95_ms": round(float(np.percentile(times, 95)), 1),
    }


def _shown(
    archive: Archive, reader: Reader, words: Words, page: list[int]
) -> tuple[float, dict[int, tuple[int, str, str]]]:
    """The passages of a page; fetching the texts does not count, as the database does that."""
    start = time.perf_counter()
    units = list(inside(usable(words)))
    best = best_parts(reader, units, page, member=False)
    seconds = time.perf_counter() - start
    shown: dict[int, tuple[int, str, str]] = {}
    for story, part in best.items():
        html = archive.html(part)
        start = time.perf_counter()
        place = passage_in(html, "en", units)
        seconds += time.perf_counter() - start
        if place:
            shown[story] = (part, *place)
    return seconds, shown


def _is_right(
    archive: Archive, shown: tuple[int, str, str] | None, told: list[str], place: tuple[int, int]
) -> bool:
    """The block that was meant, or another in which the words stand just so."""
    if shown is None or "<mark>" not in shown[2]:
        return False
    part, key, _html = shown
    if (part, int(key)) == place:
        return True
    block = archive.blocks(part)[int(key) - 1]
    return any(block[at : at + len(told)] == told for at in range(len(block)))
