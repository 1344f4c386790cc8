"""Titles: a story's place in a series out of its title, a readable title out of a file's name, sort keys."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

from talehouse.imports.formats.text.headings import Rank, heading_of, number_first
from talehouse.imports.formats.text.numbers import number_of
from talehouse.imports.found import FoundSeries

_BOOK = (
    r"(?:book|bk|libro|livro|livre|buch|band|boek|part|parte|partie|teil|tome|tomo|vol(?:ume)?|"
    r"volumen|kitap|книга|часть|season|no)"
)
_NUMBER = r"(?P<number>\d{1,2}(?:[.,]5)?|[IVX]{1,5}|[A-Za-zéèúíóа-я]{2,11}(?:-[a-z]{3,5})?)"
_STATE = (
    r"(?:[\s✔✓]*[\[({]?\s*(?:completed?|finished|ongoing|on hold|editing|under editing|completa|"
    r"completada|terminada|terminée|✔|✓)\s*[\])}]?[\s✔✓]*)?"
)
_BRACKETED = re.compile(
    rf"^(?P<title>.+?)\s*[\[({{]\s*(?:{_BOOK}\.?\s*)?#?\s*{_NUMBER}\s*[\])}}](?P<state>{_STATE})$",
    re.IGNORECASE,
)
_SERIES = re.compile(
    rf"^(?P<title>.+?)\s*[\[({{]\s*(?P<series>[^\[\](){{}}]*?[^\W\d_]{{3,}}[^\[\](){{}}]*?)[\s,:–—-]+(?:{_BOOK}\.?\s*#?|#)\s*{_NUMBER}\s*[\])}}](?P<state>{_STATE})$",
    re.IGNORECASE,
)
_OF_SERIES = re.compile(
    rf"^(?P<title>.+?)\s*[\[({{]\s*{_BOOK}\.?\s*#?\s*{_NUMBER}\s+(?:of|in|de|von|del|da)\s+(?:the\s+|la\s+|der\s+)?"
    rf"(?P<series>[^\[\](){{}}]{{3,}}?)\s*[\])}}](?P<state>{_STATE})$",
    re.IGNORECASE,
)
_LONGEST = 200
_HASH = re.compile(rf"^(?P<title>.+?)[\s,:–—-]*#\s*(?P<number>\d{{1,2}})(?P<state>{_STATE})$", re.IGNORECASE)
_TRAILING = re.compile(
    rf"^(?P<title>.+?)[\s,:–—|-]+{_BOOK}\.?\s*#?\s*{_NUMBER}(?P<state>{_STATE})$", re.IGNORECASE
)
_LEADING = re.compile(rf"^{_BOOK}\.?\s*#?\s*{_NUMBER}\s*[:.–—|-]+\s*(?P<title>.+)$", re.IGNORECASE)
_ENDING_NUMBER = re.compile(r"^(?P<story>.*?)[\s_\-–—.,#(\[]*(?P<number>\d{1,4})[)\]]?$")
_WORD_IN_NAME = re.compile(
    r"(?<![^\W_])(?=(?:chap|ch|part|pt|ep|cap|kap|глава|bölüm|bab|prolog|prólog|epilog|epílog|épilog|第)\w*)",
    re.IGNORECASE,
)


def split_series(title: str) -> tuple[str, FoundSeries | None]:
    """`The Weir Keepers {1}` → its title without the marker, and the series with the place in it.

    The series is called like the story when the marker does not name it. A year, an age rating (`+18`) or
    any other bracket is no marker.
    """
    title = " ".join(title.split())
    if len(title) > _LONGEST:
        return title, None
    for pattern in (_BRACKETED, _SERIES, _OF_SERIES, _HASH, _TRAILING, _LEADING):
        match = pattern.match(title)
        number = number_of(match["number"]) if match else None
        if match and number is not None and number < 50:
            own = (match["title"].strip(" ,:–—|-") or title) + (match.groupdict().get("state") or "").rstrip()
            series = match.groupdict().get("series") or match["title"]
            return own, FoundSeries(series.strip(" ,:–—|-#"), number)
    return title, None


def place(text: str) -> tuple[int, float] | None:
    """Where a part of this title (or bare file name) stands: rank and number, None if unsaid."""
    heading = heading_of(text) or number_first(text)
    if heading is None:
        return None
    if heading.rank is Rank.NUMBERED:
        return (int(Rank.NUMBERED), heading.number) if heading.number is not None else None
    if heading.rank is Rank.BETWEEN:
        return None
    return int(heading.rank), heading.number or 0.0


def place_in_name(name: str) -> tuple[str, tuple[int, float] | None]:
    """A file's name cut in two: what it says of the story, and the place of the part.

    `weir-keepers-ch-02.txt` → (`weir-keepers`, chapter 2); `Chapter 10.md` → (``, chapter 10).
    """
    stem = stem_of(name)
    spaced = re.sub(r"[_\s]+", " ", stem).strip()
    whole = place(spaced) or place(spaced.replace("-", " "))
    if whole is not None:
        return "", whole
    for word in _WORD_IN_NAME.finditer(spaced):
        if found := place(spaced[word.start() :].replace("-", " ")):
            return spaced[: word.start()].strip(" -–—.,(["), found
    numbered = _ENDING_NUMBER.match(spaced)
    if numbered:
        return numbered["story"].strip(" -–—.,"), (int(Rank.NUMBERED), float(numbered["number"]))
    leading = re.match(r"^(\d{1,4})[\s\-.]+", spaced)
    return ("", (int(Rank.NUMBERED), float(leading[1]))) if leading else (spaced, None)


def stem_of(name: str) -> str:
    """A file's name without folders and ending."""
    path = PurePosixPath(name.replace("\\", "/"))
    return path.stem if re.fullmatch(r"\.\w{1,8}", path.suffix) else path.name


def title_from_name(name: str) -> str:
    """A readable title from a file's name: `the_weir-keepers.txt` → `The weir keepers`."""
    words = " ".join(re.sub(r"[_\s]+|(?<=\w)-(?=\w)", " ", stem_of(name)).split())
    return words[:1].upper() + words[1:] if words else stem_of(name)


def natural_key(text: str) -> list[tuple[int, float, str]]:
    """Sorts `Chapter 2` before `Chapter 10`, without regard to case."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return [
        (0, float(bit), "") if bit.isdecimal() else (1, 0.0, bit) for bit in re.split(r"(\d+)", folded) if bit
    ]


def same_title(title: str) -> str:
    """What is left of a title when only case, space and punctuation differ."""
    folded = unicodedata.normalize("NFKC", title).casefold()
    return re.sub(r"[\W_]+", " ", folded).strip() or folded
