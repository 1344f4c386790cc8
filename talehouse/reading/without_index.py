"""Browsing while there is no index: by the database alone, slower, without facets, words in titles only."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from talehouse.accounts.models import Person
from talehouse.reading import keyset
from talehouse.reading.cards import selected
from talehouse.reading.views.lists import met_by
from talehouse.search.addresses import Wanted
from talehouse.search.asking import Heard
from talehouse.search.language.words import Words
from talehouse.search.questions import Question, Sort, Span, Term
from talehouse.stories.models import EffectiveTag, Role, Story, StoryCategory, StoryWarning
from talehouse.stories.people import AUTHORS

ORDERS = {Sort.READS: "reads", Sort.WORDS: "words"}
WORDS = 5
"""Words of what was typed that are looked for."""
COLUMNS = {
    "words": "word_count",
    "parts": "part_count",
    "reads": "read_count",
    "votes": "vote_count",
    "comments": "comment_count",
    "published": "release_at",
    "updated": "updated_at",
}
"""The columns of what a span may be about."""
TIMES = frozenset({"published", "updated"})


def page(wanted: Wanted, heard: Heard, person: Person) -> keyset.Slice:
    """One page of the stories that fit, in an order that the database keeps an index of."""
    found = keyset.page(
        selected(_narrowed(met_by(person), heard.question)),
        sort=ORDERS.get(heard.question.sort, "newest"),
        after=wanted.after,
        path="",
        query={},
    )
    if found.next_url is None:
        return found
    return keyset.Slice(found.stories, replace(wanted, after=found.next_url.rpartition("=")[2]).address)


def _narrowed(stories: QuerySet[Story], question: Question) -> QuerySet[Story]:
    """What the question asks. What is a crossover only the index knows."""
    for group in (*((term,) for term in question.include if _is_known(term)), *question.any_of):
        stories = stories.filter(reduce(or_, map(_has, group)))
    for term in filter(_is_known, question.exclude):
        stories = stories.filter(~_has(term))
    for span in question.spans:
        stories = _within(stories, span)
    if question.without.stories:
        stories = stories.exclude(pk__in=question.without.stories)
    return _titled(stories, question.words) if question.words else stories


def _is_known(term: Term) -> bool:
    return not term.startswith("shape:")


def _has(term: Term) -> Q:
    """The story has this term; a relationship need not be the first."""
    group, _colon, code = term.partition(":")
    return (
        Q(Exists(_ROWS[group](code).filter(story=OuterRef("pk")))) if group in _ROWS else Q(**{group: code})
    )


_ROWS: dict[str, Callable[[str], QuerySet[Any]]] = {
    "tag": lambda code: EffectiveTag.objects.filter(tag=int(code)),
    "main": lambda code: EffectiveTag.objects.filter(tag=int(code)),
    "pen": lambda code: Role.objects.filter(pen_name=int(code), kind__in=AUTHORS, accepted_at__isnull=False),
    "warning": lambda code: StoryWarning.objects.filter(code=code),
    "category": lambda code: StoryCategory.objects.filter(code=code),
}
"""The rows that say so; rating, status and language are columns of the story."""


def _within(stories: QuerySet[Story], span: Span) -> QuerySet[Story]:
    low: Any = span.low
    high: Any = span.high
    if span.number in TIMES:
        low = None if low is None else datetime.fromtimestamp(low, UTC)
        high = None if high is None else datetime.fromtimestamp(high, UTC).replace(microsecond=999_999)
    limits = {"gte": low, "lte": high}
    column = COLUMNS[span.number]
    return stories.filter(**{f"{column}__{how}": at for how, at in limits.items() if at is not None})


def _titled(stories: QuerySet[Story], words: Words) -> QuerySet[Story]:
    for group in (*((unit,) for unit in words.wanted), *words.any_of)[:WORDS]:
        stories = stories.filter(_in_title(unit.text for unit in group))
    for unit in words.unwanted[:WORDS]:
        stories = stories.exclude(title__icontains=unit.text)
    return stories


def _in_title(texts: Iterable[str]) -> Q:
    return reduce(or_, (Q(title__icontains=text) for text in texts))
