"""Starting the processes of one machine and keeping them alive."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE = 20.0
"""Seconds that a process gets to end by itself after SIGTERM."""


@dataclass(slots=True)
class Process:
    """One command to keep running."""

    name: str
    command: Sequence[str]
    environment: dict[str, str] = field(default_factory=dict)
    leaves: Sequence[Path] = ()
    running: subprocess.Popen[bytes] | None = None
    failures: int = 0
    next_start: float = 0.0

    def start(self) -> None:
        """Start it in a session of its own, so that Ctrl+C reaches only the supervisor.

        Files that a killed predecessor left (a socket) go first; a supervisor that dies takes it along.
        """
        for path in self.leaves:
            path.unlink(missing_ok=True)
        self.running = subprocess.Popen(
            self.command,
            env={**os.environ, **self.environment},
            start_new_session=True,
            preexec_fn=die_with_parent,  # noqa: PLW1509  the supervisor has no threads
        )

    def sweep(self) -> None:
        """End what the ended process left running: its children are in its group."""
        if self.running is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.running.pid, signal.SIGKILL)

    def has_ended(self) -> bool:
        """Whether it was running and is not any more."""
        return self.running is not None and self.running.poll() is not None


class Supervisor:
    """Keeps processes running until told to stop; one that ends is started again, later each time."""

    def __init__(self, processes: Sequence[Process]) -> None:
        self.processes = list(processes)
        self.stopping = False

    def run(self) -> None:
        """Start all and watch them. Returns after SIGTERM or SIGINT, when all have ended."""
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._stop)
        for process in self.processes:
            process.start()
        try:
            while not self.stopping:
                self._look_after()
                time.sleep(0.2)
        finally:
            self._end_all()

    def _stop(self, number: int, frame: object) -> None:
        self.stopping = True

    def _look_after(self) -> None:
        now = time.monotonic()
        for process in self.processes:
            if process.has_ended():
                process.failures += 1
                wait = min(0.2 * 2 ** min(process.failures, 7), 15.0)
                code = process.running.returncode if process.running else 0
                print(
                    f"talehouse: {process.name} ended ({code}); starting it again.",
                    file=sys.stderr,
                    flush=True,
                )
                process.sweep()
                process.running, process.next_start = None, now + wait
            elif process.running is None and now >= process.next_start:
                process.start()
            elif process.running is not None and now > process.next_start + 60:
                process.failures = 0

    def _end_all(self) -> None:
        running = [process.running for process in self.processes if process.running is not None]
        for one in running:
            if one.poll() is None:
                one.terminate()
        deadline = time.monotonic() + PATIENCE
        for one in running:
            with suppress(subprocess.TimeoutExpired):
                one.wait(max(0.1, deadline - time.monotonic()))
        for process in self.processes:
            process.sweep()


def die_with_parent() -> None:
    """Ask Linux to end this process when its supervisor dies, even by SIGKILL; elsewhere it does nothing."""
    if sys.platform != "linux":
        return
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)
