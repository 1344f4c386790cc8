"""The front itself: what all connections share, and how a request is answered."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any, Final

from talehouse.pages.address import Key
from talehouse.pages.asking import matches
from talehouse.pages.front.answer import status_line
from talehouse.pages.front.compressing import Compressor
from talehouse.pages.front.connection import Connection
from talehouse.pages.front.filling import Filling
from talehouse.pages.front.numbers import numbers_of
from talehouse.pages.front.options import Options
from talehouse.pages.front.relay import Relay
from talehouse.pages.front.requests import READING, Reader, Request, head_for_upstream
from talehouse.pages.front.upstream import Upstream
from talehouse.pages.store import BUSY_HITS, CannotCheck, Entry, Store

_SPOOL_IN_MEMORY: Final = 1024 * 1024
_PIECE: Final = 64 * 1024
_TICK_SECONDS: Final = 1.0
_CLOSE: Final = b"Connection: close\r\n"


@dataclass(slots=True)
class Counts:
    """How requests were answered since the start, each counted once.

    ``hits``: from memory. ``misses``: Django made a page or file that was kept. ``tunnelled``: passed on,
    because no kept page answers it.
    """

    hits: int = 0
    misses: int = 0
    tunnelled: int = 0


class Front:
    """Answers what it has, tunnels what it has not."""

    now = staticmethod(time.monotonic)

    def __init__(self, options: Options) -> None:
        """Must be made inside the running event loop."""
        self.options = options
        self.reader = Reader(options)
        self.store = Store(options.memory)
        self.connections: set[Connection] = set()
        self.stopping = False
        self.counts = Counts()
        self._numbers = numbers_of(options.database)
        self._upstream = Upstream(options)
        self._compressor = Compressor(self.store)
        self._filling = Filling(self.store, self._upstream, self._compressor)
        self._date = self._found = self._unchanged = b""
        self._server: asyncio.AbstractServer | None = None

    # The life of the process

    async def start(self) -> None:
        """Listen."""
        loop = asyncio.get_running_loop()
        where = self.options.listen
        if where.startswith("unix:"):
            path = Path(where.removeprefix("unix:"))
            path.unlink(missing_ok=True)
            self._server = await loop.create_unix_server(lambda: Connection(self), str(path))
        else:
            host, _, port = where.rpartition(":")
            self._server = await loop.create_server(
                lambda: Connection(self), host.strip("[]"), int(port), backlog=1024
            )
        self._tick()

    async def stop(self) -> None:
        """Take no more, finish what is being answered within the time allowed, then end."""
        self.stopping = True
        if self._server is not None:
            self._server.close()
        for connection in list(self.connections):
            connection.stop()
        end = self.now() + self.options.stop_timeout
        while self.connections and self.now() < end:
            await asyncio.sleep(0.02)
        for connection in list(self.connections):
            connection.transport.abort()
        self._upstream.close()
        self._compressor.close()
        await self._numbers.close()

    def admit(self, connection: Connection) -> bool:
        """Count a connection in; False when there are too many."""
        self.connections.add(connection)
        return len(self.connections) <= self.options.connections

    def _tick(self) -> None:
        """Once a second: the date, and connections whose time is up."""
        asyncio.get_running_loop().call_later(_TICK_SECONDS, self._tick)
        self._date = f"Date: {formatdate(usegmt=True)}\r\n".encode()
        self._found = b"HTTP/1.1 200 OK\r\n" + self._date
        self._unchanged = b"HTTP/1.1 304 Not Modified\r\n" + self._date
        now = self.now()
        for connection in [each for each in self.connections if each.deadline < now]:
            connection.expire()
        self._upstream.tick()

    def tell(self) -> None:
        """Say on stderr how many requests were answered how."""
        counts = self.counts
        line = f"front: hits={counts.hits} misses={counts.misses} tunnelled={counts.tunnelled}"
        print(line, file=sys.stderr, flush=True)

    # Kept pages

    def answer_at_once(self, connection: Connection, request: Request) -> bool:
        """Answer with a kept page if that needs no waiting."""
        key = request.key
        entry = None if key is None else self.store.get(key)
        if entry is None:
            return False
        now = self.now()
        asked = self.store.due(entry, now)
        if asked is not None:
            try:
                numbers = self._numbers.at_once(asked)
            except CannotCheck:
                if not self.store.is_bearable(entry, now):
                    return False
            else:
                if numbers is None or not self.store.settle(entry, asked, numbers, now):
                    return False
        if not self._send(connection, request, entry):
            return False
        self.counts.hits += 1
        return True

    def _send(self, connection: Connection, request: Request, entry: Entry) -> bool:
        """Write an entry whose body is ready in the encoding that is wanted."""
        block = request.block
        chosen = entry.choose(block.wanted)
        end = entry.heads.get(chosen)
        if end is None:
            return False
        if block.if_none_match and matches(block.if_none_match, entry.etag(chosen)):
            start, end, body = self._unchanged, entry.heads[f"304 {chosen}"], b""
        else:
            start, body = self._found, entry.bodies[chosen]
        if not request.keeps_alive or self.stopping:
            start += _CLOSE
        entry.hits += 1
        if entry.hits > BUSY_HITS and not entry.improved:
            self._compressor.improve(entry)
        if request.line.method == "HEAD":
            body = b""
        connection.started = True
        connection.write_all((start, end, body) if body else (start, end))
        self.log(request, 304 if start.startswith(self._unchanged) else 200)
        return True

    async def _valid(self, key: Key) -> Entry | None:
        """The entry of a key after whatever check it needs."""
        entry = self.store.get(key)
        if entry is None:
            return None
        now = self.now()
        asked = self.store.due(entry, now)
        if asked is None:
            return entry
        try:
            numbers = await self._numbers.later(asked)
        except CannotCheck:
            return entry if self.store.is_bearable(entry, now) else None
        return entry if self.store.settle(entry, asked, numbers, now) else None

    # Everything that must be waited for

    async def answer(self, connection: Connection, request: Request) -> None:
        """Answer a request that could not be answered at once."""
        key = request.key
        if key is not None and await self._from_store(connection, request, key):
            return
        if key is not None and request.line.method == "GET" and key not in self._filling.unkept:
            outcome = await self._filling.first(
                key, request, lambda: head_for_upstream(request, connection.peer, self.options, fill=True)
            )
            if outcome is None:
                if await self._from_store(connection, request, key):
                    return
            elif outcome.answer is not None:
                await self._relay(connection, request, outcome.answer.give_to)
                return
            elif outcome.entry is not None:
                self.counts.misses += 1
                await self._send_prepared(connection, request, outcome.entry)
                return
        await self._tunnel(connection, request)

    async def _from_store(self, connection: Connection, request: Request, key: Key) -> bool:
        entry = await self._valid(key)
        if entry is not None:
            self.counts.hits += 1
            await self._send_prepared(connection, request, entry)
        return entry is not None

    async def _send_prepared(self, connection: Connection, request: Request, entry: Entry) -> None:
        while not self._send(connection, request, entry):
            await self._compressor.prepare(entry, entry.choose(request.block.wanted))

    def pass_on_at_once(
        self, connection: Connection, request: Request, done: Callable[[Exception | None], None]
    ) -> Relay | None:
        """Pass a request without a body on if no kept page can answer it."""
        key = request.key
        if key is not None and (key not in self._filling.unkept or self.store.get(key) is not None):
            return None
        relay = Relay(self, connection, request, done)
        self._pass_on(connection, request, relay)
        return relay

    async def _tunnel(self, connection: Connection, request: Request) -> None:
        """Pass the request on and the answer back."""
        body = connection.body
        if body is None or not request.block.framing.chunked:
            pieces = None if body is None else body.pieces()
            await self._relay(
                connection, request, lambda relay: self._pass_on(connection, request, relay, pieces)
            )
            return
        with SpooledTemporaryFile(_SPOOL_IN_MEMORY) as file:
            async for piece in body.pieces():
                file.write(piece)
            length = file.tell()
            file.seek(0)
            await self._relay(
                connection,
                request,
                lambda relay: self._pass_on(connection, request, relay, _read(file), length),
            )

    async def _relay(self, connection: Connection, request: Request, begin: Callable[[Relay], None]) -> None:
        """Let an answer come to a client, and wait until it has."""
        over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def done(trouble: Exception | None) -> None:
            if over.done():
                return
            if trouble is None:
                over.set_result(None)
            else:
                over.set_exception(trouble)

        relay = Relay(self, connection, request, done)
        begin(relay)
        try:
            await over
        except asyncio.CancelledError:
            relay.cancel()
            raise

    def _pass_on(
        self,
        connection: Connection,
        request: Request,
        relay: Relay,
        body: AsyncGenerator[bytes, None] | None = None,
        length: int | None = None,
    ) -> None:
        """``length``: of a body that came in chunks; WSGI servers want to know it beforehand."""
        method = request.line.method
        head = head_for_upstream(request, connection.peer, self.options, length=length)
        repeatable, is_head = method in READING, method == "HEAD"
        relay.begin(self._upstream.begin(head, relay, repeatable=repeatable, is_head=is_head, body=body))

    def write_head(
        self, connection: Connection, status: int, headers: list[tuple[str, str]], *, close: bool
    ) -> None:
        """Write the head of an answer."""
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers).encode("latin-1")
        connection.write(status_line(status) + lines + self.end_of_head(close=close))

    def end_of_head(self, *, close: bool) -> bytes:
        """The last lines of every head, with the empty one."""
        return self._date + _CLOSE + b"\r\n" if close else self._date + b"\r\n"

    def log(self, request: Request, status: int) -> None:
        """Note an answer, if that is wanted."""
        if self.options.access_log:
            print(request.line.method, request.line.path, status, file=sys.stdout, flush=True)


async def _read(file: Any) -> AsyncGenerator[bytes, None]:
    while piece := file.read(_PIECE):
        yield piece
