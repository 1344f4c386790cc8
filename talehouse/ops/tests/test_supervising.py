"""The supervisor: real processes, one of which ends, and all of which end when they are told to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PROGRAM = """
import sys
from pathlib import Path
from talehouse.ops import supervising
from talehouse.ops.supervising import Process, Supervisor

folder = Path(sys.argv[1])
supervising.PATIENCE = 1.0
short = "import os, sys; open(sys.argv[1] + '/short', 'a').write(str(os.getpid()) + ' ')"
long = (
    "import os, sys, time, signal\\n"
    "def leave(*_): open(sys.argv[1] + '/left', 'a').write('x'); sys.exit()\\n"
    "signal.signal(signal.SIGTERM, leave)\\n"
    "open(sys.argv[1] + '/long', 'a').write(str(os.getpid()) + ' ')\\n"
    "while True: time.sleep(0.05)"
)
deaf = (
    "import os, sys, time, signal\\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\\n"
    "open(sys.argv[1] + '/deaf', 'a').write(str(os.getpid()) + ' ')\\n"
    "while True: time.sleep(0.05)"
)
Supervisor(
    [Process(name, [sys.executable, "-c", code, str(folder)], {"WHO": name}) for name, code in
     (("short", short), ("long", long), ("deaf", deaf))]
).run()
"""


def until(what: Callable[[], bool]) -> None:
    """Wait for it, for a busy machine long enough."""
    deadline = time.monotonic() + 60
    while not what():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def pids(file: Path) -> list[int]:
    """The processes that have written themselves down."""
    return [int(word) for word in file.read_text().split()] if file.exists() else []


def lives(pid: int) -> bool:
    """Whether it runs; what has ended and was not asked for its end does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """It runs a process that ends at once, one that stays, and one that does not want to go."""
    running = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], stderr=subprocess.PIPE, text=True
    )
    yield running
    for pid in [running.pid, *(pid for name in ("short", "long", "deaf") for pid in pids(tmp_path / name))]:
        if lives(pid):
            os.kill(pid, signal.SIGKILL)
    running.communicate(timeout=30)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_what_ends_is_started_again_and_all_end_together(
    supervisor: subprocess.Popen[str], tmp_path: Path, how: signal.Signals
) -> None:
    until(lambda: len(pids(tmp_path / "short")) >= 2 and bool(pids(tmp_path / "deaf")))
    until(lambda: bool(pids(tmp_path / "long")))
    assert len(pids(tmp_path / "long")) == len(pids(tmp_path / "deaf")) == 1
    supervisor.send_signal(how)
    _out, told = supervisor.communicate(timeout=60)
    assert supervisor.returncode == 0
    assert "short ended (0); starting it again" in told
    assert (tmp_path / "left").read_text() == "x"
    everybody = [pid for name in ("short", "long", "deaf") for pid in pids(tmp_path / name)]
    assert not [pid for pid in everybody if lives(pid)]


def test_what_is_killed_comes_back(supervisor: subprocess.Popen[str], tmp_path: Path) -> None:
    until(lambda: bool(pids(tmp_path / "long")))
    os.kill(pids(tmp_path / "long")[0], signal.SIGKILL)
    until(lambda: len(pids(tmp_path / "long")) == 2)
    assert lives(pids(tmp_path / "long")[1])
