"""Thinning what was saved by itself: all of the last hour, one an hour for a day, one a day for a month.

Never thinned: what somebody saved, restored, named or published, what was set aside, the newest text of each
account in each part, and whatever anything points to (a part, a note, a restored text, a comment).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Exists, ForeignKey, Max, OuterRef, QuerySet
from django.utils import timezone

from talehouse.stories.models import Part, Revision, Story

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MONTH = timedelta(days=30)

MOST_AT_ONCE = 500
"""So many rows are removed while a story is held."""


def thin() -> int:
    """Remove what the law lets go, among the revisions whose turn it has just become; returns how many.

    It looks back a day behind each bound, so a worker that stood still for that long misses nothing.
    """
    now = timezone.now()
    return _thin(now, now - 2 * DAY, now - HOUR) + _thin(now, now - MONTH - DAY, now - MONTH)


def thin_all() -> int:
    """The same over everything: for what a longer standstill has left."""
    now = timezone.now()
    return _thin(now, None, now - HOUR)


def _thin(now: datetime, since: datetime | None, before: datetime) -> int:
    rows = _automatic().filter(made_at__lt=before)
    if since is not None:
        rows = rows.filter(made_at__gte=since)
    parts = list(rows.order_by("part_id").values_list("part_id", flat=True).distinct())
    return sum(_thin_parts(parts[at : at + 200], now) for at in range(0, len(parts), 200))


def _automatic() -> QuerySet[Revision]:
    rows: QuerySet[Revision] = Revision.objects.filter(kind=Revision.Kind.AUTO, name="", published_at=None)
    return rows


def _thin_parts(parts: Sequence[int], now: datetime) -> int:
    told = _automatic().filter(part__in=parts).order_by("part_id", "-number")
    spare = list(_spare(told.values_list("pk", "part_id", "made_at").iterator(), now))
    spare = _unneeded(spare)
    stories = dict(Part.objects.filter(pk__in={part for _, part in spare}).values_list("pk", "story_id"))
    of_story: dict[int, list[int]] = defaultdict(list)
    for pk, part in spare:
        of_story[stories[part]].append(pk)
    return sum(
        _remove(story, pks[at : at + MOST_AT_ONCE])
        for story, pks in of_story.items()
        for at in range(0, len(pks), MOST_AT_ONCE)
    )


def _spare(rows: Iterator[tuple[int, int, datetime]], now: datetime) -> Iterator[tuple[int, int]]:
    """(revision, part) of those that are not the last of their hour or day; the newest come first."""
    seen: set[tuple[int, str]] = set()
    for pk, part, made_at in rows:
        age = now - made_at
        hour = made_at.astimezone(UTC).strftime("%Y-%m-%d %H")
        slot = hour if age <= DAY else hour[:10]
        if age > HOUR and (age > MONTH or (part, slot) in seen):
            yield pk, part
        seen |= {(part, hour), (part, hour[:10])}


def _unneeded(spare: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Without those that are the newest of an account, or that something points to."""
    parts = {part for _, part in spare}
    newest = (
        Revision.objects.filter(part__in=parts).values_list("part", "made_by").annotate(last=Max("number"))
    )
    numbers = {(part, last) for part, _by, last in newest}
    found: list[tuple[int, int]] = []
    for at in range(0, len(spare), MOST_AT_ONCE):
        chunk = spare[at : at + MOST_AT_ONCE]
        rows = _pointed_at_by_nothing(Revision.objects.filter(pk__in=[pk for pk, _ in chunk]))
        found += [
            (pk, part)
            for pk, part, number in rows.order_by("pk").values_list("pk", "part_id", "number")
            if (part, number) not in numbers
        ]
    return found


def _pointed_at_by_nothing(rows: QuerySet[Revision]) -> QuerySet[Revision]:
    for key in _keys():
        rows = rows.exclude(Exists(key.model._base_manager.filter(**{key.name: OuterRef("pk")})))
    return rows


def _keys() -> list[ForeignKey[Any, Any]]:
    """Every foreign key of any room that points to a revision."""
    fields = (field for model in apps.get_models() for field in model._meta.concrete_fields)
    return [field for field in fields if isinstance(field, ForeignKey) and field.related_model is Revision]


@transaction.atomic
def _remove(story_id: int, pks: Sequence[int]) -> int:
    """Remove these while the story is held; what was named, published or pointed to meanwhile stays."""
    Story.objects.select_for_update().get(pk=story_id)
    rows = _pointed_at_by_nothing(_automatic().filter(pk__in=pks))
    return int(rows._raw_delete(rows.db))
