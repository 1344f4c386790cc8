"""The real archive, served by `talehouse serve` in processes of its own, for tests that look from outside.

Processes are found by their environment (`/proc`), since each child of the supervisor leads a session of its
own: what carries the data folder of this archive in TALEHOUSE_DATA belongs to it, orphans too.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

import psycopg
import pytest

ROOT = Path(__file__).resolve().parent.parent
TALEHOUSE = str(Path(sys.executable).with_name("talehouse"))
READY_SECONDS = 90.0
"""How long a start may take on a busy machine; a broken one ends at once."""
WELCOME = re.compile(r"/host/welcome/[\w-]+/")


class Answer(NamedTuple):
    """What a plain request got; `headers` have lower-case names."""

    status: int
    headers: dict[str, str]
    text: str


def free_port() -> int:
    """A loopback port that nobody has now."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(what: Callable[[], Any], *, seconds: float = 30.0, every: float = 0.05) -> Any:
    """The first true value of `what()`; fails with its last value when none comes in time."""
    deadline = time.monotonic() + seconds
    while not (found := what()):
        if time.monotonic() > deadline:
            pytest.fail(f"waited {seconds:.0f} s in vain; the last value was {found!r}")
        time.sleep(every)
    return found


class Serving:
    """One archive: its data folder, its database, and the processes that serve it."""

    def __init__(self, data: Path, database: str, **settings: str) -> None:
        self.data, self.database = data, database
        self.log = data.with_name(f"{data.name}.log")
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TALEHOUSE_")},
            "TALEHOUSE_DATA": str(data),
            "TALEHOUSE_DATABASE_URL": database,
            **settings,
        }

    @property
    def url(self) -> str:
        """The address of the archive, without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def said(self) -> str:
        """Everything that the archive has printed since its first start."""
        return self.log.read_text(encoding="utf-8") if self.log.exists() else ""

    @property
    def welcome(self) -> str:
        """The one-time address that the last start printed; "" if it printed none."""
        started = self.said.rpartition("Talehouse is at")[2]
        found = WELCOME.search(started)
        return self.url + found[0] if found else ""

    # Running

    def start(self, *options: str) -> None:
        """Serve, and return when it answers."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [TALEHOUSE, "serve", "--port", str(self.port), *options],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until(self._is_ready, seconds=READY_SECONDS)

    def _is_ready(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            pytest.fail(f"talehouse serve ended by itself ({self.process.returncode}):\n{self.said[-3000:]}")
        return self.answers()

    def answers(self) -> bool:
        """Whether `/healthz` says that all is well."""
        try:
            return self.get("/healthz").status == 200
        except (OSError, HTTPException):
            return False

    def processes(self, *, named: str = "") -> list[int]:
        """The ids of all living processes of this archive; `named`: those whose command line holds it."""
        mark = f"TALEHOUSE_DATA={self.data}".encode()
        return [pid for pid in all_processes() if mark in told(pid, "environ") and named in command_of(pid)]

    def stop(self) -> None:
        """End it as a host does, and make sure that nothing is left."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(30)
        self.kill()

    def kill(self) -> None:
        """SIGKILL for the supervisor first, so that it starts nothing again, then for all others."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for _round in range(100):
            living = self.processes()
            if not living:
                return
            for pid in living:
                kill(pid)
            time.sleep(0.02)
        pytest.fail(f"processes that SIGKILL does not end: {self.processes()}")

    # Asking

    def run(self, *words: str, expect: int = 0) -> subprocess.CompletedProcess[str]:
        """`talehouse …` against the same data; fails unless it ends with the expected status."""
        done = subprocess.run(
            [TALEHOUSE, *words],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == expect, f"talehouse {' '.join(words)[:200]}:\n{done.stdout}{done.stderr}"
        return done

    def json(self, *words: str, expect: int = 0) -> Any:
        """What `talehouse … --json` prints."""
        return json.loads(self.run(*words, "--json", expect=expect).stdout)

    def python(self, code: str) -> Any:
        """Run code inside Django against the same data; the value is what it prints last, read as JSON."""
        lines = self.run("shell", "--no-imports", "-c", code).stdout.strip().splitlines()
        return json.loads(lines[-1]) if lines else None

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows straight from the database; `?` stands for a value."""
        parts = urlsplit(self.database)
        if parts.scheme == "sqlite":
            path = Path(unquote(parts.path[1:]))
            with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=20)) as near:
                return list(near.execute(query, values))
        with psycopg.connect(self.database) as far:
            return list(far.execute(query.replace("%", "%%").replace("?", "%s").encode(), values))

    def number(self, query: str, *values: object) -> int:
        """The one number that a query gives."""
        return int(self.rows(query, *values)[0][0])

    def get(self, path: str, method: str = "GET", body: str = "", **headers: str) -> Answer:
        """One request on a connection of its own; `_` in the name of a header stands for a hyphen."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            connection.request(method, path, body=body or None, headers=named)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
            return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, text)

    def read(self, part: int, *, address: str = "", browser: str = "Mozilla/5.0 (X11) Firefox/150.0") -> int:
        """The status that the beacon gives to a read of this part."""
        headers = {"Origin": self.url, "User_Agent": browser}
        headers["Content_Type"] = "application/x-www-form-urlencoded"
        if address:
            headers["X_Forwarded_For"] = address
        return self.get("/beacon/read/", "POST", f"part={part}", **headers).status


def all_processes() -> list[int]:
    """The ids of all processes here."""
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]


def told(pid: int, what: str) -> bytes:
    """A file of `/proc` about a process; empty for one that has ended or belongs to somebody else."""
    try:
        return Path(f"/proc/{pid}/{what}").read_bytes()
    except OSError:
        return b""


def command_of(pid: int) -> str:
    """The command line of a process, its words divided by spaces."""
    return told(pid, "cmdline").replace(b"\0", b" ").decode("utf-8", "replace")


def kill(pid: int, number: int = signal.SIGKILL) -> None:
    """Send a signal to a process, if it is still there."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


@contextmanager
def served(data: Path, database: str, options: Sequence[str] = (), **settings: str) -> Iterator[Serving]:
    """An archive of its own that is served until the block ends."""
    archive = Serving(data, database, **settings)
    try:
        archive.start(*options)
        yield archive
    finally:
        archive.stop()


Begin = Callable[..., Serving]


@pytest.fixture(scope="session")
def serving(new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """The archive with the demo in it, one for each process of the tests. A test leaves it as it found it."""
    with served(tmp_path_factory.mktemp("served") / "data", new_database()) as archive:
        yield archive


@pytest.fixture
def begin(new_database: Callable[[], str], tmp_path: Path, request: pytest.FixtureRequest) -> Begin:
    """Makes archives that belong to one test: `begin()` gives one that is not started yet."""
    numbers = count(1)

    def make(**settings: str) -> Serving:
        archive = Serving(tmp_path / f"data-{next(numbers)}", new_database(), **settings)
        request.addfinalizer(archive.stop)
        return archive

    return make
