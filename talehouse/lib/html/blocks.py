"""A sanitised text as a row of blocks, and the stored form in which each block has its id."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from talehouse.lib import words
from talehouse.lib.html.tidy import tidy
from talehouse.lib.html.tree import BLOCKS, Children, Node, has_picture, read, text, write

_KINDS = {
    "p": "paragraph", "h2": "heading", "h3": "heading", "h4": "heading", "h5": "heading", "h6": "heading",
    "blockquote": "quote", "ul": "list", "ol": "list", "figure": "picture", "hr": "break", "table": "table",
    "pre": "pre", "section": "footnotes",
}  # fmt: skip
KINDS = frozenset(_KINDS.values())

# Signs that writers type on a line of their own between two scenes. Dots and ellipses are left alone: a
# silent answer in a dialogue looks like that.
_ORNAMENT = re.compile(
    r"[*#~=+_|\-‐‑‒–—―−•●○◦·∙⋅‣⁂⁎⁑⁕∗＊＃～〜※§¤◆◇◊■□▪▫★☆⋆✦✧✩✪✫✬✭✮✯✰✱✲✳✴✵✶✷✸✹✺✻✼✽✾✿❀❁❂❃❇❈❉❊❋❖❦❧☙🙐🙑\s\u00a0\ufe0e\ufe0f]+"
)
_ID = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Block:
    """One direct child of a text. `html` is the element without an id; `text` is what a reader sees.

    `kind` is one of `KINDS`; `words` counts `text` without ruby readings.
    """

    html: str
    text: str
    kind: str
    words: int


def split(html: str) -> list[Block]:
    """The blocks of a sanitised text.

    Text outside of a block becomes a paragraph, two line breaks in a row divide one, empty ones go, and a
    line of ornaments is a scene break; breaks at the ends or in a row are folded.
    """
    blocks = _folded(_divided(_in_blocks(read(html))))
    return [_block(node) for node in blocks]


def _in_blocks(children: Children) -> Iterator[Node]:
    run: Children = []
    for child in children:
        if isinstance(child, Node) and child.tag in _KINDS:
            yield Node("p", {}, tidy(run))
            run = []
            child.attrs.pop("id", None)
            yield child
        else:
            run.append(child)
    yield Node("p", {}, tidy(run))


def _divided(blocks: Iterable[Node]) -> Iterator[Node]:
    for block in blocks:
        if block.tag == "p":
            pieces = _at_double_breaks(block.children)
            yield from (Node("p", dict(block.attrs), tidy(piece)) for piece in pieces)
        else:
            if block.tag == "blockquote":
                block.children = list(_kept(_divided(_nodes(block.children))))
            yield block


def _nodes(children: Children) -> Iterator[Node]:
    return (child for child in children if isinstance(child, Node))


def _kept(blocks: Iterable[Node]) -> Iterator[Node]:
    return (block for block in blocks if block.tag == "hr" or _is_seen(block))


def _folded(blocks: Iterable[Node]) -> list[Node]:
    folded: list[Node] = []
    for block in _kept(blocks):
        rule = block.tag == "hr" or _is_ornament(block)
        if block.tag == "section" and folded and folded[-1].tag == "hr":
            folded.pop()
        if not rule:
            folded.append(block)
        elif folded and folded[-1].tag not in ("hr", "section"):
            folded.append(Node("hr"))
    if folded and folded[-1].tag == "hr":
        folded.pop()
    return folded


def _is_seen(block: Node) -> bool:
    return bool(
        text([block]).strip("\u200b\u200c\u200d\u200e\u200f\u2066\u2067\u2068\u2069 \t\n\u00a0\u3000")
    ) or (has_picture([block]))


def _is_ornament(block: Node) -> bool:
    if block.tag != "p" and _KINDS[block.tag] != "heading":
        return False
    return not has_picture([block]) and _ORNAMENT.fullmatch(text(block.children)) is not None


def _at_double_breaks(children: Children) -> list[Children]:
    """The line cut wherever two line breaks follow each other, through the formats around them."""
    if not any(isinstance(child, Node) for child in children):
        return [children]
    pieces: list[Children] = [[]]
    for child in children:
        if isinstance(child, Node) and child.children:
            first, *more = _at_double_breaks(child.children)
            pieces[-1].append(Node(child.tag, child.attrs, first))
            bare = {name: value for name, value in child.attrs.items() if name != "id"}
            pieces += [[Node(child.tag, bare, piece)] for piece in more]
        elif _is_break(child) and _ends_with_break(pieces[-1]):
            pieces.append([])
        else:
            pieces[-1].append(child)
    return [_trimmed(piece) for piece in pieces] if len(pieces) > 1 else [children]


def _is_break(child: Node | str) -> bool:
    return isinstance(child, Node) and child.tag == "br"


def _ends_with_break(piece: Children) -> bool:
    for child in reversed(piece):
        if not isinstance(child, str):
            return child.tag == "br"
        if child.strip(" \t\n\u00a0"):
            return False
    return False


def _trimmed(piece: Children) -> Children:
    """Without the breaks and blanks at both ends, and without formats that hold nothing any more."""
    for end in (0, -1):
        while piece and _is_nothing(piece[end]):
            del piece[end]
        if piece and isinstance(last := piece[end], Node) and last.children:
            piece[end] = Node(last.tag, last.attrs, _trimmed(list(last.children)))
    return piece


def _is_nothing(child: Node | str) -> bool:
    if isinstance(child, str):
        return not child.strip(" \t\n\u00a0")
    return child.tag != "img" and not _is_seen(child)


def _block(node: Node) -> Block:
    kind = _KINDS[node.tag]
    seen = text([node])
    counted = text([node], readings=False) if "rt" in (n.tag for n in _ruby(node)) else seen
    if kind == "paragraph" and not seen.strip() and has_picture([node]):
        kind = "picture"
    return Block(write([node]), seen, kind, words.count(counted))


def _ruby(node: Node) -> Iterator[Node]:
    for child in node.children:
        if isinstance(child, Node):
            yield child
            yield from _ruby(child)


def join(blocks: Sequence[Block], ids: Sequence[str]) -> str:
    """The stored form: every block on a line, its element with `id="b-<id>"` as the first attribute.

    Raises ValueError if there are not as many ids as blocks, an id occurs twice, or one is not made of ASCII
    letters, digits, "-" and "_".
    """
    if len(blocks) != len(ids):
        raise ValueError(f"{len(blocks)} blocks need as many ids, not {len(ids)}")
    if len(set(ids)) != len(ids):
        raise ValueError("a block id occurs twice")
    return "\n".join(_with_id(block.html, key) for block, key in zip(blocks, ids, strict=True))


def _with_id(html: str, key: str) -> str:
    if _ID.fullmatch(key) is None:
        raise ValueError(f"not a block id: {key!r}")
    end = re.match(r"<[a-z0-9]+", html)
    if end is None:
        raise ValueError("a block starts with its element")
    return f'{end[0]} id="b-{key}"{html[end.end() :]}'


def parse(stored: str) -> list[tuple[str, Block]]:
    """The inverse of `join`. Raises ValueError for anything that `join` did not write."""
    found: list[tuple[str, Block]] = []
    for child in read(stored):
        if isinstance(child, str):
            if child.strip():
                raise ValueError("text stands outside of the blocks")
            continue
        key = child.attrs.pop("id", "")
        if child.tag not in _KINDS or not key.startswith("b-"):
            raise ValueError("a block has no id")
        found.append((key.removeprefix("b-"), _block(child)))
    return found


def text_of(html: str) -> str:
    """The plain text of sanitised or stored markup; an empty line stands between blocks."""
    pieces: list[str] = []
    run: Children = []
    for child in [*read(html), Node("hr")]:
        if isinstance(child, Node) and child.tag in BLOCKS:
            pieces += [text(run).strip(), text([child])]
            run = []
        else:
            run.append(child)
    return "\n\n".join(piece for piece in pieces if piece)
