"""Finding and replacing words in a stored text: in what readers see, never in tags or attributes.

Pure: markup in, hits and markup out. A hit may run through formats (half of it italic): the new words then
stand where it began, in the format of its first letter. One that runs across anything else (a line break, a
link, a ruby reading, a footnote's number, two cells) is told, and cannot be replaced.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from talehouse.lib.html.allow import FORMATS, RUBY_PARTS
from talehouse.lib.html.tree import Children, Node, read, text, write

CONTEXT = 60
"""How many characters are shown on each side of a hit."""
LONGEST = 500
_THROUGH = FORMATS - RUBY_PARTS - {"ruby"}
_APOSTROPHES = "['’ʼ]"
_IN_LINE = _THROUGH | {"a", "ruby", "rb"}
_DIVIDER = "\x1f"
_TAG = re.compile(r"<[^>]*>")


class Wanted(NamedTuple):
    """What is looked for: exactly so (`case`), and only where it is not a piece of a word (`whole`)."""

    words: str
    case: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """One place. `number` counts the hits of a text from 0; `before` and `after` are what stands around."""

    number: int
    block: str
    before: str
    found: str
    after: str
    replaceable: bool


class _Piece(NamedTuple):
    """A stretch of text in its element, and where it stands in the text of its block."""

    start: int
    holder: Node
    place: int
    bounds: tuple[int, ...]
    """The elements around it that nothing may run across, by identity."""


def pattern(wanted: Wanted) -> re.Pattern[str]:
    """White space stands for any, an apostrophe for any; case and word bounds as wished."""
    words = unicodedata.normalize("NFC", wanted.words)[:LONGEST]
    signs = (
        r"[\s\u00a0]+" if piece.isspace() else _APOSTROPHES if piece in "'’ʼ" else re.escape(piece)
        for piece in re.findall(r"\s+|\S", words)
    )
    bare = "".join(signs)
    if wanted.whole:
        bare = rf"(?<!\w){bare}(?!\w)"
    return re.compile(bare, 0 if wanted.case else re.IGNORECASE)


def hits(stored: str, wanted: Wanted) -> list[Hit]:
    """Every place in a stored text, in order. None for words that are empty."""
    if not wanted.words.strip():
        return []
    asked = pattern(wanted)
    if not pattern(wanted._replace(whole=False)).search(_rough(stored)):
        return []
    found: list[Hit] = []
    for block in _blocks(read(stored)):
        seen, pieces = _pieces(block)
        for match in asked.finditer(seen):
            found.append(_hit(len(found), block, seen, match, _fits(pieces, *match.span())))
    return found


def _rough(stored: str) -> str:
    """Nearly what readers see, without taking it apart: to pass over texts that have nothing."""
    bare = _TAG.sub("", stored.replace("<br>", "\n\n"))
    for entity, sign in (("&nbsp;", "\u00a0"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        bare = bare.replace(entity, sign)
    return bare


def _hit(number: int, block: Node, seen: str, match: re.Match[str], replaceable: bool) -> Hit:
    start, end = match.span()
    return Hit(
        number=number,
        block=block.attrs.get("id", "").removeprefix("b-"),
        before=("…" if start > CONTEXT else "") + _line(seen[max(0, start - CONTEXT) : start]).lstrip(),
        found=_line(match[0]),
        after=_line(seen[end : end + CONTEXT]).rstrip() + ("…" if end + CONTEXT < len(seen) else ""),
        replaceable=replaceable,
    )


def _line(seen: str) -> str:
    return re.sub(rf"[\s{_DIVIDER}]+", " ", seen)


def replaced(stored: str, wanted: Wanted, new: str, numbers: Collection[int]) -> tuple[str, int]:
    """The text with the new words in the places of these numbers, and how many that were."""
    tree = read(stored)
    done, number = 0, 0
    asked = pattern(wanted)
    for block in _blocks(tree):
        seen, pieces = _pieces(block)
        spans = [match.span() for match in asked.finditer(seen)]
        chosen = [
            span for place, span in enumerate(spans, number) if place in numbers and _fits(pieces, *span)
        ]
        number += len(spans)
        for start, end in reversed(chosen):
            _put(pieces, start, end, new)
            done += 1
        if chosen:
            _drop_empty(block)
    return write(tree), done


def _blocks(children: Children) -> Iterator[Node]:
    return (child for child in children if isinstance(child, Node))


def _pieces(block: Node) -> tuple[str, list[_Piece]]:
    """The text of a block and where each stretch of it stands; a sign that no words hold divides lines."""
    said: list[str] = []
    pieces: list[_Piece] = []
    length = 0

    def go(node: Node, bounds: tuple[int, ...]) -> None:
        nonlocal length
        for index, child in enumerate(node.children):
            if isinstance(child, str):
                pieces.append(_Piece(length, node, index, bounds))
                said.append(child)
                length += len(child)
                continue
            divides = "\n" if child.tag == "br" else "" if child.tag in _IN_LINE else _DIVIDER
            said.append(divides)
            length += len(divides)
            go(child, bounds if child.tag in _THROUGH else (*bounds, id(child)))
            said.append(divides)
            length += len(divides)

    go(block, ())
    return "".join(said), pieces


def _under(pieces: Sequence[_Piece], start: int, end: int) -> list[_Piece]:
    return [piece for piece in pieces if piece.start < end and start < piece.start + len(_said(piece))]


def _said(piece: _Piece) -> str:
    child = piece.holder.children[piece.place]
    return child if isinstance(child, str) else ""


def _fits(pieces: Sequence[_Piece], start: int, end: int) -> bool:
    """Whether a stretch lies within one holder of words, but for formats, and nothing stands between."""
    under = _under(pieces, start, end)
    covered = sum(min(end, piece.start + len(_said(piece))) - max(start, piece.start) for piece in under)
    return covered == end - start and len({piece.bounds for piece in under}) == 1


def _put(pieces: Sequence[_Piece], start: int, end: int, new: str) -> None:
    """The new words where the stretch begins; the rest of it goes."""
    for place, piece in enumerate(_under(pieces, start, end)):
        said = _said(piece)
        here, there = max(0, start - piece.start), min(len(said), end - piece.start)
        piece.holder.children[piece.place] = said[:here] + (new if place == 0 else "") + said[there:]


def _drop_empty(node: Node) -> None:
    """Formats that hold nothing any more go."""
    for child in node.children:
        if isinstance(child, Node):
            _drop_empty(child)
    node.children = [child for child in node.children if not _is_empty(child)]


def _is_empty(child: Node | str) -> bool:
    if isinstance(child, str):
        return child == ""
    return child.tag in _THROUGH and not child.children and not text([child])
