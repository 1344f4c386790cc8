"""JSON Feed 1.1 (jsonfeed.org/version/1.1)."""

from __future__ import annotations

import json
from typing import Any

from talehouse.feeds.feed import Author, Feed, Item
from talehouse.feeds.formats.marking import moment, safe

MIME = "application/feed+json"
VERSION = "https://jsonfeed.org/version/1.1"


def write(feed: Feed) -> bytes:
    """The feed as JSON in UTF-8; what there is nothing to say of is left out."""
    told = {
        "home_page_url": feed.page,
        "feed_url": feed.url,
        "description": safe(feed.about),
        "icon": feed.image,
        "authors": _authors(feed.authors),
        "language": feed.language,
    }
    items = [_item(item) for item in feed.items]
    head = {"version": VERSION, "title": safe(feed.title), **_said(told)}
    return json.dumps({**head, "items": items}, ensure_ascii=False).encode()


def _item(item: Item) -> dict[str, Any]:
    told = {
        "id": item.id,
        "url": item.url,
        "title": safe(item.title),
        "summary": safe(item.summary),
        "date_published": moment(item.published),
        "date_modified": moment(item.updated),
        "authors": _authors(item.authors),
        "tags": [safe(subject.name) for subject in item.subjects],
        "language": item.language,
    }
    text = safe(item.html)
    return {**_said(told), **({"content_html": text} if text else {"content_text": ""})}


def _authors(authors: tuple[Author, ...]) -> list[dict[str, str]]:
    return [{"name": safe(author.name), "url": author.url} for author in authors]


def _said(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value not in ("", [])}
