"""Content encodings: which one a client wants, and making them."""

from __future__ import annotations

import gzip
from typing import Final

import brotli

BROTLI, GZIP, IDENTITY = "br", "gzip", "identity"
QUICK_BROTLI: Final = 5
BEST_BROTLI: Final = 11
_GZIP_LEVEL: Final = 6
_WORTH_IT: Final = 200
_REMEMBERED = 512
_remembered: dict[str, tuple[str, ...]] = {}


def wanted(accept_encoding: str) -> tuple[str, ...]:
    """Our encodings that the client takes, best first; identity is always among them."""
    found = _remembered.get(accept_encoding)
    if found is None:
        found = _parse(accept_encoding)
        if len(_remembered) >= _REMEMBERED:
            _remembered.clear()
        if len(accept_encoding) <= _WORTH_IT:
            _remembered[accept_encoding] = found
    return found


def _parse(header: str) -> tuple[str, ...]:
    taken: dict[str, bool] = {}
    for part in header.lower().split(",")[:30]:
        name, _, parameter = part.partition(";")
        taken[name.strip()] = parameter.replace(" ", "").rstrip("0") not in ("q=", "q=0.")
    every = taken.get("*", False)
    ours = [name for name in (BROTLI, GZIP) if taken.get(name, every)]
    return (*ours, IDENTITY)


def compress(plain: bytes, encoding: str, *, quality: int = QUICK_BROTLI) -> bytes:
    """The bytes in this encoding; deterministic."""
    if encoding == BROTLI:
        return bytes(brotli.compress(plain, mode=brotli.MODE_TEXT, quality=quality))
    return gzip.compress(plain, _GZIP_LEVEL, mtime=0) if encoding == GZIP else plain


def expand(body: bytes, encoding: str) -> bytes:
    """The plain bytes again."""
    if encoding == BROTLI:
        return bytes(brotli.decompress(body))
    return gzip.decompress(body) if encoding == GZIP else body


def is_compressible(content_type: str, length: int) -> bool:
    """Whether compressing saves anything: texts of some length."""
    kind = content_type.partition(";")[0].strip().lower()
    texts = kind.startswith("text/") or kind.endswith(("json", "xml", "javascript", "manifest"))
    return length >= _WORTH_IT and texts
