"""Pieces become parts: joined, told apart from front and back matter, given titles and notes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from lxml.etree import _Element

from talehouse.imports.formats.epub.documents import Document, opening_types
from talehouse.imports.formats.epub.outline import Piece
from talehouse.imports.formats.html.ao3 import is_ao3
from talehouse.imports.formats.html.fanficfare import is_title_page
from talehouse.imports.formats.html.headings import (
    first_heading,
    folded,
    is_bare,
    leading,
    looks_like_chapter,
)
from talehouse.imports.formats.html.matter import (
    TEXT_TYPES,
    Kind,
    is_rights_page,
    kind_by_file,
    kind_by_name,
    kind_by_types,
)
from talehouse.imports.formats.html.tree import HEADINGS, classes_of, is_empty, tag_of, text_of

_SPLIT = re.compile(r"(.*?)[_-]split[_-]?\d+$", re.I)
_GUIDE = {
    "cover": "cover", "title-page": "titlepage", "titlepage": "titlepage", "toc": "toc", "index": "index",
    "copyright-page": "copyright-page", "colophon": "colophon", "bibliography": "bibliography", "loi": "loi",
    "lot": "lot", "dedication": "dedication", "epigraph": "epigraph", "foreword": "foreword",
    "preface": "preface",
    "acknowledgements": "acknowledgements", "notes": "endnotes",
}  # fmt: skip
TITLE_PAGE_WORDS = 60


@dataclass(slots=True)
class Draft:
    """A part in the making: the bodies that it joins, its title and what it is."""

    document: Document
    bodies: list[_Element]
    title: str
    kind: Kind | str
    above: list[str] = field(default_factory=list)
    fragment: str = ""
    documents: list[Document] = field(default_factory=list)
    """The files that it was joined from, after the first."""
    named: bool = False
    """Whether the table of contents gave the title."""


@dataclass(slots=True)
class Book:
    """What is known of the whole book while its parts are told apart."""

    title: str
    authors: list[str]
    has_nav: bool
    sparse_nav: bool = False
    """Whether most files have no entry, so that headings tell the chapters rather than the entries."""
    nav_file: str = ""
    guide: dict[str, str] = field(default_factory=dict)
    landmarks: dict[str, set[str]] = field(default_factory=dict)


def assemble(found: list[Piece], book: Book) -> list[Draft]:
    """Drafts in reading order: every piece is in exactly one of them."""
    drafts: list[Draft] = []
    seen_text = from_ao3 = False
    for piece in found:
        previous = drafts[-1] if drafts else None
        kind = _kind(piece, book, seen_text=seen_text)
        if kind not in {"ao3", "ao3-end", "empty"} and from_ao3:
            kind = "text"
        from_ao3 = from_ao3 or kind == "ao3"
        if previous is not None and _joins(piece, previous, kind, book):
            previous.bodies.append(piece.body)
            previous.documents.append(piece.document)
            continue
        drafts.append(_draft(piece, kind, book))
        seen_text = seen_text or kind == "text"
    return drafts


def _draft(piece: Piece, kind: Kind | str, book: Book) -> Draft:
    entry = piece.entry
    heading = first_heading(piece.body)
    title = entry.title if entry is not None else ""
    named = bool(title)
    first = next(iter(leading(piece.body)), None)
    if not title or (heading and book.sparse_nav and _opens_high(piece.body)):
        title = heading
    elif first is not None and heading and _says_more(text_of(first), title):
        title = text_of(first)
    elif _named_below(piece.body, title, heading):
        title = heading
    if not title and not heading and folded(piece.document.title) not in {"", folded(book.title), "unknown"}:
        title = piece.document.title if kind != "text" or looks_like_chapter(piece.document.title) else ""
    above = list(entry.above) if entry is not None else []
    fragment = entry.fragment if entry is not None and not piece.first else ""
    return Draft(piece.document, [piece.body], title, kind, above, fragment, named=named)


def _says_more(heading: str, title: str) -> bool:
    """Whether a heading is the entry's bare number with the chapter's name behind it."""
    short, long = folded(title), folded(heading)
    bare = bool(
        re.fullmatch(r"\d{1,4}|[ivxlc]{1,8}|(?:chapter|kapitel|chapitre|capítulo|capitolo)\d{1,4}", short)
    )
    return (
        bare and long != short and bool(re.match(re.escape(short) + r"[^\dA-Za-z]", f"{_spaced(heading)} "))
    )


def _named_below(body: _Element, title: str, heading: str) -> bool:
    """Whether the entry is a bare number and the chapter's name stands on the line under it.

    Not where more headings like the second follow, or it opens a box of its own: that is a section.
    """
    short, long = folded(title), folded(heading)
    opening = leading(body)[:2]
    if len(opening) < 2 or not is_bare(title) or long == short or not long.startswith(short):
        return False
    number, name = opening
    tags = [tag_of(element) for element in body.iter(*HEADINGS)]
    once = tags.count(tag_of(name)) <= 1 + (tag_of(number) == tag_of(name))
    return once and number.getparent() is name.getparent() and "fff_chapter" not in classes_of(body)


def _spaced(text: str) -> str:
    """Folded with one space where a word ends, to compare whole words; the number's word joined."""
    words = [folded(word) for word in text.split()]
    words = [word for word in words if word]
    if len(words) > 1 and not words[0].isdigit() and re.fullmatch(r"\d{1,4}", words[1]):
        words[:2] = [words[0] + words[1]]
    return " ".join(words)


