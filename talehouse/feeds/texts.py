"""What of a part's text stands in a feed, as HTML for programs that know none of our styles. Pure functions.

Block ids and classes go, addresses become absolute, and a paragraph with a hidden word (a spoiler) is folded
into `<details>`: programs that know it keep it shut, the others show first what comes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from talehouse.lib.html import parse, summary_of
from talehouse.lib.html.tree import Children, Node, read, text, walk, write

ENOUGH = 120
"""Words after which a beginning ends with its block."""
LONGEST = 900
"""Characters at which a block of a beginning is cut."""
_MEDIA = re.compile(r"/media/[0-9a-f]{64}\.[a-z]+")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the text lives: `base` of the archive, the `page` of the part, what addresses of pictures carry
    along (the key of an unlisted story), and what is said of hidden words and at the end of a beginning.
    """

    base: str
    page: str
    ending: str
    hidden: str
    onward: str


def whole(stored: str, place: Place, *, before: str = "", after: str = "") -> str:
    """The text, between the notes that stand before and after it."""
    blocks = [_block(block, place) for block in read(stored) if isinstance(block, Node)]
    return "".join([_note(before, place), *blocks, _note(after, place)])


def beginning(stored: str, place: Place) -> str:
    """The first blocks, and the way to the rest. A long block is cut at a word and is the last."""
    told, words = [], 0
    for _key, block in parse(stored):
        node = read(block.html)[0]
        if words >= ENOUGH or not isinstance(node, Node):
            break
        if len(block.text) > LONGEST:
            told.append(write([Node("p", {}, [summary_of(_without_hidden_words(node), LONGEST)])]))
            break
        told.append(_block(node, place))
        words += block.words
    return "".join(told) + write([Node("p", {}, [Node("a", {"href": place.page}, [place.onward])])])


def _note(note: str, place: Place) -> str:
    blocks = [_block(block, place) for block in read(note) if isinstance(block, Node)]
    return f"<aside>{''.join(blocks)}</aside>" if blocks else ""


def _block(block: Node, place: Place) -> str:
    hides = any(_is_spoiler(node) for node in walk([block]))
    for node in walk([block]):
        _make_plain(node, place)
    if hides:
        block = Node("details", {}, [Node("summary", {}, [place.hidden]), block])
    return write([block])


def _is_spoiler(node: Node) -> bool:
    return "spoiler" in node.attrs.get("class", "").split()


def _make_plain(node: Node, place: Place) -> None:
    for name in ("id", "class"):
        node.attrs.pop(name, None)
    source, link = node.attrs.get("src", ""), node.attrs.get("href", "")
    if source.startswith("/"):
        ending = place.ending if _MEDIA.fullmatch(source) else ""
        node.attrs["src"] = place.base + source + ending
    if link.startswith("#"):
        node.attrs["href"] = place.page + link
    elif link.startswith("/"):
        node.attrs["href"] = place.base + link


def _without_hidden_words(block: Node) -> str:
    return text(_without_spoilers([block]))


def _without_spoilers(children: Children) -> Children:
    kept: Children = []
    for child in children:
        if isinstance(child, Node) and _is_spoiler(child):
            kept.append("[…]")
        elif isinstance(child, Node):
            kept.append(Node(child.tag, child.attrs, _without_spoilers(child.children)))
        else:
            kept.append(child)
    return kept
