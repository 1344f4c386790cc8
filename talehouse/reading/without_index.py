"""Browsing while there is no index: by the database alone, slower, without facets, words in titles only."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from talehouse.accounts.models import Person
from talehouse.reading import keyset
from talehouse.reading.views.lists import met_by
from talehouse.search.addresses import Pick, Range, Wanted
from talehouse.search.asking import Heard
from talehouse.search.questions import Sort
from talehouse.stories.models import EffectiveTag, Story, StoryCategory, StoryWarning
from talehouse.tags.vocabulary import TagKind

ORDERS = {Sort.READS: "reads", Sort.WORDS: "words"}
WORDS = 5
"""Words of what was typed that are looked for."""


def page(wanted: Wanted, heard: Heard, person: Person) -> keyset.Slice:
    """One page of the stories that fit, in an order that the database keeps an index of."""
    stories = _narrowed(met_by(person), wanted, heard)
    for word in wanted.typed.split()[:WORDS]:
        stories = stories.filter(title__icontains=word)
    sort = ORDERS.get(wanted.sort or Sort.UPDATED, "newest")
    found = keyset.page(
        stories.select_related("cover", "series_entry__series"),
        sort=sort,
        after=wanted.after,
        path="",
        query={},
    )
    if found.next_url is None:
        return found
    return keyset.Slice(found.stories, replace(wanted, after=found.next_url.rpartition("=")[2]).address)


def _narrowed(stories: QuerySet[Story], wanted: Wanted, heard: Heard) -> QuerySet[Story]:
    for kind in ("rating", "status", "language"):
        if codes := [pick.slug for pick in wanted.wanted if pick.kind == kind]:
            stories = stories.filter(**{f"{kind}__in": codes})
        stories = stories.exclude(**{f"{kind}__in": [p.slug for p in wanted.unwanted if p.kind == kind]})
    for pick in wanted.wanted:
        if (has := _has(pick, heard)) is not None:
            stories = stories.filter(has)
    for pick in wanted.unwanted:
        if (has := _has(pick, heard)) is not None:
            stories = stories.filter(~has)
    for column, span in (("word_count", wanted.words), ("part_count", wanted.parts)):
        stories = _within(stories, column, span)
    low, high = (datetime.fromtimestamp(at, UTC) if at else None for at in wanted.seconds(timezone.now()))
    stories = stories.filter(updated_at__gte=low) if low else stories
    return stories.filter(updated_at__lte=high) if high else stories


def _has(pick: Pick, heard: Heard) -> Q | None:
    here = OuterRef("pk")
    if pick.kind == "warning":
        return Q(Exists(StoryWarning.objects.filter(story=here, code=pick.slug)))
    if pick.kind == "category":
        return Q(Exists(StoryCategory.objects.filter(story=here, code=pick.slug)))
    if pick.kind not in TagKind.values:
        return None
    tag = heard.tags.get(pick)
    return Q(Exists(EffectiveTag.objects.filter(story=here, tag=tag.pk if tag else 0)))


def _within(stories: QuerySet[Story], column: str, span: Range) -> QuerySet[Story]:
    if span.low is not None:
        stories = stories.filter(**{f"{column}__gte": span.low})
    return stories if span.high is None else stories.filter(**{f"{column}__lte": span.high})
