"""Marks follow the text: a consumer of the log that places them anew after each publishing."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F

from talehouse.activity.models import Event
from talehouse.library.models import Highlight
from talehouse.stories.models import Part
from talehouse.stories.placing import COLUMNS, place_anew

VERBS = frozenset({"part.released", "part.published", "part.scheduled"})


def follow_texts(events: Sequence[Event]) -> None:
    """Place the marks of every part of which another text was published. May run twice without harm."""
    part_ids = {event.subject_id for event in events if event.verb in VERBS}
    behind = Highlight.objects.filter(part__in=part_ids).exclude(placed_on=F("part__published"))
    for part in Part.objects.filter(pk__in=behind.values("part")).select_related("published"):
        follow_text(part)
    moved = {event.subject_id for event in events if event.verb == "part.moved"}
    for part in Part.objects.filter(pk__in=moved):
        Highlight.objects.filter(part=part).update(story=part.story_id)


def follow_text(part: Part) -> int:
    """Place what was marked in an older text of this part; returns how many marks that were."""
    if part.published is None:
        return 0
    behind = Highlight.objects.filter(part=part).exclude(placed_on=part.published_id)
    placed = place_anew(behind, part.published)
    Highlight.objects.bulk_update(placed, COLUMNS, batch_size=500)
    return len(placed)
