"""Books that Talehouse wrote itself: nothing has to be guessed."""

from __future__ import annotations

from datetime import datetime

from lxml.etree import _Element

from talehouse.imports.formats.epub.documents import Document
from talehouse.imports.formats.html.tree import TYPE, classes_of, inner_html, tag_of, text_of
from talehouse.imports.found import FoundPart

PREFIX = "b-"
"""Block ids stand in the markup with this before them, as on the site's pages."""


def own_part(document: Document) -> FoundPart | None:
    """The part in a chapter file that Talehouse wrote, with its ids; None for any other document."""
    section = document.body.find(".//section[@data-part]")
    if section is None:
        return None
    for element in section.iter():
        element.attrib.pop(TYPE, None)
    text = _child(section, "div", "text")
    if text is None:
        return None
    heading = section.find("./header/h1")
    source = section.find("./p[@class='source']/a")
    ids = _take_ids(text)
    return FoundPart(
        title=text_of(heading) if heading is not None else document.title,
        html=inner_html(text),
        key=section.get("data-part", ""),
        note_before=_inner(_child(section, "aside", "note-before")),
        note_after=_inner(_child(section, "aside", "note-after")),
        source_url=source.get("href", "") if source is not None else "",
        published_at=_instant(section.get("data-published", "")),
        announcement=section.get("data-kind") == "announcement",
        block_ids=ids,
    )


def _instant(text: str) -> datetime | None:
    """A time with its zone, as our own books write it."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _child(section: _Element, tag: str, name: str) -> _Element | None:
    return next((child for child in section if tag_of(child) == tag and name in classes_of(child)), None)


def _inner(element: _Element | None) -> str:
    return inner_html(element) if element is not None else ""


def _take_ids(text: _Element) -> list[str] | None:
    """The block ids, taken off the blocks; None unless every block has one (then they would not fit)."""
    ids: list[str] = []
    whole = True
    for child in text:
        identifier = child.get("id", "")
        if identifier.startswith(PREFIX):
            ids.append(identifier.removeprefix(PREFIX))
            del child.attrib["id"]
        elif "footnotes" not in classes_of(child):
            whole = False
    return ids if ids and whole else None
