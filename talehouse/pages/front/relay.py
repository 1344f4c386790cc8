"""Passing an answer from Django's server on to a client as it comes, without waiting and without a task."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from talehouse.pages.front.answer import NO_BODY, Head
from talehouse.pages.front.link import Exchange
from talehouse.pages.front.requests import Request

if TYPE_CHECKING:
    from talehouse.pages.front.connection import Connection
    from talehouse.pages.front.server import Front


class Relay:
    """A receiver that writes to a client; ``done`` is called once, with the trouble if there was any."""

    def __init__(
        self, front: Front, connection: Connection, request: Request, done: Callable[[Exception | None], None]
    ) -> None:
        self._front = front
        self._connection = connection
        self._request = request
        self._done = done
        self._in_chunks = False
        self._unwritten = b""
        self._exchange: Exchange | None = None
        self._status = 0
        connection.relay = self
        front.counts.tunnelled += 1

    def begin(self, exchange: Exchange) -> None:
        """The exchange whose answer this is."""
        self._exchange = exchange

    def cancel(self) -> None:
        """The client is gone."""
        self._may_have_written()
        if self._exchange is not None:
            self._exchange.cancel()

    def pause(self) -> None:
        """The client reads too slowly."""
        if self._exchange is not None:
            self._exchange.pause()

    def resume(self) -> None:
        """The client has caught up."""
        if self._exchange is not None:
            self._exchange.resume()

    def answered(self, exchange: Exchange, head: Head, *, more: bool) -> None:
        """Pass the head on, if possible together with what follows: writing is what costs most here."""
        self._may_have_written()
        self._exchange, self._status = exchange, head.status
        connection, request = self._connection, self._request
        has_body = request.line.method != "HEAD" and head.status not in NO_BODY
        self._in_chunks = has_body and head.framing.length is None and request.line.minor == 1
        unread = connection.body is not None and not connection.body.finished
        connection.started = True
        end = self._front.end_of_head(close=unread or not request.keeps_alive or self._front.stopping)
        self._unwritten = head.passed(end, in_chunks=self._in_chunks)
        if not more:
            self._write(b"")
        if not connection.is_writable:
            exchange.pause()

    def piece(self, data: bytes) -> None:
        """Pass a part of the body on."""
        self._write(b"%x\r\n%b\r\n" % (len(data), data) if self._in_chunks else data)

    def ended(self) -> None:
        """The client has everything, or will have."""
        if self._in_chunks:
            self._write(b"0\r\n\r\n")
        self._front.log(self._request, self._status)
        self._end(None)

    def failed(self, trouble: Exception) -> None:
        """It broke off, or never came."""
        self._may_have_written()
        self._end(trouble)

    def _write(self, data: bytes) -> None:
        if self._unwritten:
            data, self._unwritten = self._unwritten + data, b""
        self._connection.write(data)

    def _end(self, trouble: Exception | None) -> None:
        self._connection.relay = None
        self._done(trouble)

    def _may_have_written(self) -> None:
        if self._request.line.writes:
            self._front.store.written()
