"""Finding the story and the part that a file means: by the source's identifier, else by its title."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from talehouse.accounts.models import Account
from talehouse.imports.found import FoundPart, FoundStory
from talehouse.imports.models import Source
from talehouse.lib.slugs import name_key
from talehouse.stories.models import Part, Story

LONGEST_KEY = 280
LONGEST_TAG = 20
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


def identifier_of(found: FoundStory) -> str:
    """What makes two files the same story: the source's own identifier, else format, title and writer."""
    if found.identifier:
        return found.identifier[:300]
    writer = name_key(found.authors[0]) if found.authors else ""
    return f"{found.format}:{name_key(found.title)}:{writer}"[:300]


def part_keys(chapters: Sequence[FoundPart]) -> list[str]:
    """What makes a chapter of two files the same one: the source's own key, else the title, else its place.

    Unique within the story: the second of two that are called alike is "the second with this title".
    """
    seen: Counter[str] = Counter()
    keys: list[str] = []
    for place, chapter in enumerate(chapters):
        title = name_key(chapter.title)
        key = (chapter.key or (f"title:{title}" if title else f"place:{place}"))[:LONGEST_KEY]
        seen[key] += 1
        keys.append(key if seen[key] == 1 else f"{key}~{seen[key]}")
    return keys


def language_of(told: str) -> str:
    """The language as a tag of BCP 47, "" if what a file says is none or too long to keep."""
    tag = told.strip().replace("_", "-")
    return tag if len(tag) <= LONGEST_TAG and _LANGUAGE.fullmatch(tag) else ""


def known_story(found: FoundStory, *, by: Account) -> Story | None:
    """The story that this file was brought in as, or that it was taken out of, if `by` may change it."""
    editable = Story.objects.editable_by(by)
    source = Source.objects.filter(owner=by, identifier=identifier_of(found), story__in=editable)
    story: Story | None = Story.objects.filter(sources__in=source).first()
    if story:
        return story
    number = _uuid(found.identifier)
    return editable.filter(uuid=number).first() if number else None


def known_part(story: Story, chapter: FoundPart) -> Part | None:
    """The part of this story that the chapter was taken out of."""
    number = _uuid(chapter.key)
    return story.parts.filter(uuid=number, deleted_at=None).first() if number else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text.removeprefix("urn:uuid:"))
    except ValueError:
        return None
