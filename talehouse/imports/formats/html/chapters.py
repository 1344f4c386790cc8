"""One page cut into its chapters, by the headings that it has."""

from __future__ import annotations

import re

from lxml import etree
from lxml.etree import _Element

from talehouse.imports.formats.html.css import LOOSE
from talehouse.imports.formats.html.headings import folded, looks_like_chapter
from talehouse.imports.formats.html.tree import HEADINGS, drop, short_text, tag_of, text_of

_STRICT = re.compile(
    r"(?:chapter|chap\.|capítulo|capitulo|chapitre|kapitel|capitolo|hoofdstuk|rozdział|kapitola|глава|розділ|fejezet|luku"
    r"|kapittel|bölüm|κεφάλαιο|chương|episode|part|parte|teil)\s*(?:\d{1,5}|[ivxlcdm]{1,8}|[\w-]{3,14})\b(?:\s*[.:–—-].*)?"
    r"|(?:prologue|epilogue|prólogo|epílogo|prolog|epilog|пролог|эпилог|prologo|épilogue)\b(?:\s*[.:–—-].*)?"
    r"|第\s*[\d０-９一二三四五六七八九十百千〇零两]+\s*[章回话話节節].*|제?\s*\d+\s*[장화].*",
    re.I,
)


def mark_headings(main: _Element) -> None:
    """Short paragraphs that can only be chapter headings ("Chapter 3" in bold, centred, alone) become `h2`.

    Only in a page that has no headings for its chapters, and only if there are at least two of them.
    """
    if sum(looks_like_chapter(text_of(heading)) for heading in main.iter(*HEADINGS)) >= 2:
        return
    found = [element for element in main.iter("p", "div", "center") if _stands_out(element)]
    if len(found) < 2:
        return
    for element in found:
        element.tag = "h2"
        for inner in list(element.iter("b", "strong", "u", "span", "font")):
            inner.tag = "span"
            inner.attrib.clear()


def _stands_out(element: _Element) -> bool:
    text = short_text(element, 90)
    if not text or not _STRICT.fullmatch(text) or any(tag_of(child) in {"p", "div"} for child in element):
        return False
    style = element.get("style", "") + element.get(LOOSE, "")
    centred = "text-align" in style or "bold" in style
    strong = sum(
        len(text_of(child)) for child in element if tag_of(child) in {"b", "strong", "u", "span", "font"}
    )
    return centred or strong >= len(text) - 2 or bool(re.search(r"\d|第", text))


def chapter_headings(main: _Element, title: str) -> list[_Element]:
    """The headings that chapters begin at; empty when the page is one part.

    The highest level with two chapter-like headings; else the highest with two headings at all (not
    below `h3`), the story's own title aside. Headings above that level begin a part as well.
    """
    headings = [(int(tag_of(element)[1]), element) for element in main.iter(*HEADINGS) if text_of(element)]
    headings = [(level, e) for level, e in headings if not _inside_quote(e)]
    if headings and folded(text_of(headings[0][1])) == folded(title):
        headings = headings[1:]
    level = _level(headings)
    if not level:
        return (
            [e for _level, e in headings if looks_like_chapter(text_of(e))][:1] if len(headings) == 1 else []
        )
    return [element for at, element in headings if at <= level]


def _inside_quote(element: _Element) -> bool:
    return any(tag_of(parent) in {"blockquote", "li", "table", "aside"} for parent in element.iterancestors())


def _level(headings: list[tuple[int, _Element]]) -> int:
    for level in range(1, 7):
        if sum(at == level and looks_like_chapter(text_of(element)) for at, element in headings) >= 2:
            return level
    levels = sorted({at for at, _element in headings})
    return next((at for at in levels if at <= 3 and sum(other == at for other, _e in headings) >= 2), 0)


def take_contents_out(main: _Element) -> bool:
    """Drop lists of links into the same page; tells whether there was one."""
    found = False
    for element in list(main.iter("ul", "ol", "p", "div", "table")):
        if element.getparent() is None or element is main:
            continue
        links = [text_of(link) for link in element.iter("a") if link.get("href", "").startswith("#")]
        if len(links) >= 3 and sum(map(len, links)) * 10 >= len(text_of(element)) * 8:
            before = element.getprevious()
            drop(element)
            if before is not None and (tag_of(before) in HEADINGS or before.find("h2") is not None):
                drop(before)
            found = True
    return found


def as_body(element: _Element) -> _Element:
    """An element as a body of its own, so that nothing around it matters any more."""
    parent = element.getparent()
    if parent is not None:
        drop(element)
    element.tag = "body"
    return element


def bylines_to_text(main: _Element, authors: list[str]) -> None:
    """A heading that only names the author ("By Ada Reed") begins no chapter."""
    names = {folded(name) for name in authors}
    for heading in list(main.iter(*HEADINGS)):
        said = re.sub(r"^(?:by|von|par|por|di)\s+", "", text_of(heading), flags=re.I)
        if folded(said) in names:
            heading.tag = "p"


def empty_body() -> _Element:
    """A body with nothing in it."""
    return etree.Element("body")
