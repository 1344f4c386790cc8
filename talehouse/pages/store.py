"""The store: kept answers in bounded memory, and the rule that says when one may be served.

No Django here: the layer (threads) and the front (one event loop) both use it.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from threading import Lock
from typing import Final

from talehouse.pages import encoding
from talehouse.pages.address import Key
from talehouse.pages.note import Note
from talehouse.pages.pieces import Pieces

CHECK_SECONDS: Final = 1.0
COUNT_SECONDS: Final = 60.0
STALE_SECONDS: Final = 60.0
BUSY_HITS: Final = 20
VARY: Final = "Accept-Encoding, Cookie, Accept-Language"
CACHE_CONTROL: Final = "private, no-cache"

_DROPPED: Final = frozenset(
    {
        *("connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "proxy-authenticate"),
        *("content-length", "content-encoding", "date", "server", "etag", "vary", "cache-control"),
    }
)
_OVERHEAD: Final = 1500
_KEY_OVERHEAD: Final = 150


class CannotCheck(Exception):
    """The database cannot be asked for version numbers right now."""


@dataclass(slots=True, eq=False)
class Entry:
    """One kept answer. Times are ``time.monotonic()``, except ``until`` (Unix time)."""

    key: Key
    status: int
    headers: tuple[tuple[str, str], ...]
    digest: str
    compressible: bool
    depends: Mapping[str, int]
    counts: Mapping[str, int]
    until: float | None
    checked_at: float
    counts_checked_at: float
    visitors_only: bool = False
    immutable: bool = False
    pieces: Pieces | None = None
    deflated: tuple[bytes, ...] = ()
    bodies: dict[str, bytes] = field(default_factory=dict)
    heads: dict[str, bytes] = field(default_factory=dict)
    hits: int = 0
    improved: bool = False
    size: int = 0

    def etag(self, chosen: str) -> str:
        """Weak, because recompressing changes bytes but no meaning; it differs per content and encoding."""
        return f'W/"{self.digest}"' if chosen == encoding.IDENTITY else f'W/"{self.digest}-{chosen}"'

    def choose(self, wanted: Sequence[str]) -> str:
        """The encoding to answer with."""
        return wanted[0] if self.compressible else encoding.IDENTITY

    def plain(self) -> bytes:
        """The page as a visitor sees it, uncompressed."""
        if self.pieces is not None:
            return self.pieces.plain()
        if encoding.IDENTITY in self.bodies:
            return self.bodies[encoding.IDENTITY]
        name, body = next(iter(self.bodies.items()))
        return encoding.expand(body, name)

    def make(self, chosen: str, *, quality: int = encoding.QUICK_BROTLI) -> bytes:
        """The visitor's body in this encoding; costs milliseconds when it is not there yet."""
        body = self.bodies.get(chosen)
        if body is not None and quality == encoding.QUICK_BROTLI:
            return body
        return encoding.compress(self.plain(), chosen, quality=quality)

    def weigh(self) -> int:
        """Bytes in memory, near enough: contents, headers and what Python adds."""
        texts = sum(len(name) + len(value) + 2 * _KEY_OVERHEAD for name, value in self.headers)
        keys = sum(len(key) + _KEY_OVERHEAD for key in (*self.depends, *self.counts))
        held = sum(map(len, (*self.bodies.values(), *self.heads.values(), *self.deflated)))
        if self.pieces is not None:
            held += sum(map(len, self.pieces.statics)) + sum(len(hole.default) for hole in self.pieces.holes)
        return _OVERHEAD + len(self.key[0]) + texts + keys + held


def entry_of(
    key: Key, status: int, headers: Sequence[tuple[str, str]], body: bytes, note: Note, *, asked_at: float
) -> Entry | None:
    """An entry from an answer and its note; None when the answer must not be shared.

    ``asked_at`` is the moment before the answer was asked for: its numbers are at least that new.
    """
    lower = {name.lower(): value for name, value in headers}
    if status != 200 or "set-cookie" in lower or "content-encoding" in lower:
        return None
    content_type = lower.get("content-type", "")
    pieces = Pieces.cut(body) if content_type.startswith("text/html") else Pieces((body,), ())
    if len(pieces.holes) != note.holes:
        return None
    plain = pieces.plain()
    return Entry(
        key=key,
        status=status,
        headers=kept_headers(headers, vary=VARY, cache_control=CACHE_CONTROL),
        digest=blake2b(body, digest_size=12).hexdigest(),
        compressible=encoding.is_compressible(content_type, len(plain)),
        depends=dict(note.depends),
        counts=dict(note.counts),
        until=note.until,
        checked_at=asked_at,
        counts_checked_at=asked_at,
        visitors_only=note.visitors_only,
        pieces=pieces,
    )


