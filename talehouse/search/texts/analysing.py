"""How words are compared: what a text becomes in the index, and where each piece stood in it.

Case, width and accents are folded; a word is cut to its stem by the Snowball stemmer of the text's language,
where there is one. Scripts without spaces (Han, kana, Thai, Lao, Khmer, Burmese, Tibetan) and Hangul, whose
words carry particles, become pairs of letters, each pair at a place of its own, and the last letter alone: so
a word is a row of pairs, and a single letter the beginning of a pair.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from html import unescape
from typing import NamedTuple

import tantivy

from talehouse.lib.slugs import fold
from talehouse.tags.suggesting import search_key

STEMMERS = {
    "ar": "arabic", "da": "danish", "nl": "dutch", "en": "english", "fi": "finnish", "fr": "french",
    "de": "german", "el": "greek", "hu": "hungarian", "it": "italian", "no": "norwegian", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "es": "spanish", "sv": "swedish", "ta": "tamil", "tr": "turkish",
}  # fmt: skip
"""Languages that have a stemmer here."""
SIMPLE = "xx"
"""The way of all other languages, and of names: no stems."""
WAYS = (*STEMMERS, SIMPLE)
LONGEST = 60
BREAK = "|"
"""Stands between two blocks, so that no phrase goes from one into the next."""
REMEMBERED = 300_000
"""Words whose pieces are remembered, for each way."""

_APOSTROPHES = "'’ʼ＇"
_DIVIDED_AT_APOSTROPHES = frozenset({"fr", "it", "ca", "oc"})
_POSSESSIVE = re.compile(f"[{_APOSTROPHES}][sS]$")
_RESTORED = {
    "es": ((re.compile("cion$"), "ción"), (re.compile("sion$"), "sión")),
    "pt": ((re.compile("cao$"), "ção"), (re.compile("coes$"), "ções")),
    "it": ((re.compile("ita$"), "ità"),),
}
"""Endings that a stemmer knows by their accents only."""
_LETTERS = (
    "\u0e00-\u0fff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u19e0-\u19ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u312f"
    "\u3130-\u318f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\ua9e0-\ua9ff\uaa60-\uaa7f\uac00-\ud7ff"
    "\uf900-\ufaff\uff66-\uff9f\U0001aff0-\U0001b16f\U00020000-\U000323af"
)
_RUNS = re.compile(f"[{_LETTERS}]+|[^{_LETTERS}]+")
_LETTER = re.compile(f"[{_LETTERS}]")
_SHORT_I = "\ue000"
_TAG = re.compile(r"<[^>]*>")
_READINGS = re.compile(r"<(rt|rp|rtc)\b.*?</\1>", re.S)
_BETWEEN = re.compile(r"<br\b[^>]*>|</(?:li|td|th|tr|p|h[2-6]|blockquote|figcaption)>")


class Piece(NamedTuple):
    """One piece as it is compared, and the characters of the text that it stands for."""

    text: str
    start: int
    end: int


class Analysis:
    """The way of one language; `way` is one of `WAYS`."""

    def __init__(self, way: str) -> None:
        self.way = way
        self._known: dict[str, tuple[str, ...]] = {}
        name = STEMMERS.get(way)
        raw = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.raw())
        self._stemmer = raw.filter(tantivy.Filter.stemmer(name)).build() if name else None

    def indexed(self, text: str) -> str:
        """What is written into the index: pieces with spaces between them."""
        known = self._known
        found: list[str] = []
        for sign, other in _TYPOGRAPHY:
            text = text.replace(sign, other)
        for word in (_ASCII_WORDS if text.isascii() else words()).findall(text):
            pieces = known.get(word)
            found += self._pieces(word) if pieces is None else pieces
        return " ".join(found)

    def pieces(self, text: str) -> Iterator[Piece]:
        """The same with their places."""
        for word in words().finditer(text):
            if _LETTER.search(word[0]) is None:
                for piece in self.stems(word[0]):
                    yield Piece(piece, word.start(), word.end())
            else:
                yield from self._placed(word)

    def _placed(self, word: re.Match[str]) -> Iterator[Piece]:
        for run in _RUNS.finditer(word[0]):
            at = word.start() + run.start()
            if _LETTER.match(run[0]) is None:
                yield from (Piece(piece, at, at + len(run[0])) for piece in self._word(run[0]))
                continue
            letters = list(_clusters().finditer(run[0]))
            pairs = [*zip(letters, letters[1:], strict=False), (letters[-1], letters[-1])]
            for piece, (one, other) in zip(_pairs(run[0]), pairs, strict=True):
                yield Piece(piece, at + one.start(), at + other.end())

    def stems(self, word: str) -> tuple[str, ...]:
        """The pieces of one word."""
        pieces = self._known.get(word)
        return self._pieces(word) if pieces is None else pieces

    def _pieces(self, word: str) -> tuple[str, ...]:
        found: list[str] = []
        for run in _RUNS.findall(word) if _LETTER.search(word) else [word]:
            found += _pairs(run) if _LETTER.match(run) else self._word(run)
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[word] = tuple(found)
        return self._known[word]

    def _word(self, word: str) -> list[str]:
        return [self._stem(part) for part in self.folded(word)]

    def folded(self, word: str) -> list[str]:
        """A word without case, accents and apostrophes; several where an apostrophe divides."""
        if self.way == "en":
            word = _POSSESSIVE.sub("", word)
        if word.isascii() and word.isalnum():
            return [word.lower()[:LONGEST]]
        sign = " " if self.way in _DIVIDED_AT_APOSTROPHES else ""
        for apostrophe in _APOSTROPHES:
            word = word.replace(apostrophe, sign)
        plain = unicodedata.normalize("NFC", word).replace("й", _SHORT_I).replace("Й", _SHORT_I)
        key = search_key(plain).replace(_SHORT_I, "й")
        return [part[:LONGEST] for part in _SPLIT.sub(" ", key).split()]

    def _stem(self, word: str) -> str:
        if self._stemmer is None:
            return word
        for ending, restored in _RESTORED.get(self.way, ()):
            word = ending.sub(restored, word)
        stem = "".join(self._stemmer.analyze(word))
        return stem if stem.isascii() else search_key(stem.replace("й", _SHORT_I)).replace(_SHORT_I, "й")


_TYPOGRAPHY = (("’", "'"), *((sign, " ") for sign in "“”‘—–…\u00a0"))
_ASCII_WORDS = re.compile("[A-Za-z0-9]+(?:'[A-Za-z0-9]+)*|[|]")
_SPLIT = re.compile(r"[\s\u2044/.,_-]+")


def _pairs(run: str) -> list[str]:
    letters = [fold(letter) for letter in _clusters().findall(run)]
    return [one + other for one, other in zip(letters, letters[1:], strict=False)] + letters[-1:]


def runs(text: str) -> list[str]:
    """The words of a text, and where scripts meet in one, its runs."""
    return [run for word in words().findall(text) for run in _RUNS.findall(word)]


def is_letters(text: str) -> bool:
    """Whether `text` is compared by pairs of letters throughout."""
    return bool(text) and all(_LETTER.match(run) for run in _RUNS.findall(text))


def letters(text: str) -> int:
    """How many letters a run has; vowel and tone marks belong to theirs."""
    return len(_clusters().findall(text))


def first_letter(text: str, start: int) -> int:
    """Where the letter that starts there ends."""
    found = _clusters().match(text, start)
    return found.end() if found else start


@cache
def analysis(way: str) -> Analysis:
    """One for each way: it remembers the words that it has seen."""
    return Analysis(way)


def way_of(language: str) -> str:
    """The way of a language (BCP 47)."""
    code = language.replace("_", "-").partition("-")[0].lower()
    code = {"nb": "no", "nn": "no"}.get(code, code)
    return code if code in WAYS else SIMPLE


@cache
def _marks() -> str:
    found = (chr(point) for point in range(0x300, 0x1F000) if unicodedata.category(chr(point))[0] == "M")
    return "".join(found) + "\u200c\u200d\u00ad"


@cache
def words() -> re.Pattern[str]:
    """A word of any script, with its marks, joiners and inner apostrophes."""
    word = f"[^\\W_]+(?:[{_marks()}]+[^\\W_]*)*"
    return re.compile(f"{word}(?:[{_APOSTROPHES}]{word})*|[|]")


@cache
def _clusters() -> re.Pattern[str]:
    marks = _marks() + "\uff9e\uff9f"  # the sound marks of half-width kana
    return re.compile(f"[^{marks}][{marks}]*|[{marks}]+")


def plain(html: str) -> str:
    """The text of stored markup, quickly; ruby readings are left out, `BREAK` stands between blocks."""
    if "<rt" in html or "<rp" in html:
        html = _READINGS.sub("", html)
    return unescape(_TAG.sub("", _BETWEEN.sub(" ", html.replace("\n<", f" {BREAK} <"))))
