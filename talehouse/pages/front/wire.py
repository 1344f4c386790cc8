"""HTTP/1.1 messages on the wire (RFC 9112), read strictly.

What is not plainly well-formed is refused, never repaired: two servers that repair differently can be tricked
into seeing different requests. Everything sent on is written anew from what was read here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

LONGEST_LINE: Final = 8 * 1024
LONGEST_HEADERS: Final = 32 * 1024
MOST_HEADERS: Final = 100
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
END: Final = b"\r\n\r\n"

_REQUEST = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}) ([\x21-\x7e]+) HTTP/1\.([01])")
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?")
_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)")
_LENGTH = re.compile(r"[0-9]{1,15}")
_CHUNK = re.compile(rb"[0-9A-Fa-f]{1,8}")
_LONE_LF = re.compile(rb"(?<!\r)\n")

Headers = list[tuple[str, str]]


class Refused(Exception):
    """The message is answered with an error status and the connection ends."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(status, why)
        self.status, self.why = status, why


class RequestLine(NamedTuple):
    """``path`` and ``query`` are raw (still percent-encoded)."""

    method: str
    path: str
    query: str
    minor: int


@dataclass(frozen=True, slots=True)
class Framing:
    """How long a message's body is: ``length`` bytes, or in chunks, or (responses) until the connection
    ends.
    """

    length: int | None
    chunked: bool


def read_request_line(line: bytes) -> RequestLine:
    """Method, path, query and minor version of a request line."""
    if len(line) > LONGEST_LINE:
        raise Refused(414, "The address is too long.")
    match = _REQUEST.fullmatch(line)
    if match is None:
        raise Refused(400, "The first line is not an HTTP/1.1 request.")
    method = match.group(1).decode()
    target = match.group(2).decode()
    if method not in METHODS:
        raise Refused(501, "This method is not known here.")
    if not target.startswith("/") or "#" in target:
        raise Refused(400, "The address must begin with a slash.")
    path, _, query = target.partition("?")
    return RequestLine(method, path, query, int(match.group(3)))


def read_status(line: bytes) -> int:
    """The status code of a response's first line."""
    match = _STATUS.fullmatch(line)
    if match is None:
        raise Refused(502, "The answer from inside is not HTTP.")
    return int(match.group(1))


def read_headers(block: bytes) -> Headers:
    """Headers from the lines of a block (without the empty line); names in lower case, values trimmed."""
    lines = block.split(b"\r\n") if block else []
    refuse_too_many(len(block), len(lines))
    return [read_header(line) for line in lines]


def refuse_too_many(size: int, lines: int) -> None:
    """Refuse a block of headers of so many bytes and lines if that is too much."""
    if size > LONGEST_HEADERS:
        raise Refused(431, "The headers are too long.")
    if lines > MOST_HEADERS:
        raise Refused(431, "There are too many headers.")


def read_header(line: bytes) -> tuple[str, str]:
    """A header's name in lower case and its value without blanks around it."""
    match = _HEADER.fullmatch(line)
    if match is None:
        raise Refused(400, "A header is malformed.")
    return match.group(1).decode().lower(), match.group(2).decode("latin-1").strip(" \t")


def values(headers: Headers, name: str) -> list[str]:
    """All values of a header, in order."""
    return [value for found, value in headers if found == name]


def tokens(headers: Headers, name: str) -> set[str]:
    """The comma-separated tokens of a header, in lower case."""
    found = (token.strip().lower() for value in values(headers, name) for token in value.split(","))
    return {token for token in found if token}


def framing(headers: Headers, *, minor: int = 1) -> Framing:
    """The framing of a message; refuses every ambiguity (RFC 9112, 6.3)."""
    lengths, codings = values(headers, "content-length"), values(headers, "transfer-encoding")
    if codings:
        if lengths:
            raise Refused(400, "Content-Length and Transfer-Encoding cannot stand together.")
        if len(codings) > 1 or codings[0].lower() != "chunked" or minor == 0:
            raise Refused(501 if minor else 400, "This Transfer-Encoding is not understood.")
        return Framing(None, True)
    if len(lengths) > 1 or (lengths and not _LENGTH.fullmatch(lengths[0])):
        raise Refused(400, "Content-Length is malformed.")
    return Framing(int(lengths[0]) if lengths else None, False)


def refuse_unfinished(buffer: bytes) -> None:
    """Refuse a head that cannot become a good one, before its end has come."""
    if _LONE_LF.search(buffer):
        raise Refused(400, "Lines must end with CR and LF.")
    if len(buffer) > LONGEST_LINE and b"\r\n" not in buffer[: LONGEST_LINE + 2]:
        raise Refused(414, "The address is too long.")
    if len(buffer) > LONGEST_LINE + LONGEST_HEADERS:
        raise Refused(431, "The headers are too long.")


class Chunks:
    """Takes a chunked body apart as it arrives. Chunk extensions are refused, trailers are dropped."""

    _LONGEST_TRAILERS = 8 * 1024

    def __init__(self) -> None:
        self.finished = False
        self._buffer = b""
        self._left = 0
        self._step: Callable[[list[bytes]], bool] = self._size

    def feed(self, data: bytes) -> tuple[list[bytes], bytes]:
        """The plain pieces in ``data``, and what lies behind the end of the body."""
        self._buffer += data
        pieces: list[bytes] = []
        while not self.finished and self._step(pieces):
            pass
        if not self.finished:
            return pieces, b""
        rest, self._buffer = self._buffer, b""
        return pieces, rest

    def _line(self, longest: int) -> bytes | None:
        end = self._buffer.find(b"\n")
        if end < 0:
            if len(self._buffer) > longest:
                raise Refused(400, "A line of the chunked body is too long.")
            return None
        line, self._buffer = self._buffer[: end + 1], self._buffer[end + 1 :]
        if not line.endswith(b"\r\n") or len(line) > longest + 2:
            raise Refused(400, "The chunked body is malformed.")
        return line[:-2]

    def _size(self, _pieces: list[bytes]) -> bool:
        line = self._line(10)
        if line is None:
            return False
        if not _CHUNK.fullmatch(line):
            raise Refused(400, "A chunk's size is malformed.")
        self._left = int(line, 16)
        self._step = self._data if self._left else self._trailer
        return True

    def _data(self, pieces: list[bytes]) -> bool:
        piece, self._buffer = self._buffer[: self._left], self._buffer[self._left :]
        self._left -= len(piece)
        if piece:
            pieces.append(piece)
        if self._left == 0:
            self._step = self._after
        return self._left == 0

    def _after(self, _pieces: list[bytes]) -> bool:
        if len(self._buffer) < 2:
            if self._buffer not in (b"", b"\r"):
                raise Refused(400, "A chunk is longer than its size.")
            return False
        if self._buffer[:2] != b"\r\n":
            raise Refused(400, "A chunk is longer than its size.")
        self._buffer = self._buffer[2:]
        self._step = self._size
        return True

    def _trailer(self, _pieces: list[bytes]) -> bool:
        line = self._line(self._LONGEST_TRAILERS)
        if line is None:
            return False
        self._left += len(line)
        if line:
            read_header(line)
        if self._left > self._LONGEST_TRAILERS:
            raise Refused(431, "The trailers are too long.")
        self.finished = not line
        return True
