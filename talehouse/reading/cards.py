"""A story as lists show it: built for many stories at once, with one query for everything around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import quote

from django.utils.safestring import SafeString, mark_safe

from talehouse.lib import covers
from talehouse.lib.html import summary_of, text_of
from talehouse.lib.languages import direction
from talehouse.lib.words import minutes
from talehouse.stories import pictures
from talehouse.stories.around import Around, around
from talehouse.stories.models import Story
from talehouse.tags.vocabulary import Category, Rating, Status, TagKind, Warning


class Named(NamedTuple):
    """Somebody or something with a page."""

    name: str
    url: str


class TagLink(NamedTuple):
    """A tag as a link."""

    name: str
    url: str
    kind: str
    kind_label: str


class SeriesPlace(NamedTuple):
    """The series of a story and its place in it."""

    title: str
    url: str
    position: str


class ElsewhereCounts(NamedTuple):
    """Counters brought in by an import, never added to ours."""

    reads: int
    votes: int
    comments: int


@dataclass(slots=True)
class Card:
    """What a list shows of a story."""

    id: int
    url: str
    title: str
    language: str
    dir: str
    cover_url: str | None
    cover_srcset: str
    cover_width: int
    cover_height: int
    cover_alt: str
    cover_svg: SafeString
    words: int
    minutes: int
    parts: int
    planned_parts: int | None
    status: str
    status_label: str
    rating: str
    rating_label: str
    series: SeriesPlace | None
    reads: int
    votes: int
    comments: int
    elsewhere: ElsewhereCounts | None
    published_at: datetime | None
    updated_at: datetime | None
    summary: SafeString
    summary_text: str
    reason: str = ""
    passage: SafeString = SafeString("")
    passage_url: str = ""
    passage_part: str = ""
    authors: list[Named] = field(default_factory=list)
    tags: list[TagLink] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)


def selected(stories: Any) -> Any:
    """The joins that a card needs, so that no card asks again."""
    return stories.select_related("cover", "series_entry__series")


def cards(stories: Sequence[Story], *, key: str = "") -> list[Card]:
    """The cards of stories that were fetched with `selected`; one query more for all of them."""
    surroundings = around(story.pk for story in stories)
    return [card(story, surroundings.get(story.pk, []), key=key) for story in stories]


def card(story: Story, surroundings: Sequence[Around], *, key: str = "") -> Card:
    """One card; `key` is carried along in the address of an unlisted story."""
    authors = [Named(a.name, f"/people/{quote(a.slug)}/") for a in surroundings if a.what == "author"]
    suffix = f"?key={quote(key)}" if key else ""
    cover = story.cover
    text = text_of(story.summary)
    return Card(
        id=story.pk,
        url=story.url + suffix,
        title=story.title,
        language=story.language,
        dir=direction(story.language),
        cover_url=cover.url + suffix if cover else None,
        cover_srcset=pictures.srcset(cover, suffix) if cover else "",
        cover_width=cover.width if cover else 200,
        cover_height=cover.height if cover else 300,
        cover_alt=story.cover_alt,
        cover_svg=_generated(story, authors),
        words=story.word_count,
        minutes=minutes(story.word_count, story.language),
        parts=story.part_count,
        planned_parts=story.planned_parts,
        status=story.status,
        status_label=str(Status(story.status).label),
        rating=story.rating,
        rating_label=str(Rating(story.rating).label),
        series=_series(story),
        reads=story.read_count,
        votes=story.vote_count,
        comments=story.comment_count,
        elsewhere=elsewhere(story),
        published_at=story.release_at,
        updated_at=story.updated_at,
        summary=mark_safe(story.summary),  # noqa: S308  sanitised on the way in
        summary_text=summary_of(text, 240),
        authors=authors,
        tags=[tag_link(a) for a in surroundings if a.what in TagKind.values],
        warnings=[str(Warning(a.name).label) for a in surroundings if a.what == "warning"],
        categories=[str(Category(a.name).label) for a in surroundings if a.what == "category"],
    )


def _generated(story: Story, authors: Sequence[Named]) -> SafeString:
    if story.cover_id:
        return SafeString("")
    return mark_safe(covers.svg(story.title, authors[0].name if authors else "", story.uuid.int % 2**31))  # noqa: S308


def tag_link(row: Around) -> TagLink:
    """A tag's name and page."""
    return TagLink(row.name, f"/tags/{row.what}/{quote(row.slug)}/", row.what, str(TagKind(row.what).label))


def elsewhere(thing: Any) -> ElsewhereCounts | None:
    """The counters brought in, or None when there are none."""
    counts = ElsewhereCounts(thing.elsewhere_reads, thing.elsewhere_votes, thing.elsewhere_comments)
    return counts if any(counts) else None


def place(position: Decimal) -> str:
    """1, 2 or 2.5: without zeros that nobody wrote."""
    return f"{position.normalize():f}"


def _series(story: Story) -> SeriesPlace | None:
    entry = getattr(story, "series_entry", None)
    return SeriesPlace(entry.series.title, entry.series.url, place(entry.position)) if entry else None
