"""The last touch on a tree in our shape: spaces folded, NFC, directions balanced, neighbours joined."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from talehouse.lib import characters
from talehouse.lib.html.tree import BLOCKS, Children, Node

_SPACES = re.compile("[ \t\n\r\f]+")
_SPACE = " \t\n\r\f"
_STRIKE = "\u0338"
_JOINED = frozenset({"em", "strong", "i", "b", "u", "s", "small"})


def tidy(children: Sequence[Node | str], *, verbatim: bool = False) -> Children:
    """`children` tidied. `verbatim` keeps white space (inside `pre`)."""
    out: Children = []
    run: Children = []
    for child in children:
        if isinstance(child, Node) and child.tag in BLOCKS:
            out += _line(run, verbatim)
            run = []
            child.children = tidy(child.children, verbatim=child.tag == "pre")
            out.append(child)
        else:
            run.append(child)
    return out + _line(run, verbatim)


def _line(run: Children, verbatim: bool) -> Children:
    if not run:
        return run
    run = _join(run)
    _balance(run)
    places = list(_places(run))
    for siblings, at in places:
        piece = siblings[at]
        if isinstance(piece, str):
            siblings[at] = unicodedata.normalize("NFC", piece)
    _fold_start(places, verbatim)
    if not verbatim:
        _fold_end(places)
    return _without_outer_breaks(run, verbatim)


def _join(run: Sequence[Node | str]) -> Children:
    """Texts and equal plain formats that touch become one."""
    joined: Children = []
    for child in run:
        last = joined[-1] if joined else None
        if isinstance(child, str):
            if isinstance(last, str):
                joined[-1] = last + child
            elif child:
                joined.append(child)
        elif isinstance(last, Node) and _same_format(last, child):
            last.children = [*last.children, *child.children]
        else:
            joined.append(child)
    for child in joined:
        if isinstance(child, Node):
            child.children = _join(child.children)
    return joined


def _same_format(one: Node, other: Node) -> bool:
    return one.tag == other.tag and one.tag in _JOINED and not one.attrs and not other.attrs


def _places(run: Children) -> Iterator[tuple[Children, int]]:
    """Where texts and void elements stand, in order."""
    for at, child in enumerate(run):
        if isinstance(child, str) or not child.children:
            yield run, at
        else:
            yield from _places(child.children)


def _fold_start(places: list[tuple[Children, int]], verbatim: bool) -> None:
    """Folds white space; none is left at the start, after another one, or after a line break."""
    after_space, first = True, True
    for siblings, at in places:
        piece = siblings[at]
        if not isinstance(piece, str):
            after_space, first = piece.tag == "br" or (piece.tag == "wbr" and after_space), False
            continue
        if verbatim:
            piece = piece.replace("\r\n", "\n").replace("\r", "\n")
            piece = piece.lstrip("\n" + _STRIKE) if first else piece.lstrip(_STRIKE)
        else:
            piece = _SPACES.sub(" ", piece)
            piece = piece.lstrip(_SPACE + _STRIKE) if after_space else piece.lstrip(_STRIKE)
            piece = _SPACES.sub(" ", piece)
        siblings[at] = piece
        if piece:
            after_space, first = piece.endswith(" "), False


def _fold_end(places: list[tuple[Children, int]]) -> None:
    """No white space before a line break or at the end."""
    at_end = True
    for siblings, at in reversed(places):
        piece = siblings[at]
        if not isinstance(piece, str):
            at_end = piece.tag == "br" or (piece.tag == "wbr" and at_end)
            continue
        if at_end:
            siblings[at] = piece = piece.rstrip(_SPACE)
        at_end = at_end and not piece


def _balance(run: Children) -> None:
    pieces = [(siblings, at, siblings[at]) for siblings, at in _places(run)]
    if not any(isinstance(piece, str) and characters.turns(piece) for _, _, piece in pieces):
        return
    balance = characters.Balance()
    for siblings, at, piece in pieces:
        if isinstance(piece, str):
            siblings[at] = balance.feed(piece)
    if rest := balance.rest():
        run.append(rest)
        run[:] = _join(run)


def _without_outer_breaks(run: Children, verbatim: bool) -> Children:
    if verbatim:
        return [child for child in run if child != ""]
    while run and _is_break(run[0]):
        del run[0]
    while run and _is_break(run[-1]):
        del run[-1]
    return [child for child in run if child != ""]


def _is_break(child: Node | str) -> bool:
    return child == "" if isinstance(child, str) else child.tag in ("br", "wbr")
