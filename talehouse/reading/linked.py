"""What pages say to programs: schema.org in JSON-LD (`Book`, `Chapter`, `CreativeWorkSeries`)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from talehouse.reading.cards import Card, Named, place
from talehouse.stories.around import Around
from talehouse.stories.models import Counters, Part, Story
from talehouse.tags.vocabulary import TagKind

JSON_ESCAPES = {
    ord("<"): "\\u003c",
    ord(">"): "\\u003e",
    ord("&"): "\\u0026",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}


def as_json(data: dict[str, Any]) -> SafeString:
    """JSON that may stand in a script element: nothing in it can end the element."""
    return mark_safe(json.dumps(data, ensure_ascii=False).translate(JSON_ESCAPES))  # noqa: S308


def _counters(thing: Counters) -> list[dict[str, Any]]:
    """The three counters as `InteractionCounter`s."""
    kinds = {
        "ReadAction": thing.read_count,
        "LikeAction": thing.vote_count,
        "CommentAction": thing.comment_count,
    }
    return [
        {
            "@type": "InteractionCounter",
            "interactionType": {"@type": kind},
            "userInteractionCount": number,
        }
        for kind, number in kinds.items()
    ]


def _authors(authors: Sequence[Named]) -> list[dict[str, str]]:
    return [{"@type": "Person", "name": name, "url": settings.BASE_URL + url} for name, url in authors]


def _time(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _series(story: Story) -> dict[str, Any] | None:
    entry = getattr(story, "series_entry", None)
    if entry is None:
        return None
    series = {
        "@type": "CreativeWorkSeries",
        "name": entry.series.title,
        "url": settings.BASE_URL + entry.series.url,
    }
    return {"isPartOf": series, "position": place(entry.position)}


def _without_empty(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value not in (None, "", [])}


def book(story: Story, shown: Card) -> dict[str, Any]:
    """A story as a `Book` with its counters, and its series."""
    data = {
        "@context": "https://schema.org",
        "@type": "Book",
        "@id": settings.BASE_URL + story.url,
        "url": settings.BASE_URL + story.url,
        "name": story.title,
        "inLanguage": story.language,
        "author": _authors(shown.authors),
        "description": shown.summary_text,
        "keywords": [tag.name for tag in shown.tags],
        "contentRating": shown.rating_label,
        "datePublished": _time(shown.published_at),
        "dateModified": _time(shown.updated_at),
        "image": settings.BASE_URL + story.cover.url if story.cover else None,
        "interactionStatistic": _counters(story),
        **(_series(story) or {}),
    }
    return _without_empty(data)


def chapter(
    part: Part, authors: Sequence[Named], names: Sequence[Around], *, number: int | None
) -> dict[str, Any]:
    """A part as a `Chapter` of its `Book`, with its counters. An announcement is an `Article`."""
    story = part.story
    inside = {
        "@type": "Book",
        "@id": settings.BASE_URL + story.url,
        "name": story.title,
        "url": settings.BASE_URL + story.url,
        **(_series(story) or {}),
    }
    data = {
        "@context": "https://schema.org",
        "@type": "Article" if part.kind == Part.Kind.ANNOUNCEMENT else "Chapter",
        "@id": settings.BASE_URL + part.url,
        "url": settings.BASE_URL + part.url,
        "name": part.title,
        "position": number,
        "inLanguage": story.language,
        "author": _authors(authors),
        "keywords": [row.name for row in names if row.what in TagKind.values],
        "wordCount": part.word_count,
        "datePublished": _time(part.release_at),
        "dateModified": _time(part.edited_at),
        "isPartOf": inside,
        "interactionStatistic": _counters(part),
    }
    return _without_empty(data)
