"""Runs of a Word paragraph to HTML: merged, with their stress, links, notes, pictures, breaks and fields."""

from __future__ import annotations

import html
import posixpath
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from talehouse.imports.formats.docx.names import MC, VML, WP, A, M, R, W
from talehouse.imports.formats.docx.package import BrokenPackageError, Element, Package, Relation
from talehouse.imports.formats.docx.styles import Look, Style, Styles, look_of
from talehouse.imports.found import FoundPicture

NOTE = re.compile("\x00(fn|en):([^\x00]*)\x00")
"""A reference to a note, to be numbered when its part is known. XML text cannot hold a NUL."""

_SYMBOLS = {
    0xF04A: "☺",
    0xF04C: "☹",
    0xF0E0: "→",
    0xF0DF: "←",
    0xF0FC: "✓",
    0xF0B7: "•",
    0xF0A7: "▪",
    0xF046: "☞",
}
"""Characters of Wingdings and Symbol that Word's own corrections put into prose."""
_SKIPPED_FIELDS = {"TOC", "PAGE", "NUMPAGES", "PAGEREF", "SECTION", "SECTIONPAGES", "XE", "TC", "RD", "INDEX"}
_SAFE_LINK = ("http://", "https://", "mailto:")
_PICTURE_ENDINGS = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".jfif", ".avif"}
_PICTURE_BUDGET = 250_000_000


