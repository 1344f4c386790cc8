"""Writing drawn stories straight into the tables, in batches.

The rules themselves would take half an hour for what this writes in half a minute.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import models, transaction
from django.db.models import OuterRef, Subquery

from talehouse.accounts.models import PenName
from talehouse.activity.models import Event
from talehouse.pages.versions import bump
from talehouse.reads.models import ReadDay
from talehouse.stories.models import (
    Block,
    Part,
    Revision,
    Role,
    RoleKind,
    Series,
    SeriesEntry,
    Story,
    StoryCategory,
    StoryTag,
    StoryWarning,
)
from talehouse.tags.models import Tag


class Instalment(NamedTuple):
    """A part with its text, the identities of its blocks, and its reads by day."""

    part: Part
    revision: Revision
    blocks: list[Block]
    days: list[ReadDay]


@dataclass(slots=True)
class Draft:
    """One story with everything that hangs on it, before it has a key."""

    story: Story
    writers: list[PenName]
    tags: list[Tag]
    warning: str
    category: str
    parts: list[Instalment] = field(default_factory=list)
    entry: tuple[Series, int] | None = None


@transaction.atomic
def write(drafts: Sequence[Draft], tags: Iterable[Tag]) -> None:
    """The rows of some stories, in an order in which each finds what it points to."""
    Tag.objects.bulk_create([tag for tag in tags if tag.pk is None])
    Story.objects.bulk_create([draft.story for draft in drafts])
    _write_parts(drafts)
    _write_surroundings(drafts)
    _write_series(drafts)
    _write_events(drafts)
    bump(*(name for draft in drafts for name in _versions(draft)))


def _write_parts(drafts: Sequence[Draft]) -> None:
    for draft in drafts:
        for part, *_ in draft.parts:
            part.story = draft.story
    everything = [bundle for draft in drafts for bundle in draft.parts]
    Part.objects.bulk_create([part for part, *_ in everything])
    for part, revision, blocks, days in everything:
        revision.part = part
        for block in blocks:
            block.part = part
        for day in days:
            day.part = part
    Revision.objects.bulk_create([revision for _, revision, *_ in everything])
    Block.objects.bulk_create([block for _, _, blocks, _ in everything for block in blocks])
    ReadDay.objects.bulk_create([day for *_, days in everything for day in days])
    own = Revision.objects.filter(part=OuterRef("pk"))
    Part.objects.filter(story__in=[draft.story for draft in drafts]).update(
        published=Subquery(own.values("pk"))
    )


def _write_surroundings(drafts: Sequence[Draft]) -> None:
    rows: dict[type[models.Model], list[models.Model]] = {
        Role: [],
        StoryTag: [],
        StoryWarning: [],
        StoryCategory: [],
    }
    for draft in drafts:
        story = draft.story
        for place, writer in enumerate(draft.writers):
            kind = RoleKind.CO_AUTHOR if place else RoleKind.AUTHOR
            at = story.made_at
            rows[Role].append(
                Role(story=story, pen_name=writer, kind=kind, position=place, invited_at=at, accepted_at=at)
            )
        rows[StoryTag] += [
            StoryTag(story=story, tag=tag, position=place) for place, tag in enumerate(draft.tags)
        ]
        rows[StoryWarning].append(StoryWarning(story=story, code=draft.warning))
        rows[StoryCategory].append(StoryCategory(story=story, code=draft.category))
    for model, made in rows.items():
        model._default_manager.bulk_create(made)


def _write_series(drafts: Sequence[Draft]) -> None:
    entries = [(draft.story, *draft.entry) for draft in drafts if draft.entry]
    new = {id(series): series for _, series, _ in entries if series.pk is None}
    Series.objects.bulk_create(new.values())
    SeriesEntry.objects.bulk_create(
        [SeriesEntry(story=story, series=series, position=place) for story, series, place in entries]
    )


def _write_events(drafts: Sequence[Draft]) -> None:
    told: list[tuple[str, int, models.Model]] = []
    for draft in drafts:
        actor = draft.writers[0].account_id
        told.append(("story.created", actor, draft.story))
        for verb in ("part.created", "part.released"):
            told += [(verb, actor, part) for part, *_ in draft.parts]
    Event.objects.bulk_create(
        [
            Event(
                verb=verb, actor_id=actor, subject_type=subject._meta.model_name or "", subject_id=subject.pk
            )
            for verb, actor, subject in told
        ]
    )


def _versions(draft: Draft) -> list[str]:
    story = draft.story.pk
    found = ["lists", f"story:{story}", f"counts:{story}"]
    found += [f"pen:{writer.pk}" for writer in draft.writers]
    found += [f"tag:{tag.pk}" for tag in draft.tags]
    return [*found, f"series:{draft.entry[0].pk}"] if draft.entry else found
