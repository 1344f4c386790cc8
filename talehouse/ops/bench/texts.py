"""Chapters for a bench archive: new sequences of paragraphs out of a pool, as blocks that `lib.html` made.

To write 20 million words in half a minute, chapters share their paragraphs: the pool holds up to 10,000 of
them (about 400,000 words), and every chapter draws its own. A chapter has the size, the shape and the
compressibility of a text that was written for it; only a bench that compares chapters would see it.
"""

from __future__ import annotations

import math
from random import Random

from talehouse.lib import html as markup
from talehouse.lib.html import Block
from talehouse.ops.bench.words import Prose

POOL = 10_000
SPREAD = 0.45
"""Standard deviation of the logarithm of a chapter's length."""
SCENES = 25
"""A scene break stands after one paragraph in so many."""
QUOTES = 60
"""One paragraph in so many is a quotation of a letter or a song."""
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def key(number: int) -> str:
    """The id of the block that got this number (from 1), as `stories.texts` writes it: base 36."""
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = DIGITS[digit] + digits
    return digits


class Texts:
    """Draws chapters from a pool of paragraphs."""

    def __init__(self, dice: Random, prose: Prose, *, pool: int = POOL) -> None:
        self._dice = dice
        raw = [_sometimes_quoted(dice, prose.paragraph()) for _ in range(pool)]
        clean = markup.sanitise("\n".join(raw), picture=lambda _source: None)
        self._pool = markup.split(clean)
        self._break = markup.split("<p>One.</p><hr><p>Two.</p>")[1]

    def chapter(self, mean: int) -> list[Block]:
        """The blocks of a chapter of log-normal length whose mean is `mean` words."""
        wanted = self._dice.lognormvariate(math.log(mean) - SPREAD**2 / 2, SPREAD)
        blocks = [self._dice.choice(self._pool)]
        words = blocks[0].words
        while words < wanted:
            if self._dice.randrange(SCENES) == 0 and blocks[-1] is not self._break:
                blocks.append(self._break)
            blocks.append(self._dice.choice(self._pool))
            words += blocks[-1].words
        return blocks


def _sometimes_quoted(dice: Random, paragraph: str) -> str:
    return f"<blockquote>{paragraph}</blockquote>" if dice.randrange(QUOTES) == 0 else paragraph
