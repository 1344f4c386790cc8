"""The head of an answer from Django's server: read strictly, and what of it is passed on to the client.

Answers of one archive repeat most of their header lines, so each line is read once and remembered with the
bytes that are passed on; whatever may sign somebody in is not remembered.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple, TypeVar

from talehouse.pages.front import sentences, wire
from talehouse.pages.front.wire import Framing, Headers, Refused

T = TypeVar("T")
NO_BODY: Final = frozenset({204, 304})
_REMEMBERED: Final = 1024
_LONGEST_REMEMBERED: Final = 600
_NOT_REMEMBERED: Final = frozenset({"set-cookie", "etag", "content-length", "location", "last-modified"})
_FRAMING: Final = frozenset({"connection", "content-length", "transfer-encoding"})
_NOT_PASSED: Final = frozenset(
    {
        *("connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"),
        *("content-length", "server", "date"),
    }
)


class Field(NamedTuple):
    """A header; ``passed`` is its line as the client gets it, empty if it does not."""

    name: str
    value: str
    passed: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """The head of an answer."""

    status: int
    fields: list[Field]
    framing: Framing
    closes: bool

    @property
    def headers(self) -> Headers:
        """All headers as pairs, names in lower case."""
        return [(name, value) for name, value, _ in self.fields]

    def passed(self, end: bytes, *, in_chunks: bool) -> bytes:
        """The head as the client gets it; ``end`` are the lines that the front adds, with the empty line."""
        length = self.framing.length
        if in_chunks:
            end = b"Transfer-Encoding: chunked\r\n" + end
        elif length is not None and self.status not in NO_BODY:
            end = b"Content-Length: %d\r\n" % length + end
        return b"".join((status_line(self.status), *[field.passed for field in self.fields], end))


class Heads:
    """Reads heads of answers; equal lines are read once."""

    def __init__(self) -> None:
        self._known: dict[bytes, Field] = {}
        self._statuses: dict[bytes, int] = {}

    def read(self, raw: bytes) -> Head:
        """The head in ``raw`` (without the empty line); raises ``Refused`` (502) if it is malformed."""
        try:
            return self._read(raw)
        except Refused as problem:
            raise Refused(502, f"The answer from inside is malformed: {problem.why}") from problem

    def _read(self, raw: bytes) -> Head:
        first, *lines = raw.split(b"\r\n")
        wire.refuse_too_many(len(raw) - len(first), len(lines))
        known = self._known
        fields = [known.get(line) or self._field(line) for line in lines]
        marked = [(name, value) for name, value, _ in fields if name in _FRAMING]
        return Head(
            status=self._statuses.get(first) or self._status(first),
            fields=fields,
            framing=wire.framing(marked),
            closes="close" in wire.tokens(marked, "connection"),
        )

    def _status(self, line: bytes) -> int:
        status = wire.read_status(line)
        _remember(self._statuses, line, status)
        return status

    def _field(self, line: bytes) -> Field:
        name, value = wire.read_header(line)
        is_passed = name not in _NOT_PASSED and not name.startswith("x-talehouse-")
        field = Field(name, value, f"{name}: {value}\r\n".encode("latin-1") if is_passed else b"")
        if name not in _NOT_REMEMBERED:
            _remember(self._known, line, field)
        return field


def _remember(known: dict[bytes, T], raw: bytes, value: T) -> None:
    if len(raw) > _LONGEST_REMEMBERED:
        return
    if len(known) >= _REMEMBERED:
        known.clear()
    known[raw] = value


@cache
def status_line(status: int) -> bytes:
    """The first line of an answer."""
    return f"HTTP/1.1 {status} {sentences.reason(status)}\r\n".encode()
