"""The page layer as WSGI middleware, outermost around Django.

It answers visitors and signed-in people from kept pages, and lets Django render a page once for all who share
it. A page that turns out not to be shared reaches Django as the request came, and is not tried twice for a
while.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from hashlib import blake2b
from threading import Event, Lock

from talehouse.pages import encoding
from talehouse.pages.address import Key
from talehouse.pages.asking import (
    Answer,
    Application,
    Asked,
    Environ,
    Headers,
    Reader,
    StartResponse,
    as_visitor,
    call,
    matches,
    without_note,
)
from talehouse.pages.note import HEADER, Note
from talehouse.pages.person import Person
from talehouse.pages.pieces import Hole, Pieces
from talehouse.pages.store import CHECK_SECONDS, CannotCheck, Entry, Store, Unkept, entry_of
from talehouse.pages.variant import Variant

logger = logging.getLogger(__name__)
RENDER_WAIT_SECONDS = 10.0
LISTS = "lists"
"""The version that every page depends on which lists stories."""
QUIET_WRITES = ("/beacon/",)
"""Paths whose writes change no page at once."""


@dataclass(frozen=True, slots=True)
class House:
    """What the layer asks of the house around it, so that it needs no Django itself.

    ``numbers`` raises ``CannotCheck``; ``fill`` tells what stands in holes and the numbers of version keys,
    by one query; ``visit`` wraps the layer's own use of the database; ``speaking`` holds the interface
    language while holes are filled.
    ``behind_front``: a front stands before us, keeps the visitors' pages and wants the note.
    """

    reader: Reader
    numbers: Callable[[Sequence[str]], Mapping[str, int]]
    person_of: Callable[[str], Person | None]
    fill: Callable[[Person, Sequence[Hole], Sequence[str]], tuple[Sequence[str], Mapping[str, int]]]
    behind_front: bool = False
    visit: Callable[[], AbstractContextManager[None]] = nullcontext
    speaking: Callable[[str], AbstractContextManager[object]] = nullcontext


class PageLayer:
    """WSGI middleware; ``house`` and ``store`` come from Django's settings unless given."""

    def __init__(
        self, application: Application, *, house: House | None = None, store: Store | None = None
    ) -> None:
        if house is None or store is None:
            from talehouse.pages.housing import from_settings  # noqa: PLC0415 - Django is needed only here

            house, store = from_settings()
        self._application, self._house, self.store = application, house, store
        self._unkept = Unkept()
        self._rendering: dict[Key, Event] = {}
        self._lock = Lock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer from a kept page or let Django answer."""
        asked = self._house.reader.read(environ)
        answer = None if asked is None else self._try(environ, asked)
        if answer is None:
            return self._through(environ, start_response)
        start_response(answer.status, answer.headers)
        return [answer.body]

    def _try(self, environ: Environ, asked: Asked) -> Answer | None:
        """A fault of the layer or of a hole costs speed, not the page: Django then answers by itself."""
        try:
            with self._house.visit():
                return self._answer(environ, asked)
        except Exception:
            logger.exception("The page layer failed at %s; Django answers instead.", asked.path)
            return None

    def _answer(self, environ: Environ, asked: Asked) -> Answer | None:
        if asked.session_key is None:
            entry = self._entry(environ, asked, asked.variant, self._grace())
            return None if entry is None else self._for_visitor(entry, asked)
        try:
            person = self._house.person_of(asked.session_key)
        except CannotCheck:
            return None
        if person is None:
            return None
        language = person.language or asked.variant.language
        variant = self._house.reader.variants.known(language, person.rating)._replace(member=True)
        kept = self.store.get(asked.key(variant))
        answer = None if kept is None else self._for_person(kept, asked, person, is_checked=False)
        if answer is not None:
            return answer
        entry = self._entry(environ, asked, variant, 0.0)
        return None if entry is None else self._for_person(entry, asked, person, is_checked=True)

    def _grace(self) -> float:
        return 0.0 if self._house.behind_front else CHECK_SECONDS

    # Finding or making the entry

    def _entry(self, environ: Environ, asked: Asked, variant: Variant, grace: float) -> Entry | None:
        key = asked.key(variant)
        entry = self._valid(key, grace)
        if entry is not None or key in self._unkept:
            return entry
        done = self._claim(key)
        if done is None:
            try:
                return self._render(environ, asked, variant, key)
            finally:
                self._release(key)
        done.wait(RENDER_WAIT_SECONDS)
        entry = self._valid(key, grace)
        if entry is not None or key in self._unkept:
            return entry
        return self._render(environ, asked, variant, key)

    def _valid(self, key: Key, grace: float) -> Entry | None:
        entry = self.store.get(key)
        if entry is None:
            return None
        now = time.monotonic()
        asked = self.store.due(entry, now, grace=grace)
        if asked is None:
            return entry
        try:
            numbers = self._house.numbers(asked)
        except CannotCheck:
            return entry if self.store.is_bearable(entry, now) else None
        return entry if self.store.settle(entry, asked, numbers, now) else None

    def _claim(self, key: Key) -> Event | None:
        """None when the caller shall render; else the event that the renderer sets when it is done."""
        with self._lock:
            running = self._rendering.get(key)
            if running is None:
                self._rendering[key] = Event()
            return running

    def _release(self, key: Key) -> None:
        with self._lock:
            self._rendering.pop(key).set()

    def _render(self, environ: Environ, asked: Asked, variant: Variant, key: Key) -> Entry | None:
        asked_at = time.monotonic()
        answer = call(self._application, as_visitor(environ, asked, variant))
        note = answer.note()
        status = int(answer.status[:3])
        entry = None
        if note is not None:
            entry = entry_of(key, status, without_note(answer.headers), answer.body, note, asked_at=asked_at)
        if entry is None:
            self._unkept.add(key)
            return None
        self.store.put(entry)
        return entry

    # Answering from an entry

    def _for_visitor(self, entry: Entry, asked: Asked) -> Answer:
        if self._house.behind_front:
            note = Note(entry.depends, entry.counts, entry.until, 0, entry.visitors_only)
            return self._whole(entry, asked, encoding.IDENTITY, entry.plain(), extra=(HEADER, note.write()))
        entry.hits += 1
        chosen = entry.choose(asked.wanted)
        etag = entry.etag(chosen)
        if matches(asked.if_none_match, etag):
            return _not_modified(entry, etag)
        if chosen not in entry.bodies and chosen != encoding.IDENTITY:
            entry.bodies[chosen] = entry.make(chosen)
            self.store.resize(entry)
        return self._whole(entry, asked, chosen, entry.make(chosen))

    def _for_person(self, entry: Entry, asked: Asked, person: Person, *, is_checked: bool) -> Answer | None:
        """None if the page is not for this person or no longer true."""
        if entry.visitors_only or (person.own_lists and LISTS in entry.depends):
            return None
        pieces = entry.pieces or Pieces((entry.plain(),), ())
        contents = self._filled(entry, pieces.holes, person, is_checked=is_checked)
        if contents is None:
            return None
        chosen = encoding.GZIP if entry.compressible and encoding.GZIP in asked.wanted else encoding.IDENTITY
        etag = personal_etag(entry, contents, chosen)
        if matches(asked.if_none_match, etag):
            return _not_modified(entry, etag)
        if chosen == encoding.IDENTITY:
            return self._whole(entry, asked, chosen, pieces.plain(contents), etag=etag)
        if not entry.deflated:
            entry.deflated = pieces.deflated()
            self.store.resize(entry)
        return self._whole(entry, asked, chosen, pieces.gzip(entry.deflated, contents), etag=etag)

    def _filled(
        self, entry: Entry, holes: Sequence[Hole], person: Person, *, is_checked: bool
    ) -> list[bytes] | None:
        """What stands in the holes of an entry; None if its numbers, asked along with that, have changed."""
        now = time.monotonic()
        due = () if is_checked else self.store.due(entry, now, grace=0.0) or ()
        with self._house.speaking(entry.key[1]):
            contents, numbers = self._house.fill(person, holes, due)
        if due and not self.store.settle(entry, due, numbers, now):
            return None
        return [content.encode() for content in contents]

    def _whole(
        self,
        entry: Entry,
        asked: Asked,
        chosen: str,
        body: bytes,
        *,
        etag: str = "",
        extra: tuple[str, str] | None = None,
    ) -> Answer:
        headers: Headers = [
            *entry.headers,
            ("ETag", etag or entry.etag(chosen)),
            ("Content-Length", str(len(body))),
        ]
        if chosen != encoding.IDENTITY:
            headers.append(("Content-Encoding", chosen))
        if extra is not None:
            headers.append(extra)
        return Answer("200 OK", headers, b"" if asked.is_head else body)

    # Letting Django answer

    def _through(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Django's own answer; a note on it never leaves, nor do hole markers."""
        held: list[Answer] = []

        def start(status: str, headers: Headers, error: object = None) -> object:
            if any(name.lower() == HEADER.lower() for name, _ in headers):
                held.append(Answer(status, headers, b""))
                return _no_write
            return (
                start_response(status, headers) if error is None else start_response(status, headers, error)
            )

        body = self._application(environ, start)
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") and not self._is_quiet(environ):
            self.store.written()
        return self._unmarked(held[-1], body, start_response) if held else body

    def _unmarked(
        self, held: Answer, body: Iterable[bytes], start_response: StartResponse
    ) -> Iterable[bytes]:
        try:
            plain = Pieces.cut(b"".join(body)).plain()
        finally:
            close = getattr(body, "close", None)
            if close is not None:
                close()
        kept = [
            (name, value) for name, value in without_note(held.headers) if name.lower() != "content-length"
        ]
        start_response(held.status, [*kept, ("Content-Length", str(len(plain)))])
        return [plain]

    def _is_quiet(self, environ: Environ) -> bool:
        return str(environ.get("PATH_INFO", "")).startswith(QUIET_WRITES)


def personal_etag(entry: Entry, contents: Sequence[bytes], chosen: str) -> str:
    """A tag over the final bytes: the page's digest and what stands in its holes."""
    digest = blake2b(entry.digest.encode(), digest_size=12)
    for content in contents:
        digest.update(len(content).to_bytes(4, "little") + content)
    suffix = "" if chosen == encoding.IDENTITY else f"-{chosen}"
    return f'W/"{digest.hexdigest()}{suffix}"'


def _not_modified(entry: Entry, etag: str) -> Answer:
    kept = [pair for pair in entry.headers if pair[0] in ("Cache-Control", "Vary")]
    return Answer("304 Not Modified", [*kept, ("ETag", etag)], b"")


def _no_write(_data: bytes) -> None:
    raise RuntimeError("A kept answer cannot use WSGI's write().")
