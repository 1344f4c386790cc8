"""The last steps of every HTML text: flat blocks, scene breaks,
links and attributes that still mean something."""

from __future__ import annotations

import re

from lxml.etree import _Element

from talehouse.imports.formats.html.breaks import blank_paragraphs, drop_empty_headings, flatten, tidy_breaks
from talehouse.imports.formats.html.tree import drop, inner_html, is_empty, tag_of, unwrap

_DROPPED = ("script", "style", "noscript", "template", "iframe", "object", "embed", "link", "meta", "title",
            "head",
            "button", "input", "select", "textarea", "audio", "video", "nav")  # fmt: skip
_KEPT = frozenset("style lang dir src alt href title start value reversed colspan rowspan datetime".split())
_OUTSIDE = re.compile(r"(?:https?:)?//|mailto:", re.I)


def remove_machinery(body: _Element) -> None:
    """Scripts, controls and players are not text."""
    for element in list(body.iter(*_DROPPED)):
        if element is not body:
            drop(element)


def finish(body: _Element) -> str:
    """The HTML of a part from its body, with blocks as direct children. The body is used up."""
    remove_machinery(body)
    notes = [element for element in body.findall("section") if element.get("class") == "footnotes"]
    for section in notes:
        body.remove(section)
    flatten(body)
    drop_empty_headings(body)
    blank_paragraphs(body)
    tidy_breaks(body)
    for section in notes:
        for item in section.iter("li"):
            flatten(item) if item.find("div") is not None else None
        body.append(section)
    for element in list(body.iter()):
        _tidy(element, body)
    return inner_html(body)


def _tidy(element: _Element, body: _Element) -> None:
    if element is body or element.getparent() is None:
        return
    tag = tag_of(element)
    if tag == "a" and not _keeps_link(element):
        unwrap(element)
        return
    ours = (element.get("id", "").startswith(("fn-", "fnref-")), element.get("class") in {"fn", "footnotes"})
    for name in list(element.attrib):
        if not (name in _KEPT or (name == "id" and ours[0]) or (name == "class" and ours[1])):
            del element.attrib[name]
    if tag in {"span", "font"} and not element.attrib:
        unwrap(element)
    elif tag in {"p", "li"} and is_empty(element) and tag == "p":
        drop(element)


def _keeps_link(link: _Element) -> bool:
    """Links to other sites and to notes; links inside the file lead nowhere once parts stand alone."""
    href = link.get("href", "")
    return link.get("class") == "fn" or bool(_OUTSIDE.match(href))
