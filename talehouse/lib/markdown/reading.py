"""Markdown to HTML. What comes out is not sanitised."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, cast

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from talehouse.lib.markdown.parser import commonmark

KEY = re.compile(r"[A-Za-z0-9._-]{1,40}")


def as_html(source: str) -> str:
    """The HTML of a text in Markdown; footnotes carry our ids (`fn-KEY`, KEY being their label)."""
    return str(_parser().render(source.replace("\r\n", "\n").replace("\r", "\n"), {}))


@cache
def _parser() -> MarkdownIt:
    made = commonmark(html=True).use(footnote_plugin, inline=False)
    rules = cast(dict[str, Any], cast(RendererHTML, made.renderer).rules)
    rules |= {
        "footnote_ref": _reference,
        "footnote_block_open": lambda *_: '<section class="footnotes"><ol>',
        "footnote_block_close": lambda *_: "</ol></section>",
        "footnote_open": lambda tokens, at, *_: f'<li id="fn-{_key(tokens[at])}">',
        "footnote_close": lambda *_: "</li>",
        "footnote_anchor": lambda *_: "",
    }
    return made


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
