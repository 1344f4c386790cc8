"""Which tags are in use, kept so that a name, or a word of it, is found while it is typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple, TypeVar

from django.db import connection, transaction
from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from talehouse.accounts.models import Account
from talehouse.stories.models import Story, StoryTag, TagUse, TagWord
from talehouse.stories.powers import Power
from talehouse.tags.models import Tag
from talehouse.tags.suggesting import rest_key, rests, same_key, search_key

MOST = 10
SLICE = 500
"""Tags that are worked on at once."""
_LOOKED_AT = 60
_LAST = "\U0010ffff"
_INSERT_WORD = f"""
INSERT INTO {TagWord._meta.db_table} (tag_id, kind, rest, stories) VALUES (%s, %s, %s, 0)
ON CONFLICT (tag_id, rest) DO NOTHING
"""  # noqa: S608  the name of our own table
"""Written out, as a vocabulary brings hundreds of thousands."""
Row = TypeVar("Row", TagUse, TagWord)


class Suggestion(NamedTuple):
    """A tag that somebody may mean."""

    name: str
    stories: int


class Match(NamedTuple):
    """A tag whose name is what was typed, or has it. `exact`: it is the whole name."""

    tag: int
    stories: int
    exact: bool = False


def count_uses(tag_ids: Iterable[int]) -> None:
    """Set the number of stories of these tags anew; call it in the rule that has changed them.

    A tag that is new gets its words here: names never change.
    """
    ids = set(tag_ids)
    if not ids:
        return
    _spell(Tag.objects.filter(pk__in=ids).exclude(use__isnull=False))
    carried = StoryTag.objects.filter(tag=OuterRef("tag")).order_by().values("tag")
    number = Subquery(carried.annotate(n=Count("pk")).values("n"))
    TagUse.objects.filter(tag__in=ids).update(stories=Coalesce(number, 0))
    used = Subquery(TagUse.objects.filter(tag=OuterRef("tag")).values("stories"))
    TagWord.objects.filter(tag__in=ids).exclude(stories=used).update(stories=used)


def _spell(tags: Iterable[Tag]) -> None:
    """The rows by which these tags are found by their names."""
    uses = [
        TagUse(tag=tag, kind=tag.kind, key=search_key(tag.name), same=same_key(tag.kind, tag.name))
        for tag in tags
    ]
    TagUse.objects.bulk_create(uses, ignore_conflicts=True)
    words = [(use.tag_id, use.kind, rest) for use in uses for rest in rests(use.key)]
    with connection.cursor() as cursor:
        cursor.executemany(_INSERT_WORD, words)


def differences() -> Iterator[tuple[int, int, int]]:
    """Each tag whose number of stories is not what its rows say: its id, what is kept, and what is true."""
    counted = Tag.objects.annotate(true=Count("story_tags")).order_by("pk")
    for pk, shown, true in counted.values_list("pk", "use__stories", "true").iterator():
        if (shown or 0) != true:
            yield pk, shown or 0, true


def wrong_words() -> Iterator[tuple[int, int, int]]:
    """Each tag whose words are not what its name says: its id, how many are right, and of how many."""
    uses = TagUse.objects.order_by("tag").values_list("tag", "key", "stories").iterator()
    while some := list(islice(uses, SLICE)):
        kept: dict[int, set[tuple[str, int]]] = {}
        for pk, rest, stories in TagWord.objects.filter(tag__in=[pk for pk, _key, _n in some]).values_list(
            "tag", "rest", "stories"
        ):
            kept.setdefault(pk, set()).add((rest, stories))
        for pk, key, stories in some:
            there, true = kept.get(pk, set()), {(rest, stories) for rest in rests(key)}
            if there != true:
                yield pk, len(there & true), len(there | true)


@transaction.atomic
def build(tag_ids: Iterable[int]) -> None:
    """Make all that is kept of these tags anew."""
    ids = sorted(set(tag_ids))
    for start in range(0, len(ids), SLICE):
        some = ids[start : start + SLICE]
        TagUse.objects.filter(tag__in=some).delete()
        TagWord.objects.filter(tag__in=some).delete()
        count_uses(some)


def count_all() -> int:
    """Build the whole table anew from the stories' tags. Returns how many tags there are."""
    ids = list(Tag.objects.order_by("pk").values_list("pk", flat=True))
    build(ids)
    return len(ids)


def suggest(person: Account, kind: str, typed: str) -> list[Suggestion]:
    """Tags of this kind that are called so, then those that begin so, then those with a word that does; at
    most ten, the most used first.

    Only such as stand on a story that this person may meet, or has a hand in.
    """
    told: dict[int, Suggestion] = {}
    for look in (beginning, worded):
        found = [one for one in look(kind, typed, _LOOKED_AT, used=True) if one.tag not in told]
        met = _met_by(person, [one.tag for one in found])
        told |= {one.tag: Suggestion(met[one.tag], one.stories) for one in found if one.tag in met}
        if len(told) >= MOST:
            break
    return list(told.values())[:MOST]


def beginning(kind: str, typed: str, most: int, *, used: bool = False) -> list[Match]:
    """Tags of this kind that are called so, then those that begin so, the most used first; `used`: only
    those that stories carry.
    """
    key = search_key(typed)
    if not key:
        return []
    rows = _from(TagUse.objects.filter(kind=kind), "key", key)
    rows = rows.annotate(longer=Case(When(key=key, then=0), default=1))
    rows = rows.filter(stories__gt=0) if used else rows
    ordered = rows.order_by("longer", "-stories", "key", "tag")
    return [
        Match(pk, stories, not longer)
        for pk, stories, longer in ordered.values_list("tag_id", "stories", "longer")[:most]
    ]


def worded(kind: str, typed: str, most: int, *, used: bool = False) -> list[Match]:
    """The same by a word inside of the name, and what follows it."""
    key = rest_key(typed)
    if not key:
        return []
    rows = _from(TagWord.objects.filter(kind=kind), "rest", key)
    rows = rows.filter(stories__gt=0) if used else rows
    ordered = rows.order_by("-stories", "rest", "tag").values_list("tag_id", "stories")[:most]
    return [Match(pk, stories) for pk, stories in dict(ordered).items()]


def _from(rows: QuerySet[Row], column: str, key: str) -> QuerySet[Row]:
    """Rows that begin so, in the way that the index of each database can answer."""
    if connection.vendor == "sqlite":
        return rows.filter(**{f"{column}__gte": key, f"{column}__lt": key + _LAST})
    return rows.filter(**{f"{column}__startswith": key})


def _met_by(person: Account, tag_ids: list[int]) -> dict[int, str]:
    """The names of those that the gate lets this person know."""
    carried = StoryTag.objects.filter(tag=OuterRef("pk"))
    listed = carried.filter(story__in=Story.objects.listed_for(person).values("pk"))
    own = carried.filter(story__in=Story.objects.standing().allowing(person, Power.READ).values("pk"))
    tags = Tag.objects.filter(pk__in=tag_ids).filter(Q(Exists(listed)) | Q(Exists(own)))
    return dict(tags.values_list("pk", "name"))
