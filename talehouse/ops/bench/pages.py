"""`talehouse bench pages`: the pages of the real server next to their yardsticks, in one run."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from talehouse.ops.bench.fetching import Visit
from talehouse.ops.bench.figures import GOALS, figures, ratios
from talehouse.ops.bench.mixed import measure_mixed
from talehouse.ops.bench.processes import Server, memory_mb
from talehouse.ops.bench.running import BadInputError, Bench, Wish, machine, rest
from talehouse.ops.bench.wrk import CONNECTIONS, Step, Wrk
from talehouse.ops.bench.yardsticks import bare_django, nginx, program, serve_workers, static_path

NEEDS = ("wrk", "nginx")
"""Programs that are needed; Debian's packages have the same names."""


TIMES_PER_PROCESS = 6
"""A page asked for so often per process is missing in 1 of 400 of them, by chance."""


def missing() -> list[str]:
    """The programs that are not there."""
    return [name for name in NEEDS if program(name) is None]


def run(wish: Wish, tell: Callable[[str], None]) -> dict[str, Any]:
    """Measure; the object that `--json` prints. `tell` gets a sentence at each step.

    Whatever was started is stopped and the temporary folder removed, also on failure. Raises BadInputError if
    wrk or nginx are missing or the vocabulary cannot be read, ServerError if a server does not do its work.
    """
    if lacking := missing():
        raise BadInputError(
            f"The bench needs {' and '.join(lacking)}. On Debian: apt install {' '.join(lacking)}"
        )
    with TemporaryDirectory(prefix="talehouse-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        return _run(Bench(wish, folder, tell, stack, Wrk(folder)))


def _run(bench: Bench) -> dict[str, Any]:
    size = bench.wish.size
    bench.tell(f"Making {size.stories:,} stories of {size.parts} parts of about {size.words:,} words")
    bench.make()
    bench.tell(f"Made {bench.made['words']:,} words in {bench.made['made_s']} s; starting the servers")
    queries: dict[str, int] = json.loads(bench.child("queries"))
    server = bench.serve("talehouse")
    _compare(bench, server)
    _others(bench, server)
    memory = memory_mb(server.pid)
    server.stop()
    bench.serve("second-start").stop()
    mixed = measure_mixed(bench)
    bench.tell("Counting again what was read")
    differences = bench.recount()
    return {
        **_told(bench, queries),
        "mixed": mixed,
        "memory_mb": round(memory, 1),
        "recount_differences": differences,
    }


def _told(bench: Bench, queries: dict[str, int]) -> dict[str, Any]:
    wish = bench.wish
    medians, spread = ratios(bench.rounds)
    measured = {name: figures(rounds) for name, rounds in bench.rounds.items()}
    yardsticks = {name: measured.pop(name) for name in ("nginx", "django")}
    part = queries["part_visitor"]
    return {
        "bench": "pages",
        "ratios": medians,
        "ratios_spread": spread,
        "goals": {name: {"goal": goal, "met": medians[name] >= goal} for name, goal in GOALS.items()},
        "pages": {name: {**told, "queries": queries.get(name, part)} for name, told in measured.items()},
        "yardsticks": yardsticks,
        "cold_start_s": round(median(bench.cold_starts), 2),
        "archive": {
            **asdict(wish.size),
            "all_words": bench.made["words"],
            "tags": bench.made["tags"],
            "made_s": bench.made["made_s"],
            "vocabulary": bool(wish.vocabulary),
        },
        "machine": machine(),
        "load": {
            "rounds": wish.rounds,
            "seconds": wish.seconds,
            "connections": CONNECTIONS,
            "parts": wish.parts,
        },
    }


def _compare(bench: Bench, server: Server) -> None:
    """The part page as visitor and signed in, and both yardsticks, in interleaved rounds."""
    paths = _some_parts(bench)
    visits = bench.plan("part_visitor", [Step("v", path) for path in paths])
    signed_in = bench.plan("part_signed_in", [Step("s", path, bench.cookie) for path in paths])
    bench.tell(f"Warming {len(paths)} part pages")
    with Visit(server) as visit:
        for path in paths:
            visit.get(path)
            visit.get(path, Cookie=bench.cookie)
    bench.wrk.play(server.base, visits, seconds=2)
    _warm_each_process(bench, server, signed_in, len(paths))
    rest(server)
    with Visit(server) as visit:  # the first connection may have been idle for longer than the front allows
        answers = {path: visit.get(path) for path in paths}
    still = bench.keep(nginx(bench.folder / "nginx", answers))
    bare = bench.keep(bare_django(bench.folder, next(iter(answers.values())).body))
    files = bench.plan("nginx", [Step("v", static_path(path)) for path in paths])
    one = bench.plan("django", [Step("v", "/")])
    for number in range(1, bench.wish.rounds + 1):
        bench.tell(f"Round {number} of {bench.wish.rounds}: nginx, bare Django, visitor, signed in")
        bench.measure("nginx", still, files)
        bench.measure("django", bare, one)
        bench.measure("part_visitor", server, visits)
        bench.measure("part_signed_in", server, signed_in)
    still.stop()
    bare.stop()


def _warm_each_process(bench: Bench, server: Server, plan: Path, pages: int) -> None:
    """Django's processes each keep their own pages for people signed in: ask until each has had them all."""
    left = pages * serve_workers() * TIMES_PER_PROCESS
    while left > 0:
        left -= max(1, bench.wrk.play(server.base, plan, seconds=2).requests)


def _some_parts(bench: Bench) -> list[str]:
    """Different parts from all over the archive, such as open without a notice."""
    paths = [part["path"] for part in bench.made["parts"] if "?" not in part["path"]]
    Random(bench.wish.size.seed).shuffle(paths)
    return paths[: bench.wish.parts]


def _others(bench: Bench, server: Server) -> None:
    """The other pages, each as often as the rounds say, one after the other."""
    paths = _some_parts(bench)
    with Visit(server) as visit:
        stories = [path for path in bench.made["stories"][: bench.wish.parts] if visit.get(path)]
        for path in ("/", "/browse/"):
            visit.get(path)
        tags = {path: visit.get(path).header("ETag") for path in paths}
        for path, tag in tags.items():
            visit.get(path, expect=304, If_None_Match=tag)
        visit.beacon(bench.made["parts"][0]["id"], address="192.0.2.1")
    plans: dict[str, Sequence[Step]] = {
        "story": [Step("v", path) for path in stories],
        "home": [Step("v", "/")],
        "browse": [Step("v", "/browse/")],
        "not_modified": [Step("c", path, tag) for path, tag in tags.items()],
        "beacon": [Step("b", path.split("/")[2].partition("-")[0]) for path in paths],
        "read": [step for path in paths for step in _read(path)],
    }
    for name, steps in plans.items():
        bench.tell(f"Measuring {name}")
        plan = bench.plan(name, steps)
        for _ in range(3):
            bench.measure(name, server, plan)


def _read(path: str) -> list[Step]:
    """A visit and the beacon that follows it."""
    return [Step("v", path), Step("b", path.split("/")[2].partition("-")[0])]
