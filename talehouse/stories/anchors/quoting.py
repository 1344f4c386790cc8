"""The quoted words of a text: which they are, where else they stand, which characters they cover."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from talehouse.stories.anchors.folding import Words, words_of

Span = tuple[int, int]

_OTHER = chr(sys.maxunicode)
_MOST_PLACES = 10_000


@dataclass(frozen=True, slots=True)
class Quote:
    """Words selected within a block, as a W3C `TextQuoteSelector` has them, and where they began.

    `start` counts characters of the block's text. `prefix` and `suffix` are what stood around the words.
    """

    exact: str
    prefix: str = ""
    suffix: str = ""
    start: int = 0


def stands_at(quote: Quote, text: str) -> Span | None:
    """Where in its own text a quote stands: where it says, else where its surroundings agree best."""
    if not quote.exact:
        return None
    end = quote.start + len(quote.exact)
    if text[quote.start : end] == quote.exact:
        return quote.start, end
    places = list(islice(_everywhere(quote.exact, text), _MOST_PLACES))
    if not places:
        return None
    start = max(places, key=lambda at: (_agreement(quote, text, at), -abs(at - quote.start), -at))
    return start, start + len(quote.exact)


def _everywhere(exact: str, text: str) -> Iterator[int]:
    at = text.find(exact)
    while at >= 0:
        yield at
        at = text.find(exact, at + 1)


def _agreement(quote: Quote, text: str, at: int) -> int:
    """How many characters before and after are as the quote remembers them."""
    end = at + len(quote.exact)
    before = shared_length(quote.prefix[::-1], text[max(0, at - len(quote.prefix)) : at][::-1])
    return before + shared_length(quote.suffix, text[end : end + len(quote.suffix)])


def shared_length(one: Sequence[str], other: Sequence[str]) -> int:
    """The number of equal things at the beginning of both."""
    length = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        length += 1
    return length


def rows_in(keys: Sequence[str], text: Sequence[str]) -> Iterator[int]:
    """Every place where these words stand in a row of words.

    Each different word is written as one character, since strings are searched in linear time and lists are
    not: a row of one word many times would be compared at each of its places.
    """
    if not keys or keys[0] not in text:
        return
    signs: dict[str, str] = {}
    wanted = "".join(signs.setdefault(key, chr(len(signs))) for key in keys)
    row = "".join(signs.get(key, _OTHER) for key in text)
    yield from _everywhere(wanted, row)


def surroundings(quote: Quote) -> tuple[list[str], list[str]]:
    """The whole words that the quote remembers before and after itself, nearest first.

    What the limit of a prefix or suffix may have cut in two is left out.
    """
    return words_of(quote.prefix).keys[:0:-1], words_of(quote.suffix).keys[:-1]


def new_span(old: str, span: Span, here: Words, kept: range, new: str, there: Words, now: range) -> Span:
    """The characters of `new` that the words `now` cover, as `span` covered the words `kept` of `old`.

    A word that was selected in part stays so while it is the same; signs around the words that were selected
    with them are selected again.
    """
    start, end = there.starts[now[0]], there.ends[now[-1]]
    inside = span[0] - here.starts[kept[0]]
    if inside > 0:
        start += inside if _as_it_was(here, kept[0], there, now[0]) else 0
    else:
        start -= _signs(old[span[0] : here.starts[kept[0]]][::-1], new[:start][-20:][::-1])
    inside = here.ends[kept[-1]] - span[1]
    if inside > 0:
        end -= inside if _as_it_was(here, kept[-1], there, now[-1]) else 0
    else:
        end += _signs(old[here.ends[kept[-1]] : span[1]], new[end : end + 20])
    return (start, end) if start < end else (there.starts[now[0]], there.ends[now[-1]])


def _as_it_was(here: Words, w: int, there: Words, k: int) -> bool:
    same_length = here.ends[w] - here.starts[w] == there.ends[k] - there.starts[k]
    return here.keys[w] == there.keys[k] and same_length


def _signs(old: str, new: str) -> int:
    """How many of the signs in `new`, from its beginning, answer those in `old`."""
    length = 0
    for a, b in zip(old, new, strict=False):
        if b.isalnum() or a.isspace() != b.isspace():
            break
        length += 1
    while length and new[length - 1].isspace():
        length -= 1
    return length
