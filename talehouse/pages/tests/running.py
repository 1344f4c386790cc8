"""Running the front and a server behind it as real processes, and talking to them over real sockets."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 20.0
TABLE = "CREATE TABLE pages_version (key varchar(80) PRIMARY KEY, number bigint)"
BUMP = (
    "INSERT INTO pages_version VALUES ('part:1', 1) "
    "ON CONFLICT (key) DO UPDATE SET number = pages_version.number + 1"
)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def connect(url: str) -> AbstractContextManager[Any]:
    """A connection to the database at ``sqlite:///path`` or ``postgresql://…``; commits each statement."""
    if url.startswith("sqlite:///"):
        path = url.removeprefix("sqlite:///")
        return closing(sqlite3.connect(path, timeout=5, isolation_level=None))
    return psycopg.connect(url, autocommit=True)


@dataclass
class House:
    """A front, a server behind it and a database of versions, in a folder of their own.

    ``extra`` and ``server_extra`` are further options of the two; ``url``: a database elsewhere.
    """

    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="front-")))
    extra: tuple[str, ...] = ()
    server_extra: tuple[str, ...] = ()
    url: str = ""
    listens_on_socket: bool = False
    port: int = field(default_factory=free_port)
    server: subprocess.Popen[bytes] | None = None
    front: subprocess.Popen[bytes] | None = None

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.folder / "versions.sqlite3"

    @property
    def door(self) -> Path:
        """Where the front listens if it does on a socket."""
        return self.folder / "front.sock"

    @property
    def socket(self) -> Path:
        """Where the server listens."""
        return self.folder / "up.sock"

    def start(self) -> House:
        """Start everything and wait until it answers."""
        self.url = self.url or f"sqlite:///{self.database}"
        with connect(self.url) as connection:
            if self.url.startswith("sqlite"):
                connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(TABLE)
        self.start_server()
        self.start_front()
        return self

    def start_server(self) -> None:
        """Start the server behind the front."""
        self.socket.unlink(missing_ok=True)
        command = [
            sys.executable,
            "-m",
            "granian",
            "--interface",
            "wsgi",
            "--uds",
            str(self.socket),
            "--no-log",
        ]
        command += ["--no-ws", "--blocking-threads", "8", *self.server_extra]
        command += ["--factory", "talehouse.pages.tests.stub:make"]
        environment = {**os.environ, "STUB_DATABASE": self.url}
        self.server = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
        until(
            lambda: _connects(socket.AF_UNIX, str(self.socket)), "the server behind the front did not start"
        )

    def start_front(self) -> None:
        """Start the front."""
        listen = f"unix:{self.door}" if self.listens_on_socket else f"127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "talehouse.pages.front", "--listen", listen]
        command += ["--upstream", f"unix:{self.socket}", "--database", self.url]
        command += ["--hosts", "127.0.0.1,tales.example", "--languages", "en,es", "--body-limit-mb", "8"]
        command += ["--page-query", '{"/parts/": ["show"]}', "--memory-mb", "8", *self.extra]
        with (self.folder / "front.err").open("ab") as errors:
            self.front = subprocess.Popen(command, cwd=ROOT, stderr=errors)
        until(self._front_is_there, "the front did not start")

    def _front_is_there(self) -> bool:
        if self.listens_on_socket:
            return _connects(socket.AF_UNIX, str(self.door))
        return _connects(socket.AF_INET, ("127.0.0.1", self.port))

    def stop_server(self) -> None:
        """Kill the server behind the front."""
        _end(self.server, signal.SIGTERM)

    def stop(self) -> None:
        """End everything and remove the folder."""
        _end(self.front, signal.SIGTERM)
        self.stop_server()
        shutil.rmtree(self.folder)

    def errors(self) -> str:
        """What the front said on stderr."""
        return (self.folder / "front.err").read_text()

    def connect(self) -> HTTPConnection:
        """A client's connection."""
        return HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[HTTPResponse, bytes]:
        """One request on a connection of its own; ``_`` in a header's name stands for ``-``."""
        connection = self.connect()
        try:
            connection.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
            response = connection.getresponse()
            return response, response.read()
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> tuple[HTTPResponse, bytes]:
        """A GET."""
        return self.ask("GET", path, None, **headers)

    def raw(self, data: bytes, *, more: bytes = b"") -> bytes:
        """Send bytes as they are, and everything that comes back until the connection ends."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as client:
            client.sendall(data)
            if more:
                time.sleep(0.05)
                client.sendall(more)
            return read_all(client)

    def bump(self) -> None:
        """Change ``part:1`` behind the front's back."""
        with connect(self.url) as connection:
            connection.execute(BUMP)


def read_all(client: socket.socket) -> bytes:
    """Everything until the other side ends the connection."""
    found = b""
    while True:
        try:
            data = client.recv(65536)
        except ConnectionResetError:
            return found
        if not data:
            return found
        found += data


def _connects(family: int, address: str | tuple[str, int]) -> bool:
    with socket.socket(family) as probe:
        try:
            probe.connect(address)
        except OSError:
            return False
        return True


def until(happens: Callable[[], bool], why: str) -> None:
    """Wait for something; fails with ``why`` if it does not happen."""
    end = time.monotonic() + PATIENCE
    while not happens():
        if time.monotonic() > end:
            raise AssertionError(why)
        time.sleep(0.02)


def _end(process: subprocess.Popen[bytes] | None, how: signal.Signals) -> None:
    if process is not None:
        process.send_signal(how)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
