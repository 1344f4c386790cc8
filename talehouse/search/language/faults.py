"""A query that is wrong, cut in three to be shown: what stands before the fault, the fault, what follows."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from talehouse.search.language.errors import QueryError

AROUND = 60
"""Characters that are shown on either side of a fault; the whole stands in the field."""
LONGEST = 120
"""Characters of the fault itself that are shown."""
_WORD = 20
"""How far a cut moves so that it divides no word."""
_CUT = "…"
_JOINERS = "\u200c\u200d"


@dataclass(frozen=True, slots=True)
class Fault:
    """What to say, and the query around the piece that it is about. `piece` is never empty."""

    message: str
    before: str
    piece: str
    after: str


def fault(typed: str, error: QueryError) -> Fault:
    """Where the error stands in what was typed, which is told as `parsing.legible` has it."""
    start, end = error.start, error.end
    if not start < end <= len(typed):
        start, end = 0, len(typed)
    return Fault(
        str(error),
        _last(typed[:start], AROUND),
        _first(typed[start:end], LONGEST),
        _first(typed[end:], AROUND),
    )


def _first(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    at = _whole(text, most)
    space = text.rfind(" ", at - _WORD, at)
    return text[: space if space > 0 else at] + _CUT


def _last(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    at = _whole(text, len(text) - most)
    space = text.find(" ", at, at + _WORD)
    return _CUT + text[space + 1 if space >= 0 else at :]


def _whole(text: str, at: int) -> int:
    """The last place up to `at` that divides no letter from its marks."""
    while at > 1 and (text[at] in _JOINERS or unicodedata.category(text[at])[0] == "M"):
        at -= 1
    return at
