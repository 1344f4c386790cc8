"""The body of a Word document as blocks in order, with the blank paragraphs and page breaks between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from talehouse.imports.formats.docx.inline import Document, Inline, Piece, joined
from talehouse.imports.formats.docx.names import MC, W
from talehouse.imports.formats.docx.package import Element, Relation
from talehouse.imports.formats.docx.styles import Look, Numbering, look_of

_HEADING_TAGS = frozenset({"strong", "u"})
_DEEPEST = 40


@dataclass(slots=True)
class Block:
    """One block. `html` is what stands inside its element (a table's is whole); `text` is plain.

    `gap` counts blank paragraphs before it; `breaks` says that a new page begins with it.
    """

    html: str
    text: str
    style: str = ""
    heading: int = 0
    align: str = ""
    rtl: bool = False
    quote: bool = False
    bold: bool = False
    listed: tuple[str, int] | None = None
    whole: bool = False
    gap: int = 0
    breaks: bool = False
    number: str = ""

    @property
    def blank(self) -> bool:
        """Whether nothing is to be seen."""
        return not self.text.strip() and "<img" not in self.html and "\x00" not in self.html


@dataclass(slots=True)
class Reader:
    """Walks the body (or a note, a cell, a text box) of one part of the package."""

    document: Document
    numbering: Numbering
    relations: dict[str, Relation]
    _gap: int = 0
    _breaks: bool = False
    _inline: Inline = field(init=False)

    def __post_init__(self) -> None:
        self._inline = Inline(self.document, self.relations)

    def blocks(self, parent: Element) -> list[Block]:
        """The blocks that can be seen, with the gaps and page breaks before them."""
        found: list[Block] = []
        for block in self._all(parent, 0):
            self._breaks = self._breaks or block.breaks
            if block.blank:
                self._gap += 1
                continue
            found.append(replace(block, gap=self._gap, breaks=self._breaks))
            self._gap, self._breaks = 0, False
        return found

    def _all(self, parent: Element, depth: int) -> Iterator[Block]:
        if depth > _DEEPEST:
            return
        for child in parent:
            if child.tag == f"{W}p":
                yield from self._paragraph(child, depth)
            elif child.tag == f"{W}tbl":
                yield from self._table(child, depth)
            elif child.tag == f"{W}sdt":
                yield from self._content_control(child, depth)
            elif child.tag == f"{MC}AlternateContent":
                branch = next((one for one in child if len(one)), None)
                if branch is not None:
                    yield from self._all(branch, depth + 1)
            elif child.tag in _CONTAINERS:
                yield from self._all(child, depth + 1)
            elif child.tag in _DELETED:
                self.document.dropped["deletions"] += 1

    def _content_control(self, element: Element, depth: int) -> Iterator[Block]:
        gallery = element.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
        if gallery is not None and gallery.get(f"{W}val") == "Table of Contents":
            self.document.dropped["contents"] += 1
            return
        content = element.find(f"{W}sdtContent")
        if content is not None:
            yield from self._all(content, depth + 1)

    def _paragraph(self, element: Element, depth: int) -> Iterator[Block]:
        properties = element.find(f"{W}pPr")
        own = Look() if properties is None else look_of(properties)
        named = None if properties is None else properties.find(f"{W}pStyle")
        styles = self.document.styles
        style = styles.get(named.get(f"{W}val") if named is not None else styles.default_paragraph)
        look = styles.defaults.under(style.look).under(own)
        pieces = self._inline.read(element, style)
        boxes = self._inline.boxes
        if style.name.startswith("toc "):
            return
        heading = style.heading or (own.outline + 1 if own.outline is not None and own.outline < 9 else 0)
        base = Block("", "", style.name, heading, look.align or "", bool(look.bidi), style.quote)
        base.breaks = bool(look.page_break)
        self._number(base, look)
        yield from _split(pieces, base)
        if properties is not None and _ends_section(properties):
            yield Block("", "", breaks=True)
        for box in boxes:
            yield from self._all(box, depth + 1)

    def _number(self, block: Block, look: Look) -> None:
        if look.numbering is None or look.numbering[0] == "0":
            return
        if block.heading or block.style == "title":
            block.number = self.numbering.label(look.numbering)
        elif kind := self.numbering.kind(look.numbering):
            block.listed = kind, look.numbering[1]

    def _table(self, element: Element, depth: int) -> Iterator[Block]:
        rows = [list(_children(row, "tc")) for row in _children(element, "tr")]
        if sum(map(len, rows)) == 1:
            yield from self._all(rows[0][0] if rows[0] else rows[-1][0], depth + 1)
            return
        shown, text = "", ""
        for row in rows:
            cells = [list(self._all(cell, depth + 1)) for cell in row]
            shown += "<tr>" + "".join(f"<td>{_cell(cell)}</td>" for cell in cells) + "</tr>"
            text += " ".join(block.text for cell in cells for block in cell) + "\n"
        if shown:
            yield Block(f"<table>{shown}</table>", text, whole=True)


def _children(parent: Element, name: str) -> Iterator[Element]:
    """Rows or cells, also inside content controls."""
    for child in parent:
        if child.tag == f"{W}{name}":
            yield child
        elif child.tag in {f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins"}:
            yield from _children(child, name)


def _cell(blocks: list[Block]) -> str:
    seen = [block for block in blocks if not block.blank]
    if len(seen) == 1 and not seen[0].whole:
        return seen[0].html
    return "".join(block.html if block.whole else f"<p>{block.html}</p>" for block in seen)


def _split(pieces: list[Piece], base: Block) -> Iterator[Block]:
    """A paragraph with page breaks inside is several; the number and the break before belong to the first."""
    run: list[Piece] = []
    first = base
    for piece in [*pieces, None]:
        if piece is not None and not piece.page_break:
            run.append(piece)
            continue
        text = "".join(one.text for one in run)
        without = _HEADING_TAGS if base.heading else frozenset()
        bold = bool(text.strip()) and all("strong" in one.tags for one in run if one.text.strip())
        yield replace(first, html=joined(run, without=without).strip(), text=text.strip(), bold=bold)
        run, first = [], replace(base, breaks=True, number="", listed=None)


def _ends_section(properties: Element) -> bool:
    section = properties.find(f"{W}sectPr")
    if section is None:
        return False
    kind = section.find(f"{W}type")
    return kind is None or kind.get(f"{W}val") in {"nextPage", "oddPage", "evenPage"}


_CONTAINERS = {f"{W}{name}" for name in ("ins", "moveTo", "customXml", "sdtContent")}
_DELETED = {f"{W}del", f"{W}moveFrom"}
