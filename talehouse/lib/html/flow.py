"""From any tree to ours: blocks hold blocks, paragraphs hold lines, and every byte of text is in one of them.

The shape that comes out is one that the HTML parser reads back as it is (no block inside a paragraph, no
link inside a link, no stray text in a table), so that sanitising twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from talehouse.lib import characters
from talehouse.lib.html.allow import FORMATS, HEADINGS, RUBY_PARTS, Meaning, meaning
from talehouse.lib.html.tree import BLOCKS, Children, Node, has_picture, text

DEEPEST_BLOCK = 12
DEEPEST_FORMAT = 16

Picture = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Wrap:
    """A format around whole blocks: it goes inside each of them."""

    tag: str
    attrs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Around:
    """What the elements around a place mean for it."""

    depth: int = 0
    wraps: tuple[Wrap, ...] = ()
    attrs: tuple[tuple[str, str], ...] = ()
    in_figure: bool = False
    short: bool = False

    def inherit(self, found: Meaning) -> Around:
        """Inside an element that is only its content, such as `div`: its attributes go to its blocks."""
        kept = dict(self.attrs) | found.attrs | {"class": _classes(found, dict(self.attrs))}
        pairs = tuple((name, kept[name]) for name in ("class", "lang", "dir") if kept.get(name))
        return replace(self, attrs=pairs, wraps=self.wraps + _style_wraps(found, self.wraps))

    def wrap(self, found: Meaning) -> Around:
        """Inside a format that has blocks in it."""
        if len(self.wraps) >= DEEPEST_FORMAT // 2:
            return self
        linked = any(wrap.tag == "a" for wrap in self.wraps)
        stays = bool(found.tag) and found.tag not in RUBY_PARTS
        if found.tag == "a":
            stays = "href" in found.attrs and not linked
        own = (Wrap(found.tag, tuple(found.attrs.items())),) if stays else ()
        wraps = self.wraps + own
        return replace(self, wraps=wraps + _style_wraps(found, wraps))

    def inside(self, found: Meaning) -> Around:
        """Inside a block of its own."""
        around = Around(self.depth + 1, self.wraps, short=self.short, in_figure=found.tag == "figure")
        return replace(around, wraps=self.wraps + _style_wraps(found, self.wraps))


def _style_wraps(found: Meaning, around: Sequence[Wrap]) -> tuple[Wrap, ...]:
    return tuple(Wrap(tag) for tag in found.wraps if tag not in {wrap.tag for wrap in around})


def _classes(found: Meaning, inherited: dict[str, str]) -> str:
    own = found.attrs.get("class", "").split()
    aligned = found.aligned or bool({"center", "right"} & set(own))
    more = [
        name
        for name in inherited.get("class", "").split()
        if name not in own and not (aligned and name in ("center", "right"))
    ]
    return " ".join(sorted([*own, *more]))


class Flow:
    """Collects the blocks of one place: of the whole text, a quote, a list item, a cell."""

    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        self.out: list[Node] = []
        self._run: list[tuple[tuple[Wrap, ...], Children]] = []
        self._id = ""

    def of(self, children: Sequence[Node | str], around: Around) -> list[Node]:
        """The blocks of `children`."""
        self._walk(children, around)
        self._flush(around)
        return self.out

    def _walk(self, children: Sequence[Node | str], around: Around) -> None:
        for child in children:
            if isinstance(child, str):
                self._run.append((around.wraps, [characters.clean(child)]))
                continue
            found = meaning(child)
            if child.tag not in BLOCKS:
                self._line(child, found, around)
                continue
            self._flush(around)
            if _is_transparent(found, child, around):
                self._id = found.attrs.get("id") or self._id
                inner = around.inherit(found)
                self._walk(child.children, inner)
                self._flush(inner)
            else:
                self._block(child, found, around)

    def _line(self, child: Node, found: Meaning, around: Around) -> None:
        if child.blocky and child.tag != "ruby":
            self._walk(child.children, around.wrap(found))
        else:
            active = frozenset(wrap.tag for wrap in around.wraps)
            lines = Line(self.picture, active, len(around.wraps)).of_element(child, found, parent="")
            self._run.append((around.wraps, lines))

    def _flush(self, around: Around) -> None:
        run, self._run = self._run, []
        children: Children = []
        for wraps, pieces in groupby(run, key=lambda entry: entry[0]):
            children += wrapped([node for _, nodes in pieces for node in nodes], wraps)
        if not is_blank(children):
            self._append(Node("p", dict(around.attrs), children), around)

    def _append(self, node: Node, around: Around) -> None:
        given = {name: value for name, value in around.attrs if name != "class"} | node.attrs
        if self._id and "id" not in given and node.tag not in ("hr", "section"):  # `gather` remakes sections
            given["id"], self._id = self._id, ""
        node.attrs = in_order(given) if node.tag != "hr" else {}
        self.out.append(node)

    def _block(self, child: Node, found: Meaning, around: Around) -> None:
        classes = _classes(found, dict(around.attrs))
        node = Node(found.tag, found.attrs | ({"class": classes} if classes else {}))
        if found.tag == "hr":
            self._append(node, around)
            return
        inner = around.inside(found)
        if "*notes" in child.attrs:
            node = Node("section", {"class": "footnotes"}, self._notes(child, inner))
        elif found.tag in HEADINGS or found.tag in ("pre", "figcaption"):
            node.children = self._lines(child.children, inner)
        elif found.tag in ("ul", "ol"):
            node.children = list(self._items(child, inner))
        elif found.tag == "table":
            self._table(child, node, around, inner)
            return
        elif found.tag == "figure":
            self._figure(child, node, around, inner)
            return
        else:
            node.children = list(Flow(self.picture).of(child.children, inner))
        if not is_blank(node.children):
            self._append(node, around)

    def _notes(self, child: Node, around: Around) -> Children:
        inner = Flow(self.picture)
        inner._id = child.attrs.get("*id", "")
        blocks = inner.of(child.children, around)
        while blocks and blocks[0].tag == "hr":
            del blocks[0]
        return list(blocks)

    def _lines(self, children: Sequence[Node | str], around: Around) -> Children:
        active = frozenset(wrap.tag for wrap in around.wraps)
        return wrapped(Line(self.picture, active, len(around.wraps)).of(children, parent=""), around.wraps)

    def _cell(self, node: Node, around: Around) -> Children:
        """The content of a list item or a cell: one plain paragraph stands there without its `p`."""
        return tight(Flow(self.picture).of(node.children, around.inside(meaning(node))))

    def _items(self, node: Node, around: Around) -> list[Node]:
        items: list[Node] = []
        for child in node.children:
            if isinstance(child, Node) and child.tag == "li":
                attrs, content = dict(meaning(child).attrs), self._cell(child, around)
            else:
                attrs, content = {}, tight(Flow(self.picture).of([child], around.inside(Meaning("li"))))
            if is_blank(content):
                continue
            if not attrs and isinstance(child, Node) and child.tag in ("ul", "ol") and items:
                items[-1].children += content
            else:
                items.append(Node("li", in_order(attrs), content))
        return items

    def _table(self, child: Node, node: Node, around: Around, inner: Around) -> None:
        for part in child.children:
            if isinstance(part, Node) and part.tag == "caption":
                self._walk([Node("div", {}, part.children)], around)
        rows = _rows(child)
        groups: list[Node] = []
        for place, row in rows:
            cells = [self._table_cell(cell, inner) for cell in row.children if isinstance(cell, Node)]
            if not groups or groups[-1].tag != place:
                groups.append(Node(place))
            groups[-1].children.append(Node("tr", {}, list(cells)))
        node.children = list(groups)
        if not is_blank(node.children):
            self._append(node, around)

    def _table_cell(self, cell: Node, around: Around) -> Node:
        found = meaning(cell)
        tag = found.tag if found.tag in ("td", "th") else "td"
        return Node(tag, in_order(found.attrs), self._cell(cell, around))

    def _figure(self, child: Node, node: Node, around: Around, inner: Around) -> None:
        blocks = Flow(self.picture).of(child.children, inner)
        if any(has_picture([block]) or block.tag in ("table", "pre", "blockquote") for block in blocks):
            for block in blocks:
                bare = block.tag == "p" and not block.attrs and not text(block.children).strip()
                node.children += block.children if bare else [block]
            self._append(node, around)
            return
        for block in blocks:
            block.tag = "p" if block.tag == "figcaption" else block.tag
            self._append(block, around)


def _rows(table: Node) -> list[tuple[str, Node]]:
    """The rows with the group that each stands in, head before body."""
    rows: list[tuple[str, Node]] = []
    for part in table.children:
        if isinstance(part, Node) and part.tag in ("thead", "tbody", "tfoot"):
            place = "thead" if part.tag == "thead" and not rows else "tbody"
            rows += [(place, row) for row in part.children if isinstance(row, Node) and row.tag == "tr"]
        elif isinstance(part, Node) and part.tag == "tr":
            rows.append(("tbody", part))
    head = [row for row in rows if row[0] == "thead"]
    return head + [row for row in rows if row[0] != "thead"]


def _is_transparent(found: Meaning, child: Node, around: Around) -> bool:
    if "*notes" in child.attrs:
        return bool(around.depth or around.wraps or around.short)
    if found.tag in ("p", "div", "", "li", "thead", "tbody", "tr", "td", "th"):
        return True
    if found.tag == "figcaption":
        return not around.in_figure
    if around.short and (found.tag in HEADINGS or found.tag in ("table", "figure", "hr")):
        return True
    return around.depth >= DEEPEST_BLOCK and found.tag not in HEADINGS | {"hr", "pre"}


class Line:
    """Collects the content of one line of text: letters, formats, links, pictures; never a block."""

    def __init__(self, picture: Picture, active: frozenset[str] = frozenset(), depth: int = 0) -> None:
        self.picture = picture
        self.active = active
        self.depth = depth

    def of(self, children: Sequence[Node | str], parent: str) -> Children:
        """The line of `children`; where a block ends, a line break stands."""
        line: Children = []
        for child in children:
            if isinstance(child, str):
                line.append(characters.clean(child))
            elif child.tag not in BLOCKS:
                line += self.of_element(child, meaning(child), parent)
            else:
                self._block(child, line, parent)
        return line

    def _block(self, child: Node, line: Children, parent: str) -> None:
        content = self.of(child.children, parent)
        if not is_blank(content) and not is_blank(line):
            line.append(Node("br"))
        line += content

    def of_element(self, node: Node, found: Meaning, parent: str) -> Children:
        """One element in the line, or its content if it may not stand there."""
        if found.tag in ("br", "wbr"):
            return [Node(found.tag)]
        if found.tag == "img":
            return self._image(node, found)
        tag = found.tag if self._may_stand(found, parent) else ""
        wraps = _style_wraps(found, [Wrap(name) for name in (*self.active, tag)])
        inner = Line(self.picture, self.active | {tag, *(w.tag for w in wraps)}, self.depth + 1 + len(wraps))
        content = inner.of(node.children, tag or parent)
        if is_blank(content):
            return content
        if tag in ("ruby", "rtc"):  # its parts must stay its children
            element: Children = [Node(tag, in_order(found.attrs), content)]
            return wrapped(element, wraps) if tag == "ruby" else element
        content = wrapped(content, wraps)
        return [Node(tag, in_order(found.attrs), content)] if tag else content

    def _may_stand(self, found: Meaning, parent: str) -> bool:
        if self.depth >= DEEPEST_FORMAT:
            return False
        if found.tag == "a":
            return "a" not in self.active and "href" in found.attrs
        if found.tag in RUBY_PARTS:
            return parent == "ruby" or (parent == "rtc" and found.tag in ("rt", "rp"))
        return found.tag in FORMATS

    def _image(self, node: Node, found: Meaning) -> Children:
        source = node.attrs.get("src", "").strip()
        address = self.picture(source) if source else None
        alt = characters.plain(node.attrs.get("alt", ""))
        if address is not None:
            return [Node("img", {"src": address, "alt": alt} | found.attrs)]
        if not alt:
            return []
        return [f"[{alt}]"] if "em" in self.active else [Node("em", {}, [f"[{alt}]"])]


def wrapped(children: Children, wraps: Sequence[Wrap]) -> Children:
    """`children` inside the formats, the first one outermost; nothing is put around what nobody sees."""
    if is_blank(children):
        return children
    for wrap in reversed(wraps):
        children = [Node(wrap.tag, in_order(dict(wrap.attrs)), children)]
    return children


def in_order(attrs: dict[str, str]) -> dict[str, str]:
    """Attributes in one order, so that equal things are equal text."""
    return {name: attrs[name] for name in sorted(attrs, key=lambda name: (name != "id", name))}


def is_blank(children: Sequence[Node | str]) -> bool:
    """Whether nobody would see anything of it."""
    for child in children:
        if isinstance(child, str):
            if not characters.is_blank(child):
                return False
        elif child.tag == "img" or not is_blank(child.children):
            return False
    return True


def tight(blocks: list[Node]) -> Children:
    """One plain paragraph, alone or before lists, without its `p`; else the blocks as they are."""
    if blocks and blocks[0].tag == "p" and not blocks[0].attrs:
        rest = blocks[1:]
        if all(block.tag in ("ul", "ol") for block in rest):
            return [*blocks[0].children, *rest]
    return list(blocks)
