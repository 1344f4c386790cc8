"""What somebody takes along of their library: places, what is read, shelves, history, follows, as plain data.

Of what may not be seen any more there is no title and no address.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from talehouse.accounts.models import Account, PenName
from talehouse.library import history, lists
from talehouse.library.models import Follow, NotForMe, PartRead, Reading, Shelf, ShelfEntry
from talehouse.library.placing import keys
from talehouse.stories.models import Part, Series, Story
from talehouse.tags.models import Tag

Row = dict[str, Any]


def everything(account: Account) -> Row:
    """All of it; an empty dict if nothing is kept."""
    held = keys(account)
    stories = Story.objects.visible_to(account, keys=held).only("pk", "title", "slug")
    parts = Part.objects.visible_to(account, keys=held).only("pk", "title", "slug", "story_id")
    readings = Reading.objects.filter(account=account).order_by("pk")
    entries = ShelfEntry.objects.filter(shelf__account=account).order_by("shelf", "pk")
    read = PartRead.objects.filter(account=account).order_by("pk")
    declined = NotForMe.objects.filter(account=account).order_by("pk").values_list("story", flat=True)
    there = _told(
        stories,
        {
            *readings.values_list("story", flat=True),
            *entries.values_list("story", flat=True),
            *declined,
        },
    )
    in_them = _told(parts, {*read.values_list("part", flat=True)})
    found: Row = {
        "stories": [_story(row, there, in_them) for row in readings],
        "parts": [_part(row, in_them) for row in read],
        "shelves": _shelves(account, entries, there),
        "history": history.told(account),
        "follows": _follows(account, stories),
        "not for me": [there.get(pk, {"title": "", "address": ""}) for pk in declined],
    }
    return found if any(found.values()) else {}


def _told(rows: QuerySet[Any], ids: set[int]) -> dict[int, Row]:
    """Title and address of each of them, a thousand at a time."""
    wanted, told = sorted(ids), {}
    for start in range(0, len(wanted), 1000):
        for row in rows.filter(pk__in=wanted[start : start + 1000]):
            name = getattr(row, "title", "") or getattr(row, "name", "")
            told[row.pk] = {"title": name, "address": settings.BASE_URL + row.url}
    return told


def _when(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""


def _story(row: Reading, stories: Mapping[int, Row], parts: Mapping[int, Row]) -> Row:
    here = parts.get(row.part_id or 0, {}) if row.read_at else {}
    place = {"part": here.get("address", ""), "share": row.share / 1000, "at": _when(row.read_at)}
    told = stories.get(row.story_id, {"title": "", "address": ""})
    return {**told, "shelf": row.shelf, "place": place if row.read_at else None}


def _part(row: PartRead, parts: Mapping[int, Row]) -> Row:
    told = parts.get(row.part_id, {"title": "", "address": ""})
    begun = {"share": row.share / 1000, "at": _when(row.read_at)}
    return {**told, **begun, "read": _when(row.finished_at)}


def _shelves(account: Account, entries: QuerySet[ShelfEntry], stories: Mapping[int, Row]) -> list[Row]:
    on: dict[int, list[Row]] = {}
    for entry in entries:
        on.setdefault(entry.shelf_id, []).append(stories.get(entry.story_id, {"title": "", "address": ""}))
    mine = Shelf.objects.filter(account=account).order_by("name")
    return [{"name": shelf.name, "stories": on.get(shelf.pk, [])} for shelf in mine]


def _follows(account: Account, stories: QuerySet[Story]) -> list[Row]:
    """Each with what it is called, if it may be met."""
    listed = Story.objects.listed_for(account).values("pk")
    rows: dict[str, QuerySet[Any]] = {
        "story": stories,
        "penname": PenName.objects.filter(account__is_active=True),
        "series": Series.objects.filter(entries__story__in=listed).distinct(),
        "tag": Tag.objects.all(),
        "list": lists.visible_to(account),
    }
    mine = list(Follow.objects.filter(account=account).order_by("pk"))
    told = {kind: _told(rows[kind], {one.target_id for one in mine if one.target == kind}) for kind in rows}
    nothing = {"title": "", "address": ""}
    return [
        {"kind": one.target, **told[one.target].get(one.target_id, nothing), "since": _when(one.made_at)}
        for one in mine
    ]
