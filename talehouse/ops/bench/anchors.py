"""`talehouse bench anchors`: how many comments stay at their words when chapters are edited."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from talehouse.ops.bench.anchors_edits import Editing, Paragraph, text_of
from talehouse.ops.bench.anchors_grading import Comment, Truth, anchor_of, comments_on
from talehouse.ops.bench.anchors_prose import Case, Prose
from talehouse.ops.bench.running import machine
from talehouse.stories.anchors import Placement, align, place

LEVELS = (1, 5, 20, 50)
"""Per cent of a chapter's blocks that are edited."""
PATIENCE = 110.0
"""After so many seconds no further chapter is begun."""
ROUNDS = 5

_GRADES = ("right", "wrong", "earlier", "lost")


@dataclass(frozen=True)
class AnchorsWish:
    """What to edit (`text`: a file or folder, None for the demo's stories), and how much of it."""

    text: Path | None = None
    chapters: int = 500
    comments: int = 40
    seed: int = 1
    words: int = 30_000
    crowd: int = 5_000


@dataclass(frozen=True, slots=True)
class Edited:
    """A chapter before and after, with the comments and where they were placed."""

    old: Sequence[Paragraph]
    new: Sequence[Paragraph]
    ids: Sequence[str]
    comments: Sequence[Comment]
    placed: Sequence[Placement]
    seconds: float
    cpu_seconds: float


def run(wish: AnchorsWish, progress: Callable[[str], None]) -> dict[str, Any]:
    """The figures: per level, and the time that one long text with many comments takes."""
    prose = Prose(wish.text)
    tallies = {level: Tally() for level in LEVELS}
    end = time.monotonic() + PATIENCE
    done = 0
    while done < wish.chapters and time.monotonic() < end:
        if done % 50 == 0:
            progress(f"Chapter {done} of {wish.chapters}.")
        for level in LEVELS:
            dice = Random(f"{wish.seed}/{done}/{level}")
            tallies[level].add(*edited(prose.case(done, dice), level, wish.comments, dice))
        done += 1
    progress(f"{wish.words} words with {wish.crowd} comments.")
    seconds, cpu_seconds = _seconds(prose, wish)
    return {
        "lost": sum(tally.told()["lost"] for tally in tallies.values()),
        "chapters": done,
        "seed": wish.seed,
        "levels": {str(level): tally.told() for level, tally in tallies.items()},
        "align_30k_words_5k_comments_s": round(seconds, 3),
        "align_30k_words_5k_comments_cpu_s": round(cpu_seconds, 3),
        "goals": _goals(tallies[20].told()),
        "machine": machine(),
    }


def edited(case: Case, level: int, number: int, dice: Random) -> tuple[Edited, Counter[str]]:
    """One chapter edited and its comments placed; with what was done to it."""
    editing = Editing(dice, case.stock)
    new = editing.edit(case.chapter, level / 100)
    comments = comments_on(case.chapter, number, dice)
    return _placed(case.chapter, new, comments), editing.did


def _placed(old: Sequence[Paragraph], new: Sequence[Paragraph], comments: Sequence[Comment]) -> Edited:
    """As it happens when a revision is published: ids pass on, then the comments are placed."""
    before = [(f"o{number}", text_of(paragraph)) for number, paragraph in enumerate(old)]
    old_ids = [key for key, _ in before]
    anchors = [anchor_of(comment, old, old_ids) for comment in comments]
    texts = [text_of(paragraph) for paragraph in new]
    start, cpu = time.perf_counter(), time.process_time()
    ids = [key or f"n{number}" for number, key in enumerate(align(before, texts))]
    placed = place(anchors, before, list(zip(ids, texts, strict=True)))
    took = time.perf_counter() - start, time.process_time() - cpu
    return Edited(old, new, ids, comments, placed, *took)


