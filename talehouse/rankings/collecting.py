"""What the host puts in front: public reading lists, on the home page and on /collections/, in an order.

A collection is a reading list of somebody's, with its title, its sentence, its stories in order and a word on
each: making one is making a list. The host only says which ones stand in front.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F, Max, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account
from talehouse.library.models import ListEntry, ReadingList
from talehouse.pages.versions import bump
from talehouse.rankings.models import Collection
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Story

MOST = 12
"""Collections in front; more are none."""
VERSION = "collections"


@transaction.atomic
def put_up(reading_list: ReadingList, *, by: Account) -> Collection:
    """This list stands in front, behind those that do already; asked twice, it stays where it is."""
    _allowed(by)
    if not reading_list.is_public:
        raise RuleError(_("Only a list that everybody may see can stand there."))
    known = Collection.objects.select_for_update()
    found = known.filter(reading_list=reading_list).first()
    if found is not None:
        return found
    if known.count() >= MOST:
        raise RuleError(_("%(most)d lists stand in front already. Take one down first.") % {"most": MOST})
    last = known.aggregate(last=Max("position"))["last"] or 0
    bump(VERSION)
    return Collection.objects.create(reading_list=reading_list, position=last + 1, made_by=by)


@transaction.atomic
def take_down(reading_list: int, *, by: Account) -> bool:
    """The list with this id stands in front no more; it stays what it is. Returns whether it did."""
    _allowed(by)
    bump(VERSION)
    return bool(Collection.objects.filter(reading_list=reading_list).delete()[0])


@transaction.atomic
def move(reading_list: int, step: int, *, by: Account) -> None:
    """One place up (-1) or down (1); at the end of the line nothing happens."""
    _allowed(by)
    line = list(Collection.objects.select_for_update().order_by("position", "pk"))
    at = next((place for place, one in enumerate(line) if one.reading_list_id == reading_list), None)
    if at is None or not 0 <= at + step < len(line):
        return
    line[at], line[at + step] = line[at + step], line[at]
    for position, one in enumerate(line, 1):
        Collection.objects.filter(pk=one.pk).update(position=position)
    bump(VERSION)


def _allowed(by: Account) -> None:
    if not by.is_host or by.is_suspended:
        raise NotAllowedError(_("Only a host may do this."))


def shown() -> QuerySet[Collection]:
    """Those that stand in front, in order; a list that is private again does not."""
    rows = Collection.objects.filter(reading_list__is_public=True)
    return rows.select_related("reading_list__owner").order_by("position", "pk")


def in_front(stories: QuerySet[Story], *, most: int, lists: int = MOST) -> dict[int, list[ListEntry]]:
    """The first of these stories in each collection, by the list's id, in order; one question."""
    rows: Any = ListEntry.objects.filter(
        list__collection__isnull=False, list__is_public=True, story__in=stories.values("pk")
    )
    place = Window(RowNumber(), partition_by=F("list"), order_by=["position", "pk"])
    first = rows.annotate(place=place).filter(place__lte=most)
    joined = first.select_related("list__collection", "story__cover", "story__series_entry__series")
    found: dict[int, list[ListEntry]] = {}
    for entry in joined.order_by("list__collection__position", "list", "position", "pk"):
        if entry.list_id in found or len(found) < lists:
            found.setdefault(entry.list_id, []).append(entry)
    return found
