"""One client's connection: reads requests in order, answers kept pages at once, hands the rest to a task."""

from __future__ import annotations

import asyncio
import sys
import traceback
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from talehouse.pages.front import sentences, wire
from talehouse.pages.front.body import CONTINUE, Body
from talehouse.pages.front.link import NEVER
from talehouse.pages.front.relay import Relay
from talehouse.pages.front.requests import Request
from talehouse.pages.front.sentences import gettext_noop
from talehouse.pages.front.upstream import Unreachable
from talehouse.pages.front.wire import Refused

if TYPE_CHECKING:
    from talehouse.pages.front.server import Front

_LINGER_SECONDS: Final = 2.0
_STALL_SECONDS: Final = 60.0
_READ_AHEAD: Final = 64 * 1024


class Work(Protocol):
    """What answers a request that takes a while: a relay, or a task."""

    def cancel(self) -> object:
        """The client is gone."""


class Connection(asyncio.Protocol):
    """The states: waiting for a head, answering (``_work``), lingering (answered with an error, reading the
    rest).
    """

    def __init__(self, front: Front) -> None:
        self.front = front
        self.transport: asyncio.Transport
        self.peer = ""
        self.deadline = NEVER
        self.request: Request | None = None
        self.body: Body | None = None
        self.started = False
        self._buffer = b""
        self.relay: Relay | None = None
        self.is_writable = True
        self._work: Work | None = None
        self._ends = False
        self._lingers = False

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has come."""
        self.transport = cast(asyncio.Transport, transport)
        name = transport.get_extra_info("peername")
        self.peer = str(name[0]) if isinstance(name, tuple) and name else ""
        self.deadline = self.front.now() + self.front.options.header_timeout
        if not self.front.admit(self):
            self.refuse(
                Refused(503, gettext_noop("Too many are here at once. Please try again in a minute."))
            )

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone; what was being answered is given up."""
        self._ends = True
        self.front.connections.discard(self)
        if self.body is not None:
            self.body.fail(ConnectionResetError())
        if self._work is not None:
            self._work.cancel()

    def eof_received(self) -> bool:
        """The client will send no more; a request that came whole is still answered."""
        self._ends = True
        if self.body is not None and not self.body.finished:
            self.body.fail(ConnectionResetError())
        return self._work is not None

    def pause_writing(self) -> None:
        """The client reads too slowly; one that stops reading an answer for long is cut off."""
        self.is_writable = False
        if self.relay is not None:
            self.deadline = self.front.now() + _STALL_SECONDS
            self.relay.pause()

    def resume_writing(self) -> None:
        """The client has caught up."""
        self.is_writable = True
        if self.relay is not None:
            self.deadline = NEVER
            self.relay.resume()
        elif self._work is None and not self._ends:
            self.transport.resume_reading()
            self._pump()

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        if self._lingers:
            return
        try:
            if self.body is not None and not self.body.finished:
                data = self.body.feed(data)
                if self.body.is_full:
                    self.transport.pause_reading()
            if data:
                self._buffer = self._buffer + data if self._buffer else data
                if self._work is None:
                    self._pump()
                elif len(self._buffer) > _READ_AHEAD:
                    self.transport.pause_reading()
        except Refused as refused:
            self._trouble(refused)
        except Exception as trouble:
            self._broken(trouble)

    # Requests, one after the other

    def _pump(self) -> None:
        """Answer what has come so far, in order, until something must be waited for."""
        front = self.front
        while self._buffer and self._work is None and not self.transport.is_closing():
            if not self.is_writable:
                self.transport.pause_reading()
                return
            buffer = self._buffer
            end = buffer.find(wire.END)
            if end < 0:
                wire.refuse_unfinished(buffer)
                self.deadline = min(self.deadline, front.now() + front.options.header_timeout)
                return
            line_end = buffer.find(b"\r\n")
            self.request = request = front.reader.read(buffer[:line_end], buffer[line_end + 2 : end])
            self._buffer = buffer[end + 4 :]
            self.started = False
            if front.answer_at_once(self, request):
                self._after(request)
            else:
                self._begin(request)

    def _after(self, request: Request) -> None:
        if request.keeps_alive and not self._ends and not self.front.stopping:
            self.deadline = self.front.now() + self.front.options.idle_timeout
        else:
            self.transport.close()

    def _begin(self, request: Request) -> None:
        self.deadline = NEVER
        if request.block.has_body:
            welcome = self._welcome if request.block.expects else None
            options = self.front.options
            self.body = Body(request.block.framing, options.body_limit, options.body_timeout, welcome)
            self.body.on_room = self._room
            self._buffer = self.body.feed(self._buffer)
        if self.body is None:
            self._work = self.front.pass_on_at_once(self, request, self.passed_on)
        if self._work is None:
            self._work = asyncio.get_running_loop().create_task(self._serve(request))

    def _welcome(self) -> None:
        self.write(CONTINUE)

    def _room(self) -> None:
        if not self.transport.is_closing():
            self.transport.resume_reading()

    async def _serve(self, request: Request) -> None:
        try:
            await self.front.answer(self, request)
        except asyncio.CancelledError:
            self.transport.abort()
        except Exception as trouble:
            self.passed_on(trouble)
        else:
            self.passed_on(None)

    def passed_on(self, trouble: Exception | None) -> None:
        """The request has been answered, or cannot be."""
        if trouble is None:
            assert self.request is not None
            self._finished(self.request)
        elif isinstance(trouble, Refused):
            self._fail(trouble)
        elif isinstance(trouble, Unreachable):
            self._fail(Refused(503, ""))
        elif isinstance(trouble, TimeoutError):
            self._fail(Refused(504, ""))
        elif isinstance(trouble, ConnectionError):
            self._fail(Refused(502, gettext_noop("The answer broke off. Please try again.")))
        else:
            self._broken(trouble)

    def _finished(self, request: Request) -> None:
        self._work = None
        body, self.body = self.body, None
        if body is not None and not body.finished:
            self._linger()
            return
        self._after(request)
        if not self.transport.is_closing():
            self.transport.resume_reading()
            try:
                self._pump()
            except Refused as refused:
                self.refuse(refused)

    # Trouble

    def _trouble(self, refused: Refused) -> None:
        """Something malformed came: now, or while an earlier request is being answered."""
        if self._work is None:
            self.refuse(refused)
        elif self.body is not None:
            self.body.fail(refused)

    def _fail(self, refused: Refused) -> None:
        self._work = None
        if self.started or self.transport.is_closing():
            self.transport.abort()
        else:
            self.refuse(refused)

    def _broken(self, trouble: Exception) -> None:
        path = self.request.line.path if self.request is not None else "?"
        print(f"front: unexpected trouble at {path}", file=sys.stderr)
        traceback.print_exception(trouble, file=sys.stderr)
        self._fail(Refused(500, gettext_noop("Something went wrong here. It has been noted.")))

    def refuse(self, refused: Refused) -> None:
        """Answer with an error page and end the connection."""
        language = (
            self.request.block.variant.language if self.request else self.front.options.default_language
        )
        headers, page = sentences.page(refused.status, refused.why, language)
        is_head = self.request is not None and self.request.line.method == "HEAD"
        self.front.write_head(
            self, refused.status, [*headers, ("Content-Length", str(len(page)))], close=True
        )
        if not is_head:
            self.write(page)
        self._linger()

    def _linger(self) -> None:
        """End after an error so that the client can still read the answer (RFC 9112, 9.6)."""
        if self.transport.is_closing():
            return
        self._lingers = True
        self._buffer = b""
        self.deadline = self.front.now() + _LINGER_SECONDS
        self.transport.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()

    def expire(self) -> None:
        """The deadline has passed."""
        if self._lingers or self._work is not None or not self._buffer:
            self.transport.abort()
        else:
            self._buffer = b""
            self.refuse(Refused(408, gettext_noop("The request did not come in time.")))

    def stop(self) -> None:
        """The process ends: an idle connection goes now, a busy one after its answer."""
        if self._work is None:
            self.transport.close()

    # Answering

    def write(self, data: bytes) -> None:
        """Send bytes, unless the client is gone."""
        if not self.transport.is_closing():
            self.transport.write(data)

    def write_all(self, parts: Any) -> None:
        """Send several pieces in one go."""
        self.transport.writelines(parts)