class Tally:
    """How the comments of one level fared."""

    def __init__(self) -> None:
        self._grades: Counter[str] = Counter()
        self._twins: Counter[str] = Counter()
        self._edits: Counter[str] = Counter()
        self._seconds: list[float] = []

    def add(self, one: Edited, did: Counter[str]) -> None:
        """Count one chapter."""
        self._edits += did
        self._seconds.append(one.seconds)
        truth = Truth(one.old, one.new)
        self._grades["lost"] += len(one.comments) - len(one.placed)
        for comment, placement in zip(one.comments, one.placed, strict=False):
            grade, gone = truth.grade(comment, placement, one.ids), truth.is_gone(comment)
            counts = self._twins if truth.has_twin(comment) else self._grades
            counts["comments"] += 1
            counts["earlier" if grade == "block" else grade] += 1
            counts["block_only"] += grade == "block"
            counts["gone"] += gone
            counts["gone_wrong"] += gone and grade == "wrong"

    def told(self) -> dict[str, Any]:
        """right + wrong + earlier + lost = comments; the others say more of these."""
        counts = self._grades
        keys = ("comments", *_GRADES, "gone", "gone_wrong", "block_only")
        stayed = counts["comments"] - counts["gone"]
        return {
            **{key: counts[key] for key in keys},
            "right_of_existing": round(counts["right"] / stayed, 5) if stayed else 0.0,
            "wrong_of_all": round(counts["wrong"] / counts["comments"], 5) if counts["comments"] else 0.0,
            "alike": {key: self._twins[key] for key in keys},
            "edits": dict(sorted(self._edits.items())),
            "ms_per_chapter": round(1000 * median(self._seconds), 2) if self._seconds else 0.0,
        }


def _goals(told: dict[str, Any]) -> dict[str, Any]:
    return {
        "lost": {"goal": 0, "met": told["lost"] == 0},
        "wrong_of_all": {"goal": 0.005, "met": told["wrong_of_all"] < 0.005},
        "right_of_existing": {"goal": 0.98, "met": told["right_of_existing"] >= 0.98},
    }


def _seconds(prose: Prose, wish: AnchorsWish) -> tuple[float, float]:
    """What ids and comments of one long text take, a fifth of its blocks edited: time and CPU, medians."""
    case, dice = prose.long(wish.words), Random(f"{wish.seed}/long")
    new = Editing(dice, case.stock).edit(case.chapter, 0.2)
    comments = comments_on(case.chapter, wish.crowd, dice)
    rounds = [_placed(case.chapter, new, comments) for _ in range(ROUNDS)]
    return median(one.seconds for one in rounds), median(one.cpu_seconds for one in rounds)


def table(told: dict[str, Any]) -> str:
    """A line for each level, then the time, then the goals."""
    return "\n".join(_lines(told))


def _lines(told: dict[str, Any]) -> Iterator[str]:
    columns = ("comments", *_GRADES, "gone", "block_only")
    yield f"{told['chapters']} chapters, each edited at every level; seed {told['seed']}"
    yield f"{'edited':<8}" + "".join(f"{name:>11}" for name in columns) + "  right of existing   wrong"
    for level, figures in told["levels"].items():
        cells = "".join(f"{figures[name]:>11}" for name in columns)
        shares = f"{figures['right_of_existing']:>17.2%}{figures['wrong_of_all']:>9.2%}"
        yield f"{level + ' %':<8}{cells}  {shares}"
    yield "Comments on paragraphs that say the same as another one, apart from the above:"
    for level, figures in told["levels"].items():
        yield f"{level + ' %':<8}" + "".join(f"{figures['alike'][name]:>11}" for name in columns)
    name = "align_30k_words_5k_comments"
    yield f"30,000 words with 5,000 comments: {told[name + '_s']} s, {told[name + '_cpu_s']} s of them CPU"
    for what, goal in told["goals"].items():
        yield f"goal at 20 %: {what} {goal['goal']:g}: {'met' if goal['met'] else 'not met'}"
