"""`talehouse bench search`: filters and facets over a million stories, each answer checked against SQL."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from talehouse.ops.bench import search_texts
from talehouse.ops.bench.processes import ServerError, own_environment
from talehouse.ops.bench.running import BadInputError, machine
from talehouse.ops.bench.search_making import MADE

HALVES = FILTERS, TEXTS = "filters", "texts"
GOALS = {
    "mismatches": 0,
    "p50_ms": 10.0,
    "p95_ms": 60.0,
    "index_mb": 2048.0,
    "build_s": 300.0,
    "memory_mb": 300.0,
}


@dataclass(frozen=True)
class SearchWish:
    """What to measure."""

    stories: int = 1_000_000
    queries: int = 200
    seed: int = 1
    vocabulary: str = ""
    parts: int = search_texts.PARTS
    only: str = ""


def run(wish: SearchWish, progress: Callable[[str], None]) -> dict[str, Any]:
    """Filters, then full text. Raises BadInputError and ServerError."""
    told = {} if wish.only == TEXTS else _filters(wish, progress)
    if wish.only != FILTERS:
        progress(f"Full text: {wish.parts:,} parts.")
        with TemporaryDirectory(prefix="talehouse-bench-") as name:
            told["text"] = search_texts.measure(wish.parts, wish.seed, Path(name) / TEXTS)
    return told


def _filters(wish: SearchWish, progress: Callable[[str], None]) -> dict[str, Any]:
    """Make the archive, build its index, ask, and check."""
    with TemporaryDirectory(prefix="talehouse-bench-") as name:
        data = Path(name) / "data"
        data.mkdir()
        progress(f"Making an archive of {wish.stories:,} stories.")
        _child(data, "search_making", str(wish.stories), str(wish.seed), wish.vocabulary)
        made = json.loads((data / MADE).read_text())
        progress("Building the index.")
        built = json.loads(_child(data, "search_building"))
        progress(f"Asking {wish.queries} questions.")
        asking = json.loads(_child(data, "search_asking", str(wish.queries), str(wish.seed)))
        progress("Checking the answers against SQL.")
        checked = json.loads(_child(data, "search_checking"))
        asked = pickle.loads((data / "asked.pickle").read_bytes())
    return _figures(made, built, asking, checked, asked)


def _child(data: Path, name: str, *arguments: str) -> str:
    command = [sys.executable, "-m", "talehouse.ops.bench.child", name, *arguments]
    environment = {**own_environment(data), "TALEHOUSE_LOG_LEVEL": "WARNING"}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode == 2:
        raise BadInputError(done.stdout.strip())
    if done.returncode:
        raise ServerError(f"{name} failed with status {done.returncode}.")
    return done.stdout


def _figures(
    made: dict[str, Any], built: dict[str, Any], asking: dict[str, Any], checked: dict[str, Any], asked: Any
) -> dict[str, Any]:
    times = [one["ms"] for one in asked]
    classes: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in asked:
        classes[one["class"]].append(one)
    told = {
        "stories": made["stories"],
        "queries": len(asked),
        "mismatches": checked["mismatches"],
        **_spread(times),
        **built,
        **asking,
        "again": _spread([one["again_ms"] for one in asked]),
        "over_300k": checked["broad"],
        "muted": sum(bool(one["question"].without.tags) for one in asked),
        "wrong": checked["wrong"],
        "classes": {
            name: {"queries": len(some), **_spread([one["ms"] for one in some]),
                   "stories": _at(sorted(one["answer"].total for one in some), 0.5)}
            for name, some in sorted(classes.items())
        },
        "archive": made,
        "load": round(os.getloadavg()[0], 1),
        "machine": machine(),
    }  # fmt: skip
    goals = {name: {"goal": goal, "met": told[name] <= goal} for name, goal in GOALS.items()}
    return {**told, "goals": goals}


def _spread(times: Sequence[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {
        "p50_ms": round(_at(ordered, 0.5), 2),
        "p95_ms": round(_at(ordered, 0.95), 2),
        "max_ms": round(ordered[-1], 2),
    }


def _at(ordered: Sequence[float], share: float) -> float:
    """The value below which this share of the values lies (nearest rank)."""
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def table(told: dict[str, Any]) -> str:
    """A line for each class of queries, then the whole, then the goals; then full text."""
    lines = list(_lines(told)) if "classes" in told else []
    if "text" in told:
        lines.append("Full text: " + json.dumps(told["text"]))
    return "\n".join(lines)


def _lines(told: dict[str, Any]) -> Iterator[str]:
    yield f"{'class':<20}{'queries':>8}{'stories':>10}{'p50 ms':>9}{'p95 ms':>9}{'worst':>9}"
    for name, one in {**told["classes"], "all": {**told, "stories": ""}}.items():
        times = "".join(f"{one[key]:>9.1f}" for key in ("p50_ms", "p95_ms", "max_ms"))
        yield f"{name:<20}{one['queries']:>8}{one['stories']:>10}{times}"
    again = told["again"]
    yield f"Asked again: p50 {again['p50_ms']} ms, p95 {again['p95_ms']} ms, worst {again['max_ms']} ms"
    yield (
        f"{told['mismatches']} answers differ from SQL; {told['over_300k']} of more than 300,000 stories, "
        f"{told['muted']} with mutes"
    )
    yield (
        f"Index {told['index_mb']} MB, built in {told['build_s']} s with {told['build_memory_mb']} MB, "
        f"opened in {told['open_ms']} ms; memory of the process that asks {told['memory_mb']} MB"
    )
    for what, goal in told["goals"].items():
        yield f"goal: {what} at most {goal['goal']:g}: {'met' if goal['met'] else 'not met'}"
