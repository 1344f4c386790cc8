"""Comments follow the text: a consumer of the log that places them anew after each publishing, and takes
them along when a part is moved to another story."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import F

from talehouse.activity.models import Event
from talehouse.comments.models import Comment
from talehouse.pages.versions import bump
from talehouse.stories.models import Part
from talehouse.stories.placing import COLUMNS, place_anew

VERBS = frozenset({"part.released", "part.published", "part.scheduled"})


def follow_texts(events: Sequence[Event]) -> None:
    """Place the comments of every part of which another text was published. May run twice without harm."""
    _follow_moved({event.subject_id for event in events if event.verb == "part.moved"})
    part_ids = {event.subject_id for event in events if event.verb in VERBS}
    behind = Comment.objects.filter(part__in=part_ids).exclude(quoted_block="")
    behind = behind.exclude(placed_on=F("part__published"))
    for part in Part.objects.filter(pk__in=behind.values("part")).select_related("published"):
        follow_text(part)


def _follow_moved(part_ids: Iterable[int]) -> None:
    for pk, story_id in Part.objects.filter(pk__in=part_ids).values_list("pk", "story_id"):
        Comment.objects.filter(part=pk).exclude(story=story_id).update(story=story_id)


def follow_text(part: Part) -> int:
    """Place what was said on an older text of this part; returns how many comments that were."""
    if part.published is None:
        return 0
    behind = Comment.objects.filter(part=part).exclude(quoted_block="").exclude(placed_on=part.published_id)
    placed = place_anew(behind, part.published)
    Comment.objects.bulk_update(placed, COLUMNS, batch_size=500)
    if placed:
        bump(f"comments:{part.pk}")
    return len(placed)
