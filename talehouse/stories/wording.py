"""What changed inside a block: words, spaces and signs with their formats, compared one by one.

Pure. A word that was made italic is a change too; letters are compared one by one in scripts that are written
without spaces.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from diff_match_patch import diff_match_patch
from rapidfuzz.distance import Indel

from talehouse.lib import words
from talehouse.lib.html.tree import BLOCKS, Node, read

_LARGEST_TABLE = 400_000_000
"""Words × words of one block up to which they are compared in full (50 MB); beyond it, as far as a quarter of
a second allows."""


class What(StrEnum):
    """What became of a piece of text."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"


class Piece(NamedTuple):
    """A word, a space or a sign, with the formats around it from the outermost on.

    `thing` is what has no text: "break" for a scene break, "picture ADDRESS ALT" for a picture.
    """

    text: str
    marks: tuple[str, ...] = ()
    thing: str = ""


class Run(NamedTuple):
    """Pieces in a row that have one fate and one format, joined."""

    what: What
    text: str
    marks: tuple[str, ...] = ()
    thing: str = ""


def pieces_of(html: str) -> list[Piece]:
    """The pieces of canonical markup; joined, their texts are what `html.tree.text` gives."""
    found: list[Piece] = []
    _collect(read(html), (), found)
    _strip(found, range(len(found)))
    _strip(found, range(len(found) - 1, -1, -1))
    return [piece for piece in found if piece.text or piece.thing]


def _strip(found: list[Piece], places: range) -> None:
    """Without the line feeds at one end."""
    for at in places:
        piece = found[at]
        bare = piece.text.lstrip("\n") if places.step > 0 else piece.text.rstrip("\n")
        found[at] = piece._replace(text=bare)
        if bare:
            return


def _collect(children: Sequence[Node | str], marks: tuple[str, ...], found: list[Piece]) -> None:
    for child in children:
        if isinstance(child, str):
            found.extend(Piece(word, marks) for word in words.pieces(child))
        elif child.tag == "br":
            found.append(Piece("\n", marks))
        elif child.tag == "img":
            found.append(
                Piece("", marks, f"picture {child.attrs.get('src', '')} {child.attrs.get('alt', '')}")
            )
        else:
            _element(child, marks, found)


def _element(node: Node, marks: tuple[str, ...], found: list[Piece]) -> None:
    block = node.tag in BLOCKS
    if block:
        _line_ends(found)
    if node.tag == "hr":
        found.append(Piece("", marks, "break"))
    _collect(node.children, marks if block else (*marks, *_marks(node)), found)
    if block:
        _line_ends(found)


def _line_ends(found: list[Piece]) -> None:
    last = next((piece.text for piece in reversed(found) if piece.text), None)
    if last is not None and not last.endswith("\n"):
        found.append(Piece("\n"))


def _marks(node: Node) -> Iterator[str]:
    """The formats of an inline element: its name, its classes, and where a link leads."""
    if node.tag == "a":
        yield f"a {node.attrs.get('href', '')}"
    elif node.tag != "span":
        yield node.tag
    yield from (f".{name}" for name in node.attrs.get("class", "").split())


def word_runs(old: Sequence[Piece], new: Sequence[Piece]) -> tuple[Run, ...]:
    """The pieces of both in one order. Changes with next to nothing between them are one change."""
    letters = _Letters()
    one, other = letters.spell(old), letters.spell(new)
    diffs = list(_closed(_table(one, other)))
    diff_match_patch().diff_cleanupSemantic(diffs)
    runs: list[Run] = []
    for fate, spelt in diffs:
        what = What.KEPT if fate == 0 else What.ADDED if fate > 0 else What.REMOVED
        runs += joined(what, letters.read(spelt))
    return tuple(runs)


def _closed(diffs: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Spaces and signs alone between two changes belong to them."""
    gone = came = ""
    for at, (fate, spelt) in enumerate(diffs):
        if fate < 0:
            gone += spelt
        elif fate > 0:
            came += spelt
        elif gone and came and at + 1 < len(diffs) and not any(letter.isalnum() for letter in spelt):
            gone, came = gone + spelt, came + spelt
        else:
            yield from _both(gone, came)
            gone = came = ""
            yield 0, spelt
    yield from _both(gone, came)


def _both(gone: str, came: str) -> Iterator[tuple[int, str]]:
    if gone:
        yield -1, gone
    if came:
        yield 1, came


def _table(one: str, other: str) -> list[tuple[int, str]]:
    """A shortest difference, in the form of diff-match-patch: (-1, 0 or 1, text)."""
    if len(one) * len(other) > _LARGEST_TABLE:
        slow = diff_match_patch()
        slow.Diff_Timeout = 0.25
        return [(fate, spelt) for fate, spelt in slow.diff_main(one, other, False)]
    diffs: list[tuple[int, str]] = []
    for code in Indel.opcodes(one, other):
        if code.tag == "equal":
            diffs.append((0, one[code.src_start : code.src_end]))
            continue
        if code.src_end > code.src_start:
            diffs.append((-1, one[code.src_start : code.src_end]))
        if code.dest_end > code.dest_start:
            diffs.append((1, other[code.dest_start : code.dest_end]))
    return diffs


def joined(what: What, pieces: Sequence[Piece]) -> Iterator[Run]:
    """Pieces of one fate as runs."""
    at = 0
    while at < len(pieces):
        end = at + 1
        first = pieces[at]
        while end < len(pieces) and not first.thing and pieces[end][1:] == first[1:]:
            end += 1
        yield Run(what, "".join(piece.text for piece in pieces[at:end]), first.marks, first.thing)
        at = end


class _Letters:
    """One character for each different piece, of the kind (word, sign, space) that the piece is: the clean-up
    of diff-match-patch asks for that when it looks where a change should begin."""

    def __init__(self) -> None:
        self._letter: dict[Piece, str] = {}
        self._piece: dict[str, Piece] = {}
        self._next = {"word": 0x4E00, "sign": 0xF0000}

    def spell(self, pieces: Sequence[Piece]) -> str:
        return "".join([self._letter.get(piece) or self._new(piece) for piece in pieces])

    def read(self, spelt: str) -> list[Piece]:
        return [self._piece[letter] for letter in spelt]

    def _new(self, piece: Piece) -> str:
        if piece in (Piece(" "), Piece("\n")):
            letter = piece.text
        else:
            kind = "word" if piece.text[:1].isalnum() else "sign"
            letter = chr(self._next[kind])
            self._next[kind] += 1
            if self._next["word"] == 0xA000:
                self._next["word"] = 0x20000
        self._letter[piece] = letter
        self._piece[letter] = piece
        return letter
