"""What a comment may hold: plain text with bold, italic, quotes, links, ||spoilers|| and @mentions.

The words are kept as they were written; the markup is derived from them and sanitised like every other.
"""

from __future__ import annotations

import re
import unicodedata
from html import escape
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

from talehouse.accounts.models import PenName
from talehouse.lib import html as markup

LONGEST = 5_000
"""Characters of one comment."""
MOST_MENTIONS = 10
MENTION = re.compile(r"(?<![\w@/])@([\w-]{1,80})")
_TAGS = re.compile(r"(<[^>]*>)")


def tidy(text: str) -> str:
    """The words as they are kept: normal form C, one kind of line end, no white space at the ends."""
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").strip()


def rendered(text: str, mentioned: dict[str, PenName] | None = None) -> str:
    """The markup of a comment; `mentioned` maps the slugs that name somebody to their pen names."""
    return _linked(markup.sanitise_note(_MARKDOWN.render(text)), mentioned or {})


def mentions(text: str) -> dict[str, PenName]:
    """The pen names that a text names with @, by slug; by one query, ten at most."""
    slugs = list(dict.fromkeys(slug.lower() for slug in MENTION.findall(text)))[:MOST_MENTIONS]
    found = PenName.objects.filter(slug__in=slugs, retired_at=None) if slugs else ()
    return {pen_name.slug: pen_name for pen_name in found}


def _linked(html: str, mentioned: dict[str, PenName]) -> str:
    """Mentions become links to our own pages, outside of other links."""
    if not mentioned:
        return html
    inside_link = 0
    pieces = _TAGS.split(html)
    for number, piece in enumerate(pieces):
        if number % 2:
            inside_link += piece.startswith("<a ") - (piece == "</a>")
        elif not inside_link:
            pieces[number] = MENTION.sub(lambda match: _link(match, mentioned), piece)
    return "".join(pieces)


def _link(match: re.Match[str], mentioned: dict[str, PenName]) -> str:
    pen_name = mentioned.get(match[1].lower())
    if pen_name is None:
        return match[0]
    return f'<a class="mention" href="/people/{quote(pen_name.slug)}/">@{escape(pen_name.name)}</a>'


def _spoiler(state: StateInline, silent: bool) -> bool:
    """Two bars around words hide them until they are wanted."""
    start = state.pos
    if not state.src.startswith("||", start):
        return False
    end = state.src.find("||", start + 2, state.posMax)
    if end <= start + 2:
        return False
    if not silent:
        state.push("spoiler_open", "span", 1).attrs = {"class": "spoiler"}
        inner_end, state.pos, state.posMax = state.posMax, start + 2, end
        state.md.inline.tokenize(state)
        state.posMax = inner_end
        state.push("spoiler_close", "span", -1)
    state.pos = end + 2
    return True


def _bar_ends_text(state: StateInline, silent: bool) -> bool:
    """Text up to the next sign that may begin something; the library's own rule does not know the bar."""
    at = state.pos
    while at < state.posMax and state.src[at] not in "\n\\*_[]<>&|@!`":
        at += 1
    if at == state.pos:
        return False
    if not silent:
        state.pending += state.src[state.pos : at]
    state.pos = at
    return True


def _markdown() -> MarkdownIt:
    parser = MarkdownIt("zero", {"breaks": True}).enable(
        ["blockquote", "newline", "escape", "emphasis", "link", "autolink", "entity"]
    )
    parser.inline.ruler.at("text", _bar_ends_text)
    parser.inline.ruler.before("emphasis", "spoiler", _spoiler)
    return parser


_MARKDOWN = _markdown()
