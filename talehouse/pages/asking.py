"""Reading what a WSGI request asks of the layer, and answering in WSGI's terms. No Django."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from typing import Any, NamedTuple

from talehouse.pages import encoding
from talehouse.pages.address import Hosts, Key, QueryRules, key_of
from talehouse.pages.note import HEADER, Note
from talehouse.pages.variant import Variant, Variants, session_key

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

VARIANT = "talehouse.variant"
_PERSONAL = (
    "HTTP_COOKIE",
    "HTTP_IF_NONE_MATCH",
    "HTTP_IF_MODIFIED_SINCE",
    "HTTP_ACCEPT_ENCODING",
    "HTTP_ACCEPT_LANGUAGE",
    "HTTP_REFERER",
    "HTTP_USER_AGENT",
    "HTTP_DNT",
)
_NOT_OURS = ("HTTP_AUTHORIZATION", "HTTP_RANGE", "HTTP_HX_REQUEST", "HTTP_UPGRADE")


class Asked(NamedTuple):
    """One request that may be answered with a kept page."""

    path: str
    query: str
    is_head: bool
    wanted: tuple[str, ...]
    if_none_match: str
    session_key: str | None
    variant: Variant

    def key(self, variant: Variant) -> Key:
        """The key of the page in a variant."""
        return key_of(self.path, self.query, variant)


class Answer(NamedTuple):
    """A whole answer in memory."""

    status: str
    headers: Headers
    body: bytes

    def note(self) -> Note | None:
        """The note that a kept view left on it."""
        value = next((value for name, value in self.headers if name.lower() == HEADER.lower()), None)
        return None if value is None else Note.read(value)


class Reader:
    """Tells which requests the layer may answer."""

    def __init__(self, hosts: Hosts, variants: Variants, rules: QueryRules) -> None:
        self._hosts, self.variants, self._rules = hosts, variants, rules

    def read(self, environ: Environ) -> Asked | None:
        """What is asked, or None when the request must go through untouched."""
        method = environ["REQUEST_METHOD"]
        if method not in ("GET", "HEAD") or environ.get("CONTENT_LENGTH") not in (None, "", "0"):
            return None
        if any(name in environ for name in _NOT_OURS) or environ.get("HTTP_HOST") not in self._hosts:
            return None
        path = environ.get("PATH_INFO", "")
        query = self._rules.canonical(path, environ.get("QUERY_STRING", ""))
        if query is None:
            return None
        cookie = environ.get("HTTP_COOKIE", "")
        return Asked(
            path,
            query,
            method == "HEAD",
            encoding.wanted(environ.get("HTTP_ACCEPT_ENCODING", "")),
            environ.get("HTTP_IF_NONE_MATCH", ""),
            session_key(cookie),
            self.variants.of(cookie, environ.get("HTTP_ACCEPT_LANGUAGE", "")),
        )


def as_visitor(environ: Environ, asked: Asked, variant: Variant) -> Environ:
    """The same request as a nameless visitor of this variant would send it, with the canonical query."""
    copy = {name: value for name, value in environ.items() if name not in _PERSONAL}
    copy |= {"REQUEST_METHOD": "GET", "QUERY_STRING": asked.query, "CONTENT_LENGTH": "0"}
    copy["wsgi.input"] = BytesIO()
    copy[VARIANT] = variant
    return copy


def call(application: Application, environ: Environ) -> Answer:
    """Run a WSGI application to the end and hold its answer."""
    started: list[tuple[str, Headers]] = []
    written: list[bytes] = []

    def start_response(status: str, headers: Headers, _error: object = None) -> Callable[[bytes], None]:
        started[:] = [(status, headers)]
        return written.append

    iterable = application(environ, start_response)
    try:
        written.extend(iterable)
    finally:
        close = getattr(iterable, "close", None)
        if close is not None:
            close()
    status, headers = started[0]
    return Answer(status, headers, b"".join(written))


def matches(if_none_match: str, etag: str) -> bool:
    """Weak comparison with a list of tags or ``*`` (RFC 9110, 8.8.3.2 and 13.1.2)."""
    if not if_none_match:
        return False
    bare = etag.removeprefix("W/")
    tags = (tag.strip().removeprefix("W/") for tag in if_none_match.split(","))
    return any(tag in (bare, "*") for tag in tags)


def without_note(headers: Sequence[tuple[str, str]]) -> Headers:
    """The headers that may leave the house."""
    return [(name, value) for name, value in headers if not name.lower().startswith("x-talehouse-")]
