"""The rules of reads (law 3): who is counted, once a day, and that counters equal the rows."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from django.db import connection, transaction
from django.db.models import Count, F, Sum

from talehouse.accounts.models import Person
from talehouse.pages.versions import bump
from talehouse.reads.bots import is_bot
from talehouse.reads.models import Read, ReadDay, Salt
from talehouse.stories.models import Part, Role, Story

FOLD_AFTER = timedelta(days=90)
ROW = "INSERT INTO reads_read (part_id, day, key) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
STORY = "UPDATE stories_story SET read_count = read_count + 1 WHERE id = %s"
PART = "UPDATE stories_part SET read_count = read_count + 1 WHERE id = %s AND deleted_at IS NULL"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who read, as far as the server needs it for one moment: nothing of this is stored as it is."""

    person: Person
    address: str
    browser: str


def today() -> date:
    """The UTC day."""
    return datetime.now(UTC).date()


def record(part: Part, *, by: Reader) -> bool:
    """Count this read, unless it is one that is never counted or has been counted today.

    Never counted: anyone with a role on the story, a host who looks at a story that waits for approval, known
    bots. Returns whether it counted.
    """
    if is_bot(by.browser) or _has_role(part, by.person) or _judges(part, by.person):
        return False
    day = today()
    key = reader_key(by, day)
    try:
        return _write(part, day, key)
    except _NoSuchPart:
        return False


class _NoSuchPart(Exception):
    """The part was deleted meanwhile: nothing is written."""


@transaction.atomic
def _write(part: Part, day: date, key: str) -> bool:
    """The row and both counters, or nothing. Plain SQL, as every page that is read ends here.

    The story's row is taken before the part's, as every rule does.
    """
    with connection.cursor() as cursor:
        cursor.execute(ROW, [part.pk, day, key])
        if cursor.rowcount == 0:
            return False
        cursor.execute(STORY, [part.story_id])
        cursor.execute(PART, [part.pk])
        if cursor.rowcount == 0:
            raise _NoSuchPart
    bump(f"counts:{part.story_id}")
    return True


def _has_role(part: Part, person: Person) -> bool:
    if person.pk is None:
        return False
    return Role.objects.filter(story=part.story_id, pen_name__account=person.pk).exists()


def _judges(part: Part, person: Person) -> bool:
    return person.is_host and Story.objects.filter(pk=part.story_id, held_at__isnull=False).exists()


def reader_key(reader: Reader, day: date) -> str:
    """An opaque key of 128 bits: HMAC-SHA256 with the day's salt over the account, or address and browser."""
    who = f"account:{reader.person.pk}" if reader.person.pk else f"visitor:{reader.address}\0{reader.browser}"
    digest = hmac.digest(_salt(day), who.encode("utf-8", "surrogatepass"), hashlib.sha256)
    return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")


@lru_cache(maxsize=1)
def _salt(day: date) -> bytes:
    """The salt of a day; each process remembers that of one day."""
    row = Salt.objects.filter(day=day).first()
    if row is None:
        row, _made = Salt.objects.get_or_create(day=day, defaults={"value": secrets.token_bytes(32)})
    return bytes(row.value)


def forget_salts() -> int:
    """Throw away the salts of days that are over; the worker calls it. Returns how many."""
    _salt.cache_clear()
    return Salt.objects.filter(day__lt=today()).delete()[0]


def fold() -> int:
    """Fold rows older than 90 days into daily totals, which are then the rows. Returns how many were folded.

    One day of all parts is one transaction; it may run twice without harm.
    """
    before = today() - FOLD_AFTER
    days = Read.objects.filter(day__lt=before).order_by("day").values_list("day", flat=True).distinct()
    return sum(_fold_day(day) for day in list(days))


@transaction.atomic
def _fold_day(day: date) -> int:
    rows = Read.objects.filter(day=day).values("part").annotate(total=Count("pk"))
    for row in rows:
        folded, _made = ReadDay.objects.get_or_create(part_id=row["part"], day=day, defaults={"total": 0})
        ReadDay.objects.filter(pk=folded.pk).update(total=F("total") + row["total"])
    return Read.objects.filter(day=day).delete()[0]


def recount() -> dict[int, int]:
    """The reads of each part as the rows tell them: part id to number."""
    totals = dict(Read.objects.values_list("part").annotate(n=Count("pk")))
    for part, number in ReadDay.objects.values_list("part").annotate(n=Sum("total")):
        totals[part] = totals.get(part, 0) + number
    return totals


@transaction.atomic
def bring_days(part: Part, totals: Mapping[date, int]) -> None:
    """Totals of days that have no rows here yet (from a backup or the demo); the counters move with them."""
    Story.objects.select_for_update().only("pk").get(pk=part.story_id)
    days = [ReadDay(part_id=part.pk, day=day, total=total) for day, total in totals.items() if total > 0]
    ReadDay.objects.bulk_create(days)
    more = F("read_count") + sum(day.total for day in days)
    Part.objects.filter(pk=part.pk).update(read_count=more)
    Story.objects.filter(pk=part.story_id).update(read_count=more)
    bump(f"counts:{part.story_id}")
