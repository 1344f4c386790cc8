"""The package document: what the book says about itself, its files and their order."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from lxml.etree import _Element

from talehouse.imports.formats.epub.book import Book, resolve
from talehouse.imports.formats.html.tree import text_of, xml_root
from talehouse.imports.found import BadFileError

MAX_SPINE = 20_000
_HTML_TYPES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml", "text/x-oeb1-document")
_HTML_NAMES = (".xhtml", ".html", ".htm", ".xml")


@dataclass(frozen=True, slots=True)
class Item:
    """A file of the manifest: its name in the container and what it is."""

    id: str
    name: str
    media_type: str
    properties: frozenset[str]

    @property
    def is_text(self) -> bool:
        """Whether it is a document that can be read."""
        return self.media_type in _HTML_TYPES or self.name.lower().endswith(_HTML_NAMES[:3])


@dataclass(frozen=True, slots=True)
class Meta:
    """One statement about the book, EPUB 2 (`name`, `content`) and 3 (`property`, text) alike."""

    name: str
    value: str
    id: str
    refines: str


@dataclass(slots=True)
class Package:
    """The package document, read leniently."""

    name: str
    version: str = "2.0"
    unique_id: str = ""
    items: dict[str, Item] = field(default_factory=dict)
    spine: list[tuple[Item, bool]] = field(default_factory=list)
    """Documents in reading order; the flag says whether one meets them in it (`linear`)."""
    guide: dict[str, str] = field(default_factory=dict)
    """File → type of the EPUB 2 guide."""
    toc_id: str = ""
    metas: list[Meta] = field(default_factory=list)
    dublin: list[tuple[str, _Element, str]] = field(default_factory=list)
    """Dublin Core elements in order: local name, element, text."""

    def dc(self, name: str) -> list[str]:
        """The non-empty texts of one Dublin Core element."""
        return [text for local, _element, text in self.dublin if local == name and text]

    def values(self, *names: str) -> list[str]:
        """The values of the metas with one of these names, those about the whole book only."""
        return [meta.value for meta in self.metas if meta.name in names and not meta.refines and meta.value]

    def refined(self, element_id: str, name: str) -> list[str]:
        """What metas say about one element."""
        if not element_id:
            return []
        return [meta.value for meta in self.metas if meta.refines == element_id and meta.name == name]


def read_package(book: Book) -> Package:
    """Find and read the package document. Raises BadFileError when there is none or no text in it."""
    name = _package_name(book)
    data = book.read(name) if name else None
    if not data:
        raise BadFileError(
            _("This is not an EPUB: the list of its contents (its OPF file) is missing or empty.")
        )
    root = xml_root(data, where=name)
    package = Package(name, version=root.get("version", "2.0"), unique_id=root.get("unique-identifier", ""))
    for element in root.iter():
        if isinstance(element.tag, str):
            _take(package, book, element)
    _read_spine(package, book, root)
    return package


def _package_name(book: Book) -> str:
    container = book.read("META-INF/container.xml")
    if container:
        for element in _elements(xml_root(container, where="container.xml"), "rootfile"):
            if found := book.find(element.get("full-path", "")):
                return found
    return next((name for name in book.names() if name.lower().endswith(".opf")), "")


def local(element: _Element) -> str:
    """The name of an element without namespace or prefix, in lower case."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2].lower()


def attribute(element: _Element, name: str) -> str:
    """An attribute by its local name, whatever its namespace."""
    return next(
        (str(value) for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name), ""
    )


def _elements(root: _Element, name: str) -> Iterator[_Element]:
    return (element for element in root.iter() if isinstance(element.tag, str) and local(element) == name)


_DC = frozenset(
    "title creator contributor subject description publisher date identifier source language rights".split()
)


def _take(package: Package, book: Book, element: _Element) -> None:
    name = local(element)
    if name == "item":
        _take_item(package, book, element)
    elif name == "meta":
        _take_meta(package, element)
    elif name == "reference":
        path, _fragment = resolve(package.name, element.get("href", ""))
        if found := book.find(path):
            package.guide.setdefault(found, element.get("type", "").lower())
    elif name in _DC and "metadata" in {local(parent) for parent in element.iterancestors()}:
        package.dublin.append((name, element, text_of(element)))


def _take_item(package: Package, book: Book, element: _Element) -> None:
    path, _fragment = resolve(package.name, element.get("href", ""))
    found = book.find(path) or book.find(posixpath.basename(path))
    identifier = element.get("id", "")
    if not identifier or identifier in package.items:
        return
    package.items[identifier] = Item(
        identifier,
        found or path,
        element.get("media-type", "").lower(),
        frozenset(element.get("properties", "").split()),
    )


def _take_meta(package: Package, element: _Element) -> None:
    name = element.get("property") or element.get("name") or ""
    raw = "".join(str(text) for text in element.itertext()).strip()
    value = raw if element.get("property") else element.get("content", "") or raw
    package.metas.append(
        Meta(name, value, element.get("id", ""), element.get("refines", "").removeprefix("#"))
    )


def _read_spine(package: Package, book: Book, root: _Element) -> None:
    for spine in _elements(root, "spine"):
        package.toc_id = package.toc_id or spine.get("toc", "")
    seen: set[str] = set()
    for reference in _elements(root, "itemref"):
        item = package.items.get(reference.get("idref", ""))
        if item is not None and item.name not in seen and item.is_text and len(seen) < MAX_SPINE:
            seen.add(item.name)
            package.spine.append((item, reference.get("linear", "yes").lower() != "no"))
    if not package.spine:
        package.spine = [
            (item, True) for item in package.items.values() if item.is_text and "nav" not in item.properties
        ]
    if not package.spine:
        raise BadFileError(_("This EPUB names no text to read: the order of its chapters is missing."))
