"""A drawn cover for a story without one: its title, its writers and a calm picture, as a small SVG.

Colour, picture and layout follow from a number, so a story keeps its cover. Only presentation
attributes are used, no styles and no ids: the SVG may stand inline on a page with a strict content
security policy, many times. Units are those of the 200 × 300 view box.
"""

import re
import unicodedata
from xml.sax.saxutils import escape

from talehouse.lib.covers.colours import Palette, palette
from talehouse.lib.covers.dice import Dice
from talehouse.lib.covers.lettering import LINE, fitted, width
from talehouse.lib.covers.pictures import PICTURES, Layout

LARGEST = 1500
"""The most bytes of a cover; longer words are cut with "…" until they fit."""
_WIDTH, _MARGIN = 200, 18
_ROOM = _WIDTH - 2 * _MARGIN
_LENGTHS = (140, 100, 80, 60, 45, 30, 18)
_NOT_XML = re.compile("[^\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+")

__all__ = ["LARGEST", "svg"]


def svg(title: str, author: str, seed: int, *, standalone: bool = False) -> str:
    """The cover as one `<svg>` element of at most 1.5 KB, named for screen readers by title and author.

    `standalone` adds the namespace that a file of its own needs.
    """
    title, author = _plain(title), _plain(author)
    drawn = ""
    for length in _LENGTHS:
        drawn = _drawn(_cut(title, length), _cut(author, min(length, 60)), seed, standalone)
        if len(drawn.encode()) <= LARGEST:
            break
    return drawn


def _drawn(title: str, author: str, seed: int, standalone: bool) -> str:
    dice = Dice(seed)
    colours = palette(dice)
    picture, layout = PICTURES[dice.below(len(PICTURES))]
    art, behind_author = picture(dice, colours, title)
    rtl = _is_rtl(title)
    name_ink = colours.readable_on(behind_author)
    space = ' xmlns="http://www.w3.org/2000/svg"' if standalone else ""
    label = escape(", ".join(name for name in (title, author) if name), {'"': "&quot;"})
    return (
        f'<svg{space} viewBox="0 0 200 300" role="img" aria-label="{label}">'
        f'<path d="M0 0H200V300H0z" fill="{colours.ground}"/>{art}'
        f"{_title(title, layout, colours, rtl)}{_author(author, layout, name_ink, rtl)}</svg>"
    )


def _title(title: str, layout: Layout, colours: Palette, rtl: bool) -> str:
    size, lines = fitted(title, _ROOM, layout.bottom - layout.top)
    heights = (layout.top + size * (0.86 + LINE * n) for n in range(len(lines)))
    rows = "".join(
        f'<text x="{_start(layout, rtl)}" y="{y:.1f}">{escape(line)}</text>'
        for y, line in zip(heights, lines, strict=True)
    )
    return (
        f'<g font-family="Charter,Georgia,serif" font-size="{size:g}" fill="{colours.ink}"'
        f"{_anchor(layout, rtl)}>{rows}</g>"
    )


def _author(author: str, layout: Layout, ink: str, rtl: bool) -> str:
    if not author:
        return ""
    size = max(9, min(11.5, _ROOM / width(author) // 0.5 / 2)) if width(author) else 11.5
    name = author
    while width(name) * size > _ROOM:
        name = name.removesuffix("…")[:-1].rstrip() + "…"
    return (
        f'<text x="{_start(layout, rtl)}" y="286" font-family="system-ui,sans-serif" font-size="{size:g}" '
        f'fill="{ink}"{_anchor(layout, rtl)}>{escape(name)}</text>'
    )


def _start(layout: Layout, rtl: bool) -> int:
    if layout.centred:
        return _WIDTH // 2
    return _WIDTH - _MARGIN if rtl else _MARGIN


def _anchor(layout: Layout, rtl: bool) -> str:
    """For right-to-left text the start is at the right."""
    return (' direction="rtl"' if rtl else "") + (' text-anchor="middle"' if layout.centred else "")


def _is_rtl(words: str) -> bool:
    strong = (unicodedata.bidirectional(char) for char in words)
    return next((kind for kind in strong if kind in ("L", "R", "AL")), "L") != "L"


def _plain(words: str) -> str:
    return " ".join(_NOT_XML.sub(" ", words).split())


def _cut(words: str, length: int) -> str:
    return words if len(words) <= length else words[: length - 1].rstrip() + "…"
