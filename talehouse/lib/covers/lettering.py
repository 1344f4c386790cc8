"""Words on a cover: how wide they are without a font at hand, and where their lines end."""

import re
import unicodedata
from collections.abc import Iterator

LINE = 1.18
"""The height of a line, in font sizes."""
_SIZES = (29, 26, 23, 20, 17.5, 15, 13, 11.5)
_BREAK_WORDS_FROM = 17.5

_NARROW, _BROAD = frozenset("fijlrtI.,;:!'’‘|()[]-·"), frozenset("mwMW@%&—")
_NEVER_FIRST = frozenset("、。，．・：；？！）］｝」』】〉》〕ー々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ…―")
_NEVER_LAST = frozenset("（［｛「『【〈《〔")
_NO_SPACES = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
)
"""Scripts written without spaces, whose lines may end after almost every character; Hangul is not one."""


def _advance(char: str) -> float:
    """Roughly how wide a character is, in em."""
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    if unicodedata.east_asian_width(char) in "WF":
        return 1
    if char in _NARROW:
        return 0.33
    if char in _BROAD:
        return 0.88
    if char == " ":
        return 0.26
    return 0.72 if char.isupper() else 0.56


def width(words: str) -> float:
    """Roughly how wide words are, in em."""
    return sum(map(_advance, words))


def _pieces(title: str) -> list[str]:
    """What a line may not break apart: words, and single characters of scripts without spaces."""
    pieces: list[str] = []
    for char in title:
        after = pieces[-1][-1] if pieces else " "
        stuck = char == " " or char in _NEVER_FIRST or _advance(char) == 0 or after in _NEVER_LAST
        breakable = after == " " or _NO_SPACES.match(char) or _NO_SPACES.match(after)
        if pieces and (stuck or not breakable):
            pieces[-1] += char
        else:
            pieces.append(char)
    return pieces


def _chopped(pieces: list[str], room: float) -> Iterator[str]:
    """Pieces too wide for a line, cut where the line is full; a hyphen tells so."""
    for piece in pieces:
        rest = piece
        while width(rest.rstrip()) > room:
            end = max((n for n in range(1, len(rest)) if width(rest[:n] + "-") <= room), default=1)
            yield rest[:end] + "- "
            rest = rest[end:]
        yield rest


def _wrapped(pieces: list[str], room: float) -> list[str]:
    lines = [""]
    for piece in pieces:
        if lines[-1] and width((lines[-1] + piece).rstrip()) > room:
            lines.append("")
        lines[-1] += piece
    return [line.strip() for line in lines if line.strip()]


def _balanced(pieces: list[str], room: float) -> list[str]:
    """As few lines as fit the room, and those of like length."""
    best = _wrapped(pieces, room)
    while room > 1:
        room -= 0.25
        lines = _wrapped(pieces, room)
        if len(lines) > len(best) or any(width(line) > room for line in lines):
            break
        best = lines
    return best


def fitted(title: str, across: float, height: float) -> tuple[float, list[str]]:
    """The largest size at which the whole title fits the space, and its lines; cut with "…" if none does.

    A word too long for a line makes the letters smaller down to a point, then it is broken.
    """
    pieces = _pieces(title)
    for size in _SIZES:
        room = across / size
        whole = all(width(piece.rstrip()) <= room for piece in pieces)
        if whole or size <= _BREAK_WORDS_FROM:
            lines = _balanced(list(_chopped(pieces, room)), room)
            if len(lines) * size * LINE <= height:
                return size, lines
    size = _SIZES[-1]
    room, fit = across / size, int(height / (size * LINE))
    lines = _wrapped(list(_chopped(pieces, room)), room)
    return size, [*lines[: fit - 1], lines[fit - 1][:-1].rstrip(" -") + "…"]
