"""Names in addresses, and what makes two names the same. Every script is kept."""

import re
import unicodedata

from talehouse.lib import characters

_APOSTROPHES = re.compile("['’ʼ＇`´]")
_JOINERS = "\u200c\u200d"
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)


def slug(text: str, limit: int = 60) -> str:
    """The part of an address made from a title: folded words joined with "-", at most `limit` characters.

    NFKC and case folding; letters, digits and their marks of every script stay, the rest divides words.
    Cut at a word where one fits; "untitled" when nothing is left.
    """
    folded = unicodedata.normalize("NFKC", fold(_APOSTROPHES.sub("", text)))
    kept = "".join(char if _is_word(char) else " " for char in folded).split()
    words = [word for word in (piece.strip(_JOINERS) for piece in kept) if word]
    return _cut("-".join(words), limit) or "untitled"


def name_key(text: str) -> str:
    """What makes two names the same: NFKC, case folded, white space folded, invisible characters dropped."""
    return " ".join(fold(_INVISIBLE.sub("", characters.clean(text))).split())


def fold(text: str) -> str:
    """NFKC and case folding until nothing changes (folding can undo a composition and back)."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return folded if folded == text else fold(folded)


def _is_word(char: str) -> bool:
    return unicodedata.category(char)[0] in "LMN" or char in _JOINERS


def _cut(joined: str, limit: int) -> str:
    if len(joined) <= limit:
        return joined
    whole_words, divided, _ = joined[: limit + 1].rpartition("-")
    if divided:
        return whole_words.rstrip("-")
    end = limit
    while end > 1 and unicodedata.category(joined[end])[0] == "M":
        end -= 1  # a mark stays with its letter
    return joined[:end].strip(_JOINERS)
