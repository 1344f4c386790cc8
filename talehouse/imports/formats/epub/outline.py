"""From the table of contents to places where parts begin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml.etree import _Element

from talehouse.imports.formats.epub.documents import Document
from talehouse.imports.formats.epub.navigation import Point
from talehouse.imports.formats.html.headings import (
    is_bare,
    is_ordinal,
    looks_like_chapter,
    looks_like_divider,
)
from talehouse.imports.formats.html.matter import kind_by_name
from talehouse.imports.formats.html.splitting import split_at
from talehouse.imports.formats.html.tree import is_empty, tag_of


@dataclass(slots=True)
class Entry:
    """A place where a part begins, with the names of the larger parts that begin right there."""

    title: str
    file: str
    fragment: str
    above: list[str] = field(default_factory=list)
    has_children: bool = False


@dataclass(slots=True)
class Piece:
    """A stretch of one document: a part, or something that belongs to one."""

    document: Document
    body: _Element
    entry: Entry | None = None
    first: bool = True
    """Whether it opens its document."""


def entries(points: list[Point]) -> list[Entry]:
    """The entries that begin a part. Sections within one chapter do not; names without a place become
    part of the name of what follows them."""
    found: list[Entry] = []
    above: list[str] = []
    for point, keep in _walk(points):
        if not keep:
            continue
        if not point.file:
            if point.children:
                above.append(point.title)
            continue
        found.append(Entry(point.title, point.file, point.fragment, above, bool(point.children)))
        above = []
    return found


def _walk(points: list[Point]) -> Iterator[tuple[Point, bool]]:
    one_file_each = len(points) > 1 and len({point.file for point in points}) == len(points)
    for point in points:
        yield point, True
        if point.children and not (
            _are_sections(point, one_file_each=one_file_each)
            or (one_file_each and _are_numbers(point) and _stand_alone(points))
        ):
            yield from _walk(point.children)


def _are_sections(point: Point, *, one_file_each: bool) -> bool:
    """Whether the entries under a chapter are sections of it: all in its file, not chapters by name."""
    children = point.children
    if any(child.file != point.file or not child.fragment for child in children):
        return False
    if any(looks_like_chapter(child.title) for child in children) or looks_like_divider(point.title):
        return False
    return looks_like_chapter(point.title) or one_file_each


def _are_numbers(point: Point) -> bool:
    """Whether the entries under a story are only the numbers of its sections, all in its file."""
    inside = all(
        child.file == point.file and child.fragment and not child.children for child in point.children
    )
    return inside and all(is_ordinal(child.title) for child in point.children) and not is_bare(point.title)


def _stand_alone(points: list[Point]) -> bool:
    """Whether most entries of this level are stories by themselves, as in a collection.

    In a novel of some parts, each with its numbered chapters, hardly any is.
    """
    stories = [point for point in points if kind_by_name(point.title, words=0) is None]
    return sum(not point.children for point in stories) * 2 > len(stories)


def pieces(documents: list[Document], outline: list[Entry]) -> tuple[list[Piece], list[str]]:
    """Every document cut at its entries, in reading order; and the titles whose place is not in the text."""
    by_file: dict[str, list[Entry]] = {}
    for entry in outline:
        by_file.setdefault(entry.file, []).append(entry)
    found: list[Piece] = []
    names = {document.name for document in documents}
    lost = [entry.title for entry in outline if entry.file not in names]
    for document in documents:
        found += _cut(document, by_file.get(document.name, []), lost)
    return found, lost


def _cut(document: Document, wanted: list[Entry], lost: list[str]) -> list[Piece]:
    whole, placed = _place(document, wanted, lost)
    targets = [target for target, _entry in placed]
    bodies = split_at(document.body, targets)
    found = [Piece(document, bodies[0], whole)]
    found += [
        Piece(document, body, entry, first=False)
        for body, (_target, entry) in zip(bodies[1:], placed, strict=True)
    ]
    if len(found) > 1 and is_empty(found[0].body):
        if whole is not None and found[1].entry is not None and whole.title != found[1].entry.title:
            found[1].entry.above = [*whole.above, whole.title, *found[1].entry.above]
        found[1].first = True
        found.pop(0)
    return found


def _place(
    document: Document, wanted: list[Entry], lost: list[str]
) -> tuple[Entry | None, list[tuple[_Element, Entry]]]:
    """The entry of the whole file, and the others with their elements in document order.

    Where several begin at one element, the last (the innermost) names it and the others stand above it.
    """
    names = {entry.fragment for entry in wanted if entry.fragment}
    places: dict[str, tuple[int, _Element]] = {}
    if names:
        for index, element in enumerate(document.body.iter()):
            for name in (element.get("id"), element.get("name") if tag_of(element) == "a" else None):
                if name in names and name is not None:
                    places.setdefault(name, (index, element))
    whole: Entry | None = None
    by_place: dict[int, tuple[_Element, Entry]] = {}
    for entry in wanted:
        if not entry.fragment or places.get(entry.fragment, (0,))[0] == 0 and entry.fragment in places:
            whole = _inner(whole, entry)
        elif entry.fragment in places:
            index, element = places[entry.fragment]
            before = by_place.get(index)
            by_place[index] = (element, _inner(before[1] if before else None, entry) or entry)
        else:
            lost.append(entry.title)
    if whole is None and wanted and wanted[0].fragment and wanted[0].fragment not in places:
        whole = wanted[0]
    return whole, [by_place[index] for index in sorted(by_place)]


def _inner(outer: Entry | None, inner: Entry) -> Entry:
    if outer is not None and outer.has_children and outer.title != inner.title:
        inner.above = [*outer.above, outer.title, *inner.above]
    elif outer is not None and not outer.has_children:
        return outer
    return inner
