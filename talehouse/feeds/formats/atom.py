"""Atom (RFC 4287)."""

from __future__ import annotations

from lxml import etree

from talehouse.feeds.feed import Author, Feed, Item
from talehouse.feeds.formats.marking import LANG, Element, add, document, moment, safe

MIME = "application/atom+xml"
ATOM = "http://www.w3.org/2005/Atom"
_IN = f"{{{ATOM}}}"


def write(feed: Feed) -> bytes:
    """The feed as an Atom document. An entry without authors takes the feed's, as the standard says."""
    root = etree.Element(f"{_IN}feed", {LANG: feed.language}, nsmap={None: ATOM})
    add(root, f"{_IN}title", feed.title)
    if feed.about:
        add(root, f"{_IN}subtitle", feed.about)
    add(root, f"{_IN}id", feed.id)
    add(root, f"{_IN}updated", moment(feed.updated))
    add(root, f"{_IN}link", rel="self", type=MIME, href=feed.url)
    add(root, f"{_IN}link", rel="alternate", type="text/html", href=feed.page)
    _authors(root, feed.authors or (Author(feed.house, ""),))
    if feed.image:
        add(root, f"{_IN}logo", feed.image)
    add(root, f"{_IN}generator", "Talehouse")
    for item in feed.items:
        _entry(root, item)
    return document(root)


def _authors(parent: Element, authors: tuple[Author, ...]) -> None:
    for author in authors:
        person = add(parent, f"{_IN}author")
        add(person, f"{_IN}name", author.name)
        if author.url:
            add(person, f"{_IN}uri", author.url)


def _entry(root: Element, item: Item) -> None:
    entry = add(root, f"{_IN}entry")
    entry.set(LANG, safe(item.language))
    add(entry, f"{_IN}title", item.title)
    add(entry, f"{_IN}id", item.id)
    add(entry, f"{_IN}link", rel="alternate", type="text/html", href=item.url)
    add(entry, f"{_IN}published", moment(item.published))
    add(entry, f"{_IN}updated", moment(item.updated))
    _authors(entry, item.authors)
    for subject in item.subjects:
        add(entry, f"{_IN}category", term=subject.term, scheme=subject.scheme, label=subject.name)
    if item.summary:
        add(entry, f"{_IN}summary", item.summary, type="text")
    if item.html:
        add(entry, f"{_IN}content", item.html, type="html")
