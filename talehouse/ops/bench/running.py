"""One run of a bench: what was asked for, its temporary folder, what it has started and found."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from talehouse.ops.bench.archive import Size
from talehouse.ops.bench.figures import Round
from talehouse.ops.bench.making import MADE
from talehouse.ops.bench.processes import Server, ServerError, cpu_seconds, own_environment
from talehouse.ops.bench.wrk import Step, Wrk
from talehouse.ops.bench.yardsticks import talehouse

REST_SECONDS = 600.0
"""How long a server may take to come to rest after it was warmed."""
RESTING = 0.1
"""A server rests when it uses less than this share of one core…"""
RESTS = 5
"""… in so many seconds in a row: between two duties the worker pauses for longer than one."""


class BadInputError(Exception):
    """What was asked for cannot be measured; the message says why, in one sentence."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What to measure: the archive, the seconds of a round, how many rounds, how many different parts."""

    size: Size
    seconds: int = 3
    rounds: int = 5
    parts: int = 200
    vocabulary: str = ""


@dataclass(slots=True)
class Bench:
    """One run. `stack` ends whatever was started."""

    wish: Wish
    folder: Path
    tell: Callable[[str], None]
    stack: ExitStack
    wrk: Wrk
    made: dict[str, Any] = field(default_factory=dict)
    rounds: dict[str, list[Round]] = field(default_factory=dict)
    cold_starts: list[float] = field(default_factory=list)

    @property
    def data(self) -> Path:
        """The data folder of the archive."""
        return self.folder / "data"

    @property
    def cookie(self) -> str:
        """What the signed-in reader's browser sends."""
        return f"session={self.made['session']}"

    def make(self) -> None:
        """Make the archive in a process of its own. Raises BadInputError."""
        size = self.wish.size
        numbers = (size.stories, size.parts, size.words, size.seed)
        self.data.mkdir()
        self.child("making", *map(str, numbers), self.wish.vocabulary)
        self.made = json.loads((self.data / MADE).read_text())

    def child(self, name: str, *arguments: str) -> str:
        """What a process of the bench prints, run on the archive. Raises BadInputError and ServerError."""
        return self._output([sys.executable, "-m", "talehouse.ops.bench.child", name, *arguments])

    def recount(self) -> int:
        """The counters that are not what their rows say."""
        told = self._output(
            [sys.executable, "-m", "talehouse.ops.cli", "recount", "--check", "--json"], fine=(0, 1)
        )
        return len(json.loads(told)["differences"])

    def _output(self, command: Sequence[str], fine: tuple[int, ...] = (0,)) -> str:
        environment = own_environment(self.data)
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode == 2:
            raise BadInputError(done.stdout.strip())
        if done.returncode not in fine:
            raise ServerError(f"{command[2]} {command[3]} failed with status {done.returncode}.")
        return done.stdout

    def serve(self, name: str, **settings: str) -> Server:
        """The real server on the archive."""
        return self.keep(talehouse(self.folder, self.data, name, **settings), cold=True)

    def keep(self, server: Server, *, cold: bool = False) -> Server:
        """See to it that this server is stopped at the end, whatever happens."""
        self.stack.callback(server.stop)
        if cold:
            self.cold_starts.append(server.cold_start_s)
        return server

    def measure(self, name: str, server: Server, plan: Path, *, seconds: int = 0, first: int = 0) -> Round:
        """One round of a page, added to its rounds. Raises ServerError if any answer was not as it should."""
        before = cpu_seconds(server.pid)
        load = self.wrk.play(server.base, plan, seconds=seconds or self.wish.seconds, first=first)
        after = cpu_seconds(server.pid)
        if load.refused or load.broken or not load.requests:
            told = f"{load.refused} answers were errors, {load.broken} did not come, of {load.requests}"
            raise ServerError(f"{name}: {told}. {server.name} wrote: {server.told()}")
        done = Round(load, after - before)
        self.rounds.setdefault(name, []).append(done)
        return done

    def plan(self, name: str, steps: Sequence[Step]) -> Path:
        """The plan as a file for wrk."""
        return self.wrk.write(name, steps)


def rest(server: Server) -> None:
    """Wait until a server has nothing more to do: it compresses often-asked pages in the background, and its
    worker reads the log of the new archive and builds the index."""
    end = time.monotonic() + REST_SECONDS
    resting = 0
    while resting < RESTS and time.monotonic() < end:
        before = cpu_seconds(server.pid)
        time.sleep(1.0)
        resting = resting + 1 if cpu_seconds(server.pid) - before < RESTING else 0


def machine() -> dict[str, Any]:
    """What the figures depend on, without a name of the machine."""
    return {"cores": os.cpu_count(), "architecture": platform.machine(), "python": platform.python_version()}
