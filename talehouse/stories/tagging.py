"""Which tags are in use, kept so that a name can be found while it is typed; and finding one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from talehouse.accounts.models import Account
from talehouse.stories.models import Story, StoryTag, TagUse
from talehouse.stories.powers import Power
from talehouse.tags.models import Tag
from talehouse.tags.suggesting import same_key, search_key

MOST = 10
_LOOKED_AT = 60
_LAST = "\U0010ffff"


class Suggestion(NamedTuple):
    """A tag that somebody may mean."""

    name: str
    stories: int


def count_uses(tag_ids: Iterable[int]) -> None:
    """Set the number of stories of these tags anew; call it in the rule that has changed them."""
    ids = set(tag_ids)
    if not ids:
        return
    tags = Tag.objects.filter(pk__in=ids).exclude(use__isnull=False)
    TagUse.objects.bulk_create(
        [
            TagUse(tag=tag, kind=tag.kind, key=search_key(tag.name), same=same_key(tag.kind, tag.name))
            for tag in tags
        ],
        ignore_conflicts=True,
    )
    carried = StoryTag.objects.filter(tag=OuterRef("tag")).order_by().values("tag")
    number = Subquery(carried.annotate(n=Count("pk")).values("n"))
    TagUse.objects.filter(tag__in=ids).update(stories=Coalesce(number, 0))


def differences() -> Iterator[tuple[int, int, int]]:
    """Each tag whose number of stories is not what its rows say: its id, what is kept, and what is true."""
    counted = Tag.objects.annotate(true=Count("story_tags")).order_by("pk")
    for pk, shown, true in counted.values_list("pk", "use__stories", "true").iterator():
        if (shown or 0) != true:
            yield pk, shown or 0, true


@transaction.atomic
def count_all() -> int:
    """Build the whole table anew from the stories' tags. Returns how many tags there are."""
    ids = list(Tag.objects.order_by("pk").values_list("pk", flat=True))
    TagUse.objects.all().delete()
    for start in range(0, len(ids), 500):
        count_uses(ids[start : start + 500])
    return len(ids)


def suggest(person: Account, kind: str, typed: str) -> list[Suggestion]:
    """Tags of this kind that begin so, the most used first, at most ten.

    Only such as stand on a story that this person may meet, or has a hand in.
    """
    key = search_key(typed)
    if not key:
        return []
    found = list(
        _beginning(kind, key)
        .filter(stories__gt=0)
        .order_by("-stories", "key", "tag")
        .values_list("tag_id", "stories")[:_LOOKED_AT]
    )
    met = _met_by(person, [pk for pk, _stories in found])
    return [Suggestion(met[pk], stories) for pk, stories in found if pk in met][:MOST]


def _beginning(kind: str, key: str) -> QuerySet[TagUse]:
    uses = TagUse.objects.filter(kind=kind)
    if connection.vendor == "sqlite":
        return uses.filter(key__gte=key, key__lt=key + _LAST)
    return uses.filter(key__startswith=key)


def _met_by(person: Account, tag_ids: list[int]) -> dict[int, str]:
    """The names of those that the gate lets this person know."""
    carried = StoryTag.objects.filter(tag=OuterRef("pk"))
    listed = carried.filter(story__in=Story.objects.listed_for(person).values("pk"))
    own = carried.filter(story__in=Story.objects.standing().allowing(person, Power.READ).values("pk"))
    tags = Tag.objects.filter(pk__in=tag_ids).filter(Q(Exists(listed)) | Q(Exists(own)))
    return dict(tags.values_list("pk", "name"))