def kept_headers(
    headers: Sequence[tuple[str, str]], *, vary: str, cache_control: str
) -> tuple[tuple[str, str], ...]:
    """What stays of an answer's headers in the store: no hop-by-hop ones, and the rules of the layer."""
    kept = [
        (name, value)
        for name, value in headers
        if name.lower() not in _DROPPED and not name.lower().startswith("x-talehouse-")
    ]
    return (*kept, ("Cache-Control", cache_control), ("Vary", vary))


class Store:
    """Kept answers, least recently used first, never above ``max_bytes``."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.bytes = 0
        self._entries: OrderedDict[Key, Entry] = OrderedDict()
        self._lock = Lock()
        self._floor = 0.0

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Key) -> Entry | None:
        """The entry of a key, whether or not it may still be served (see ``due``)."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        if entry.until is not None and entry.until <= time.time():
            self.drop(entry)
            return None
        with self._lock:
            if key in self._entries:
                self._entries.move_to_end(key)
        return entry

    def put(self, entry: Entry) -> None:
        """Keep an entry in place of an older one; the least recently used ones leave when memory is full."""
        with self._lock:
            self._remove(self._entries.get(entry.key))
            entry.size = entry.weigh()
            if entry.size > self.max_bytes // 4:
                return
            self._entries[entry.key] = entry
            self.bytes += entry.size
            self._shrink()

    def resize(self, entry: Entry) -> None:
        """Weigh an entry again after it gained or lost a body."""
        with self._lock:
            if self._entries.get(entry.key) is entry:
                size = entry.weigh()
                self.bytes += size - entry.size
                entry.size = size
                self._shrink()

    def drop(self, entry: Entry) -> None:
        """Forget an entry, unless a newer one has taken its place."""
        with self._lock:
            if self._entries.get(entry.key) is entry:
                self._remove(entry)

    def written(self) -> None:
        """Something was changed through this process: every entry is checked before it is served again."""
        self._floor = time.monotonic()

    def due(self, entry: Entry, now: float, *, grace: float = CHECK_SECONDS) -> tuple[str, ...] | None:
        """The version keys to ask for before serving; None when the entry may be served at once."""
        if entry.immutable or (now - entry.checked_at < grace and entry.checked_at > self._floor):
            return None
        if now - entry.counts_checked_at >= COUNT_SECONDS:
            return (*entry.depends, *entry.counts)
        return tuple(entry.depends)

    def settle(self, entry: Entry, asked: Sequence[str], numbers: Mapping[str, int], asked_at: float) -> bool:
        """Whether the entry still holds, given the numbers; an entry that does not is forgotten."""
        known = {**entry.counts, **entry.depends}
        if any(numbers.get(key, 0) != known[key] for key in asked):
            self.drop(entry)
            return False
        entry.checked_at = max(entry.checked_at, asked_at)
        if len(asked) > len(entry.depends):
            entry.counts_checked_at = asked_at
        return True

    def is_bearable(self, entry: Entry, now: float) -> bool:
        """Whether an entry may be served unchecked because the database cannot be asked."""
        return now - entry.checked_at < STALE_SECONDS

    def _remove(self, entry: Entry | None) -> None:
        if entry is not None:
            del self._entries[entry.key]
            self.bytes -= entry.size

    def _shrink(self) -> None:
        while self.bytes > self.max_bytes and self._entries:
            self._remove(next(iter(self._entries.values())))


class Unkept:
    """Keys whose page turned out not to be shared: not rendered twice again for a while. Bounded."""

    def __init__(self, seconds: float = 60.0, most: int = 4096) -> None:
        self._seconds, self._most = seconds, most
        self._since: dict[Key, float] = {}

    def add(self, key: Key) -> None:
        """Remember the key from now on."""
        if len(self._since) >= self._most:
            self._since.clear()
        self._since[key] = time.monotonic()

    def __contains__(self, key: object) -> bool:
        since = self._since.get(key)  # type: ignore[call-overload]
        return since is not None and time.monotonic() - since < self._seconds