@dataclass(slots=True)
class _Field:
    instruction: str = ""
    in_result: bool = False

    @property
    def skipped(self) -> bool:
        return not self.in_result or self.instruction.split(None, 1)[:1] in [
            [name] for name in _SKIPPED_FIELDS
        ]

    @property
    def link(self) -> str:
        match = re.match(r'\s*HYPERLINK\s+"([^"]+)"', self.instruction)
        return match[1] if match and match[1].startswith(_SAFE_LINK) else ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one look: ready HTML inside `tags` (outermost first) and a link. None of it for a page
    break."""

    html: str
    text: str
    tags: tuple[str, ...] = ()
    link: str = ""
    page_break: bool = False


@dataclass(slots=True)
class Document:
    """What all paragraphs share: the package, its styles, pictures found, and what was dropped and how
    often."""

    package: Package
    styles: Styles
    pictures: dict[str, FoundPicture] = field(default_factory=dict)
    dropped: Counter[str] = field(default_factory=Counter)
    fields: list[_Field] = field(default_factory=list)
    picture_bytes: int = 0


@dataclass(slots=True)
class Inline:
    """Reads the runs of one paragraph after another of one part of the package."""

    document: Document
    relations: dict[str, Relation]
    boxes: list[Element] = field(default_factory=list)
    _pieces: list[Piece] = field(default_factory=list)
    _base: Look = field(default_factory=Look)
    _style: Style = field(default_factory=lambda: Style("", Look()))
    _links: list[str] = field(default_factory=list)

    def read(self, paragraph: Element, style: Style) -> list[Piece]:
        """The pieces of `paragraph`; text boxes in it are left in `boxes`."""
        self._pieces, self._style, self.boxes = [], style, []
        self._walk(paragraph, 0)
        return self._pieces

    def _walk(self, parent: Element, depth: int) -> None:
        if depth > 60:
            return
        for child in parent:
            handler = _HANDLERS.get(child.tag) if isinstance(child.tag, str) else None
            if handler is not None:
                handler(self, child, depth + 1)

    def _run(self, run: Element, depth: int) -> None:
        properties = run.find(f"{W}rPr")
        tags = self._tags(properties)
        if tags is None:
            self.document.dropped["hidden"] += 1
            return
        for child in run:
            self._run_child(child, tags, depth)

    def _run_child(self, child: Element, tags: tuple[str, ...], depth: int) -> None:
        tag = child.tag
        if tag == f"{W}t":
            self._text(child.text or "", tags)
        elif tag in _CHARACTERS:
            self._text(_CHARACTERS[tag], tags)
        elif tag == f"{W}br":
            self._break(child.get(f"{W}type", "textWrapping"), tags)
        elif tag == f"{W}sym":
            self._text(_symbol(child), tags)
        elif tag in {f"{W}footnoteReference", f"{W}endnoteReference"}:
            self._note("fn" if "footnote" in tag else "en", child.get(f"{W}id", ""))
        elif tag == f"{W}fldChar":
            self._field(child.get(f"{W}fldCharType", ""))
        elif tag == f"{W}instrText" and self.document.fields:
            self.document.fields[-1].instruction += child.text or ""
        elif tag == f"{W}commentReference":
            self.document.dropped["comments"] += 1
        elif tag in {f"{W}drawing", f"{W}pict", f"{W}object"}:
            self._drawing(child)
        elif tag == f"{W}ruby":
            self._ruby(child, tags)
        elif tag == f"{MC}AlternateContent":
            self._alternate(child, depth, in_run=tags)

    def _tags(self, properties: Element | None) -> tuple[str, ...] | None:
        """The elements around a run's text, outermost first; None for hidden text."""
        look = Look() if properties is None else look_of(properties)
        style_name = None if properties is None else properties.find(f"{W}rStyle")
        character = (
            self.document.styles.get(style_name.get(f"{W}val")).look if style_name is not None else Look()
        )
        if self._toggled("vanish", look, character):
            return None
        underline = next(
            (
                one
                for one in (look.underline, character.underline, self._style.look.underline)
                if one is not None
            ),
            False,
        )
        raised = next(
            (one for one in (look.raised, character.raised, self._style.look.raised) if one is not None), ""
        )
        linked = style_name is not None and "hyperlink" in style_name.get(f"{W}val", "").lower()
        tags = [tag for name, tag in _TOGGLE_TAGS if self._toggled(name, look, character)]
        if underline and not linked and not self._links:
            tags.append("u")
        if raised:
            tags.append(raised)
        return tuple(dict.fromkeys(tags))

    def _toggled(self, name: str, look: Look, character: Look) -> bool:
        if name in look.toggles:
            return look.toggles[name]
        by_style = self._style.look.toggles.get(name, False) != character.toggles.get(name, False)
        return by_style or self.document.styles.defaults.toggles.get(name, False)

    def _text(self, text: str, tags: tuple[str, ...]) -> None:
        if any(one.skipped for one in self.document.fields):
            return
        text = text.replace("\u00ad", "").replace("\u2028", "\n")
        self._add(Piece(html.escape(text, quote=False).replace("\n", "<br>"), text, tags, self._link()))

    def _link(self) -> str:
        if self._links:
            return self._links[-1]
        return next((one.link for one in reversed(self.document.fields) if one.link), "")

    def _add(self, piece: Piece) -> None:
        last = self._pieces[-1] if self._pieces else None
        if (
            last
            and (last.tags, last.link) == (piece.tags, piece.link)
            and not (last.page_break or piece.page_break)
        ):
            self._pieces[-1] = Piece(last.html + piece.html, last.text + piece.text, piece.tags, piece.link)
        else:
            self._pieces.append(piece)

    def _break(self, kind: str, tags: tuple[str, ...]) -> None:
        if kind == "page":
            self._add(Piece("", "", page_break=True))
        elif kind != "column":
            self._text("\n", tags)

    def _note(self, kind: str, identifier: str) -> None:
        if not any(one.skipped for one in self.document.fields):
            self._pieces.append(Piece(f"\x00{kind}:{identifier}\x00", ""))

    def _field(self, kind: str) -> None:
        fields = self.document.fields
        if kind == "begin":
            fields.append(_Field())
        elif kind == "separate" and fields:
            fields[-1].in_result = True
        elif kind == "end" and fields:
            ended = fields.pop()
            if ended.instruction.split(None, 1)[:1] == ["TOC"]:
                self.document.dropped["contents"] += 1

    def _simple_field(self, element: Element, depth: int) -> None:
        self.document.fields.append(_Field(element.get(f"{W}instr", ""), in_result=True))
        self._walk(element, depth)
        self.document.fields.pop()

    def _hyperlink(self, element: Element, depth: int) -> None:
        relation = self.relations.get(element.get(f"{R}id", ""))
        address = (
            relation.target
            if relation and relation.external and relation.target.startswith(_SAFE_LINK)
            else ""
        )
        self._links.append(address)
        self._walk(element, depth)
        self._links.pop()

    def _deleted(self, _element: Element, _depth: int) -> None:
        self.document.dropped["deletions"] += 1

    def _alternate(self, element: Element, depth: int, in_run: tuple[str, ...] | None = None) -> None:
        """The first choice that holds something we read, else the fallback: never both."""
        for branch in element:
            if branch.tag in {f"{MC}Choice", f"{MC}Fallback"} and len(branch):
                if in_run is None:
                    self._walk(branch, depth)
                else:
                    for child in branch:
                        self._run_child(child, in_run, depth)
                return

    def _math(self, element: Element, _depth: int) -> None:
        self._text("".join(one.text or "" for one in element.iter(f"{M}t")), ())

    def _ruby(self, element: Element, tags: tuple[str, ...]) -> None:
        base, above = (
            "".join(one.text or "" for part in element.iterfind(f"{W}{name}") for one in part.iter(f"{W}t"))
            for name in ("rubyBase", "rt")
        )
        shown = f"<ruby>{html.escape(base, quote=False)}<rt>{html.escape(above, quote=False)}</rt></ruby>"
        self._add(Piece(shown, base, tags, self._link()))

    def _drawing(self, element: Element) -> None:
        boxes = list(element.iter(f"{W}txbxContent"))
        self.boxes += boxes
        alt = next((one.get("descr") or "" for one in element.iter(f"{WP}docPr")), "")
        for blip in element.iter(f"{A}blip", f"{VML}imagedata"):
            identifier = blip.get(f"{R}embed") or blip.get(f"{R}id") or ""
            self._picture(self.relations.get(identifier), alt)

    def _picture(self, relation: Relation | None, alt: str) -> None:
        if relation is None or relation.external:
            self.document.dropped["linked pictures"] += 1
            return
        key = posixpath.basename(relation.target)
        if key not in self.document.pictures and not self._load(relation.target, key, alt):
            return
        shown = f'<img src="picture:{html.escape(key)}" alt="{html.escape(alt)}">'
        self._pieces.append(Piece(shown, ""))

    def _load(self, path: str, key: str, alt: str) -> bool:
        if posixpath.splitext(key)[1].lower() not in _PICTURE_ENDINGS:
            self.document.dropped["drawings"] += 1
            return False
        try:
            data = self.document.package.read(path)
        except BrokenPackageError:
            self.document.dropped["missing pictures"] += 1
            return False
        self.document.picture_bytes += len(data)
        if self.document.picture_bytes > _PICTURE_BUDGET:
            self.document.dropped["too many pictures"] += 1
            return False
        self.document.pictures[key] = FoundPicture(data, alt)
        return True


