"""The history of what somebody had open: searched, paused, cleared. Places stay as they are."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from talehouse.accounts.models import Account
from talehouse.lib.slugs import slug
from talehouse.library.models import Visit
from talehouse.library.placing import keys
from talehouse.library.wishes import change
from talehouse.stories.models import Part

SIZE = 50


class Page(NamedTuple):
    """Visits, the newest first, and the key of what follows them."""

    visits: list[Visit]
    following: str = ""


def visits(account: Account, query: str = "") -> QuerySet[Any]:
    """Mine, each with `seen`: whether its part may still be opened. A search finds only those by title."""
    visible = Part.objects.visible_to(account, keys=keys(account)).filter(pk=OuterRef("part"))
    mine = Visit.objects.filter(account=account).select_related("part__story")
    mine = mine.annotate(seen=Exists(visible)).order_by("-at", "-pk")
    words = " ".join(query.split())[:100]
    if not words:
        return mine
    titled = Q(part__title__icontains=words) | Q(part__story__title__icontains=words)
    if address := slug(words):  # lower case in every script, also where the database knows only Latin
        titled |= Q(part__slug__contains=address) | Q(part__story__slug__contains=address)
    return mine.filter(titled, seen=True)


def page(account: Account, query: str = "", before: str = "") -> Page:
    """One page, beginning after the visit with the key `before` ("micros_id")."""
    found = visits(account, query)
    if key := _parse(before):
        at, number = key
        found = found.filter(Q(at__lt=at) | Q(at=at, pk__lt=number))
    rows = list(found[: SIZE + 1])
    following = _key(rows[SIZE - 1]) if len(rows) > SIZE else ""
    return Page(rows[:SIZE], following)


def _key(visit: Visit) -> str:
    return f"{int(visit.at.timestamp() * 1_000_000)}_{visit.pk}"


def _parse(key: str) -> tuple[datetime, int] | None:
    value, _line, number = key.partition("_")
    if not (value.isdecimal() and number.isdecimal() and len(key) < 40 and len(number) < 19):
        return None
    seconds, micro = divmod(int(value), 1_000_000)
    if seconds > 253_402_300_000:
        return None
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=micro), int(number)


@transaction.atomic
def pause(*, by: Account) -> None:
    """What is read from now on stands in no history."""
    change(by=by, history_paused_at=timezone.now())


@transaction.atomic
def resume(*, by: Account) -> None:
    """It is kept again from now on; what a device read meanwhile and tells of later is not."""
    change(by=by, history_paused_at=None, history_since=timezone.now())


@transaction.atomic
def clear(*, by: Account) -> int:
    """Nothing of it is left, and no device brings it back; returns how many visits that were."""
    change(by=by, history_since=timezone.now())
    return Visit.objects.filter(account=by).delete()[0]


@transaction.atomic
def forget(visit: Visit, *, by: Account) -> None:
    """One of them goes."""
    Visit.objects.filter(pk=visit.pk, account=by).delete()


def told(account: Account) -> list[dict[str, str]]:
    """All of it for a file; of a part that may not be opened any more only the time."""
    return [
        {
            "at": visit.at.isoformat(timespec="seconds"),
            "story": visit.part.story.title if visit.seen else "",
            "part": visit.part.title if visit.seen else "",
            "address": settings.BASE_URL + visit.part.url if visit.seen else "",
        }
        for visit in visits(account).iterator(chunk_size=500)
    ]
