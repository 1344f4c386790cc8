"""Filling the store: one request to Django for all who wait for the same page."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from talehouse.pages import encoding
from talehouse.pages.address import Key
from talehouse.pages.front.answer import Head
from talehouse.pages.front.compressing import Compressor
from talehouse.pages.front.requests import Request
from talehouse.pages.front.upstream import Answer, Upstream
from talehouse.pages.note import HEADER, Note
from talehouse.pages.store import Entry, Store, Unkept, entry_of, kept_headers

LARGEST_PAGE: Final = 4 * 1024 * 1024
WAIT_SECONDS: Final = 10.0


@dataclass(slots=True, eq=False)
class Outcome:
    """Either an entry for everybody, or an answer that is only for the one who asked first."""

    entry: Entry | None = None
    answer: Answer | None = None


class Filling:
    """Asks Django once per key, however many wait; an asker who leaves does not stop it for the others."""

    def __init__(self, store: Store, upstream: Upstream, compressor: Compressor) -> None:
        self._store, self._upstream, self._compressor = store, upstream, compressor
        self._running: dict[Key, asyncio.Task[Outcome]] = {}
        self.unkept = Unkept()

    async def first(self, key: Key, request: Request, head: Callable[[], bytes]) -> Outcome | None:
        """What Django answers to the first asker; None for others, after they have waited for it."""
        running = self._running.get(key)
        if running is not None:
            await asyncio.wait((running,), timeout=WAIT_SECONDS)
            return None
        task = asyncio.create_task(self._fill(key, request, head()))
        self._running[key] = task
        task.add_done_callback(lambda _: self._running.pop(key, None))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            task.add_done_callback(_give_up)
            raise

    async def _fill(self, key: Key, request: Request, head: bytes) -> Outcome:
        asked_at = time.monotonic()
        answer = await self._upstream.ask(head)
        make = _maker(key, request, answer, asked_at)
        if make is None:
            self.unkept.add(key)
            return Outcome(answer=answer)
        entry = make(await answer.body())
        if entry is None:
            raise ConnectionError("a kept answer that cannot be kept")
        await self._compressor.prepare(entry, entry.choose(request.block.wanted))
        self._store.put(entry)
        return Outcome(entry=entry)


def _give_up(task: asyncio.Task[Outcome]) -> None:
    if not task.cancelled() and task.exception() is None and task.result().answer is not None:
        task.result().answer.close()  # type: ignore[union-attr]


def _maker(
    key: Key, request: Request, answer: Answer, asked_at: float
) -> Callable[[bytes], Entry | None] | None:
    """How to make an entry of the answer's body; None when the answer is not to be kept."""
    names = dict(answer.head.headers)
    length = answer.head.framing.length
    if answer.head.status != 200 or length is None or length > LARGEST_PAGE:
        return None
    if "set-cookie" in names or "content-encoding" in names:
        return None
    if request.line.is_static:
        control = names.get("cache-control", "")
        return (lambda body: _static(key, answer.head, body, control)) if "immutable" in control else None
    note = Note.read(names.get(HEADER.lower(), ""))
    if note is None or note.holes:
        return None
    return lambda body: _page(key, answer.head, body, note, asked_at)


def _page(key: Key, head: Head, body: bytes, note: Note, asked_at: float) -> Entry | None:
    entry = entry_of(key, head.status, head.headers, body, note, asked_at=asked_at)
    if entry is not None:
        entry.bodies[encoding.IDENTITY] = body
        entry.pieces = None
    return entry


def _static(key: Key, head: Head, body: bytes, control: str) -> Entry:
    return Entry(
        key=key,
        status=200,
        headers=kept_headers(head.headers, vary="Accept-Encoding", cache_control=control),
        digest=blake2b(body, digest_size=12).hexdigest(),
        compressible=encoding.is_compressible(dict(head.headers).get("content-type", ""), len(body)),
        depends={},
        counts={},
        until=None,
        checked_at=0.0,
        counts_checked_at=0.0,
        immutable=True,
        bodies={encoding.IDENTITY: body},
    )
