"""The rows of feeds in the table of addresses. What a visitor may not see, nobody gets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from talehouse.accounts.models import PenName
from talehouse.library import my_feed
from talehouse.library.models import ListEntry, ReadingList
from talehouse.stories.models import Series, Story

Row = tuple[str, str, bool, tuple[str, ...]]
"""The address's name, the path, whether it is there at all, and words that a refusal must not tell."""
FORMS = ("atom", "rss", "json")


def feeding(
    stories: Mapping[str, tuple[Story, str, bool]], series: Mapping[str, tuple[Series, bool]]
) -> Iterator[Row]:
    """`stories`: (story, query, whether visitors open it); `series`: (series, whether visitors meet it)."""
    public = stories["public"][0]
    for form in FORMS:
        yield "feed-archive", f"/feeds/archive.{form}", True, ()
        for story, query, opens in stories.values():
            secret = () if opens else (story.title, story.slug)
            yield "feed-story", f"/feeds/stories/{story.pk}.{form}{query}", opens, secret
    for one, opens in series.values():
        yield "feed-series", f"/feeds/series/{one.pk}.atom", opens, () if opens else (one.title, one.slug)
    for path, opens in (("writer", True), ("nobody", False)):
        yield "feed-person", f"/feeds/people/{path}.atom", opens, ()
    for path, opens in (("theme/lamps", True), ("fandom/lamps", False), ("nonsense/lamps", False)):
        yield "feed-tag", f"/feeds/tags/{path}.atom", opens, ()
    for name in ("story", "series", "list"):
        folder = {"story": "stories", "series": "series", "list": "lists"}[name]
        yield f"feed-{name}", f"/feeds/{folder}/999999.atom", False, ()
    yield from _personal(public)


def _personal(public: Story) -> Iterator[Row]:
    """Lists of the reader, and the feed of what the reader follows, which opens by its secret."""
    reader = PenName.objects.get(slug="reader")
    for title, is_public in (("Lamps for all", True), ("Lamps for me", False)):
        one, _new = ReadingList.objects.get_or_create(
            owner=reader,
            title=title,
            defaults={"slug": title.lower().replace(" ", "-"), "is_public": is_public},
        )
        ListEntry.objects.get_or_create(list=one, story=public, defaults={"position": 1})
        secret = () if is_public else (one.title, one.slug)
        yield "feed-list", f"/feeds/lists/{one.pk}.atom", is_public, secret
    key = my_feed.key_of(reader.account) or my_feed.renew(by=reader.account)
    yield "feed-updates", f"/feeds/updates/{key}.atom", True, ()
    yield "feed-updates", "/feeds/updates/guessed-by-somebody.atom", False, ()
