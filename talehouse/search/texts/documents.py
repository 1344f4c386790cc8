"""What of stories can be found by words, read from the database: only what somebody may meet in lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Q

from talehouse.lib.html import text_of
from talehouse.stories.models import EffectiveTag, Part, Role, Story
from talehouse.stories.people import AUTHORS
from talehouse.tags.models import Tag

BATCH = 200
"""Stories whose rows are read together; their texts are read one story at a time."""


@dataclass(frozen=True, slots=True)
class PartText:
    """A part: its title and its stored markup. `members`: only somebody with an account may meet it."""

    part: int
    title: str
    html: str
    members: bool = False


@dataclass(frozen=True, slots=True)
class StoryTexts:
    """A story and its parts. `tags` are all names that it is found under, synonyms of its tags too."""

    story: int
    language: str
    title: str
    summary: str = ""
    writers: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    members: bool = False
    parts: tuple[PartText, ...] = ()


def texts_of(story_ids: Iterable[int], *, parts: bool = True) -> Iterator[StoryTexts]:
    """The stories among these that somebody may meet, as they are now; on request without their parts."""
    ids = sorted(set(story_ids))
    for start in range(0, len(ids), BATCH):
        yield from _some(ids[start : start + BATCH], parts)


def _some(ids: Sequence[int], parts: bool) -> Iterator[StoryTexts]:
    listed = Story.objects.listed_for_somebody().filter(pk__in=ids).order_by("pk")
    stories = list(listed.values_list("pk", "language", "title", "summary", "visibility"))
    found = [row[0] for row in stories]
    writers, tags = _writers(found), _tags(found)
    for pk, language, title, summary, visibility in stories:
        yield StoryTexts(
            story=pk,
            language=language,
            title=title,
            summary=text_of(summary),
            writers=tuple(writers[pk]),
            tags=tuple(tags[pk]),
            members=visibility == "members",
            parts=tuple(_parts(pk, members=visibility == "members")) if parts else (),
        )


def _parts(story: int, *, members: bool) -> Iterator[PartText]:
    met = Part.objects.standing().released().filter(story=story, visibility__in=("story", "members"))
    rows = met.order_by("position").values_list("pk", "title", "published__html", "visibility")
    for pk, title, html, visibility in rows:
        yield PartText(pk, title, html, members or visibility == "members")


def _writers(ids: Sequence[int]) -> dict[int, list[str]]:
    names: dict[int, list[str]] = defaultdict(list)
    roles = Role.objects.filter(story__in=ids, kind__in=AUTHORS, accepted_at__isnull=False)
    for story, name in roles.order_by("story", "position").values_list("story", "pen_name__name"):
        names[story].append(name)
    return names


def _tags(ids: Sequence[int]) -> dict[int, list[str]]:
    """All tags that a story is found under, and what else these are called."""
    names: dict[int, list[str]] = defaultdict(list)
    under: dict[int, list[int]] = defaultdict(list)
    for story, tag in EffectiveTag.objects.filter(story__in=ids).order_by("pk").values_list("story", "tag"):
        under[tag].append(story)
    tags = sorted(under)
    for start in range(0, len(tags), 500):
        some = tags[start : start + 500]
        called = Tag.objects.filter(Q(pk__in=some) | Q(merged_into__in=some)).order_by("pk")
        for pk, meant, name in called.values_list("pk", "merged_into", "name"):
            for story in {*under.get(pk, ()), *under.get(meant or 0, ())}:
                names[story].append(name)
    return names
