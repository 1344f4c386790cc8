"""How many words a text has, in every script, and how long it takes to read.

The rule: Han, Hiragana, Katakana, Thai, Lao, Khmer, Myanmar and Tibetan are counted by letter, since they are
written without spaces; Hangul and every other script by word. Vowel and tone marks belong to their letter.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import pairwise

WORDS_A_MINUTE = 238
"""Silent reading of English fiction and non-fiction: M. Brysbaert, "How many words do we read per minute? A
review and meta-analysis of reading rate", Journal of Memory and Language 109 (2019)."""

CHARACTERS_A_MINUTE = 500
"""Silent reading of scripts counted by letter: a round figure between those measured for Chinese and Japanese
by S. Trauzettel-Klosinski, K. Dietz et al., "Standardized Assessment of Reading Performance: The New
International Reading Speed Texts IReST", Investigative Ophthalmology & Visual Science 53 (2012)."""

_LETTER_LANGUAGES = frozenset(
    "bo bod cmn dz dzo hak ja jpn khm km lao lo lzh my mya nan tha th wuu yue zh zho".split()
)

_LETTER_BLOCKS = (
    (0x0E00, 0x0E7F),  # Thai
    (0x0E80, 0x0EFF),  # Lao
    (0x0F00, 0x0FFF),  # Tibetan
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3005, 0x3007),  # Han: iteration mark, closing mark, zero
    (0x3031, 0x3035),  # kana repeat marks
    (0x303B, 0x303C),  # Han: vertical iteration mark, masu
    (0x3041, 0x309F),  # Hiragana
    (0x30A0, 0x30FF),  # Katakana, with the prolonged sound mark
    (0x31F0, 0x31FF),  # Katakana phonetic extensions
    (0x3400, 0x4DBF),  # Han extension A
    (0x4E00, 0x9FFF),  # Han
    (0xA9E0, 0xA9FF),  # Myanmar extended B
    (0xAA60, 0xAA7F),  # Myanmar extended A
    (0xF900, 0xFAFF),  # Han compatibility
    (0xFF66, 0xFF9D),  # halfwidth Katakana
    (0x1AFF0, 0x1B16F),  # kana supplements
)
_HAN_PLANES = (0x20000, 0x323AF)  # Han extensions B to H: letters throughout

_MARK_BLOCKS = (
    (0x0300, 0x1DFF),
    (0x20D0, 0x20FF),
    (0x2CE0, 0x2DFF),
    (0x302A, 0x309A),
    (0xA66F, 0xABFF),
    (0xFB1E, 0xFB1E),
    (0xFE00, 0xFE2F),
    (0x101FD, 0x11FFF),
    (0x13440, 0x13455),
    (0x16AF0, 0x16FF1),
    (0x1BC9D, 0x1BC9E),
    (0x1CF00, 0x1CF46),
    (0x1D165, 0x1D244),
    (0x1DA00, 0x1DAAF),
    (0x1E000, 0x1E94A),
    (0xE0100, 0xE01EF),
)
"""Where combining marks live; a test proves that none lives elsewhere."""


def _ranges(points: Iterable[int]) -> str:
    """The inside of a regular expression's character class for sorted code points."""
    found = sorted(set(points))
    edges = [i for i, (a, b) in enumerate(pairwise(found), 1) if b != a + 1]
    bounds = zip([0, *edges], [*edges, len(found)], strict=True)
    return "".join(f"\\U{found[a]:08x}-\\U{found[b - 1]:08x}" for a, b in bounds)


def _points(blocks: Iterable[tuple[int, int]], category: str) -> list[int]:
    return [
        point
        for first, last in blocks
        for point in range(first, last + 1)
        if unicodedata.category(chr(point))[0] == category
    ]


@cache
def _words() -> re.Pattern[str]:
    counted = _ranges([*_points(_LETTER_BLOCKS, "L"), 0x3007, *range(_HAN_PLANES[0], _HAN_PLANES[1] + 1)])
    # The invisible joiners of Persian and emoji, and marks that only guide a line break, do not split either.
    marks = _ranges([*_points(_MARK_BLOCKS, "M"), 0x00AD, 0x200C, 0x200D, 0x2060, 0xFEFF])
    voiced = "\uff9e\uff9f"  # halfwidth sound marks: letters to Unicode, marks to a reader
    word = f"[^\\W_{voiced}{counted}]+"
    inside = "['’\\-‐‑·׳״]"
    number = "(?<=\\d)[.,٫٬](?=\\d)"
    return re.compile(f"[{counted}]|{word}(?:(?:{inside}|{number}|[{marks}]+){word}|[{marks}]+)*")


_ASCII_WORDS = re.compile(r"[A-Za-z0-9]+(?:(?:['-]|(?<=\d)[.,](?=\d))[A-Za-z0-9]+)*")


def count(text: str) -> int:
    """The number of words in plain text, by the rule of this module."""
    return len((_ASCII_WORDS if text.isascii() else _words()).findall(text))


def pieces(text: str) -> list[str]:
    """`text` cut where a difference may begin: words (letters, in scripts counted by letter), runs of white
    space, and every other sign by itself with its marks. Joined, they are the text again.
    """
    found: list[str] = []
    at = 0
    for word in _words().finditer(text):
        found += _between(text[at : word.start()], found)
        found.append(word[0])
        at = word.end()
    return found + _between(text[at:], found)


def _between(gap: str, before: list[str]) -> list[str]:
    if gap == " " or not gap:
        return [gap] if gap else []
    signs = _gaps().findall(gap)
    if before and unicodedata.category(signs[0][0])[0] == "M":
        before[-1] += signs.pop(0)
    return signs


@cache
def _gaps() -> re.Pattern[str]:
    marks = _ranges([*_points(_MARK_BLOCKS, "M"), 0x200D])
    return re.compile(f"[{marks}]+|\\s+|[^\\s{marks}][{marks}]*")


def speed(language: str) -> int:
    """How many words (letters, in scripts counted by letter) people read a minute; `language` by BCP 47."""
    by_letter = language.replace("_", "-").partition("-")[0].casefold() in _LETTER_LANGUAGES
    return CHARACTERS_A_MINUTE if by_letter else WORDS_A_MINUTE


def minutes(words: int, language: str) -> int:
    """Whole minutes that reading `words` takes, at least 1; `language` is a BCP 47 tag ("en", "zh-Hant")."""
    return max(1, round(words / speed(language)))
