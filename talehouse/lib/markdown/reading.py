"""Markdown to HTML. What comes out is not sanitised."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, cast

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

KEY = re.compile(r"[A-Za-z0-9._-]{1,40}")
_DEEPEST = 60
_MANY = {"[": (2_000, "&#91;"), "<": (10_000, "&lt;")}
"""Signs that open something: how many one paragraph may have, and what stands for them above that."""


def as_html(source: str) -> str:
    """The HTML of a text in Markdown; footnotes carry our ids (`fn-KEY`, KEY being their label)."""
    return str(_parser().render(source.replace("\r\n", "\n").replace("\r", "\n"), {}))


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST, "html": True})
    parser.enable(["table", "strikethrough"]).use(footnote_plugin, inline=False)
    parser.core.ruler.before("inline", "calm", _calm)
    rules = cast(dict[str, Any], cast(RendererHTML, parser.renderer).rules)
    rules |= {
        "footnote_ref": _reference,
        "footnote_block_open": lambda *_: '<section class="footnotes"><ol>',
        "footnote_block_close": lambda *_: "</ol></section>",
        "footnote_open": lambda tokens, at, *_: f'<li id="fn-{_key(tokens[at])}">',
        "footnote_close": lambda *_: "</li>",
        "footnote_anchor": lambda *_: "",
    }
    return parser


def _key(token: Token) -> str:
    label = str(token.meta.get("label", ""))
    return label if KEY.fullmatch(label) else str(token.meta["id"] + 1)


def _reference(tokens: Sequence[Token], at: int, *_rest: Any) -> str:
    """A note with a number for a label shows that number, any other its place."""
    token = tokens[at]
    key, again = _key(token), token.meta["subId"]
    shown = key if key.isdecimal() else token.meta["id"] + 1
    own = f"fnref-{key}.{again + 1}" if again else f"fnref-{key}"
    return f'<sup><a class="fn" href="#fn-{key}" id="{own}">{shown}</a></sup>'


def _calm(state: StateCore) -> None:
    """Makes plain signs of more brackets than anybody writes in one paragraph: the parser looks for the end
    of each to the end of the paragraph, which takes hours for some megabytes of them.
    """
    for token in state.tokens:
        for sign, (most, plain) in _MANY.items():
            if token.type == "inline" and token.content.count(sign) > most:
                token.content = token.content.replace(sign, plain)
