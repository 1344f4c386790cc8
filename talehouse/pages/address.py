"""The key of a kept page: path, allow-listed query, language, rating; and the hosts that we answer for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, urlencode

from talehouse.pages.variant import Variant

Key = tuple[str, str, str]
"""(path, with ``?query`` if there is one; language; rating)."""

LONGEST_QUERY = 1000
MOST_PARAMETERS = 40
_NEEDLESS = r"%(?:2[DEF]|3\d|[46][1-9A-F]|[57][\dA]|5F|7E)"
_UNUSUAL = re.compile(r"//|/\.\.?(?:/|$)|[^/\w.~%!$&'()*+,;=:@-]|%(?![0-9A-F]{2})|" + _NEEDLESS)
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::\d{1,5})?")


class QueryRules:
    """Which query parameters of which paths make a different page; all others are dropped."""

    def __init__(self, allowed: Mapping[str, Sequence[str]]) -> None:
        """``allowed`` maps a path prefix to names; the longest prefix that fits counts."""
        longest_first = sorted(allowed.items(), key=lambda rule: -len(rule[0]))
        self._rules = [(prefix, frozenset(names)) for prefix, names in longest_first]

    def canonical(self, path: str, query: str) -> str | None:
        """The query as the key and the view see it: allowed names only, sorted, without blanks.

        None means that the request is out of bounds and must not be kept.
        """
        if not query:
            return ""
        names = self._names(path)
        if not names:
            return ""
        try:
            pairs = parse_qsl(query, max_num_fields=MOST_PARAMETERS, errors="strict")
        except ValueError:
            return None
        canonical = urlencode(sorted(pair for pair in pairs if pair[0] in names))
        return canonical if len(canonical) <= LONGEST_QUERY else None

    def _names(self, path: str) -> frozenset[str]:
        return next((names for prefix, names in self._rules if path.startswith(prefix)), frozenset())


def is_usual(path: str) -> bool:
    """Whether a raw path is spelt the one usual way, so that one page has one key."""
    return path.startswith("/") and path.isascii() and not _UNUSUAL.search(path)


def key_of(path: str, query: str, variant: Variant) -> Key:
    """The key of a page; ``query`` is canonical. Pages for members have keys of their own."""
    rating = f"{variant.rating} member" if variant.member else variant.rating
    return (f"{path}?{query}" if query else path, variant.language, rating)


class Hosts:
    """The names that this house answers to: exact, ``.example.org`` with everything below it, or ``*``."""

    def __init__(self, allowed: Sequence[str]) -> None:
        self._exact = frozenset(name.lower() for name in allowed if not name.startswith("."))
        self._below = tuple(name.lower() for name in allowed if name.startswith("."))

    def __contains__(self, header: object) -> bool:
        match = _HOST.fullmatch(header.lower()) if isinstance(header, str) else None
        if match is None:
            return False
        name = match.group(1).removesuffix(".")
        if "*" in self._exact or name in self._exact:
            return True
        return any(name.endswith(tail) or name == tail[1:] for tail in self._below)
