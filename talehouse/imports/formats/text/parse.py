"""Plain text: paragraphs by blank lines or lines, wrapped lines joined, chapters found by their headings."""

from __future__ import annotations

import html
import re

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from talehouse.imports.formats.text import gutenberg
from talehouse.imports.formats.text.assembly import fill
from talehouse.imports.formats.text.decoding import decode, looks_like_text
from talehouse.imports.formats.text.headings import Heading, Rank, counted, heading_of
from talehouse.imports.formats.text.outline import Item, is_front_matter, outline
from talehouse.imports.formats.text.prose import (
    Layout,
    Shape,
    blocks_of,
    is_ornament,
    layout_of,
    paragraph_html,
    paragraphs_of,
)
from talehouse.imports.found import BadFileError, FoundStory, LeftOut

_BYLINE = re.compile(
    r"^(?:written\s+)?(?:by|von|par|por|di|от|автор)[:\s]\s*(?P<name>[^\d!?]{2,60}(?<![.,]))$", re.IGNORECASE
)
_FIELD = re.compile(
    r"^(?P<key>title|author|summary|series|t[íi]tulo|autora?|titre|auteur|titel|titolo|"
    r"autore)\s*:\s*(?P<value>.+)$",
    re.IGNORECASE,
)
_TITLE_FIELDS = {"title", "título", "titulo", "titre", "titel", "titolo"}
_AUTHOR_FIELDS = {"author", "autor", "autora", "auteur", "autore"}
_CONTENTS_RUN = 3


def sniff(head: bytes, name: str) -> bool:
    """Any text at all: this format comes last."""
    return bool(head.strip()) and looks_like_text(head)


def parse(data: bytes, *, name: str) -> FoundStory:
    """The story in a text file; one part when no two chapter headings are found."""
    decoded = decode(data, name=name)
    story = FoundStory("", [], format="text", doubts=decoded.doubts)
    text = gutenberg.strip(decoded.text, story)
    blocks = blocks_of(text)
    if not blocks:
        raise BadFileError(_("“%(name)s” holds no text.") % {"name": name})
    layout = layout_of(blocks)
    if layout.shape is Shape.WRAPPED:
        story.doubts.append(
            _("Lines were broken at about %(width)d letters and were joined again.") % {"width": layout.width}
        )
    blocks = _front(blocks, story)
    found = outline(_items(blocks, layout, story))
    fill(story, found, name)
    return story


def _front(blocks: list[list[str]], story: FoundStory) -> list[list[str]]:
    """Take title and author from the first lines when they look like it."""
    lines = [line.strip() for line in blocks[0]] if blocks else []
    fields = [_FIELD.match(line) for line in lines]
    if lines and all(fields) and len(blocks) > 1:
        for match in filter(None, fields):
            _field(match["key"].casefold(), match["value"].strip(), story)
        return blocks[1:]
    if not lines or len(blocks) < 2 or not _title_like(lines[0]) or len(lines) > 2 or heading_of(lines[0]):
        return blocks
    byline = _BYLINE.match(lines[1]) if len(lines) == 2 else None
    if len(lines) == 2 and not byline:
        return blocks
    rest = blocks[1:]
    if byline is None and len(rest[0]) == 1 and (byline := _BYLINE.match(rest[0][0].strip())):
        rest = rest[1:]
    if story.title and _plain(lines[0]) != _plain(story.title):
        return blocks
    story.title = story.title or lines[0].strip("*_# ")
    if byline and not story.authors:
        story.authors = [byline["name"].strip()]
    return rest or blocks


def _field(key: str, value: str, story: FoundStory) -> None:
    if key in _TITLE_FIELDS:
        story.title = value
    elif key in _AUTHOR_FIELDS:
        story.authors = [value]
    elif key == "summary":
        story.summary = f"<p>{html.escape(value, quote=False)}</p>"


def _title_like(line: str) -> bool:
    return (
        0 < len(line) <= 90
        and line[-1] not in '.,;:…"”»'
        and not is_ornament(line)
        and line[0] not in '-–—“"«'
    )


def _plain(title: str) -> str:
    return re.sub(r"[\W_]+", " ", title).strip().casefold()


