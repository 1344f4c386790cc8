"""Downloads of the Archive of Our Own (the otwarchive software): HTML, and EPUB made of it by Calibre.

The page of a work has a `dl` of tags, a byline, summary and notes; each chapter may have a summary and
notes before it and end notes behind it, as a paragraph with a label and a quote. In EPUBs class names
may carry a number (`userstuff2`), so labels and order count more than classes.
Shape as in otwarchive's `app/views/downloads/`.
"""

from __future__ import annotations

import re

from lxml.etree import _Element

from talehouse.imports.formats.html.clean import finish
from talehouse.imports.formats.html.headings import folded
from talehouse.imports.formats.html.labels import STATUSES, Facts, join_notes
from talehouse.imports.formats.html.tree import classes_of, drop, short_text, tag_of, text_of

_USERSTUFF = re.compile(r"userstuff\d*")
_BEFORE = frozenset(("notes", "chapternotes", "summary", "chaptersummary"))
_AFTER = frozenset(("endnotes", "chapterendnotes"))
_WORK = re.compile(r"https?://(?:www\.)?(?:archiveofourown\.org|ao3\.org)/works/\d+")
_CHAPTERS = re.compile(r"(\d+)\s*/\s*(\d+|\?)")


def is_ao3(body: _Element) -> bool:
    """Whether a document is the page about a work, by its list of tags and where it was posted."""
    tags = body.find(".//dl")
    if tags is None:
        return False
    labels = {folded(text_of(label)) for label in tags.iter("dt")}
    return bool(labels & {"rating", "archivewarning", "archivewarnings"}) and bool(
        labels & {"stats", "fandom", "fandoms"}
    )


def read_preface(body: _Element, facts: Facts) -> None:
    """Take the tags, series, status, summary and notes of the page about a work."""
    for label, value in _definitions(body):
        links = [text_of(link) for link in value.iter("a")]
        name = folded(label)
        if name == "series":
            facts.add("series", [text_of(value).split(", Part ")[0]])
        elif name == "stats":
            _status(text_of(value), facts)
        else:
            facts.add(label, links or [text_of(value)])
    for link in body.iter("a"):
        if (match := _WORK.match(link.get("href", ""))) and not facts.source_url:
            facts.source_url = match.group().replace("http://", "https://")
        if link.get("rel") == "author" and (author := text_of(link)) and author not in facts.authors:
            facts.authors.append(author)
    heading = body.find(".//h1")
    if heading is not None and not facts.title:
        facts.title = text_of(heading)
    notes = take_notes(body)
    facts.summary = facts.summary or notes.get("summary", "")
    facts.note_before = join_notes(facts.note_before, notes.get("notes", ""))


def read_afterword(body: _Element, facts: Facts) -> None:
    """Take the end notes of a work."""
    facts.note_after = join_notes(facts.note_after, take_notes(body).get("endnotes", ""))


def _definitions(body: _Element) -> list[tuple[str, _Element]]:
    found: list[tuple[str, _Element]] = []
    for listing in body.iter("dl"):
        label = ""
        for child in listing:
            if tag_of(child) == "dt":
                label = text_of(child).rstrip(":")
            elif tag_of(child) == "dd" and label:
                found.append((label, child))
    return found


def _status(stats: str, facts: Facts) -> None:
    if match := _CHAPTERS.search(stats):
        done = match.group(1) == match.group(2)
        facts.status = STATUSES["complete"] if done else STATUSES["inprogress"]


def take_notes(body: _Element) -> dict[str, str]:
    """Cut labelled quotes ("Chapter Notes" and what follows) out of a document, by folded label.

    Only outside the text itself, so that a quote in the story is never mistaken for a note.
    """
    found: dict[str, str] = {}
    for label in list(body.iter("p")):
        name = folded(short_text(label, 40))
        if name not in _BEFORE | _AFTER or label.getparent() is None or _in_text(label):
            continue
        following = label.getnext()
        if following is not None and tag_of(following) == "blockquote":
            drop(following)
            following.tail = None
            found[name] = join_notes(found.get(name, ""), finish(following))
            drop(label)
        elif following is not None and "endnote-link" in (following.get("class") or ""):
            drop(label)
    for link in [element for element in body.iter() if "endnote-link" in (element.get("class") or "")]:
        drop(link)
    return found


def _in_text(element: _Element) -> bool:
    for parent in element.iterancestors():
        if parent.get("id") == "chapters" or tag_of(parent) == "body":
            return False
        if tag_of(parent) == "div" and any(_USERSTUFF.fullmatch(name) for name in classes_of(parent)):
            return not any(parent.iter("dl")) and parent.find("h2") is None
        if tag_of(parent) == "blockquote":
            return True
    return False


def chapter_notes(body: _Element) -> tuple[str, str]:
    """Cut a chapter's summary and notes out: what stands before its text, and what behind."""
    for byline in [element for element in body.iter("p", "div") if "byline" in classes_of(element)]:
        drop(byline)
    notes = take_notes(body)
    summary = notes.get("chaptersummary", "") or notes.get("summary", "")
    before = notes.get("chapternotes", "") or notes.get("notes", "")
    after = notes.get("chapterendnotes", "") or notes.get("endnotes", "")
    return join_notes(summary, before), after
