"""A text of ours as Markdown: what Markdown cannot say stays HTML, and all of it reads back as it was.

Whatever is written is read again and compared. A block that would come back changed is written more plainly:
first with its formats as HTML inside of the line, then as HTML altogether.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from talehouse.lib import html as markup
from talehouse.lib.html.tree import Children, Node, read, text, write
from talehouse.lib.markdown.reading import KEY, as_html

_SIGNS = re.compile(r"[\\`*\[\]<]|(?<![^\W_])_|_(?![^\W_])|~(?=~)|&(?=#?\w+;)")
_AT_START = re.compile(
    r"(?:#{1,6}(?=\s|$)|[-+](?=\s|$)|>|=+\s*$|-{2,}|~{3,}|\||:?-+:?\s*\||\d{1,9}(?=[.)](?:\s|$)))"
)
_PLAIN_FORMATS = {"em": "*", "strong": "**", "s": "~~"}


def as_markdown(html: str) -> str:
    """The Markdown of a sanitised or stored text; block ids are left out, since they are found again."""
    blocks = markup.split(html)
    wanted = [block.html for block in blocks]
    for write_all in (_nicely, partial(_surely, notes=True), partial(_surely, notes=False)):
        source = "\n\n".join(write_all(wanted))
        if _back(source) == wanted:
            return source
    return "\n\n".join(_raw(block) for block in wanted)


def _back(source: str) -> list[str]:
    return [block.html for block in markup.split(_sanitised(as_html(source)))]


def _sanitised(html: str) -> str:
    return markup.sanitise(html, picture=lambda source: source)


def _nicely(blocks: Sequence[str]) -> list[str]:
    return _written(blocks, Hand())


def _written(blocks: Sequence[str], hand: Hand) -> list[str]:
    """Each block in this hand; lists that follow each other get different marks, or they would be one."""
    nodes = [next(_nodes(read(block))) for block in blocks]
    turned, pieces = False, []
    for before, node in pairwise([Node(""), *nodes]):
        turned = node.tag == before.tag in ("ul", "ol") and not turned
        pieces.append(hand.block(node, turned=turned))
    return pieces


def _surely(blocks: Sequence[str], *, notes: bool) -> list[str]:
    """Each block in the nicest hand that brings it back by itself."""
    hands = (Hand(notes=notes), Hand(notes=notes, bare=True))
    tries = [_written(blocks, hand) for hand in hands]
    return [
        next((piece for piece in pieces if _alone(piece) == _alone(block, "")), _raw(block))
        if not block.startswith("<section")
        else pieces[0]
        for block, *pieces in zip(blocks, *tries, strict=True)
    ]


_NOTE_LINK = re.compile(r"#fn-([A-Za-z0-9._-]{1,40})")
_NOTE_MARK = re.compile(r"(?<!\\)\[\^([A-Za-z0-9._-]{1,40})\]")


def _alone(source: str, note: str = "\n\n[^{0}]: x") -> str:
    """A piece read by itself (or HTML, if `note` is ""), with a stub for each footnote that it refers to."""
    if note:
        html = as_html(
            source + "".join(note.format(key) for key in dict.fromkeys(_NOTE_MARK.findall(source)))
        )
        if "<section" in html:
            return _sanitised(html)
        source = html
    keys = dict.fromkeys(_NOTE_LINK.findall(source))
    stubs = "".join(f'<li id="fn-{key}">x</li>' for key in keys)
    return _sanitised(source + (f'<section class="footnotes"><ol>{stubs}</ol></section>' if keys else ""))


def _raw(block: str) -> str:
    """A block as HTML: one line, since an empty one would end it."""
    return block.replace("\n", "&#10;")


def _nodes(children: Sequence[Node | str]) -> Iterator[Node]:
    return (child for child in children if isinstance(child, Node))


@dataclass(frozen=True, slots=True)
class Hand:
    """How to write: footnotes as Markdown or not; `bare`: formats inside of a line as HTML."""

    notes: bool = True
    bare: bool = False

    def block(self, node: Node, *, turned: bool = False) -> str:
        """One block, without an empty line after it."""
        plain = not node.attrs
        match node.tag:
            case "p" if plain:
                return _at_start(self.line(node.children))
            case "h2" | "h3" | "h4" | "h5" | "h6" if plain:
                said = self.line(node.children, breaks="<br>")
                return "#" * int(node.tag[1]) + " " + re.sub(r"(#+)$", r"\\\1", said)
            case "hr":
                return "* * *"
            case "blockquote" if plain:
                return _quoted("\n\n".join(self.block(child) for child in _nodes(node.children)))
            case "ul" | "ol" if not node.attrs.keys() - {"start"} and self._is_simple(node):
                return self._list(node, turned)
            case "pre" if plain and (code := _code_in(node)) is not None:
                return _fenced(code)
            case "section" if self.notes and (notes := self._notes(node)):
                return notes
            case _:
                return _raw(write([node]))

    def _is_simple(self, node: Node) -> bool:
        return all(not item.attrs for item in _nodes(node.children))

    def _list(self, node: Node, turned: bool) -> str:
        marks = ("-", "*") if node.tag == "ul" else (".", ")")
        mark = marks[turned]
        first = int(node.attrs.get("start", "1"))
        items = []
        for number, item in enumerate(_nodes(node.children), first):
            lead = f"{mark} " if node.tag == "ul" else f"{number}{mark} "
            items.append(lead + _indented(self._item(item.children), len(lead)))
        return ("\n\n" if any("\n\n" in item for item in items) else "\n").join(items)

    def _item(self, children: Sequence[Node | str]) -> str:
        """What stands in an item: a line and lists below it, or blocks."""
        line: Children = []
        blocks: list[Node] = []
        for child in children:
            if isinstance(child, Node) and child.tag in _BLOCKS:
                blocks.append(child)
            else:
                line.append(child)
        pieces = [self.block(block) for block in blocks]
        if not line:
            return "\n\n".join(pieces)
        return "\n".join([_at_start(self.line(line)), *pieces])

    def _notes(self, node: Node) -> str:
        """The notes as Markdown; "" if they are not one plain numbered list."""
        lists = list(_nodes(node.children))
        if len(lists) != 1 or lists[0].tag != "ol" or lists[0].attrs:
            return ""
        pieces = []
        for item in _nodes(lists[0].children):
            key = item.attrs.get("id", "").removeprefix("fn-")
            if item.attrs.keys() != {"id"} or not KEY.fullmatch(key):
                return ""
            pieces.append(f"[^{key}]: " + _indented(self._item(item.children), 4))
        return "\n\n".join(pieces)

    def line(self, children: Sequence[Node | str], *, breaks: str = "\\\n") -> str:
        """The content of one line of text."""
        pieces = []
        for child in children:
            pieces.append(_escaped(child) if isinstance(child, str) else self._inside(child, breaks))
        return "".join(pieces)

    def _inside(self, node: Node, breaks: str) -> str:
        if node.tag == "br":
            return breaks
        if self.notes and (key := _refers_to(node)):
            return f"[^{key}]"
        inner = self.line(node.children, breaks=breaks)
        plain = not node.attrs and not self.bare
        if plain and (sign := _PLAIN_FORMATS.get(node.tag)):
            return f"{sign}{inner}{sign}"
        if plain and node.tag == "code" and all(isinstance(child, str) for child in node.children):
            return _ticked(text([node]))
        if node.tag == "a" and not node.attrs.keys() - {"href", "title", "rel"} and not self.bare:
            return f"[{inner}]({_target(node.attrs['href'], node.attrs.get('title', ''))})"
        if node.tag == "img" and node.attrs.keys() == {"src", "alt"}:
            return f"![{_escaped(node.attrs['alt'])}]({_target(node.attrs['src'])})"
        whole = write([Node(node.tag, node.attrs)])
        return whole if node.tag in ("img", "wbr") else whole.replace("></", f">{inner}</", 1)


_BLOCKS = frozenset(
    {"p", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "pre", "hr", "figure", "table"}
)


def _escaped(said: str) -> str:
    """Letters that Markdown would take for signs, told apart."""
    said = _SIGNS.sub(lambda sign: f"\\{sign[0]}", said)
    return said[:-1] + "\\!" if said.endswith("!") else said


def _at_start(line: str) -> str:
    """A paragraph whose lines begin with nothing that Markdown would take for a mark."""
    head, *rest = line.split("\\\n")
    return "\\\n".join([_start_escaped(head), *map(_start_escaped, rest)])


def _start_escaped(line: str) -> str:
    found = _AT_START.match(line)
    if found is None:
        return line
    return f"{found[0]}\\{line[found.end() :]}" if found[0].isdecimal() else f"\\{line}"


def _refers_to(node: Node) -> str:
    """The key of the footnote that this raised mark leads to, if it is as we write it ourselves."""
    if node.tag != "sup" or node.attrs or len(node.children) != 1:
        return ""
    link = node.children[0]
    if isinstance(link, str) or link.tag != "a" or link.attrs.get("class") != "fn":
        return ""
    key = link.attrs.get("href", "").removeprefix("#fn-")
    return key if KEY.fullmatch(key) else ""


def _code_in(node: Node) -> str | None:
    """What stands in a `pre` that holds one plain `code` and nothing else."""
    code = node.children[0] if len(node.children) == 1 else ""
    if isinstance(code, str) or code.tag != "code" or code.attrs:
        return None
    said = "".join(child for child in code.children if isinstance(child, str))
    return said if len(code.children) == 1 and said.endswith("\n") else None


def _fenced(code: str) -> str:
    longest = max((len(run) for run in re.findall(r"`{3,}", code)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}\n{code}{fence}"


def _ticked(said: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", said)), default=0)
    ticks, space = "`" * (longest + 1), " " if said[:1] == "`" or said[-1:] == "`" else ""
    return f"{ticks}{space}{said}{space}{ticks}"


def _target(address: str, title: str = "") -> str:
    plain = re.fullmatch(r"[^\s()<>\\*_&]+", address)
    safe = address if plain else "<" + re.sub(r"([<>\\&])", r"\\\1", address) + ">"
    said = re.sub(r'(["\\&])', r"\\\1", title)
    return f'{safe} "{said}"' if title else safe


def _quoted(said: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in said.split("\n"))


def _indented(said: str, width: int) -> str:
    head, *rest = said.split("\n")
    return "\n".join([head, *(" " * width + line if line else "" for line in rest)])
