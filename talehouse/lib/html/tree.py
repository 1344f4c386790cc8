"""A small tree for canonical markup: what `nh3` or `write` here writes. No parser of wild HTML.

Canonical means: lower-case names, every attribute as name="value", every end tag written, and only the five
entities below. Reading such a text and writing it again gives the same text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

VOID = frozenset({"br", "hr", "img", "wbr"})
BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol p pre section summary "
    "table tbody td tfoot th thead tr ul".split()
)
DEEPEST = 80
"""Elements nested deeper than this are taken for their content: no writer nests so, an attacker does."""

_TOKEN = re.compile(r"<(/?)([a-z][a-z0-9]*)([^>]*)>|([^<]+)")
_ATTRIBUTE = re.compile(r'([^\s="]+)="([^"]*)"')
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&nbsp;": "\u00a0", "&amp;": "&"}
_ENTITY = re.compile("|".join(_ENTITIES))
_SPECIAL = re.compile("[&<>\u00a0]")
_ESCAPES = {char: entity for entity, char in _ENTITIES.items()}


class Node:
    """One element. `blocky` says that a block stands somewhere inside it."""

    __slots__ = ("attrs", "blocky", "children", "parent", "tag")

    def __init__(
        self, tag: str, attrs: dict[str, str] | None = None, children: list[Node | str] | None = None
    ) -> None:
        self.tag = tag
        self.attrs = attrs if attrs is not None else {}
        self.children: list[Node | str] = children if children is not None else []
        self.parent: Node | None = None
        self.blocky = False


Children = list[Node | str]


def read(html: str) -> Children:
    """The children of the fragment `html`, which must be canonical."""
    root = Node("")
    here, ignored = root, 0
    stack: list[Node] = []
    for closing, tag, attributes, text in _TOKEN.findall(html):
        if text:
            here.children.append(_unescape(text))
        elif closing:
            if ignored:
                ignored -= 1
            elif stack:
                here = stack.pop()
        elif tag in VOID or len(stack) < DEEPEST:
            node = Node(tag, _attributes(attributes) if attributes else {})
            node.parent = here
            here.children.append(node)
            if tag in BLOCKS:
                _mark(here)
            if tag not in VOID:
                stack.append(here)
                here = node
        else:
            ignored += 1
            here.children.append(" ")
    return root.children


def _mark(node: Node | None) -> None:
    while node is not None and not node.blocky:
        node.blocky = True
        node = node.parent


def _attributes(source: str) -> dict[str, str]:
    return {name: _unescape(value) for name, value in _ATTRIBUTE.findall(source)}


def _unescape(text: str) -> str:
    return _ENTITY.sub(lambda found: _ENTITIES[found[0]], text) if "&" in text else text


def _escape(text: str) -> str:
    return _SPECIAL.sub(lambda found: _ESCAPES[found[0]], text)


def write(children: Sequence[Node | str]) -> str:
    """Canonical markup of `children`."""
    pieces: list[str] = []
    _write(children, pieces)
    return "".join(pieces)


def _write(children: Sequence[Node | str], pieces: list[str]) -> None:
    for child in children:
        if isinstance(child, str):
            pieces.append(_escape(child))
            continue
        attributes = "".join(
            f' {name}="{_escape(value).replace(chr(34), "&quot;")}"' for name, value in child.attrs.items()
        )
        pieces.append(f"<{child.tag}{attributes}>")
        if child.tag not in VOID:
            _write(child.children, pieces)
            pieces.append(f"</{child.tag}>")


def walk(children: Sequence[Node | str]) -> Iterator[Node]:
    """Every element, in document order."""
    for child in children:
        if isinstance(child, Node):
            yield child
            yield from walk(child.children)


def has_picture(children: Sequence[Node | str]) -> bool:
    """Whether an image stands anywhere inside."""
    return any(node.tag == "img" for node in walk(children))


def text(children: Sequence[Node | str], *, readings: bool = True) -> str:
    """What a reader sees, as plain text: `br` and the ends of blocks are line feeds, no-break spaces stay.

    Without `readings` the small print above ruby is left out (it repeats the words below it).
    """
    pieces: list[str] = []
    _text(children, pieces, readings)
    return "".join(pieces).strip("\n")


def _text(children: Sequence[Node | str], pieces: list[str], readings: bool) -> None:
    for child in children:
        if isinstance(child, str):
            pieces.append(child)
        elif child.tag == "br":
            pieces.append("\n")
        elif readings or child.tag not in ("rt", "rp", "rtc"):
            block = child.tag in BLOCKS
            if block and pieces and not pieces[-1].endswith("\n"):
                pieces.append("\n")
            _text(child.children, pieces, readings)
            if block and pieces and not pieces[-1].endswith("\n"):
                pieces.append("\n")
