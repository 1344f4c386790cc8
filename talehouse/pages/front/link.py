"""One connection to Django's server, and one request's exchange on it: bytes in, calls to a receiver out.

Nothing here waits: the event loop calls a link, a link calls the receiver of the exchange it carries. For a
receiver that is too slow, the link stops reading.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import TYPE_CHECKING, Final, Protocol, cast

from talehouse.pages.front import wire
from talehouse.pages.front.answer import NO_BODY, Head
from talehouse.pages.front.wire import Refused

if TYPE_CHECKING:
    from talehouse.pages.front.upstream import Upstream

_HEAD_LIMIT: Final = 64 * 1024
NEVER: Final = float("inf")


class Receiver(Protocol):
    """Who an answer is for: ``answered`` once, ``piece`` for each part of the body, then ``ended``; or
    ``failed`` at any moment, and nothing after it.
    """

    def answered(self, exchange: Exchange, head: Head, *, more: bool) -> None:
        """The head has come; ``more``: together with a piece of the body, which follows at once."""

    def piece(self, data: bytes) -> None:
        """A part of the plain body has come."""

    def ended(self) -> None:
        """The body is complete."""

    def failed(self, trouble: Exception) -> None:
        """There will be no more."""


class Exchange:
    """One request on its way to Django's server and its answer on the way back.

    ``is_repeatable`` requests may use a connection that was used before and are sent again if it turns out to
    be dead, once also if a new one was: a server that is just ending still lets people in. Others get a new
    connection, so they are never sent twice. ``deadline`` is when the server has been silent for too long
    (``time.monotonic()``).
    """

    __slots__ = (
        *("connecting", "deadline", "has_body", "head", "is_head", "is_over", "is_repeatable", "is_sent"),
        "may_try_anew",
        *("link", "pool", "receiver", "started", "_body", "_is_paused", "_sending"),
    )

    def __init__(
        self,
        pool: Upstream,
        head: bytes,
        receiver: Receiver,
        *,
        is_repeatable: bool,
        is_head: bool,
        body: AsyncGenerator[bytes, None] | None = None,
    ) -> None:
        self.pool = pool
        self.head = head
        self.receiver = receiver
        self.is_head = is_head
        self.has_body = body is not None
        self.is_repeatable = is_repeatable and body is None
        self.may_try_anew = self.is_repeatable
        self.is_sent = body is None
        self.started = self.is_over = self._is_paused = False
        self.link: Link | None = None
        self.connecting: asyncio.Task[None] | None = None
        self.deadline = NEVER
        self._body = body
        self._sending: asyncio.Task[None] | None = None

    def carried(self, link: Link) -> None:
        """A connection has been found for it."""
        self.link = link
        if self._body is not None:
            self._sending = asyncio.create_task(self._send(link, self._body))
        self.heard()

    def heard(self) -> None:
        """A sign of life from the server: its patience begins anew. The body before it has its own."""
        waits = self.is_sent and not self._is_paused
        self.deadline = self.pool.now() + self.pool.patience if waits else NEVER

    def pause(self) -> None:
        """Take no more from the server for now."""
        if not self._is_paused and self.link is not None and self.link.is_open:
            self._is_paused = True
            self.deadline = NEVER
            self.link.transport.pause_reading()

    def resume(self) -> None:
        """Go on."""
        if self._is_paused:
            self._is_paused = False
            self.heard()
            if self.link is not None and self.link.is_open:
                self.link.transport.resume_reading()

    def finish(self) -> None:
        """The answer is complete."""
        if self._close():
            self.receiver.ended()

    def fail(self, trouble: Exception) -> None:
        """Give it up and say so."""
        if self._close():
            self.receiver.failed(trouble)

    def cancel(self) -> None:
        """Give it up; nobody wants it any more."""
        self._close()

    def _close(self) -> bool:
        if self.is_over:
            return False
        self.resume()
        self.is_over = True
        for task in (self.connecting, self._sending):
            if task is not None:
                task.cancel()
        self.pool.leave(self)
        return True

    async def _send(self, link: Link, body: AsyncGenerator[bytes, None]) -> None:
        """Send the body as it comes from the client. Trouble on that side ends the exchange, unless the
        answer is coming already.
        """
        try:
            async with aclosing(body):
                async for piece in body:
                    link.transport.write(piece)
                    await link.drained()
        except Exception as trouble:
            if not self.started:
                self.fail(trouble)
        else:
            self.is_sent = True
            self.heard()


class Link(asyncio.Protocol):
    """One connection, carrying one exchange at a time. ``idle_since`` is a ``time.monotonic()``."""

    transport: asyncio.Transport

    def __init__(self, pool: Upstream) -> None:
        self.pool = pool
        self.exchange: Exchange | None = None
        self.was_used = False
        self.idle_since = 0.0
        self._buffer = b""
        self._left = 0
        self._chunks = wire.Chunks()
        self._ends_with_link = self._is_done = self._closes = False
        self._step: Callable[[Exchange, bytes], None] = self._head
        self._is_full = False
        self._room: asyncio.Future[None] | None = None

    @property
    def is_open(self) -> bool:
        """Whether it can still carry a request, as far as can be known."""
        return not self.transport.is_closing()

    @property
    def may_stay(self) -> bool:
        """Whether another request may follow: both sides came to their ends, and nothing lies behind.

        One that carried a body may not: most of those change something, and never take an old connection, so
        that theirs would only be kept from others.
        """
        return self._is_done and not self._closes and self.is_open

    def carry(self, exchange: Exchange) -> None:
        """Send a request's head and wait for the answer."""
        self.exchange = exchange
        self._buffer = b""
        self._closes = exchange.has_body
        self._ends_with_link = self._is_done = False
        self._step = self._head
        self.transport.write(exchange.head)
        exchange.carried(self)

    def abort(self) -> None:
        """Cut it off."""
        self.exchange = None
        self.transport.abort()

    async def drained(self) -> None:
        """Wait until the server has read enough."""
        if self._is_full:
            self._room = asyncio.get_running_loop().create_future()
            await self._room

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        self.transport = cast(asyncio.Transport, transport)

    def pause_writing(self) -> None:
        """The server reads too slowly."""
        self._is_full = True

    def resume_writing(self) -> None:
        """The server has caught up."""
        self._is_full = False
        if self._room is not None and not self._room.done():
            self._room.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """The server has ended it."""
        exchange = self.exchange
        if exchange is None:
            self.pool.forget(self)
        elif self._ends_with_link and exc is None:
            exchange.finish()
        elif not exchange.started and (exchange.is_repeatable if self.was_used else exchange.may_try_anew):
            exchange.may_try_anew = exchange.may_try_anew and self.was_used
            self.exchange = None
            self.pool.again(exchange)
        else:
            exchange.fail(ConnectionResetError("the answer from inside broke off"))

    def data_received(self, data: bytes) -> None:
        """Bytes have come; what nobody asked for ends the connection."""
        exchange = self.exchange
        if exchange is None:
            self.transport.abort()
            return
        exchange.heard()
        try:
            self._step(exchange, data)
        except Refused as problem:
            exchange.fail(Refused(502, problem.why))
        except Exception as trouble:
            exchange.fail(trouble)

    # An answer, step by step

    def _head(self, exchange: Exchange, data: bytes) -> None:
        if self._buffer:
            data = self._buffer + data
        while not exchange.started:
            end = data.find(wire.END)
            if end < 0:
                if len(data) > _HEAD_LIMIT:
                    raise Refused(502, "The answer from inside has too long headers.")
                self._buffer = data
                return
            head, data = self.pool.heads.read(data[:end]), data[end + 4 :]
            if head.status >= 200:
                self._begin(exchange, head, data)

    def _begin(self, exchange: Exchange, head: Head, rest: bytes) -> None:
        exchange.started = True
        self._closes = self._closes or head.closes
        self._left = head.framing.length or 0
        is_measured = True
        if exchange.is_head or head.status in NO_BODY:
            self._left = 0
            self._step = self._measured
        elif head.framing.chunked:
            is_measured, self._step, self._chunks = False, self._chunked, wire.Chunks()
        elif head.framing.length is not None:
            self._step = self._measured
        else:
            is_measured, self._step, self._ends_with_link = False, self._unmeasured, True
        exchange.receiver.answered(exchange, head, more=is_measured and self._left > 0 and bool(rest))
        if rest or (is_measured and self._left == 0):
            self._step(exchange, rest)

    def _measured(self, exchange: Exchange, data: bytes) -> None:
        if len(data) > self._left:
            data = data[: self._left]
            self._closes = True
        self._left -= len(data)
        if data:
            exchange.receiver.piece(data)
        if self._left == 0:
            self._done(exchange)

    def _chunked(self, exchange: Exchange, data: bytes) -> None:
        pieces, rest = self._chunks.feed(data)
        if pieces:
            exchange.receiver.piece(b"".join(pieces))
        if self._chunks.finished:
            self._closes = self._closes or bool(rest)
            self._done(exchange)

    def _unmeasured(self, exchange: Exchange, data: bytes) -> None:
        exchange.receiver.piece(data)

    def _done(self, exchange: Exchange) -> None:
        self._is_done = True
        exchange.finish()