def _joins(piece: Piece, previous: Draft, kind: Kind | str, book: Book) -> bool:
    """Whether a piece without an entry of its own belongs to what stands before it."""
    if piece.entry is not None:
        return False
    if previous.kind == "ao3":
        return kind not in {"ao3-end"}
    if kind not in {"text", "empty"}:
        return False
    if is_empty(piece.body):
        return True
    if opening_types(piece.body) & (TEXT_TYPES - {"bodymatter"}):
        return False
    if not piece.first or _same_split(piece.document, previous.document):
        return (
            previous.kind == "text"
            and not (not book.has_nav and first_heading(piece.body))
            or (
                previous.kind != "text"
                and _same_split(piece.document, previous.document)
                and not first_heading(piece.body)
            )
        )
    heading = first_heading(piece.body)
    if looks_like_chapter(heading) or (heading and book.sparse_nav and _opens_high(piece.body)):
        return False
    return book.has_nav and previous.kind == "text" and previous.named


def _opens_high(body: _Element) -> bool:
    """Whether a page opens with one of the two highest headings."""
    return any(tag_of(element) in {"h1", "h2"} for element in leading(body)[:1])


def _same_split(one: Document, other: Document) -> bool:
    first, second = _SPLIT.match(one.stem), _SPLIT.match(other.stem)
    return one is other or (first is not None and second is not None and first.group(1) == second.group(1))


def _kind(piece: Piece, book: Book, *, seen_text: bool) -> Kind | str:
    """What a piece is: by who wrote the book, by its markup, by its name, by what stands in it."""
    body, document = piece.body, piece.document
    if "fff_chapter" in classes_of(body):
        return "text"
    if {"fff_tocpage", "fff_logpage", "fff_coverpage"} & set(classes_of(body)):
        return "publisher"
    if is_title_page(body):
        return "fanficfare"
    if is_ao3(body):
        return "ao3"
    if any(element.get("id") == "afterword" for element in body.iter("div")):
        return "ao3-end"
    if document.name == book.nav_file:
        return "publisher"
    marked = _marked(piece, book)
    if marked is not None:
        return marked
    if is_empty(body):
        return "empty"
    return _by_content(piece, book, seen_text=seen_text)


def _marked(piece: Piece, book: Book) -> Kind | None:
    types = opening_types(piece.body)
    inner = next((child for child in piece.body if tag_of(child) in {"section", "div"}), None)
    if inner is not None:
        types |= opening_types(inner)
    kind = kind_by_types(types)
    if kind is not None or not piece.first:
        return kind
    guided = book.landmarks.get(piece.document.name, set()) | {
        _GUIDE.get(book.guide.get(piece.document.name, ""), "")
    }
    return kind_by_types(guided - TEXT_TYPES)


def _by_content(piece: Piece, book: Book, *, seen_text: bool) -> Kind:
    text = text_of(piece.body)
    words = len(text.split()) if " " in text else len(text) // 2
    name = (piece.entry.title if piece.entry else "") or first_heading(piece.body) or piece.document.title
    kind = kind_by_name(name, words=words)
    if kind == "publisher" and piece.entry is None and folded(name) != folded(first_heading(piece.body)):
        kind = kind if words < TITLE_PAGE_WORDS else None
    heading = first_heading(piece.body)
    if kind == "publisher" and heading and kind_by_name(heading, words=words) is None:
        kind = None
    if kind is None and words < 400 and piece.entry is None:
        kind = kind_by_file(piece.document.stem, words=words)
    if kind is not None:
        return kind
    if is_rights_page(text) or _is_contents(piece.body, text):
        return "publisher"
    if words <= TITLE_PAGE_WORDS and not seen_text and _is_title_page(text, book, piece):
        return "publisher"
    return "text"


def _is_title_page(text: str, book: Book, piece: Piece) -> bool:
    """A short page before the story that names the book and, if it says more, its author."""
    said = folded(text)
    title = folded(book.title.partition(":")[0])
    by = any(folded(author) in said for author in book.authors if folded(author))
    if not title or title not in said:
        return False
    return said in {title, folded(book.title)} or (by and not looks_like_chapter(first_heading(piece.body)))


def _is_contents(body: _Element, text: str) -> bool:
    links = [
        text_of(link) for link in body.iter("a") if link.get("href") and "://" not in link.get("href", "")
    ]
    return len(links) >= 4 and sum(map(len, links)) * 10 >= len(text) * 7


def fallback_title(number: int) -> str:
    """The title of a part that nothing in the file names."""
    return _("Part %(number)d") % {"number": number}
