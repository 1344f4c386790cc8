"""From an outline to a story's parts: titles, keys, what stood before the first chapter."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from talehouse.imports.formats.text.outline import Chapter, Item, Outline
from talehouse.imports.formats.text.titles import same_title, split_series, title_from_name
from talehouse.imports.found import BadFileError, FoundPart, FoundStory, LeftOut

_RIGHTS = re.compile(
    r"©|\(c\)\s*\d{4}|copyright|all rights reserved|\bISBN\b|todos los derechos|alle rechte|tous droits",
    re.IGNORECASE,
)
_BY = re.compile(r"^(?:by|von|par|por|di|от)\s+(?P<name>[^\d!?]{2,60}(?<![.,]))$", re.IGNORECASE)
_TITLE_PAGE_WORDS = 40
_IMPRINT_WORDS = 300


def fill(story: FoundStory, found: Outline, name: str) -> None:
    """Put the outline's chapters into `story`; its title is the file's own, else a heading's, else the
    file's name."""
    story.title = story.title or found.title
    _place_opening(story, found)
    for title in found.left_out:
        story.left_out.append(LeftOut(title, _("it is front or back matter")))
    chapters = [chapter for chapter in found.chapters if chapter.items or chapter.title]
    if not any(chapter.items for chapter in chapters):
        raise BadFileError(_("“%(name)s” holds no text.") % {"name": name})
    if not story.title:
        alone = len(chapters) == 1 and chapters[0].title
        story.title = alone or title_from_name(name)
    if story.series is None:
        story.title, story.series = split_series(story.title)
    seen: dict[str, int] = {}
    story.parts += [_part(chapter, story.title, seen) for chapter in chapters]
    empty = [part.title for part in story.parts if not part.html.strip()]
    if empty:
        story.doubts.append(_("No text was found under: %(titles)s.") % {"titles": "; ".join(empty)})


def _part(chapter: Chapter, story_title: str, seen: dict[str, int]) -> FoundPart:
    title = chapter.title or story_title
    key = same_title(title)
    seen[key] = seen.get(key, 0) + 1
    return FoundPart(title, chapter.html(), key=key if seen[key] == 1 else f"{key} {seen[key]}")


def _place_opening(story: FoundStory, found: Outline) -> None:
    """A title page or imprint before the first chapter is left out; other words become a part or lead the
    first."""
    items = [item for item in found.opening if item.text.strip() or "<img" in item.html]
    if not items:
        return
    whole = Chapter("", items)
    if whole.words() <= _IMPRINT_WORDS and any(_RIGHTS.search(item.text) for item in items):
        story.left_out.append(LeftOut(_excerpt(items), _("it is the title page or imprint")))
        _title_page(story, items)
    elif _is_title_page(story, items, whole.words()):
        _title_page(story, items)
        story.left_out.append(LeftOut(_excerpt(items), _("it is the title page")))
    elif whole.words() >= _TITLE_PAGE_WORDS:
        found.chapters.insert(0, whole)
    else:
        found.chapters[0].items[:0] = items


def _is_title_page(story: FoundStory, items: list[Item], words: int) -> bool:
    """Few short lines, among them the story's title or `by …`."""
    if words > _TITLE_PAGE_WORDS or any(item.text.rstrip()[-1:] in '.!?”"' for item in items):
        return False
    return any(
        _BY.match(item.text.strip()) or (story.title and same_title(item.text) == same_title(story.title))
        for item in items
    )


def _title_page(story: FoundStory, items: list[Item]) -> None:
    """Its byline is the author, rather than the computer's user in a file's properties; its title fills a
    gap."""
    for at, item in enumerate(items):
        match = _BY.match(item.text.strip())
        if match:
            story.authors = [match["name"].strip()]
        if match and at and not story.title and len(items[at - 1].text) <= 120:
            story.title = items[at - 1].text.strip()


def _excerpt(items: list[Item]) -> str:
    flat = " ".join(" ".join(item.text.split()) for item in items)
    return flat if len(flat) <= 80 else flat[:79].rstrip() + "…"
