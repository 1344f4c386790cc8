"""Scene breaks, however they are made, and loose text: in the end only paragraphs and `<hr>`."""

from __future__ import annotations

import re

from lxml import etree
from lxml.etree import _Element

from talehouse.imports.formats.html.css import LOOSE, Style
from talehouse.imports.formats.html.tree import (
    BLOCK,
    CONTAINERS,
    HEADINGS,
    classes_of,
    drop,
    is_empty,
    short_text,
    tag_of,
    unwrap,
)

_INLINE = frozenset(("a", "b", "em", "font", "i", "small", "span", "strong", "u"))
_NAMED = re.compile(
    r"break|separat|divider|ornament|transition|asterism|scene|fleuron|dinkus|^hr|^tb$|^sb$", re.I
)
_MARKS = re.compile(r"[\s*•·●○◆◇■□★☆✦✧✶❖❦❧⁂#~∼=_—–\-oO0xX+.…°^§♦♥♠♣※＊◎＝]{1,40}")
_SURE = re.compile(r"\*\s*\*\s*\*|[⁂❦❧※]|(?:[•●◆◇■★☆✦✧❖#~＊=_—–-]\s*){3,}|[◆◇■★☆✦❖#*✶♦]")
_LETTERS = re.compile(r"[oO0xX]")


def is_break_text(text: str) -> bool:
    """Whether a paragraph is only marks that stand between scenes: `* * *`, `⁂`, `#`, `oOo`."""
    text = text.strip()
    if not text or not _MARKS.fullmatch(text):
        return False
    if _LETTERS.search(text):
        return bool(re.fullmatch(r"[-~=*\s]*(?:[oO0xX][\s-]*){3,}[-~=*\s]*", text))
    return bool(_SURE.search(text))


def mark_breaks(body: _Element, styles: dict[_Element, Style]) -> None:
    """Turn empty blocks that a stylesheet or their name makes into scene breaks, and marks, into `<hr>`."""
    for element in list(body.iter("p", "div", "section", "span", "center")):
        tag = tag_of(element)
        if element.getparent() is None or element is body:
            continue
        if is_empty(element):
            named = any(_NAMED.search(name) for name in [*classes_of(element), element.get("id", "")])
            drawn = styles.get(element, {}).get("rule") == "drawn"
            if (named or drawn) and tag != "span" and not _has_anchor(element):
                _replace(element)
        elif (
            tag in {"p", "div", "center"}
            and not len(element.findall(".//img"))
            and is_break_text(short_text(element))
        ):
            _replace(element)


def _has_anchor(element: _Element) -> bool:
    return any(inner.get("id") or inner.get("name") for inner in element.iter() if inner is not element)


def _replace(element: _Element) -> None:
    hr = etree.Element("hr")
    if name := element.get("id"):
        hr.set("id", name)
    hr.tail = element.tail
    parent = element.getparent()
    if parent is not None:
        parent.replace(element, hr)


def blank_paragraphs(body: _Element) -> None:
    """A blank paragraph between two others is a scene break, unless so many are that it is only spacing."""
    paragraphs = [element for element in body.iter("p") if element.getparent() is not None]
    blank = [element for element in paragraphs if is_empty(element)]
    if not blank:
        return
    rare = len(blank) * 4 <= len(paragraphs) - len(blank)
    for element in blank:
        before, after = element.getprevious(), element.getnext()
        between = before is not None and after is not None and tag_of(before) == "p" == tag_of(after)
        if rare and between:
            _replace(element)
        else:
            drop(element)


def tidy_breaks(body: _Element) -> None:
    """No scene break at either end of a text, and never two in a row."""
    rules = list(body.iter("hr"))
    for element in rules:
        after = element.getnext()
        if after is not None and tag_of(after) == "hr" and not (element.tail or "").strip():
            drop(element)
    while len(body) and tag_of(body[0]) == "hr" and not (body.text or "").strip():
        drop(body[0])
    while len(body) and tag_of(body[-1]) == "hr" and not (body[-1].tail or "").strip():
        drop(body[-1])


def flatten(body: _Element) -> None:
    """Take containers away and put loose text into paragraphs, so that blocks are the body's children."""
    for element in list(body.iter()):
        tag = tag_of(element)
        if element is body or element.getparent() is None:
            continue
        if tag in CONTAINERS or tag in {"details", "form", "fieldset", "address"}:
            _open_container(element)
        elif tag in _INLINE and any(tag_of(child) in BLOCK for child in element.iterdescendants()):
            unwrap(element)
    _wrap_loose(body)
    for paragraph in list(body.iter("p")):
        _split_at_breaks(paragraph)


def _open_container(element: _Element) -> None:
    _wrap_loose(element)
    for child in list(element):
        element.addprevious(child)
    drop(element)


def _wrap_loose(container: _Element) -> None:
    """Runs of text and inline elements between blocks become paragraphs."""
    run: _Element | None = None
    if (container.text or "").strip():
        run = etree.Element("p")
        run.text, container.text = container.text, None
        container.insert(0, run)
    else:
        container.text = None
    for child in list(container):
        if child is run:
            continue
        tail, child.tail = child.tail, None
        if tag_of(child) in BLOCK:
            run = None
        elif run is None and (not is_empty(child) or (tail or "").strip()):
            run = etree.Element("p")
            child.addprevious(run)
            run.append(child)
        elif run is not None:
            run.append(child)
        else:
            container.remove(child)
        run = _append_tail(child, tail, run)
    _style_runs(container)


def _append_tail(child: _Element, tail: str | None, run: _Element | None) -> _Element | None:
    if run is not None and child.getparent() is run:
        child.tail = tail
        return run
    if not (tail or "").strip():
        return run
    new = etree.Element("p")
    new.text = tail
    parent = child.getparent()
    if parent is not None:
        child.addnext(new)
    return new


def _style_runs(container: _Element) -> None:
    style = container.get(LOOSE)
    if style:
        for child in container.findall("p"):
            if not child.get("style") and not child.get("class"):
                child.set("style", style)


def _split_at_breaks(paragraph: _Element) -> None:
    """Two line breaks in a row end a paragraph. From the end on, so that each node moves once."""
    ends = _double_breaks(paragraph)
    for at in reversed(ends):
        new = etree.Element("p", dict(paragraph.attrib))
        new.attrib.pop("id", None)
        new.text, at.tail = at.tail, None
        for sibling in list(at.itersiblings()):
            new.append(sibling)
        paragraph.remove(at)
        new.tail, paragraph.tail = paragraph.tail, None
        _strip_end(new)
        paragraph.addnext(new)
        if is_empty(new):
            drop(new)
    _strip_end(paragraph)
    if ends and is_empty(paragraph):
        drop(paragraph)


def _double_breaks(paragraph: _Element) -> list[_Element]:
    """The last `<br>` of every run of two or more."""
    found: list[_Element] = []
    run: list[_Element] = []
    for child in paragraph:
        if tag_of(child) != "br":
            run = []
            continue
        if len(run) >= 1:
            if found and found[-1] is run[-1]:
                found.pop()
            found.append(child)
        run.append(child)
        if (child.tail or "").strip():
            run = []
    return found


def _strip_end(paragraph: _Element) -> None:
    while len(paragraph) and tag_of(paragraph[-1]) == "br" and not (paragraph[-1].tail or "").strip():
        paragraph.remove(paragraph[-1])


def drop_empty_headings(body: _Element) -> None:
    """Headings without any text are left by broken exports; they would be blank blocks."""
    for element in list(body.iter(*HEADINGS)):
        if is_empty(element):
            drop(element)
