"""Version numbers for the front, straight from the database: SQLite at once, PostgreSQL in rounds."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from talehouse.pages.store import CannotCheck

TABLE = "pages_version"
_LOOK_SECONDS = 1.0
_ROUND_SECONDS = 3.0


class Numbers(Protocol):
    """Where version numbers come from."""

    def at_once(self, keys: Sequence[str]) -> Mapping[str, int] | None:
        """The numbers without waiting, or None if they must be waited for; raises ``CannotCheck``."""

    async def later(self, keys: Sequence[str]) -> Mapping[str, int]:
        """The numbers, after waiting; raises ``CannotCheck``."""

    async def close(self) -> None:
        """Let go of the database."""


def numbers_of(url: str) -> Numbers:
    """The source for a database URL: ``sqlite:///path`` or ``postgresql://…``."""
    scheme = urlsplit(url).scheme
    if scheme == "sqlite":
        return SqliteNumbers(Path(unquote(url.removeprefix("sqlite:///"))))
    if scheme in ("postgresql", "postgres"):
        return PostgresNumbers(url)
    raise ValueError(f"The database URL must begin with sqlite:/// or postgresql://, not {scheme!r}.")


class SqliteNumbers:
    """A read-only connection in the event loop: one look-up costs about 15 µs and waits for nobody."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        self._looked_at = 0.0

    def at_once(self, keys: Sequence[str]) -> Mapping[str, int]:
        """The numbers of the keys that have one."""
        marks = ",".join("?" * len(keys))
        try:
            rows = self._open().execute(f"SELECT key, number FROM {TABLE} WHERE key IN ({marks})", keys)
            return dict(rows.fetchall())
        except (sqlite3.Error, OSError) as problem:
            self._drop()
            raise CannotCheck from problem

    async def later(self, keys: Sequence[str]) -> Mapping[str, int]:
        """As ``at_once``."""
        return self.at_once(keys)

    async def close(self) -> None:
        """Close the file."""
        self._drop()

    def _open(self) -> sqlite3.Connection:
        now = time.monotonic()
        if self._connection is not None and now - self._looked_at < _LOOK_SECONDS:
            return self._connection
        self._looked_at = now
        found = os.stat(self._path)
        file = (found.st_dev, found.st_ino)
        if self._connection is None or file != self._file:
            self._drop()
            self._file = file
            uri = f"{self._path.absolute().as_uri()}?mode=ro"
            self._connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=0.05)
        return self._connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class _Round:
    """Keys that will be asked for together."""

    def __init__(self) -> None:
        self.keys: set[str] = set()
        self.answer: asyncio.Future[Mapping[str, int]] = asyncio.get_running_loop().create_future()


class PostgresNumbers:
    """One asynchronous connection, opened again when it dies; what is asked meanwhile goes in one query."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: Any = None
        self._next: _Round | None = None
        self._running: asyncio.Task[None] | None = None

    def at_once(self, keys: Sequence[str]) -> Mapping[str, int] | None:
        """Never at once."""
        return {} if not keys else None

    async def later(self, keys: Sequence[str]) -> Mapping[str, int]:
        """The numbers as of a moment after this call."""
        if self._next is None:
            self._next = _Round()
        waiting = self._next
        waiting.keys.update(keys)
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())
        return await asyncio.shield(waiting.answer)

    async def close(self) -> None:
        """Close the connection."""
        await self._drop()

    async def _run(self) -> None:
        while self._next is not None:
            current, self._next = self._next, None
            try:
                found = await asyncio.wait_for(self._ask(sorted(current.keys)), _ROUND_SECONDS)
            except Exception as problem:  # any failure of the driver means the same: no numbers now
                await self._drop()
                print(f"front: version numbers: {type(problem).__name__}", file=sys.stderr)
                current.answer.set_exception(CannotCheck())
                current.answer.exception()
            else:
                current.answer.set_result(found)

    async def _ask(self, keys: list[str]) -> Mapping[str, int]:
        import psycopg  # noqa: PLC0415 - only where PostgreSQL is used

        if self._connection is None:
            self._connection = await psycopg.AsyncConnection.connect(self._url, autocommit=True)
        cursor = await self._connection.execute(
            f"SELECT key, number FROM {TABLE} WHERE key = ANY(%s)", (keys,)
        )
        return dict(await cursor.fetchall())

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
