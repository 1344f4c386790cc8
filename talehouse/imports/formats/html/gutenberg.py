"""The licence that Project Gutenberg puts around a text in HTML and EPUB: found and taken out."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _
from lxml.etree import _Element

from talehouse.imports.formats.html.tree import classes_of, drop, tag_of, text_of
from talehouse.imports.found import LeftOut

_START = re.compile(r"\*{3}\s*START OF (?:THE|THIS) PROJECT GUTENBERG", re.I)
_END = re.compile(
    r"\*{3}\s*END OF (?:THE|THIS) PROJECT GUTENBERG|^\W*End of (?:the |this )?Project Gutenberg", re.I
)
_IDS = frozenset(("pg-header", "pg-footer", "pg-machine-header"))
LONGEST = 30_000
"""Letters of the licence at one end; what holds more holds the book."""


def licence_left_out() -> LeftOut:
    """How the preview names it."""
    return LeftOut(_("Project Gutenberg’s header and licence"), _("they are not part of the story"))


def take_licence_out(body: _Element) -> bool:
    """Whether there was one: marked as such (since 2022), or before and after lines of asterisks."""
    marked = [e for e in body.iter() if e.get("id") in _IDS or "pg-boilerplate" in classes_of(e)]
    for element in marked:
        drop(element)
    return bool(marked) | _between(body, list(body))


def _between(body: _Element, children: list[_Element]) -> bool:
    if len(children) == 1 and tag_of(children[0]) in {"div", "section", "article", "main"}:
        return _between(children[0], list(children[0]))
    texts = [text_of(child) for child in children]
    starts = [n for n, text in enumerate(texts) if len(text) < LONGEST and _START.search(text)]
    ends = [n for n, text in enumerate(texts) if len(text) < LONGEST and _END.search(text)]
    first = starts[0] + 1 if starts and sum(map(len, texts[: starts[0]])) < LONGEST else 0
    last = next((n for n in ends if n >= first), len(children))
    for child in children[:first] + children[last:]:
        drop(child)
    return first > 0 or last < len(children)
