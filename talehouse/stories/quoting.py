"""Where in the published text something new stands, a comment or a mark: a block, or words of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from talehouse.lib import html as markup
from talehouse.stories.errors import RuleError
from talehouse.stories.models import Anchored, Part

LONGEST = 600
"""Characters of words that are quoted."""
AROUND = 32
"""Characters that are remembered before and after them."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Words that somebody selected, and where in the block's text they saw them (in characters)."""

    exact: str
    start: int = 0


def anchored(thing: Anchored, part: Part, block: str, quote: Quote | None) -> None:
    """Set the anchor of a thing that is about to be written.

    Raises RuleError if the block or the words are not in the text that is out now.
    """
    blocks = markup.parse(part.published.html) if part.published else []
    here = next(((place, found) for place, (key, found) in enumerate(blocks) if key == block), None)
    if here is None:
        raise RuleError(_("This paragraph is not in the text any more. Please load the page again."))
    place, found = here
    thing.revision = thing.placed_on = part.published
    thing.quoted_block = thing.block = block
    thing.order = place
    if quote is not None and quote.exact.strip():
        _quote(thing, found.text, quote)


def _quote(thing: Anchored, text: str, quote: Quote) -> None:
    if len(quote.exact) > LONGEST:
        raise RuleError(_("These are many words. Please select fewer of them."))
    start, exact = _as_it_stands(text, quote)
    if start < 0:
        raise RuleError(_("These words are not in the text any more. Please load the page again."))
    thing.quote, thing.quote_start = exact, start
    thing.quote_prefix = text[max(0, start - AROUND) : start]
    thing.quote_suffix = text[start + len(exact) : start + len(exact) + AROUND]
    thing.start, thing.end = start, start + len(exact)


def _as_it_stands(text: str, quote: Quote) -> tuple[int, str]:
    """Where the words are and how they are written there: a browser tells a line break as a space."""
    start = nearest(text, quote.exact, quote.start)
    if start >= 0:
        return start, quote.exact
    spaced = re.compile(r"\s+".join(re.escape(word) for word in quote.exact.split()))
    found = min(spaced.finditer(text), key=lambda one: abs(one.start() - quote.start), default=None)
    return (found.start(), found[0]) if found else (-1, quote.exact)


def nearest(text: str, words: str, wanted: int) -> int:
    """Where the words stand in a text, the place nearest to `wanted`; -1 if nowhere."""
    best, at = -1, text.find(words)
    while at >= 0:
        if best < 0 or abs(at - wanted) < abs(best - wanted):
            best = at
        at = text.find(words, at + 1)
    return best
