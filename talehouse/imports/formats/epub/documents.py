"""The documents of a book, each read once: its body with the stylesheets' meaning and its pictures."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from lxml.etree import _Element

from talehouse.imports.formats.epub.book import Book, resolve
from talehouse.imports.formats.html.breaks import mark_breaks
from talehouse.imports.formats.html.clean import remove_machinery
from talehouse.imports.formats.html.css import Stylesheet, apply
from talehouse.imports.formats.html.pictures import Gallery
from talehouse.imports.formats.html.tree import (
    NoTextError,
    body_of,
    decode,
    drop,
    html_root,
    tag_of,
    text_of,
    types_of,
    xhtml_root,
)
from talehouse.imports.found import BadFileError, LeftOut

MAX_TEXT = 64 << 20
"""Bytes of all documents together; the longest serials known have about 30 MB."""


@dataclass(slots=True)
class Document:
    """One file of the reading order: its body and what its head says."""

    name: str
    body: _Element
    title: str = ""
    lang: str = ""
    metas: dict[str, str] = field(default_factory=dict)
    linear: bool = True
    missing: list[LeftOut] = field(default_factory=list)
    """Pictures that could not be taken."""

    @property
    def stem(self) -> str:
        """The file's name without folder and ending."""
        return posixpath.splitext(posixpath.basename(self.name))[0]


@dataclass(slots=True)
class Reader:
    """Reads documents of one book; stylesheets are read once for all that share them."""

    book: Book
    gallery: Gallery
    guessed: list[str] = field(default_factory=list)
    _size: int = 0
    _sheets: dict[tuple[str, ...], Stylesheet] = field(default_factory=dict)

    def read(self, name: str, media_type: str, *, linear: bool = True) -> Document | None:
        """A document, None if its file is missing or holds nothing."""
        data = self.book.read(name)
        if not data or not data.strip():
            return None
        self._size += len(data)
        if self._size > MAX_TEXT:
            raise BadFileError(_("The text of this book is larger than %(mb)d MB.") % {"mb": MAX_TEXT >> 20})
        text, guessed = decode(data)
        if guessed:
            self.guessed.append(name)
        plain = media_type == "text/html" and "<?xml" not in text[:200]
        try:
            root = html_root(text, where=name) if plain else xhtml_root(text, where=name)
        except NoTextError:
            return None
        return self._document(root, name, linear)

    def _document(self, root: _Element, name: str, linear: bool) -> Document:
        body = body_of(root)
        title = root.find(".//head/title")
        metas = {
            meta.get("name", ""): meta.get("content", "") for meta in root.iter("meta") if meta.get("name")
        }
        sheet = self._sheet(root, name)
        detached = root.find(".//head")
        lang = body.get("lang", "") or root.get("lang", "")
        document = Document(name, body, text_of(title) if title is not None else "", lang, metas, linear)
        if detached is not None:
            drop(detached)
        remove_machinery(body)
        if not _is_own(body):
            mark_breaks(body, apply(body, sheet))
        self.gallery.take(body, lambda address: self._picture(name, address))
        document.missing, self.gallery.left_out = self.gallery.left_out, []
        return document

    def _sheet(self, root: _Element, name: str) -> Stylesheet:
        names = [
            resolve(name, link.get("href", ""))[0]
            for link in root.iter("link")
            if "stylesheet" in link.get("rel", "").lower() and "alternate" not in link.get("rel", "").lower()
        ]
        inline = ["".join(str(text) for text in style.itertext()) for style in root.iter("style")]
        key = (*names, "|", *inline)
        if key not in self._sheets:
            sheet = Stylesheet()
            for css in [decode(self.book.read_if_whole(path) or b"")[0] for path in names if path] + inline:
                sheet.add(css)
            self._sheets[key] = sheet
        return self._sheets[key]

    def _picture(self, name: str, address: str) -> bytes | None:
        path = resolve(name, address)[0]
        return self.book.read_if_whole(path) if path else None


def _is_own(body: _Element) -> bool:
    return body.find(".//section[@data-part]") is not None


def opening_types(body: _Element) -> set[str]:
    """The types of the body and of the chain of elements that alone fill it."""
    types = types_of(body)
    at = body
    while True:
        children = [child for child in at if tag_of(child) not in {"a", "br"} or text_of(child)]
        if len(children) != 1 or (at.text or "").strip() or tag_of(children[0]) in {"p", "h1", "h2", "h3"}:
            return types
        at = children[0]
        types |= types_of(at)
