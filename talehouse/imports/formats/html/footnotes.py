"""Footnotes: wherever a file keeps them, each goes to the end of the part that refers to it.

A reference is a link marked as one (`noteref`), or a link to a place that links back to it, or a link
with a number or mark as its text to a place inside notes. Addresses are `file#id`; for one file, `#id`.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice

from lxml import etree
from lxml.etree import _Element

from talehouse.imports.formats.html.matter import NOTES_TYPES
from talehouse.imports.formats.html.tree import (
    BLOCK,
    HEADINGS,
    drop,
    is_empty,
    short_text,
    tag_of,
    text_of,
    types_of,
)

Resolve = Callable[[str], str]
"""From a link as written in one document to an address `file#id`; empty for anything outside."""

NOTE_TYPES = frozenset("footnote endnote rearnote note annotation".split())
MAX_NOTES = 20_000
_MARK = re.compile(
    r"[\[(]?\s*(?:\d{1,5}|[ivxl]{1,6}|[a-z]|[*†‡§¶✝]{1,4}|fn\s*\d{1,5}|注\s*\d{0,4})\s*[\])]?[.:]?", re.I
)
_BACK_TEXT = re.compile(
    r"[\s↩↑⤴^⏎←︎️]*|back|return|\[?back\]?|[\[(]?\s*[\dA-Za-z*†‡§]{1,5}\s*[\])]?[.:]?", re.I
)


@dataclass(slots=True)
class Notes:
    """All notes of a file: by address, with the links that point at them."""

    blocks: dict[str, _Element] = field(default_factory=dict)
    taken: dict[_Element, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Page:
    """A document as the notes see it: its body, the name of its file, and how its links resolve."""

    body: _Element
    name: str
    resolve: Resolve
    is_notes: bool = False


@dataclass(slots=True)
class _Links:
    targets: dict[str, _Element]
    order: dict[_Element, int]
    links: list[tuple[_Element, str, str]]
    """Each link, the address that it points to, and its own address if it (or its parent) has an id."""


def find_notes(pages: list[Page]) -> Notes:
    """Find references and their notes; mark references, take the notes out of the text."""
    links = _collect(pages)
    inside = {page.body for page in pages if page.is_notes}
    pointed = {own: to for _link, to, own in links.links if own}
    notes = Notes()
    references: list[tuple[_Element, str]] = []
    for link, to, own in links.links:
        target = links.targets.get(to)
        if target is None or len(references) >= MAX_NOTES:
            continue
        back = _points_back(target, own, to, links, pointed)
        after = links.order[target] > links.order[link]
        if _is_reference(link, target, back=back and after, inside=inside):
            references.append((link, to))
    blocks = {to: _note_block(links.targets[to], link) for link, to in references}
    for link, to in references:
        block = blocks[to]
        if block is None or any(parent is block for parent in link.iterancestors()):
            continue
        notes.blocks[to] = block
        notes.taken.setdefault(block, to)
        link.set("data-note", notes.taken[block])
    _gather(notes, set(notes.taken))
    return notes


def _collect(pages: list[Page]) -> _Links:
    targets: dict[str, _Element] = {}
    order: dict[_Element, int] = {}
    links: list[tuple[_Element, str, str]] = []
    for page in pages:
        for element in page.body.iter():
            order[element] = len(order)
            for name in (element.get("id"), element.get("name") if tag_of(element) == "a" else None):
                if name:
                    targets.setdefault(f"{page.name}#{name}", element)
            href = element.get("href", "") if tag_of(element) == "a" else ""
            if href and "#" in (to := page.resolve(href)):
                links.append((element, to, _own_address(element, page.name)))
    return _Links(targets, order, links)


def _own_address(link: _Element, name: str) -> str:
    for element in (link, link.getparent(), *link.iterchildren()):
        if element is not None and (own := element.get("id") or element.get("name")):
            return f"{name}#{own}"
    return ""


def _points_back(target: _Element, own: str, to: str, links: _Links, pointed: dict[str, str]) -> bool:
    """Whether the target, or a link in its block, links to the reference."""
    if not own:
        return False
    if pointed.get(to) == own:
        return True
    block = _block(target)
    if block is None:
        return False
    suffix = own.rpartition("#")[2]
    return any(link.get("href", "").rpartition("#")[2] == suffix for link in islice(block.iter("a"), 50))


def _is_reference(link: _Element, target: _Element, *, back: bool, inside: set[_Element]) -> bool:
    if "backlink" in types_of(link) or any(types_of(parent) & NOTE_TYPES for parent in link.iterancestors()):
        return False
    if types_of(link) & {"noteref", "annoref"}:
        return True
    mark = short_text(link, 12)
    if not mark or not _MARK.fullmatch(mark):
        return False
    parents = [target, *target.iterancestors()]
    if any(types_of(parent) & (NOTE_TYPES | NOTES_TYPES) for parent in parents) or (set(parents) & inside):
        return not (set(link.iterancestors()) & inside)
    return back


def _block(element: _Element) -> _Element | None:
    """The note that an address stands for: the nearest list item, aside or paragraph around it."""
    for candidate in (element, *element.iterancestors()):
        if tag_of(candidate) in {"body", "html", "section", "ol", "ul", "dl"}:
            return None
        if tag_of(candidate) in BLOCK:
            inner = candidate.getparent()
            if tag_of(candidate) == "p" and inner is not None and _only_note_in(inner, candidate):
                return inner
            return candidate
    return None


def _only_note_in(parent: _Element, paragraph: _Element) -> bool:
    """Whether a paragraph is the first of an item or aside that holds one note of several paragraphs."""
    if tag_of(parent) not in {"li", "aside", "dd", "div"} or parent.find("p") is not paragraph:
        return False
    marks = [link for link in parent.iter("a") if (link.get("id") or link.get("name")) and link.get("href")]
    return len(marks) <= 1 and not any(tag_of(child) in HEADINGS for child in parent)


def _note_block(target: _Element, link: _Element) -> _Element | None:
    block = _block(target)
    if block is not None and any(parent is block for parent in link.iterancestors()):
        return None
    if block is not None and tag_of(block) == "dt" and (description := block.getnext()) is not None:
        return description
    return block


def _gather(notes: Notes, blocks: set[_Element]) -> None:
    """Take notes out of the text; what a note of several paragraphs continues with goes along."""
    for block in list(notes.taken):
        following = block.getnext()
        if tag_of(block) == "p":
            while following is not None and _continues(following, blocks):
                after = following.getnext()
                block.append(following)
                following = after
    for block in notes.taken:
        parent = block.getparent()
        drop(block)
        _clear_away(parent)


def _continues(element: _Element, blocks: set[_Element]) -> bool:
    """A paragraph between two notes belongs to the first one if notes stand on both sides of it."""
    if (
        tag_of(element) != "p"
        or element in blocks
        or element.get("id")
        or element.find(".//a[@id]") is not None
    ):
        return False
    return any(sibling in blocks for sibling in element.itersiblings())


def _clear_away(parent: _Element | None) -> None:
    """Drop what only held notes: the list, its heading, its section."""
    while parent is not None and tag_of(parent) not in {"body", "html"}:
        rest = [
            child for child in parent if tag_of(child) not in HEADINGS | {"hr", "br"} and not is_empty(child)
        ]
        if rest or (parent.text or "").strip() or any((child.tail or "").strip() for child in parent):
            return
        if tag_of(parent) in HEADINGS or len(parent) and not _holds_notes(parent):
            return
        above = parent.getparent()
        drop(parent)
        parent = above


def _holds_notes(parent: _Element) -> bool:
    if tag_of(parent) in {"ol", "ul", "dl"} or types_of(parent) & NOTES_TYPES:
        return True
    words = f"{parent.get('class', '')} {parent.get('id', '')} {parent.get('style', '')}".lower()
    return "note" in words or "fn" in words


def put_notes(body: _Element, notes: Notes) -> None:
    """Number the references of one part and set their notes at its end as a list."""
    section: _Element | None = None
    numbers: dict[str, int] = {}
    listed = etree.Element("ol")
    for link in list(body.iter("a")):
        address = link.attrib.pop("data-note", "")
        block = notes.blocks.get(address)
        if block is None or not _may_copy(block, address, notes):
            continue
        first = address not in numbers
        number = numbers.setdefault(address, len(numbers) + 1)
        link.attrib.clear()
        link.set("href", f"#fn-{number}")
        link.set("class", "fn")
        if first:
            link.set("id", f"fnref-{number}")
            listed.append(_item(block, number))
            section = listed
    if section is not None:
        holder = etree.SubElement(body, "section", {"class": "footnotes"})
        holder.append(listed)
    notes.used.update(numbers)


def _may_copy(block: _Element, address: str, notes: Notes) -> bool:
    """A note may stand in every part that refers to it, unless copies of it would swell the book."""
    return address not in notes.used or bool(short_text(block, 5_000))


def _item(block: _Element, number: int) -> _Element:
    item = copy.deepcopy(block)
    item.tail = None
    inner = [child for child in item if tag_of(child) == "p"]
    if tag_of(item) == "p":
        paragraph = item
        item = etree.Element("li")
        nested = [child for child in paragraph if tag_of(child) == "p"]
        item.append(paragraph)
        for child in nested:
            child.tail = None
            item.append(child)
        inner = [paragraph]
    item.tag = "li"
    item.attrib.clear()
    item.set("id", f"fn-{number}")
    _strip_back_links(item)
    if inner:
        _strip_number(inner[0])
    else:
        _strip_number(item)
    return item


def _strip_back_links(item: _Element) -> None:
    for link in list(item.iter("a")):
        href = link.get("href", "")
        marked = "backlink" in types_of(link)
        if marked or (("#" in href or not href) and _BACK_TEXT.fullmatch(text_of(link))):
            parent = link.getparent()
            drop(link)
            if parent is not None and tag_of(parent) in {"sup", "p", "span"} and is_empty(parent):
                drop(parent)
    for paragraph in item.iter("p"):
        last = paragraph[-1] if len(paragraph) else None
        if last is not None and last.tail:
            last.tail = last.tail.rstrip()
        elif last is None and paragraph.text:
            paragraph.text = paragraph.text.rstrip()


def _strip_number(element: _Element) -> None:
    """The number that a note repeats before its text: the list gives it one."""
    if element.text:
        element.text = re.sub(
            r"^\s*(?:[\[(]\s*[\])]|[.:)\]])\s+|^\s*\[\d{1,5}\]\s*", "", element.text
        ).lstrip()
    elif len(element) and element[0].text and not element[0].get("href"):
        element[0].text = element[0].text.lstrip()
