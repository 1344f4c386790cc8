"""A request's body, as it comes in: bounded, with the client slowed down when nobody reads."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable
from typing import Final

from talehouse.pages.front.sentences import gettext_noop
from talehouse.pages.front.wire import Chunks, Framing, Refused

_HIGH: Final = 256 * 1024
CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
TOO_MUCH: Final = gettext_noop("This is more than the house takes in one go.")
STOPPED: Final = gettext_noop("What you were sending stopped coming. Please try again.")


class Body:
    """One request's body. ``feed`` takes bytes off the wire; iterate over ``pieces`` to read it."""

    def __init__(
        self, framing: Framing, limit: int, timeout: float, welcome: Callable[[], None] | None
    ) -> None:
        """``welcome`` is called once when somebody begins to read and nothing has come: "100 Continue"."""
        if framing.length is not None and framing.length > limit:
            raise Refused(413, TOO_MUCH)
        self.finished = False
        self._chunks = Chunks() if framing.chunked else None
        self._left = framing.length or 0
        self._room = limit
        self._timeout = timeout
        self._welcome = welcome
        self._queue: deque[bytes] = deque()
        self._waiting = 0
        self._changed = asyncio.Event()
        self._trouble: Exception | None = None
        self.on_room: Callable[[], None] | None = None

    @property
    def is_full(self) -> bool:
        """Whether the client should be slowed down."""
        return self._waiting > _HIGH

    def feed(self, data: bytes) -> bytes:
        """Take bytes in; returns what lies behind the end of the body."""
        if data:
            self._welcome = None
        if self._chunks is None:
            piece, rest = data[: self._left], data[self._left :]
            self._left -= len(piece)
            self.finished = self._left == 0
            self._add([piece] if piece else [])
            return rest
        pieces, rest = self._chunks.feed(data)
        self.finished = self._chunks.finished
        self._add(pieces)
        return rest

    def fail(self, trouble: Exception) -> None:
        """The rest will never come."""
        self._trouble = trouble
        self._changed.set()

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """The body, piece by piece; raises ``Refused`` if it stops coming or grows too large."""
        while True:
            while self._queue:
                piece = self._queue.popleft()
                self._waiting -= len(piece)
                if self.on_room is not None and not self.is_full:
                    self.on_room()
                yield piece
            if self._trouble is not None:
                raise self._trouble
            if self.finished:
                return
            await self._more()

    async def _more(self) -> None:
        if self._welcome is not None:
            self._welcome()
            self._welcome = None
        self._changed.clear()
        try:
            async with asyncio.timeout(self._timeout):
                await self._changed.wait()
        except TimeoutError as problem:
            raise Refused(408, STOPPED) from problem

    def _add(self, pieces: list[bytes]) -> None:
        size = sum(map(len, pieces))
        self._room -= size
        if self._room < 0:
            self.fail(Refused(413, TOO_MUCH))
            return
        self._queue.extend(pieces)
        self._waiting += size
        self._changed.set()
