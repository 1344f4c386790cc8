"""From a source to a feed: its newest parts, and how much of each stands there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.db.models import Min
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from talehouse.feeds import texts
from talehouse.feeds.feed import Author, Feed, Item, Subject
from talehouse.feeds.sources import Source
from talehouse.lib.html import text_of
from talehouse.lib.languages import direction
from talehouse.stories import models
from talehouse.stories.around import Around, around
from talehouse.stories.models import Part, Story, Visibility
from talehouse.stories.visibility import needs_notice
from talehouse.tags.vocabulary import TagKind

MOST = 50
"""Items of a feed."""
LARGEST = 1_500_000
"""Characters of whole texts in one feed, the newest first; from there on the beginnings stand."""


def feed_of(source: Source, *, url: str, house: str) -> Feed:
    """Everything that a format writes down; `url` is where the feed itself stands."""
    parts = list(source.parts.select_related("story", "published").order_by("-release_at", "-pk")[:MOST])
    surroundings = around({part.story_id for part in parts} | ({source.story.pk} if source.story else set()))
    room = LARGEST
    items = []
    for part in parts:
        item = _item(part, source, surroundings.get(part.story_id, []), room)
        room -= len(item.html)
        items.append(item)
    return Feed(
        id=_urn(source.id),
        url=url,
        page=settings.BASE_URL + source.page,
        title=source.title,
        about=source.about,
        language=source.language or translation.get_language() or settings.LANGUAGE_CODE,
        updated=max((item.updated for item in items), default=source.since),
        image=settings.BASE_URL + source.image if source.image else "",
        house=house,
        authors=_authors(surroundings.get(source.story.pk, [])) if source.story else (),
        items=tuple(items),
    )


def next_release(source: Source) -> datetime | None:
    """When a scheduled part may come in: until then a kept answer holds. The time, whoever will see it."""
    coming = Part.objects.filter(release_at__gt=timezone.now(), published__isnull=False, deleted_at=None)
    if source.story is not None:
        coming = coming.filter(story=source.story)
    at: datetime | None = coming.aggregate(at=Min("release_at"))["at"]
    return at


def _urn(uuid: UUID) -> str:
    return f"urn:uuid:{uuid}"


def _item(part: Part, source: Source, names: Sequence[Around], room: int) -> Item:
    story, url = part.story, settings.BASE_URL + part.url + source.ending
    shows = how_much(story, part, source)
    alone = shows == models.Feed.NONE
    published = part.release_at or part.made_at
    return Item(
        id=_urn(part.uuid),
        url=url,
        title=part.title if source.story else f"{story.title} · {part.title}",
        language=story.language,
        published=published,
        updated=max(published, part.edited_at or published),
        authors=_authors(names),
        subjects=_subjects(names),
        summary="" if alone else text_of(part.note_before),
        html="" if alone else _html(part, shows, _place(url, source.ending), room),
    )


def how_much(story: Story, part: Part, source: Source) -> str:
    """What the writer chose; the title alone of what would show a notice first, and of what is for members:
    the programs that read feeds are no members."""
    inside = story.visibility == Visibility.MEMBERS or part.visibility == Part.Visibility.MEMBERS
    if inside or needs_notice(story.rating, source.person.limit):
        return models.Feed.NONE
    return story.feed


def _place(url: str, ending: str) -> texts.Place:
    return texts.Place(settings.BASE_URL, url, ending, _("Hidden words"), _("Read on"))


def _html(part: Part, shows: str, place: texts.Place, room: int) -> str:
    stored = part.published.html if part.published else ""
    if shows == models.Feed.FULL and len(stored) <= room:
        text = texts.whole(stored, place, before=part.note_before, after=part.note_after)
    else:
        text = texts.beginning(stored, place)
    return f'<div dir="rtl">{text}</div>' if direction(part.story.language) == "rtl" else text


def _authors(names: Sequence[Around]) -> tuple[Author, ...]:
    return tuple(
        Author(row.name, f"{settings.BASE_URL}/people/{quote(row.slug)}/")
        for row in names
        if row.what == "author"
    )


def _subjects(names: Sequence[Around]) -> tuple[Subject, ...]:
    return tuple(
        Subject(row.name, row.slug, f"{settings.BASE_URL}/tags/{row.what}/")
        for row in names
        if row.what in TagKind.values
    )
