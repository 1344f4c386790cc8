"""What counts as the same text, and the words of a text with their places."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_SAME = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»″〝〞＂", '"'),
        **dict.fromkeys("‘’‚‛‹›′`´ʼ＇", "'"),
        **dict.fromkeys("‐‑‒–—―−﹘﹣－", "-"),
        "…": "...",
        **dict.fromkeys("\u00ad\u200b\u200e\u200f\u2060\ufeff", ""),
    }
)
_DASHES = re.compile(r"\s*-[-\s]*-\s*|\s+-\s+")

# Scripts that are written without spaces, and pictograms: each letter is a word.
_ALONE = (
    "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3031-\u3035\u303b\u3041-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U000323af"
)
_SIGNS = "\u2190-\u21ff\u2600-\u27bf\U0001f300-\U0001faff"
# Marks that stand within a word: accents, Hebrew points, Arabic vowels, the soft hyphen.
_MARKS = (
    "\u00ad\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u0610-\u061a\u064b-\u065f\u0670\u200c\u200d\u2060"
)
_WORD = re.compile(f"[{_ALONE}{_SIGNS}]|[^\\W_{_ALONE}](?:[^\\W_{_ALONE}]|[{_MARKS}])*")
# Latin letters and common punctuation, where a word is simply a run of letters and lower case keeps lengths.
_PLAIN = re.compile("[\x00-\xac\xae-\u012f\u0131-\u024f\u2010-\u203a]*")
_PLAIN_WORD = re.compile(r"[^\W_]+")
_INVISIBLE = re.compile("[\u00ad\u200c\u200d\u2060]")


def fold(text: str) -> str:
    """What counts as the same text: typographic quotes, dashes, ellipses and white space are made plain."""
    plain = " ".join(unicodedata.normalize("NFC", text).translate(_SAME).split())
    return _DASHES.sub("-", plain).replace("''", '"')


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text in order; `starts` and `ends` are their places in it, in characters.

    Two words are the same if their `keys` are: case, accents' encoding and invisible characters do not count.
    """

    keys: list[str]
    starts: list[int]
    ends: list[int]

    def within(self, start: int, end: int) -> range:
        """The numbers of the words that the stretch from `start` to `end` touches."""
        first = _after(self.ends, start)
        last = first
        while last < len(self.starts) and self.starts[last] < end:
            last += 1
        return range(first, last)


def _after(ends: Sequence[int], place: int) -> int:
    low, high = 0, len(ends)
    while low < high:
        middle = (low + high) // 2
        if ends[middle] > place:
            high = middle
        else:
            low = middle + 1
    return low


def words_of(text: str) -> Words:
    """The words of a text. Punctuation is no word; a letter of Japanese, Chinese or Thai is one."""
    pattern = _PLAIN_WORD if _PLAIN.fullmatch(text) else _WORD
    places = [hit.span() for hit in pattern.finditer(text)]
    return Words(keys_of(text), [start for start, _ in places], [end for _, end in places])


def keys_of(text: str) -> list[str]:
    """The words of a text without their places."""
    if _PLAIN.fullmatch(text):
        return _PLAIN_WORD.findall(text.lower())
    return [_key(word) for word in _WORD.findall(text)]


def _key(word: str) -> str:
    if word.isascii():
        return word.lower()
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", word)).casefold()


class Weights:
    """How telling a word is in these texts: from about 0.1 (everywhere, short) to 1 (rare, long).

    A word's rarity is the logarithm of the blocks over those that have it, as a share of the greatest
    possible; its length counts up to eight letters, since in a short text rarity says little.
    """

    def __init__(self, old: Iterable[Sequence[str]], new: Iterable[Sequence[str]]) -> None:
        olds, news = [set(keys) for keys in old], [set(keys) for keys in new]
        blocks = max(len(olds), len(news), 1)
        with_old = Counter(key for keys in olds for key in keys)
        with_new = Counter(key for keys in news for key in keys)
        top = math.log(blocks + 1)
        self._of: dict[str, float] = {}
        for key in with_old.keys() | with_new.keys():
            rarity = math.log((blocks + 1) / max(with_old[key], with_new[key])) / top
            self._of[key] = (0.15 + 0.85 * rarity) * (2 + min(len(key), 8)) / 10

    def of(self, key: str) -> float:
        """The weight of a word; one that these texts do not have is as rare as can be."""
        return self._of.get(key) or (2 + min(len(key), 8)) / 10

    def sum(self, keys: Iterable[str]) -> float:
        """The weight of some words together."""
        return sum(map(self.of, keys))
