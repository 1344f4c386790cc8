"""RSS 2.0 (the specification of the RSS Advisory Board) with the modules that readers know."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape

from lxml import etree

from talehouse.feeds.feed import Feed, Item
from talehouse.feeds.formats.atom import ATOM
from talehouse.feeds.formats.marking import Element, add, document, moment

MIME = "application/rss+xml"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
NAMESPACES: dict[str | None, str] = {"content": CONTENT, "dc": DUBLIN_CORE, "atom": ATOM}


def write(feed: Feed) -> bytes:
    """The feed as an RSS document. What RSS cannot say (a time of change) stands in Atom's words."""
    root = etree.Element("rss", {"version": "2.0"}, nsmap=NAMESPACES)
    channel = add(root, "channel")
    add(channel, "title", feed.title)
    add(channel, "link", feed.page)
    add(channel, "description", escape(feed.about or feed.title, quote=False))
    add(channel, "language", feed.language)
    add(channel, "lastBuildDate", _date(feed.updated))
    add(channel, "generator", "Talehouse")
    add(channel, f"{{{ATOM}}}link", rel="self", type=MIME, href=feed.url)
    if feed.image:
        image = add(channel, "image")
        add(image, "url", feed.image)
        add(image, "title", feed.title)
        add(image, "link", feed.page)
    for item in feed.items:
        _item(channel, item)
    return document(root)


def _item(channel: Element, item: Item) -> None:
    node = add(channel, "item")
    add(node, "title", item.title)
    add(node, "link", item.url)
    add(node, "guid", item.id, isPermaLink="false")
    add(node, "pubDate", _date(item.published))
    add(node, f"{{{ATOM}}}updated", moment(item.updated))
    for author in item.authors:
        add(node, f"{{{DUBLIN_CORE}}}creator", author.name)
    for subject in item.subjects:
        add(node, "category", subject.name, domain=subject.scheme)
    if item.summary:
        add(node, "description", escape(item.summary, quote=False))  # this element is read as HTML
    if item.html:
        add(node, f"{{{CONTENT}}}encoded", item.html)


def _date(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC).replace(microsecond=0), usegmt=True)
