"""The formats: each is a pure function from a `Feed` to bytes. A new one: a file, a line in `FORMATS`."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from talehouse.feeds.feed import Feed
from talehouse.feeds.formats import atom, jsonfeed, rss


class Format(NamedTuple):
    """How a feed is written, and what it is then."""

    write: Callable[[Feed], bytes]
    mime: str


FORMATS = {
    "atom": Format(atom.write, atom.MIME),
    "rss": Format(rss.write, rss.MIME),
    "json": Format(jsonfeed.write, jsonfeed.MIME),
}
"""By the ending of the address."""
