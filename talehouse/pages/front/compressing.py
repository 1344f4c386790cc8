"""Compressing kept pages beside the event loop: quickly for who waits, thoroughly for what is asked for
often.
"""

from __future__ import annotations

import asyncio
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from talehouse.pages import encoding
from talehouse.pages.store import Entry, Store

_NICENESS = 10


class Compressor:
    """Two threads: one that somebody waits for, and one of low priority."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._quick = ThreadPoolExecutor(1, "compress")
        self._patient = ThreadPoolExecutor(1, "improve", initializer=_be_nice)
        self._tasks: set[asyncio.Task[None]] = set()

    async def prepare(self, entry: Entry, chosen: str) -> None:
        """Make the body and the head in this encoding, so that the entry can be sent."""
        if chosen not in entry.bodies:
            loop = asyncio.get_running_loop()
            entry.bodies[chosen] = await loop.run_in_executor(self._quick, entry.make, chosen)
        if chosen != encoding.IDENTITY:
            entry.bodies.pop(encoding.IDENTITY, None)
            entry.heads.pop(encoding.IDENTITY, None)
        _write_heads(entry, chosen)
        self._store.resize(entry)

    def improve(self, entry: Entry) -> None:
        """Recompress an entry that is asked for often as well as can be, when there is time."""
        entry.improved = True
        if encoding.BROTLI in entry.bodies:
            task = asyncio.get_running_loop().create_task(self._improve(entry))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def close(self) -> None:
        """Start nothing more."""
        for pool in (self._quick, self._patient):
            pool.shutdown(wait=False, cancel_futures=True)

    async def _improve(self, entry: Entry) -> None:
        loop = asyncio.get_running_loop()
        better = await loop.run_in_executor(self._patient, _best, entry)
        if len(better) < len(entry.bodies.get(encoding.BROTLI, better)):
            entry.bodies[encoding.BROTLI] = better
            _write_heads(entry, encoding.BROTLI)
            self._store.resize(entry)


def _best(entry: Entry) -> bytes:
    return entry.make(encoding.BROTLI, quality=encoding.BEST_BROTLI)


def _write_heads(entry: Entry, chosen: str) -> None:
    """The ends of the two heads that the entry may need: with the page, and "not modified"."""
    tag = ("ETag", entry.etag(chosen))
    full = [*entry.headers, tag, ("Content-Length", str(len(entry.bodies[chosen])))]
    if chosen != encoding.IDENTITY:
        full.append(("Content-Encoding", chosen))
    short = [pair for pair in entry.headers if pair[0] in ("Cache-Control", "Vary")]
    entry.heads[chosen] = _lines(full)
    entry.heads[f"304 {chosen}"] = _lines([*short, tag])


def _lines(headers: list[tuple[str, str]]) -> bytes:
    return ("".join(f"{name}: {value}\r\n" for name, value in headers) + "\r\n").encode("latin-1")


def _be_nice() -> None:
    with suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
