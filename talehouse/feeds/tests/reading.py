"""How tests read feeds: by feedparser, by lxml, and by a schema of JSON Feed 1.1 that is written out here."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import feedparser
from django.test import Client
from lxml import etree

FORMS = ("atom", "rss", "json")
SCHEMA: dict[str, tuple[type, bool]] = {
    "version": (str, True),
    "title": (str, True),
    "home_page_url": (str, False),
    "feed_url": (str, False),
    "description": (str, False),
    "icon": (str, False),
    "authors": (list, False),
    "language": (str, False),
    "items": (list, True),
}
ITEM: dict[str, tuple[type, bool]] = {
    "id": (str, True),
    "url": (str, False),
    "title": (str, False),
    "content_html": (str, False),
    "content_text": (str, False),
    "summary": (str, False),
    "date_published": (str, False),
    "date_modified": (str, False),
    "authors": (list, False),
    "tags": (list, False),
    "language": (str, False),
}
AUTHOR: dict[str, tuple[type, bool]] = {"name": (str, False), "url": (str, False), "avatar": (str, False)}
"""Name -> (type, whether it must be there), as jsonfeed.org/version/1.1 says of what we write."""


def faults(told: Any, schema: dict[str, tuple[type, bool]], where: str) -> list[str]:
    """What of an object is not as its schema says."""
    if not isinstance(told, dict):
        return [f"{where} is no object"]
    found = [f"{where} has {name}, which nobody knows" for name in told if name not in schema]
    found += [f"{where} lacks {name}" for name, (_type, must) in schema.items() if must and name not in told]
    wrong = [name for name, (kind, _must) in schema.items() if not isinstance(told.get(name, kind()), kind)]
    return found + [f"{where}: {name} is of the wrong kind" for name in wrong]


def json_faults(body: bytes) -> list[str]:
    """What is wrong with a JSON Feed."""
    told = json.loads(body)
    found = faults(told, SCHEMA, "the feed")
    if told.get("version") != "https://jsonfeed.org/version/1.1":
        found.append("the version is another one")
    ids = [item.get("id") for item in told["items"]]
    found += ["an id occurs twice"] if len(ids) != len(set(ids)) else []
    for item in told["items"]:
        found += faults(item, ITEM, f"item {item.get('id')}")
        found += [] if {"content_html", "content_text"} & item.keys() else ["an item has no content"]
        for author in item.get("authors", []):
            found += faults(author, AUTHOR, "an author") + ([] if author else ["an author is empty"])
        for name in ("date_published", "date_modified"):
            datetime.fromisoformat(item[name])
        found += [f"{name} is no address" for name in ("url",) if not item[name].startswith("http")]
        found += ["a tag is no text" for tag in item.get("tags", []) if not isinstance(tag, str)]
    return found


def parsed(body: bytes, mime: str) -> Any:
    """What feedparser makes of it; fails if it complains of anything."""
    headers = {"content-type": mime}
    found = feedparser.parse(body, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    assert not found.bozo, found.bozo_exception
    return found


def get(path: str, client: Client | None = None, **headers: str) -> Any:
    """The answer to a program that knows nothing of people."""
    return (client or Client()).get(path, headers=headers)


def titles(body: bytes, form: str) -> list[str]:
    """The titles of the items, in order."""
    if form == "json":
        return [item["title"] for item in json.loads(body)["items"]]
    root = etree.fromstring(body)
    names = root.xpath("//*[local-name()='entry' or local-name()='item']/*[local-name()='title']")
    return [name.text for name in names]
