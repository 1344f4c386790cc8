"""The book's own table of contents: EPUB 3's navigation document, else EPUB 2's NCX."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml.etree import _Element

from talehouse.imports.formats.epub.book import Book, resolve
from talehouse.imports.formats.epub.package import Package, local
from talehouse.imports.formats.html.headings import MAX_TITLE
from talehouse.imports.formats.html.tree import (
    HostileFileError,
    decode,
    tag_of,
    text_of,
    types_of,
    xhtml_root,
    xml_root,
)
from talehouse.imports.found import BadFileError

MAX_POINTS = 50_000


@dataclass(slots=True)
class Point:
    """An entry: its title, where it leads, how deep it stands, and the entries under it."""

    title: str
    file: str
    fragment: str
    depth: int
    children: list[Point] = field(default_factory=list)


@dataclass(slots=True)
class Navigation:
    """Entries in order (as a tree), the landmarks (file → types), and the file it was read from."""

    points: list[Point] = field(default_factory=list)
    landmarks: dict[str, set[str]] = field(default_factory=dict)
    file: str = ""


def read_navigation(book: Book, package: Package) -> Navigation:
    """The navigation; empty where a book has none that can be read."""
    for item in package.items.values():
        if "nav" in item.properties and (data := book.read(item.name)):
            found = _read_nav(book, item.name, data)
            if found is not None and found.points:
                return found
    ncx = package.items.get(package.toc_id)
    names = [ncx.name] if ncx else []
    names += [item.name for item in package.items.values() if "ncx" in item.media_type]
    names += [name for name in book.names() if name.lower().endswith(".ncx")]
    for name in dict.fromkeys(names):
        if (data := book.read(name)) and (found := _read_ncx(book, name, data)).points:
            return found
    return Navigation()


def _read_nav(book: Book, name: str, data: bytes) -> Navigation | None:
    try:
        root = xhtml_root(decode(data)[0], where=name)
    except BadFileError:
        return None
    result = Navigation(file=name)
    navs = list(root.iter("nav"))
    for nav in navs:
        types = types_of(nav)
        listing = nav.find(".//ol") if nav.find(".//ol") is not None else nav.find(".//ul")
        if listing is None:
            continue
        if "landmarks" in types:
            _landmarks(book, name, listing, result)
        elif ("toc" in types or len(navs) == 1) and not result.points:
            result.points = _list_points(book, name, listing, 0)
    return result


def _list_points(book: Book, base: str, listing: _Element, depth: int) -> list[Point]:
    points: list[Point] = []
    for item in listing:
        if tag_of(item) != "li" or depth > 12:
            continue
        label = next((child for child in item.iter("a", "span") if _belongs(child, item)), None)
        nested = next((child for child in item if tag_of(child) in {"ol", "ul"}), None)
        children = _list_points(book, base, nested, depth + 1) if nested is not None else []
        if label is None:
            points += children
            continue
        points.append(_point(book, base, label.get("href", ""), text_of(label), depth, children))
    return points


def _belongs(label: _Element, item: _Element) -> bool:
    return next((parent for parent in label.iterancestors() if tag_of(parent) == "li"), None) is item


def _point(book: Book, base: str, href: str, title: str, depth: int, children: list[Point]) -> Point:
    path, fragment = resolve(base, href) if href else ("", "")
    return Point(title[:MAX_TITLE], book.find(path) if path else "", fragment, depth, children)


def _landmarks(book: Book, base: str, listing: _Element, result: Navigation) -> None:
    for link in listing.iter("a"):
        path, _fragment = resolve(base, link.get("href", ""))
        if path and (found := book.find(path)):
            result.landmarks.setdefault(found, set()).update(types_of(link))


def _read_ncx(book: Book, name: str, data: bytes) -> Navigation:
    try:
        root = xml_root(data, where=name)
    except HostileFileError:
        raise
    except BadFileError:
        return Navigation()
    top = next(
        (element for element in root.iter() if isinstance(element.tag, str) and local(element) == "navmap"),
        root,
    )
    return Navigation(points=_ncx_points(book, name, top, 0), file=name)


def _ncx_points(book: Book, base: str, parent: _Element, depth: int) -> list[Point]:
    points: list[Point] = []
    for element in parent:
        if local(element) != "navpoint" or depth > 12:
            continue
        parts = {local(child): child for child in reversed(list(element))}
        label, content = parts.get("navlabel"), parts.get("content")
        href = content.get("src", "") if content is not None else ""
        children = _ncx_points(book, base, element, depth + 1)
        points.append(_point(book, base, href, text_of(label) if label is not None else "", depth, children))
    return points
