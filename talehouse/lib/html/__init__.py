"""The markup of texts: sanitised on the way in, split into blocks, stored with ids, written for books.

What a text may hold is documented in `docs/formats.md`, section "The HTML that a text may hold". `nh3` stands
at both ends of `sanitise`: the first gate parses anything into canonical markup, the last lets only the
documented allowlist out; between them our own code gives the text its shape.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from html import escape

from talehouse.lib import characters
from talehouse.lib.html.allow import STRICT, WIDE, through
from talehouse.lib.html.blocks import KINDS, Block, join, parse, split, text_of
from talehouse.lib.html.flow import Around, Flow, Line
from talehouse.lib.html.notes import Notes, gather, settle
from talehouse.lib.html.tidy import tidy
from talehouse.lib.html.tree import Children, Node, read, write

__all__ = [
    "KINDS",
    "Block",
    "as_xhtml",
    "inline",
    "join",
    "parse",
    "sanitise",
    "sanitise_note",
    "split",
    "summary_of",
    "text_of",
]

_SELF_CLOSED = re.compile(r"<([a-zA-Z][\w:-]*)(\s*|\s[^<>]*?[\"'\s])/>")
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_CDATA = re.compile(r"<!\[CDATA\["), re.compile(r"\]\]>")
_FORMULA = re.compile(r"<(?:\w+:)?math\b", re.I), re.compile(r"</(?:\w+:)?math\s*>", re.I)
_ANNOTATION = (
    re.compile(r"<(?:\w+:)?annotation\b", re.I),
    re.compile(r"</(?:\w+:)?annotation(?:-xml)?\s*>", re.I),
)
_TAG = re.compile(r"<[^<>]*>")
_TAG_START = re.compile(r"<(/?)([a-zA-Z][^\s/<>]*)")
_DEEPEST = 400
_RAW = frozenset({"script", "style", "title", "textarea"})
_END_OPTIONAL = frozenset(
    "p li dt dd td th tr thead tbody tfoot option optgroup rb rt rp rtc colgroup".split()
)
_OPEN_VOID = re.compile(r"<((?:br|hr|img|wbr)\b[^>]*)>")
_SPACES = re.compile(r"\s+")


def sanitise(html: str, *, picture: Callable[[str], str | None]) -> str:
    """Any HTML as the canonical markup that a text may hold; sanitising that again changes nothing.

    `picture` gets the source of every image and returns the address in our own media, or None: then the
    alternative text stands in its place, as "[…]". It must return its own addresses unchanged.
    """
    tree = read(through(WIDE, _prepared(html)))
    Notes(tree).mark()
    blocks = Flow(picture).of(tree, Around())
    settle(blocks)
    return _finished(gather(blocks))


def sanitise_note(html: str) -> str:
    """Markup of a note or a summary: as `sanitise`; no headings, tables, pictures, footnotes or rules."""
    blocks = Flow(_no_picture).of(read(through(WIDE, _prepared(html))), Around(short=True))
    return _finished(blocks)


def inline(html: str) -> str:
    """Markup of one line, such as a caption: formats and links only; where a block ended, a `br` stands."""
    return _finished(Line(_no_picture).of(read(through(WIDE, _prepared(html))), parent=""))


def _no_picture(_source: str) -> None:
    return None


def _finished(children: Children | list[Node]) -> str:
    return through(STRICT, write(tidy(children)))


def _prepared(html: str) -> str:
    """What XHTML says in ways that an HTML parser would misread, said in HTML's way."""
    html = characters.without_surrogates(html)
    if "<![CDATA[" in html:
        html = _replaced(html, _CDATA, lambda inner: escape(inner[9:-3], quote=False))
    if "/>" in html:
        html = _SELF_CLOSED.sub(_opened, html)
    if "math" in html.lower():
        html = _replaced(html, _FORMULA, lambda inner: _TAG.sub("", _replaced(inner, _ANNOTATION, _nothing)))
    return _shallow(html)


def _replaced(html: str, ends: tuple[re.Pattern[str], re.Pattern[str]], change: Callable[[str], str]) -> str:
    """`html` with every stretch from the first of `ends` to the second changed, in one pass."""
    opening, closing = ends
    pieces: list[str] = []
    at = 0
    while (start := opening.search(html, at)) and (end := closing.search(html, start.end())):
        pieces += [html[at : start.start()], change(html[start.start() : end.end()])]
        at = end.end()
    return "".join([*pieces, html[at:]])


def _nothing(_inner: str) -> str:
    return ""


def _opened(found: re.Match[str]) -> str:
    name, attributes = found[1], found[2]
    return found[0] if name.lower() in _VOID else f"<{name}{attributes}></{name}>"


def _shallow(html: str) -> str:
    """Without tags that open deeper than anybody writes: a parser takes minutes for 100,000 of them."""
    if html.count("<") < _DEEPEST:
        return html
    depth, kept, at = 0, 0, 0
    pieces: list[str] = []
    while found := _TAG_START.search(html, at):
        at, name = found.end(), found[2].lower()
        if name in _RAW and not found[1]:
            closing = re.compile(f"</{name}", re.I).search(html, at)
            at = closing.end() if closing else len(html)
        elif found[1] and name not in _END_OPTIONAL:
            depth = max(0, depth - 1)
        elif name not in _VOID and name not in _END_OPTIONAL:
            depth += 1
            if depth > _DEEPEST:
                depth -= 1
                pieces.append(html[kept : found.start()])
                kept = at = html.find(">", at) + 1 or len(html)
    return "".join([*pieces, html[kept:]])


def summary_of(text: str, limit: int = 200) -> str:
    """One line of at most `limit` characters for a description: NFC, cut at a word with an ellipsis."""
    line = unicodedata.normalize("NFC", _SPACES.sub(" ", text).strip())
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    at_word, _, last = cut.rpartition(" ")
    if line[limit - 1] != " " and len(at_word) >= limit // 2:
        cut = at_word
    while cut and unicodedata.category(line[len(cut)])[0] == "M":
        cut = cut[:-1]  # a mark stays with its letter
    return cut.rstrip(" ,;:–—-") + "…"


def as_xhtml(stored_html: str) -> str:
    """Sanitised or stored markup as well-formed XHTML: void elements closed, only XML's own entities."""
    return _OPEN_VOID.sub(r"<\1/>", stored_html).replace("&nbsp;", "&#160;")
