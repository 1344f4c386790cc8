"""Like this one: stories with the same tags, where a rare tag says more than a common one.

A tag weighs 1 / log2(2 + stories that carry it): the inverse frequency of information retrieval (Spärck Jones
1972), kept above 0. Effective tags are looked at, so synonyms meet. Two questions, whatever the archive.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import log2
from typing import Any

from django.db.models import Case, FloatField, Sum, Value, When

from talehouse.stories.models import EffectiveTag

TAGS = 12
"""The tags that weigh most; the others would only be more of the same."""
COMMON = 2_000
"""Tags that more writers than that have used lead nowhere in particular; nor do those that nobody writes, and
that only stand above others.
"""


def weigh(stories: Mapping[int, float]) -> dict[int, float]:
    """What the tags of these stories weigh together; each story counts by its own weight."""
    rows: Any = EffectiveTag.objects.filter(story__in=stories)
    found: dict[int, float] = {}
    for story, tag, uses in rows.values_list("story", "tag", "tag__use__stories"):
        if uses and uses <= COMMON:
            found[tag] = found.get(tag, 0.0) + stories[story] / log2(2 + uses)
    return found


def like(weights: Mapping[int, float], *, without: Collection[int] = (), most: int = 60) -> dict[int, float]:
    """The stories that carry most of these tags, by weight: story to score, the best first."""
    best = sorted(weights, key=lambda tag: (-weights[tag], tag))[:TAGS]
    if not best:
        return {}
    weight = Case(
        *(When(tag=tag, then=Value(weights[tag])) for tag in best), default=0.0, output_field=FloatField()
    )
    rows: Any = EffectiveTag.objects.filter(tag__in=best).exclude(story__in=without)
    scored = rows.values_list("story").annotate(score=Sum(weight)).order_by("-score", "-story")
    return dict(scored[:most])
