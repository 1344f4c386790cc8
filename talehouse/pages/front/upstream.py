"""The way from the front to Django's server: how many connections there are, and which one carries what.

The server counts connections, not requests, and one that is kept open takes a place there. So few are kept
while nothing is asked, and not for long.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator
from typing import Final

from talehouse.pages.front.answer import Head, Heads
from talehouse.pages.front.link import NEVER, Exchange, Link, Receiver
from talehouse.pages.front.options import Options

MOST_IDLE: Final = 8
IDLE_SECONDS: Final = 4.0
_OPEN_SECONDS: Final = 5.0
_RETRY_SECONDS: Final = 0.05


class Unreachable(Exception):
    """Django's server does not answer the door."""


class Upstream:
    """Django's server at ``host:port`` or ``unix:/path``."""

    now = staticmethod(time.monotonic)

    def __init__(self, options: Options) -> None:
        self.heads = Heads()
        self.patience = options.upstream_timeout
        self._address = options.upstream
        self._connect_patience = options.connect_patience
        self._places = options.upstream_connections
        self._running: set[Exchange] = set()
        self._waiting: deque[Exchange] = deque()
        self._idle: deque[Link] = deque()

    def begin(
        self,
        head: bytes,
        receiver: Receiver,
        *,
        repeatable: bool,
        is_head: bool,
        body: AsyncGenerator[bytes, None] | None = None,
    ) -> Exchange:
        """Send a request as soon as there is a place; ``receiver`` is told what becomes of it.

        It is told of ``Unreachable``, ``TimeoutError``, ``ConnectionError`` and ``Refused``, but never
        before this call returns.
        """
        exchange = Exchange(self, head, receiver, is_repeatable=repeatable, is_head=is_head, body=body)
        self._running.add(exchange)
        if self._places > 0:
            self._places -= 1
            self._dispatch(exchange)
        else:
            exchange.deadline = self.now() + self.patience
            self._waiting.append(exchange)
        return exchange

    async def ask(self, head: bytes) -> Answer:
        """Send a GET and wait for the head of its answer; raises what ``begin`` tells."""
        answer = Answer()
        exchange = self.begin(head, answer, repeatable=True, is_head=False)
        try:
            await answer.has_come
        except BaseException:
            exchange.cancel()
            raise
        return answer

    def tick(self) -> None:
        """About once a second: give up what has taken too long, end what was idle too long."""
        now = self.now()
        for exchange in [each for each in self._running if each.deadline < now]:
            exchange.fail(TimeoutError())
        while self._idle and self._idle[0].idle_since < now - IDLE_SECONDS:
            self._idle.popleft().abort()

    def close(self) -> None:
        """End the idle connections."""
        while self._idle:
            self._idle.pop().abort()

    # What exchanges and links call

    def leave(self, exchange: Exchange) -> None:
        """An exchange is over: its place goes to the next, its connection stays if it can."""
        self._running.discard(exchange)
        link, exchange.link = exchange.link, None
        if link is not None:
            self._keep(link)
        if exchange in self._waiting:
            self._waiting.remove(exchange)
        elif self._waiting:
            self._dispatch(self._waiting.popleft())
        else:
            self._places += 1

    def again(self, exchange: Exchange) -> None:
        """The connection was dead already: send it once more."""
        exchange.link = None
        self._dispatch(exchange)

    def forget(self, link: Link) -> None:
        """An idle connection has ended."""
        if link in self._idle:
            self._idle.remove(link)

    def _keep(self, link: Link) -> None:
        link.exchange = None
        if link.may_stay and len(self._idle) < MOST_IDLE:
            link.was_used = True
            link.idle_since = self.now()
            self._idle.append(link)
        else:
            link.abort()

    def _dispatch(self, exchange: Exchange) -> None:
        """Give an exchange a connection: the one used last, or a new one in the place of the one used first,
        so that no more are open than have ever been wanted at one time.
        """
        exchange.deadline = NEVER
        while exchange.is_repeatable and self._idle:
            link = self._idle.pop()
            if link.is_open:
                link.carry(exchange)
                return
        if self._idle:
            self._idle.popleft().abort()
        exchange.connecting = asyncio.create_task(self._connect(exchange))

    async def _connect(self, exchange: Exchange) -> None:
        end = self.now() + self._connect_patience
        while True:
            try:
                async with asyncio.timeout(_OPEN_SECONDS):
                    link = await self._open()
            except (OSError, TimeoutError):
                if self.now() >= end:
                    exchange.fail(Unreachable())
                    return
                await asyncio.sleep(_RETRY_SECONDS)
            else:
                link.carry(exchange)
                return

    async def _open(self) -> Link:
        loop = asyncio.get_running_loop()
        if self._address.startswith("unix:"):
            path = self._address.removeprefix("unix:")
            return (await loop.create_unix_connection(lambda: Link(self), path))[1]
        host, _, port = self._address.rpartition(":")
        return (await loop.create_connection(lambda: Link(self), host.strip("[]"), int(port)))[1]


class Answer:
    """A receiver for those who wait: an answer whose head has come and whose body is held back."""

    exchange: Exchange
    head: Head

    def __init__(self) -> None:
        self.has_come: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._pieces: list[bytes] = []
        self._next: Receiver | None = None
        self._has_ended = False
        self._trouble: Exception | None = None

    def give_to(self, receiver: Receiver) -> None:
        """Whoever gets the answer instead, from its head on."""
        self._next = receiver
        receiver.answered(self.exchange, self.head, more=bool(self._pieces))
        for piece in self._pieces:
            receiver.piece(piece)
        if self._trouble is not None:
            receiver.failed(self._trouble)
        elif self._has_ended:
            receiver.ended()
        else:
            self.exchange.receiver = receiver
            self.exchange.resume()

    async def body(self) -> bytes:
        """The whole body."""
        whole = _Whole()
        self.give_to(whole)
        return await whole.body

    def close(self) -> None:
        """Give it up, unless it was read to its end."""
        self.exchange.cancel()

    def answered(self, exchange: Exchange, head: Head, *, more: bool) -> None:
        """Hold the rest back until somebody wants it."""
        self.exchange, self.head = exchange, head
        exchange.pause()
        if not self.has_come.done():
            self.has_come.set_result(None)

    def piece(self, data: bytes) -> None:
        """What came together with the head."""
        self._pieces.append(data)

    def ended(self) -> None:
        """The body was short."""
        self._has_ended = True

    def failed(self, trouble: Exception) -> None:
        """It broke off."""
        self._trouble = trouble
        if not self.has_come.done():
            self.has_come.set_exception(trouble)


class _Whole:
    """A receiver that puts a body together."""

    def __init__(self) -> None:
        self.body: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._pieces: list[bytes] = []

    def answered(self, exchange: Exchange, head: Head, *, more: bool) -> None:
        """Nothing to do."""

    def piece(self, data: bytes) -> None:
        """One more."""
        self._pieces.append(data)

    def ended(self) -> None:
        """That was all."""
        if not self.body.done():
            self.body.set_result(b"".join(self._pieces))

    def failed(self, trouble: Exception) -> None:
        """It broke off."""
        if not self.body.done():
            self.body.set_exception(trouble)
