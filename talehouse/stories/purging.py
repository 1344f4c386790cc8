"""Emptying what was deleted and not brought back: the words go, the rows stay."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from talehouse.stories.effective import refresh
from talehouse.stories.models import Part, Revision, Story
from talehouse.stories.removing import UNDO
from talehouse.stories.sums import bump_story
from talehouse.stories.tagging import count_uses


def purge_due() -> int:
    """Empty what was deleted more than 30 days ago; rows stay. Returns how many things were emptied."""
    before = timezone.now() - UNDO
    stories = Story.objects.filter(deleted_at__lt=before, purged_at=None).values_list("pk", flat=True)
    parts = Part.objects.filter(deleted_at__lt=before, purged_at=None).values_list("pk", "story_id")
    emptied = sum(purge_story(pk) for pk in list(stories))
    return emptied + sum(_purge_parts(story_id, [pk]) for pk, story_id in list(parts))


@transaction.atomic
def purge_story(story_id: int) -> int:
    """Empty a deleted story and its parts: no word of theirs is left, their rows are."""
    story = Story.objects.select_for_update().get(pk=story_id)
    if story.deleted_at is None or story.purged_at is not None:
        return 0
    _purge_parts(story_id, list(story.parts.values_list("pk", flat=True)))
    Story.objects.filter(pk=story_id).update(
        title="–",
        slug="deleted",
        summary="",
        note_before="",
        note_after="",
        source_url="",
        cover=None,
        cover_alt="",
        purged_at=timezone.now(),
    )
    bump_story(story)
    carried = list(story.story_tags.values_list("tag_id", flat=True))
    story.story_tags.all().delete()
    count_uses(carried)
    refresh([story.pk])
    story.picture_uses.all().delete()
    return 1


@transaction.atomic
def _purge_parts(story_id: int, part_ids: Sequence[int]) -> int:
    Story.objects.select_for_update().get(pk=story_id)
    Revision.objects.filter(part__in=part_ids).update(
        html="", word_count=0, name="", title=None, note_before=None, note_after=None
    )
    for part in Part.objects.filter(pk__in=part_ids):
        part.picture_uses.all().delete()
        part.blocks.all().delete()
    return Part.objects.filter(pk__in=part_ids).update(
        title="–", slug="deleted", note_before="", note_after="", source_url="", purged_at=timezone.now()
    )
