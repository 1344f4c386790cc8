"""Title pages of FanFicFare: a row of bold labels, in a table or with line breaks."""

from __future__ import annotations

import copy
import re

from lxml import etree
from lxml.etree import _Element

from talehouse.imports.formats.html.clean import finish
from talehouse.imports.formats.html.headings import folded
from talehouse.imports.formats.html.labels import Facts
from talehouse.imports.formats.html.tree import classes_of, tag_of, text_of

_SINGLE = frozenset("rating status series language summary storyurl".split())


def is_title_page(body: _Element) -> bool:
    """Whether a document is FanFicFare's page about the story."""
    if "fff_titlepage" in classes_of(body):
        return True
    labels = {folded(text_of(label)) for label in body.iter("b")}
    return (
        "authorlink" in {name for link in body.iter("a") for name in classes_of(link)}
        and "packaged" in labels
    )


def read_title_page(body: _Element, facts: Facts, *, known: frozenset[str] = frozenset()) -> None:
    """Take what the title page says. `known` are the book's subjects: names there may hold commas."""
    for label, value in _entries(body):
        name = folded(label)
        text = text_of(value)
        if name == "summary":
            facts.summary = finish(value)
        elif name in _SINGLE:
            facts.add(label, [text])
        else:
            facts.add(label, split_names(text, known))
    heading = next((element for element in body.iter("h1", "h2", "h3")), None)
    link = heading.find("a") if heading is not None else None
    if link is not None:
        facts.title = facts.title or text_of(link)
        facts.source_url = facts.source_url or link.get("href", "")
    for author in body.iter("a"):
        if "authorlink" in classes_of(author) and (name := text_of(author)) not in facts.authors:
            facts.authors.append(name)


def split_names(text: str, known: frozenset[str]) -> list[str]:
    """Names from a list with commas; neighbours that together are a known name stay together."""
    pieces = [piece.strip() for piece in text.split(", ")]
    names: list[str] = []
    at = 0
    while at < len(pieces):
        end = next(
            (
                end
                for end in range(min(len(pieces), at + 6), at + 1, -1)
                if ", ".join(pieces[at:end]) in known
            ),
            at + 1,
        )
        names.append(", ".join(pieces[at:end]))
        at = end
    return [name for name in names if name]


def _entries(body: _Element) -> list[tuple[str, _Element]]:
    """Each label with an element that holds its value."""
    found: list[tuple[str, _Element]] = []
    for bold in list(body.iter("b")):
        label = text_of(bold)
        if not label.endswith(":") or len(label) > 60:
            continue
        cell = bold.getparent()
        if cell is None:
            continue
        following = cell.getnext() if tag_of(cell) == "td" else None
        value = copy.deepcopy(following) if following is not None else _until_next(bold)
        value.tag = "body"
        found.append((re.sub(r":$", "", label), value))
    return found


def _until_next(bold: _Element) -> _Element:
    """What stands between a bold label and the next one."""
    value = etree.Element("body")
    value.text = bold.tail
    for sibling in bold.itersiblings():
        if tag_of(sibling) == "b" and text_of(sibling).endswith(":"):
            break
        value.append(copy.deepcopy(sibling))
    while len(value) and tag_of(value[-1]) == "br":
        value.remove(value[-1])
    return value
