"""The parser that everything here and each import begins with."""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

_DEEPEST = 60
_MANY = {"[": (2_000, "&#91;"), "<": (10_000, "&lt;")}
"""Signs that open something: how many one paragraph may have, and what stands for them above that."""


def commonmark(**options: bool) -> MarkdownIt:
    """CommonMark with tables and strike-through, and bounds on what costs time."""
    made = MarkdownIt("commonmark", {"maxNesting": _DEEPEST, **options})
    made.enable(["table", "strikethrough"]).core.ruler.before("inline", "calm", _calm)
    return made


def _calm(state: StateCore) -> None:
    """Makes plain signs of more brackets than anybody writes in one paragraph: the parser looks for the end
    of each to the end of the paragraph, which takes hours for some megabytes of them.
    """
    for token in state.tokens:
        for sign, (most, plain) in _MANY.items():
            if token.type == "inline" and token.content.count(sign) > most:
                token.content = token.content.replace(sign, plain)
