"""Measuring the mixed load on a server of its own, whose page memory is smaller than the archive."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

from talehouse.ops.bench import mixture
from talehouse.ops.bench.fetching import Visit
from talehouse.ops.bench.processes import Server, memory_mb
from talehouse.ops.bench.running import Bench, rest
from talehouse.pages.note import Note
from talehouse.pages.store import entry_of

FILLERS = 4
STEPS = 100_000
SAMPLE = 40
SECONDS_PER_ROUND = 3


def measure_mixed(bench: Bench) -> dict[str, Any]:
    """Fill the memory as a long run would have left it, then measure. Returns how the load was made up."""
    pages = _pages(bench)
    memory = mixture.memory_for(pages)
    weights = [page.weight for page in pages]
    power = mixture.exponent(weights, memory)
    dice = Random(bench.wish.size.seed)
    steps = mixture.plan(dice, pages, power, STEPS, bench.cookie)
    megabytes = memory // mixture.MEGABYTE
    server = bench.serve("mixed", TALEHOUSE_PAGE_MEMORY_MB=str(megabytes))
    fill = mixture.remembered(steps, {page.path: page.weight for page in pages}, memory)
    bench.tell(f"Filling a page memory of {megabytes} MB with {len(fill):,} of {len(pages):,} pages")
    _fill(server, fill)
    rest(server)
    bench.tell("Measuring the mixed load")
    plan = bench.plan("mixed", steps)
    first = 0
    for _ in range(3):
        done = bench.measure(
            "mixed", server, plan, first=first, seconds=bench.wish.seconds * SECONDS_PER_ROUND
        )
        first = (first + done.load.requests) % STEPS
    told = {
        "page_memory_mb": megabytes,
        "zipf_exponent": round(power, 3),
        "misses_expected": round(mixture.misses(weights, memory, power), 4),
        "signed_in": mixture.SIGNED_IN,
        "writes": mixture.WRITES,
        "parts": len(pages),
        "memory_mb": round(memory_mb(server.pid), 1),
    }
    server.stop()
    return told


def _pages(bench: Bench) -> list[mixture.Page]:
    """All parts, the most read first, each with what it weighs in memory: measured on some, then by words."""
    parts = sorted(bench.made["parts"], key=lambda part: -part["reads"])
    sample = Random(bench.wish.size.seed).sample(parts, min(SAMPLE, len(parts)))
    server = bench.serve("weighing")
    with Visit(server) as visit:
        heads_and_bodies = [(part["words"], _weight(visit, part["path"])) for part in sample]
    server.stop()
    fixed = sum(head for _, (head, _) in heads_and_bodies) / len(sample)
    per_word = sum(body for _, (_, body) in heads_and_bodies) / max(
        1, sum(words for words, _ in heads_and_bodies)
    )
    return [mixture.Page(part["path"], part["id"], round(fixed + per_word * part["words"])) for part in parts]


def _weight(visit: Visit, path: str) -> tuple[int, int]:
    """The bytes of a page in the front's memory: of all that is not text, and of the compressed text."""
    answer = visit.get(path)
    note = Note({"site": 1, "story:1": 1}, {"counts:1": 1}, None, 0, False)
    headers = [(name, value) for name, value in answer.headers.items() if name.lower() != "content-encoding"]
    entry = entry_of((path, "en", "teen"), 200, headers, b"", note, asked_at=0.0)
    head = sum(len(name) + len(value) + 4 for name, value in answer.headers.items())
    return (entry.weigh() + head if entry else head), len(answer.body)


def _fill(server: Server, paths: list[str]) -> None:
    """Visit these pages in order, some at a time."""

    def visit_some(mine: list[str]) -> None:
        with Visit(server) as visit:
            for path in mine:
                visit.get(path)

    with ThreadPoolExecutor(FILLERS) as pool:
        list(pool.map(visit_some, [paths[number::FILLERS] for number in range(FILLERS)]))