def joined(pieces: list[Piece], *, without: frozenset[str] = frozenset()) -> str:
    """The HTML of pieces in a row; `without` names tags to leave out (a heading is bold by itself)."""
    shown = ""
    for piece in pieces:
        tags = [tag for tag in piece.tags if tag not in without] if piece.text.strip() else []
        inner = (
            "".join(_OPENING[tag] for tag in tags)
            + piece.html
            + "".join(_CLOSING[tag] for tag in reversed(tags))
        )
        shown += f'<a href="{html.escape(piece.link)}">{inner}</a>' if piece.link else inner
    return shown


def _symbol(element: Element) -> str:
    """`w:sym`: a character of a symbol font, moved by Word into the private area."""
    try:
        code = int(element.get(f"{W}char", ""), 16)
    except ValueError:
        return ""
    if 0xF000 <= code <= 0xF0FF:
        font = element.get(f"{W}font", "")
        if code in _SYMBOLS:
            return _SYMBOLS[code]
        return "" if "dings" in font or font == "Symbol" else chr(code - 0xF000)
    return chr(code) if 0x20 <= code < 0xD800 else ""


_TOGGLE_TAGS = (("b", "strong"), ("i", "em"), ("strike", "s"), ("dstrike", "s"), ("smallCaps", "small-caps"))
_OPENING = {tag: f"<{tag}>" for tag in ("strong", "em", "s", "u", "sup", "sub")} | {
    "small-caps": '<span style="font-variant:small-caps">'
}
_CLOSING = {tag: f"</{tag}>" for tag in ("strong", "em", "s", "u", "sup", "sub")} | {"small-caps": "</span>"}
_CHARACTERS = {f"{W}tab": "\t", f"{W}ptab": "\t", f"{W}cr": "\n", f"{W}noBreakHyphen": "\u2011"}
_Handler = Callable[[Inline, Element, int], None]
_HANDLERS: dict[str, _Handler] = {
    f"{W}r": Inline._run,
    f"{W}hyperlink": Inline._hyperlink,
    f"{W}fldSimple": Inline._simple_field,
    f"{W}del": Inline._deleted,
    f"{W}moveFrom": Inline._deleted,
    f"{MC}AlternateContent": Inline._alternate,
    f"{M}oMath": Inline._math,
    f"{M}oMathPara": Inline._math,
    **{
        f"{W}{name}": Inline._walk
        for name in ("ins", "moveTo", "smartTag", "sdt", "sdtContent", "customXml", "dir", "bdo")
    },
}
