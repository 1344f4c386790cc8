"""A feed as every format needs to know it: plain data, none of our tables. All addresses are absolute."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Author:
    """A pen name and its page."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Subject:
    """A tag: `term` is its word in addresses, `scheme` the address of its kind."""

    name: str
    term: str
    scheme: str


@dataclass(frozen=True, slots=True)
class Item:
    """One part. `id` stays the same whatever becomes of titles and addresses.

    `published` is when it came out, `updated` when what is out was changed last. `html` is "" where the title
    stands alone; `summary` is plain text.
    """

    id: str
    url: str
    title: str
    language: str
    published: datetime
    updated: datetime
    authors: tuple[Author, ...] = ()
    subjects: tuple[Subject, ...] = ()
    summary: str = ""
    html: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """The head and its items, newest first. `page` is where people read the same."""

    id: str
    url: str
    page: str
    title: str
    language: str
    updated: datetime
    about: str = ""
    image: str = ""
    house: str = "Talehouse"
    authors: tuple[Author, ...] = ()
    items: tuple[Item, ...] = field(default=())
