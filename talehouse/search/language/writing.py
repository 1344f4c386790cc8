"""A query that has been understood, written as somebody would type it: `parse(write(parsed)) == parsed`."""

from __future__ import annotations

from talehouse.search.language.fields import NAMES
from talehouse.search.language.lexing import CLOSERS
from talehouse.search.language.parsed import Filter, Parsed
from talehouse.search.language.words import Phrase, Word


def write(parsed: Parsed) -> str:
    """One line: words, groups, what is left out, filters, order."""
    words = parsed.words
    pieces: list[str] = []
    if words:
        pieces += [written(one) for one in words.wanted]
        pieces += [" OR ".join(written(one) for one in group) for group in words.any_of]
        pieces += [f"-{written(one)}" for one in words.unwanted]
    pieces += [_filter(one) for one in parsed.filters]
    pieces += [" OR ".join(_filter(one) for one in group) for group in parsed.any_of]
    if parsed.sort:
        pieces.append(f"sort:{parsed.sort.value}")
    return " ".join(pieces)


def written(one: Word | Phrase) -> str:
    """A word or a phrase with its field."""
    field = f"{one.field}:" if one.field else ""
    if isinstance(one, Phrase):
        return field + quoted(one.text)
    return f"{field}{one.text}{'*' if one.prefix else ''}"


def _filter(one: Filter) -> str:
    minus = "-" if one.excluded else ""
    bare = one.field not in NAMES or not any(sign.isspace() or sign in CLOSERS for sign in one.value)
    return f"{minus}{one.field}:{one.value if bare else quoted(one.value)}"


def quoted(text: str) -> str:
    """In quotation marks that do not occur in it."""
    for opener, closers in CLOSERS.items():
        if not any(sign in closers for sign in text):
            return f"{opener}{text}{closers[0]}"
    return '"' + "".join(" " if sign in CLOSERS['"'] else sign for sign in text) + '"'