def _items(blocks: list[list[str]], layout: Layout, story: FoundStory) -> list[Item]:
    """Headings and paragraphs in order; a contents list (headings with nothing between) is left out."""
    paragraphs = paragraphs_of(blocks, layout)
    headings = _headings(paragraphs)
    items: list[Item] = []
    at = 0
    while at < len(paragraphs):
        heading = headings.get(at)
        if heading is None:
            items.append(Item(paragraph_html(paragraphs[at]), " ".join(paragraphs[at])))
            at += 1
            continue
        title, at = _heading_title(paragraphs, headings, at)
        items.append(Item(f"<h2>{html.escape(title, quote=False)}</h2>", title, 1 if heading.section else 2))
    return _without_contents(items, story)


def _headings(paragraphs: list[list[str]]) -> dict[int, Heading]:
    """Which paragraphs are headings. Bare numbers count only when they run 1, 2, 3 and nothing else heads
    chapters."""
    found: dict[int, Heading] = {}
    for at, lines in enumerate(paragraphs):
        if (
            len(lines) <= 2
            and (heading := heading_of(lines[0]))
            and not (len(lines) == 2 and len(lines[1]) > 90)
        ):
            found[at] = heading
        elif len(lines) == 1 and is_front_matter(lines[0]):
            found[at] = Heading(Rank.FIRST, None)
    named = {at: heading for at, heading in found.items() if not heading.bare}
    running = counted(found)
    if sum(heading.rank is Rank.NUMBERED for heading in named.values()) >= 2 or len(running) < 2:
        return named
    return {at: heading for at, heading in found.items() if not heading.bare or at in running}


def _heading_title(paragraphs: list[list[str]], headings: dict[int, Heading], at: int) -> tuple[str, int]:
    """The heading's words, with a title that stands under the number; and where the text goes on."""
    title = " ".join(line.strip().strip("*_#=~").strip() for line in paragraphs[at])
    under = at + 1
    if (
        headings[at].rest
        or len(paragraphs[at]) > 1
        or headings[at].rank is not Rank.NUMBERED
        or under + 1 >= len(paragraphs)
    ):
        return title, under
    below = paragraphs[under]
    if under in headings or len(below) != 1 or not _subtitle_like(below[0].strip()):
        return title, under
    joint = "" if title[-1:] in ".:" else ":"
    return f"{title}{joint} {below[0].strip().strip('*_#').strip()}", under + 1


def _subtitle_like(line: str) -> bool:
    """A line short enough to be a title, and not a sentence or speech."""
    if not line or len(line) > 80 or is_ornament(line) or not line.lstrip("*_#")[:1].isalnum():
        return False
    if line.isupper() and sum(character.isalpha() for character in line) > 3:
        return True
    return len(line.split()) <= 8 and line[-1].isalnum() and not line[:1].islower()


def _without_contents(items: list[Item], story: FoundStory) -> list[Item]:
    """Three or more headings in a row, of which all but the last come again later, are a list of contents."""
    kept: list[Item] = []
    dropped = 0
    at = 0
    while at < len(items):
        run = at
        while run < len(items) and items[run].level:
            run += 1
        listed = _listed(items, at, run)
        dropped += listed
        kept.extend(items[at + listed : max(run, at + 1)])
        at = max(run, at + 1)
    if dropped:
        story.left_out.append(
            LeftOut(
                _("Contents"),
                ngettext("a list of %(count)d chapter", "a list of %(count)d chapters", dropped)
                % {"count": dropped},
            )
        )
    return kept


def _listed(items: list[Item], start: int, end: int) -> int:
    """How many headings from `start` on are entries of a contents list."""
    if end - start < _CONTENTS_RUN:
        return 0
    later = {_plain(item.text) for item in items[end:] if item.level} | {_plain(items[end - 1].text)}
    heads = [_plain(item.text) for item in items[start : end - 1]]
    again = [
        any(head.startswith(one) or one.startswith(head) for one in later) or is_front_matter(head)
        for head in heads
    ]
    if sum(again) * 3 < len(again) * 2:
        return 0
    # The chapter that really begins here is the last heading, and a section over it may stand before.
    return (
        end
        - start
        - (2 if end - start > _CONTENTS_RUN and items[end - 2].level < items[end - 1].level else 1)
    )
