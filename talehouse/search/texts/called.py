"""Which stories are only called otherwise after some events: tags have other names, parts stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from talehouse.activity.models import Event
from talehouse.stories.models import EffectiveTag
from talehouse.tags.models import Tag

ONLY_CALLED = frozenset({"story.retagged", "tag.wrangled"})
"""Events after which `Writer.describe` is enough."""
_SLICE = 500


def called_anew(events: Sequence[Event]) -> set[int]:
    """The stories that these events are about, and all that stand under a tag that was wrangled, or under the
    canonical tag that it now means: they are found by its name from now on.
    """
    found = {event.subject_id for event in events if event.verb == "story.retagged"}
    wrangled = sorted({event.subject_id for event in events if event.verb == "tag.wrangled"})
    for some in _slices(wrangled):
        synonyms = Tag.objects.filter(pk__in=some).exclude(merged_into=None)
        meant = {tag.merged_into_id for tag in synonyms if tag.merged_into_id}
        for tags in _slices(sorted({*some, *meant})):
            found |= set(EffectiveTag.objects.filter(tag__in=tags).values_list("story", flat=True))
    return found


def _slices(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + _SLICE] for start in range(0, len(ids), _SLICE))
