"""The three ways to type a text: on paper (with scripts), as Markdown, as HTML; what the fields hold in each.

A text that goes through a way of writing and is not changed there comes back as it was, block by block.
"""

from __future__ import annotations

from enum import StrEnum

from talehouse.lib import html as markup
from talehouse.lib.markdown import as_html, as_markdown

LARGEST = 2_000_000
"""A text may have this many bytes (UTF-8): about 350,000 words."""


class Way(StrEnum):
    """How somebody writes."""

    PAPER = "paper"
    MARKDOWN = "markdown"
    HTML = "html"


def way_of(name: str | None) -> Way:
    """The way of this name; paper for one that there is not."""
    return Way(name) if name in set(Way) else Way.PAPER


def shown(html: str, way: Way) -> str:
    """What stands in the field for a stored text or a note."""
    if way is Way.MARKDOWN:
        return as_markdown(html)
    pieces = [block.html for block in markup.split(html)]
    return ("\n" if way is Way.PAPER else "\n\n").join(pieces)


def meant(source: str, way: Way) -> str:
    """The HTML that somebody meant by what they typed; sanitised when it is saved."""
    return as_html(source) if way is Way.MARKDOWN else source


def is_too_large(source: str) -> bool:
    """Whether it has more bytes than a text may have."""
    return len(source) > LARGEST or len(source.encode("utf-8", "replace")) > LARGEST
