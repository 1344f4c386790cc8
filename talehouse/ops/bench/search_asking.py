"""Asks the questions of `bench search`, and writes down the answers and the time that each took."""

from __future__ import annotations

import gc
import json
import pickle
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from talehouse.accounts.models import PenName
from talehouse.ops.bench.search_making import HABITS
from talehouse.ops.bench.search_questions import Mix
from talehouse.search import engine
from talehouse.search.questions import Question
from talehouse.stories.models import Story

ASKED = "asked.pickle"
AGAIN = 3


def main(arguments: list[str]) -> None:
    """QUERIES SEED: print the seconds of opening and each query's milliseconds, and memory."""
    questions = _mix(int(arguments[1])).draw(int(arguments[0]))
    connection.close()
    begun = time.perf_counter()
    engine.ready()
    opened = time.perf_counter() - begun
    gc.collect()
    gc.freeze()
    asked = []
    for name, question in questions:
        first, answer = _timed(question)
        asked.append({"class": name, "ms": first, "question": question, "answer": answer})
    memory = _memory()
    for one in asked:
        one["again_ms"] = min(_timed(one["question"])[0] for _ in range(AGAIN))
    (Path(settings.DATA) / ASKED).write_bytes(pickle.dumps(asked))
    print(json.dumps({"open_ms": round(1000 * opened, 1), "memory_mb": memory}))


def _timed(question: Question) -> tuple[float, Any]:
    begun = time.perf_counter()
    answer = engine.find(question)
    return 1000 * (time.perf_counter() - begun), answer


def _mix(seed: int) -> Mix:
    """From the tags that are really there, the most used first."""
    tags: dict[str, list[tuple[int, int]]] = {kind: [] for kind in HABITS}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.kind, t.id, COUNT(*) AS n FROM stories_storytag s JOIN tags_tag t ON t.id = s.tag_id"
            " GROUP BY t.id ORDER BY n DESC, t.id"
        )
        for kind, tag, count in cursor.fetchall():
            tags[kind].append((tag, count))
    return Mix(tags, Story.objects.count(), PenName.objects.count(), seed)


def _memory() -> float:
    """Proportional memory of this process in megabytes, mapped files included."""
    for line in Path("/proc/self/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return round(int(line.split()[1]) / 1024, 1)
    return 0.0


if __name__ == "__main__":
    main(sys.argv[1:])
