"""Reading lists as they are met: who sees which, their entries by pages, what is new in those I follow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from talehouse.accounts.models import Account, PenName, Person
from talehouse.library import following
from talehouse.library.hiding import without_hidden
from talehouse.library.models import Follow, ListEntry, ReadingList
from talehouse.stories.models import Story

SIZE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries of a list. `total` and `shown` count all of it: what it holds, what may be met of it."""

    entries: list[ListEntry]
    following: str
    total: int
    shown: int

    @property
    def left_out(self) -> int:
        """How many of its stories are not shown to this person."""
        return self.total - self.shown


def visible_to(person: Person) -> QuerySet[ReadingList]:
    """Those that may be opened: the public ones, and mine."""
    seen = Q(is_public=True)
    if person.pk is not None:
        seen |= Q(owner__account=person.pk)
    return ReadingList.objects.filter(seen).select_related("owner")


def public() -> QuerySet[ReadingList]:
    """Those that everybody may see."""
    return ReadingList.objects.filter(is_public=True).select_related("owner")


def mine(account: Account) -> QuerySet[ReadingList, Any]:
    """All lists of an account, changed last first, each with the `number` of its stories."""
    own = ReadingList.objects.filter(owner__account=account).select_related("owner")
    return own.annotate(number=Count("entries")).order_by("-changed_at", "-pk")


def signed_by(pen_name: PenName, person: Person) -> QuerySet[ReadingList, Any]:
    """The public lists of a pen name, each with the `number` of stories that this person may meet in it."""
    met = ListEntry.objects.filter(list=OuterRef("pk"), story__in=Story.objects.listed_for(person))
    number = met.order_by().values("list").annotate(n=Count("pk")).values("n")
    rows = ReadingList.objects.filter(owner=pen_name, is_public=True)
    return rows.annotate(number=Coalesce(Subquery(number), 0)).order_by("-changed_at", "-pk")


def page(reading_list: ReadingList, person: Person, *, after: str = "") -> Page:
    """The stories that this person may meet in a list, in its order, behind the key `after` ("place_id")."""
    met = without_hidden(Story.objects.listed_for(person), person).values("pk")
    counted = reading_list.entries.aggregate(total=Count("pk"), shown=Count("pk", filter=Q(story__in=met)))
    rows = reading_list.entries.filter(story__in=met).order_by("position", "pk")
    rows = rows.select_related("story__cover", "story__series_entry__series")
    entries, following_key = _sliced(rows, after)
    return Page(entries, following_key, counted["total"], counted["shown"])


def all_of(reading_list: ReadingList, *, after: str = "") -> tuple[list[ListEntry], str]:
    """Its entries as its owner puts them in order, whatever has become of the stories; and the next key."""
    return _sliced(reading_list.entries.select_related("story").order_by("position", "pk"), after)


def _sliced(rows: QuerySet[ListEntry], after: str) -> tuple[list[ListEntry], str]:
    place, _line, number = after.partition("_")
    if place.isdecimal() and number.isdecimal() and len(after) < 30:
        at, last = int(place[:9]), int(number[:18])
        rows = rows.filter(Q(position__gt=at) | Q(position=at, pk__gt=last))
    found = list(rows[: SIZE + 1])
    if len(found) <= SIZE:
        return found, ""
    return found[:SIZE], f"{found[SIZE - 1].position}_{found[SIZE - 1].pk}"


def new_in_followed(account: Account, since: datetime) -> QuerySet[ListEntry]:
    """What was added since then to the public lists that this account follows, and that it may meet; the
    newest first."""
    lists = ReadingList.objects.filter(pk__in=following.ids(account, Follow.Target.LIST), is_public=True)
    stories = without_hidden(Story.objects.listed_for(account), account)
    found = ListEntry.objects.filter(
        list__in=lists.values("pk"), story__in=stories.values("pk"), made_at__gt=since
    )
    return found.select_related("list__owner", "story").order_by("-made_at", "-pk")


def with_story(account: Account, story: Story) -> QuerySet[ReadingList, Any]:
    """All lists of an account, each with `holds`: whether the story stands in it."""
    holds = ListEntry.objects.filter(list=OuterRef("pk"), story=story)
    return mine(account).annotate(holds=Exists(holds))
