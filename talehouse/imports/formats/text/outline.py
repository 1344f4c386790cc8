"""Headings and bodies in a row to a story's parts: which level is the chapters', what is title, what is
front matter."""

from __future__ import annotations

import html
import re
from collections import Counter
from dataclasses import dataclass, field

from talehouse.imports.formats.text.headings import heading_of, number_first

_FRONT = re.compile(
    r"(?:table of )?contents|index|copyright(?: page)?|imprint|impressum|colophon|title ?page|"
    r"half.?title|[íi]ndice|"
    r"inhalt(?:sverzeichnis)?|table des mati[èe]res|sommaire|sommario|indice|sum[áa]rio|目次|目录|目錄|"
    r"содержание|оглавление|"
    r"spis treści|içindekiler|inhoud(?:sopgave)?",
    re.IGNORECASE,
)


_LONGEST_FRONT = 600
"""Words of a list of contents or an imprint; more under such a heading is text that lost its own."""


@dataclass(frozen=True, slots=True)
class Item:
    """One block in order: a heading when `level` is above 0 (1 the highest), else a body. `text` is plain."""

    html: str
    text: str
    level: int = 0


@dataclass(slots=True)
class Chapter:
    """A part to be: its title and blocks; `section` is the part or book of the story that it stands in."""

    title: str
    items: list[Item] = field(default_factory=list)
    section: str = ""

    def html(self) -> str:
        """All blocks, one a line."""
        return "\n".join(item.html for item in self.items)

    def words(self) -> int:
        """A rough count, only to tell a page from a chapter."""
        return sum(len(item.text.split()) for item in self.items)


@dataclass(slots=True)
class Outline:
    """`title` is a heading over the whole story, "" if there is none; `opening` stands before the first
    chapter; `left_out` are titles of chapters that are only front matter."""

    title: str
    opening: list[Item]
    chapters: list[Chapter]
    left_out: list[str]


def outline(items: list[Item]) -> Outline:
    """Split at the level where the chapters are. Without headings everything is one chapter without a
    title."""
    items = list(items)
    title = _title(items)
    level = _chapter_level(items)
    opening: list[Item] = []
    chapters: list[Chapter] = []
    section = ""
    for at, item in enumerate(items):
        if item.level and item.level < level and _empty_section(items, at):
            section = item.text
        elif item.level and item.level <= level:
            chapters.append(Chapter(item.text, section=section))
        else:
            (chapters[-1].items if chapters else opening).append(item)
    left_out = [chapter.title for chapter in chapters if _is_front(chapter)]
    chapters = [chapter for chapter in chapters if not _is_front(chapter)]
    _name_sections(chapters)
    if not chapters:
        return Outline(title, [], [Chapter("", opening)] if opening else [], left_out)
    return Outline(title, opening, chapters, left_out)


def promoted(items: list[Item]) -> list[Item]:
    """Items without any heading: short paragraphs that read like chapter headings become them, if at least
    two do."""
    if any(item.level for item in items):
        return items
    found = [
        heading_of(item.text) if item.html.startswith("<p") and "<img" not in item.html else None
        for item in items
    ]
    if sum(heading is not None and not heading.bare for heading in found) < 2:
        return items
    return [
        Item(item.html, item.text, 1 if heading.section else 2) if heading and not heading.bare else item
        for item, heading in zip(items, found, strict=True)
    ]


def is_front_matter(title: str) -> bool:
    """Whether a chapter of this title is a list of contents, an imprint or a title page."""
    return _FRONT.fullmatch(title.strip().strip(":.")) is not None


def _is_front(chapter: Chapter) -> bool:
    return is_front_matter(chapter.title) and chapter.words() <= _LONGEST_FRONT


def _title(items: list[Item]) -> str:
    """A single top heading before any body, with others under it, is the story's title: taken out of
    `items`."""
    levels = [item.level for item in items if item.level]
    if not levels or not items[0].level or levels.count(min(levels)) != 1 or items[0].level != min(levels):
        return ""
    if len(levels) == 1 and heading_of(items[0].text):
        return ""
    if len(levels) > 1 and heading_of(items[0].text) and not heading_of(items[0].text).section:  # type: ignore[union-attr]
        return ""
    return items.pop(0).text


def _chapter_level(items: list[Item]) -> int:
    """The top level, unless its headings mostly only hold headings of the next one."""
    levels = sorted({item.level for item in items if item.level})
    while len(levels) > 1:
        at_top = [at for at, item in enumerate(items) if item.level == levels[0]]
        holding = sum(_empty_section(items, at) for at in at_top)
        if holding * 2 <= len(at_top) or _mostly_chapters([items[at].text for at in at_top]):
            break
        levels.pop(0)
    return levels[0] if levels else 0


def _empty_section(items: list[Item], at: int) -> bool:
    """Whether a heading is directly followed by one of a deeper level."""
    return at + 1 < len(items) and items[at + 1].level > items[at].level


def _mostly_chapters(titles: list[str]) -> bool:
    found = [heading_of(title) or number_first(title) for title in titles]
    return sum(heading is not None and not heading.section for heading in found) * 2 > len(titles)


def _name_sections(chapters: list[Chapter]) -> None:
    """Where chapters of two sections share a title the section goes into it; else it heads its first
    chapter."""
    counts = Counter(chapter.title.casefold() for chapter in chapters)
    seen = ""
    for chapter in chapters:
        if not chapter.section:
            continue
        if max(counts.values()) > 1:
            chapter.title = f"{chapter.section}: {chapter.title}"
        elif chapter.section != seen:
            chapter.items.insert(
                0, Item(f"<h2>{html.escape(chapter.section, quote=False)}</h2>", chapter.section)
            )
        seen = chapter.section
