"""Processes of the bench: starting and ending them, and what they cost.

CPU time is `utime` + `stime` of `/proc/<pid>/stat` (proc(5)) in clock ticks, memory `Pss` of
`/proc/<pid>/smaps_rollup` in kB: the share of each process in what several of them hold. Both are summed over
a process and all that it has started.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from talehouse.ops.supervising import die_with_parent

TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE = 25.0
PROC = Path("/proc")


class ServerError(Exception):
    """A server of the bench did not do what it should; the message says which, and what it wrote."""


def _fields(pid: int, proc: Path) -> list[str] | None:
    """The fields of `stat` from the third on: the name before them may hold blanks and brackets."""
    try:
        return (proc / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def tree(pid: int, proc: Path = PROC) -> list[int]:
    """A process and everything below it that lives now, parents first."""
    children: dict[int, list[int]] = {}
    for entry in proc.iterdir():
        if entry.name.isdecimal() and (fields := _fields(int(entry.name), proc)):
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found


def cpu_seconds(pid: int, proc: Path = PROC) -> float:
    """User and system time that a process and everything below it have used up to now."""
    told = (_fields(one, proc) for one in tree(pid, proc))
    return sum(int(fields[11]) + int(fields[12]) for fields in told if fields) / TICKS


def memory_mb(pid: int, proc: Path = PROC) -> float:
    """Proportional memory of a process and everything below it, in MB of 2**20 bytes."""
    return sum(_pss_kb(one, proc) for one in tree(pid, proc)) / 1024


def _pss_kb(pid: int, proc: Path) -> int:
    try:
        lines = (proc / str(pid) / "smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


@dataclass(slots=True)
class Server:
    """One server under measurement: a process with all its children, and where it answers."""

    name: str
    base: str
    process: subprocess.Popen[bytes]
    log: Path
    cold_start_s: float = 0.0

    @property
    def pid(self) -> int:
        """The root of its processes."""
        return self.process.pid

    def stop(self) -> None:
        """End it and everything below it, politely first."""
        below = tree(self.pid)
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            for pid in below:
                _kill(pid)
            self.process.wait()

    def told(self) -> str:
        """The end of what it wrote."""
        return self.log.read_text(errors="replace")[-2000:].strip() or "(nothing)"


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def own_environment(data: Path, **more: str) -> dict[str, str]:
    """The environment without the host's settings: no process of the bench may reach the host's data."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TALEHOUSE_")}
    own = {
        "TALEHOUSE_DATA": str(data),
        "TMPDIR": str(data.parent),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    return {**kept, **own, "TALEHOUSE_LOG_LEVEL": "WARNING", **more}


def start(
    name: str,
    command: Sequence[str],
    port: int,
    *,
    environment: Mapping[str, str],
    log: Path,
    path: str = "/",
) -> Server:
    """Start a server and wait until `path` answers 200. It ends when the bench dies. Raises ServerError."""
    begun = time.monotonic()
    with log.open("wb") as file:
        process = subprocess.Popen(
            command,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            preexec_fn=die_with_parent,  # noqa: PLW1509  the bench has no threads
        )
    server = Server(name, f"http://127.0.0.1:{port}", process, log)
    while not _answers(port, path):
        if process.poll() is not None or time.monotonic() - begun > PATIENCE * 2:
            told = server.told()
            if process.poll() is None:
                server.stop()
            raise ServerError(f"{name} did not start. It wrote: {told}")
        time.sleep(0.01)
    server.cold_start_s = time.monotonic() - begun
    return server


def _answers(port: int, path: str) -> bool:
    """Whether the server says 200; asked over a bare socket, which costs it least."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode()
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
            client.sendall(request)
            return client.recv(12).endswith(b" 200")
    except OSError:
        return False
