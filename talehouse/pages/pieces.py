"""A rendered page cut at its holes, and put together again: as plain bytes or as gzip without recompressing.

Every static piece is one run of raw deflate (RFC 1951) that ends with a full flush: it stands on a byte
boundary and refers to nothing before it. So a gzip file (RFC 1952) is its header, the pieces with the
holes' contents deflated between them, one empty last block, and the checksum and length of the plain bytes.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

OPEN, CLOSE = "<!--hole:", "<!--/hole-->"
_HOLE = re.compile(rb"<!--hole:([a-z_][a-z0-9_]*)(?::([A-Za-z0-9_-]*))?-->(.*?)<!--/hole-->", re.DOTALL)
_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_LAST_BLOCK = b"\x03\x00"
_STORED_UP_TO = 160
_LEVEL = 6


@dataclass(frozen=True, slots=True)
class Hole:
    """A place in a page that differs by person; ``default`` is what a visitor sees there."""

    name: str
    argument: str
    default: bytes


@dataclass(frozen=True, slots=True)
class Pieces:
    """``statics[0], holes[0], statics[1], …, statics[-1]``: one more static piece than holes."""

    statics: tuple[bytes, ...]
    holes: tuple[Hole, ...]

    @classmethod
    def cut(cls, html: bytes) -> Pieces:
        """Cut a rendered page at its hole markers."""
        statics: list[bytes] = []
        holes: list[Hole] = []
        start = 0
        for match in _HOLE.finditer(html):
            statics.append(html[start : match.start()])
            name, argument, default = match.groups()
            holes.append(Hole(name.decode(), (argument or b"").decode(), default))
            start = match.end()
        statics.append(html[start:])
        return cls(tuple(statics), tuple(holes))

    def plain(self, contents: Sequence[bytes] | None = None) -> bytes:
        """The page with the contents in its holes; without contents, as a visitor sees it."""
        if not self.holes:
            return self.statics[0]
        filled = [hole.default for hole in self.holes] if contents is None else contents
        parts = [part for pair in zip(self.statics, filled, strict=False) for part in pair]
        return b"".join([*parts, self.statics[-1]])

    def deflated(self) -> tuple[bytes, ...]:
        """Each static piece as a run of raw deflate, once for all people."""
        return tuple(_deflate(static) for static in self.statics)

    def gzip(self, deflated: Sequence[bytes], contents: Sequence[bytes]) -> bytes:
        """The page with the contents in its holes as one gzip file; ``deflated`` is from ``deflated()``."""
        if len(contents) != len(self.holes):
            raise ValueError(f"The page has {len(self.holes)} holes; {len(contents)} contents were given.")
        parts = [_GZIP_HEADER]
        checksum = length = 0
        for index, static in enumerate(self.statics):
            if index:
                content = contents[index - 1]
                parts.append(_quick(content))
                checksum = zlib.crc32(content, checksum)
                length += len(content)
            parts.append(deflated[index])
            checksum = zlib.crc32(static, checksum)
            length += len(static)
        parts += (_LAST_BLOCK, struct.pack("<II", checksum, length & 0xFFFFFFFF))
        return b"".join(parts)


def _deflate(plain: bytes) -> bytes:
    if not plain:
        return b""
    worker = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return worker.compress(plain) + worker.flush(zlib.Z_FULL_FLUSH)


def _quick(content: bytes) -> bytes:
    """Deflate a hole's content; a short one as a stored block, which costs five bytes and no time."""
    if not content:
        return b""
    if len(content) <= _STORED_UP_TO:
        return struct.pack("<BHH", 0, len(content), len(content) ^ 0xFFFF) + content
    return _pressed(content)


@lru_cache(maxsize=1024)
def _pressed(content: bytes) -> bytes:
    """Somebody who turns the pages of a story has the same in most holes."""
    worker = zlib.compressobj(_LEVEL, zlib.DEFLATED, -12, 5)
    return worker.compress(content) + worker.flush(zlib.Z_FULL_FLUSH)
