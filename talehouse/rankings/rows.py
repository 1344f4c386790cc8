"""The rows that rankings are made of, gathered once for all of them: so many questions, whatever the archive.

Counted are stories that somebody may meet in lists and whose writers let them be ranked. A suspended account
is no reader and no voter. Times are UTC; a day counts whole, today as far as it has come.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from talehouse.accounts.models import Visitor
from talehouse.library.models import PartRead, Reading
from talehouse.rankings.weighing import NEW, Crowd
from talehouse.reads.models import Read, ReadDay
from talehouse.stories.models import Part, Role, Story
from talehouse.votes.models import Vote

WEEK = timedelta(days=7)
PAST_WEEKS = 8
"""So far back goes a story's own past."""
SETTLED = timedelta(days=30)
"""A part is old enough to tell who has finished once it is out for so long."""
ENOUGH = 20
"""Rates are told of stories that so many readers with an account have begun."""

_READERS = """
SELECT story_id, SUM(CASE WHEN day > %s THEN n ELSE 0 END), SUM(CASE WHEN day > %s THEN 0 ELSE n END) FROM (
  SELECT p.story_id, r.day, COUNT(DISTINCT r.key) AS n
  FROM reads_read r JOIN stories_part p ON p.id = r.part_id
  WHERE r.day > %s GROUP BY p.story_id, r.day
  UNION ALL
  SELECT p.story_id, d.day, MAX(d.total) AS n
  FROM reads_readday d JOIN stories_part p ON p.id = d.part_id
  WHERE d.day > %s GROUP BY p.story_id, d.day
) AS days GROUP BY story_id
"""


class Told(NamedTuple):
    """What is known of a story without its readers."""

    begun: datetime
    updated: datetime | None
    settled_parts: int
    reads: int


class Now(NamedTuple):
    """A number of the last seven days, and that of the `PAST_WEEKS` before."""

    week: int = 0
    before: int = 0


class Voters(NamedTuple):
    """Accounts that voted: ever, in the last seven days, and how many in the `PAST_WEEKS` before."""

    ever: Crowd = Crowd()
    week: Crowd = Crowd()
    before: int = 0


class Rows:
    """Everything at one moment. Each property is one question, asked when it is first wanted."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.since = now - WEEK
        self.past = now - WEEK * (PAST_WEEKS + 1)

    @cached_property
    def stories(self) -> dict[int, Told]:
        """Those that may be ranked."""
        counted = Count("parts", filter=_settled(self.now, "parts__"))
        rows = ranked().annotate(settled=counted)
        columns = ("pk", "release_at", "updated_at", "settled", "read_count")
        return {pk: Told(*told) for pk, *told in rows.values_list(*columns)}

    @cached_property
    def readers(self) -> dict[int, Now]:
        """Distinct readers of each day, with and without an account, summed over the days. Of days that came
        in as totals (a backup, the demo, what is folded) it is the reads of the part that was read most.
        """
        week, past = (connection.ops.adapt_datefield_value(day.date()) for day in (self.since, self.past))
        with connection.cursor() as cursor:
            cursor.execute(_READERS, [week, week, past, past])
            return {story: Now(int(now), int(before)) for story, now, before in cursor.fetchall()}

    @cached_property
    def reads(self) -> dict[int, tuple[int, int]]:
        """(reads, words that were read) of the last seven days."""
        found: dict[int, tuple[int, int]] = {}
        day = self.since.date()
        single: Any = Read.objects.filter(day__gt=day).values_list("part__story")
        folded: Any = ReadDay.objects.filter(day__gt=day).values_list("part__story")
        rows = single.annotate(n=Count("pk"), words=Sum("part__word_count"))
        totals = folded.annotate(n=Sum("total"), words=Sum(F("total") * F("part__word_count")))
        for story, number, words in [*rows, *totals]:
            reads, before = found.get(story, (0, 0))
            found[story] = (reads + number, before + words)
        return found

    @cached_property
    def voters(self) -> dict[int, Voters]:
        """Accounts that voted for any part of a story."""
        older = Q(account__joined_at__lte=self.now - NEW)
        beside = older & Q(cast_at__gt=self.now - NEW)
        week, before = Q(cast_at__gt=self.since), Q(cast_at__gt=self.past, cast_at__lte=self.since)
        rows: Any = Vote.objects.filter(account__suspended_at=None, cast_at__lte=self.now)
        counted = rows.values_list("part__story").annotate(
            older=_accounts(older),
            new=_accounts(~older),
            beside=_accounts(beside),
            older_now=_accounts(older & week),
            new_now=_accounts(~older & week),
            earlier=_accounts(before),
        )
        return {
            story: Voters(Crowd(old, new, beside), Crowd(old_now, new_now, beside), earlier)
            for story, old, new, beside, old_now, new_now, earlier in counted
        }

    @cached_property
    def begun(self) -> dict[int, Crowd]:
        """Accounts that have begun a story."""
        older = Q(account__joined_at__lte=self.now - NEW)
        beside = older & Q(read_at__gt=self.now - NEW)
        rows: Any = Reading.objects.filter(not_theirs("story"), account__suspended_at=None)
        counted = (
            rows.filter(read_at__isnull=False)
            .values_list("story")
            .annotate(old=_accounts(older), new=_accounts(~older), near=_accounts(beside))
        )
        return {story: Crowd(*counts) for story, *counts in counted}

    @cached_property
    def finished(self) -> dict[int, tuple[int, int]]:
        """(older, new) accounts that have read the last part that is older than 30 days."""
        older = Q(account__joined_at__lte=self.now - NEW)
        rows: Any = PartRead.objects.filter(not_theirs("part__story"), account__suspended_at=None)
        ends = rows.filter(finished_at__isnull=False, part__in=last_settled(self.now).values("pk"))
        counted = ends.values_list("part__story").annotate(old=_accounts(older), new=_accounts(~older))
        return {story: (old, new) for story, old, new in counted}


def not_theirs(story: str) -> Q:
    """The account has no role on the story."""
    roles = Role.objects.filter(story=OuterRef(story), pen_name__account=OuterRef("account"))
    return ~Q(Exists(roles))


def _accounts(which: Q) -> Count:
    """Distinct accounts among such rows."""
    return Count("account", distinct=True, filter=which)


def ranked() -> QuerySet[Story]:
    """Stories that somebody may meet in lists, of whatever rating, whose writers let them be ranked."""
    return Story.objects.listed_for(Visitor("explicit", member=True)).filter(ranked=True)


def _settled(now: datetime, prefix: str = "") -> Q:
    """Chapters that readers have had for 30 days."""
    wanted = {
        "kind": Part.Kind.CHAPTER,
        "published__isnull": False,
        "deleted_at": None,
        "hidden_at": None,
        "withdrawn_at": None,
        "visibility__in": ("story", "members"),
        "release_at__lte": now - SETTLED,
    }
    return Q(**{prefix + name: value for name, value in wanted.items()})


def last_settled(now: datetime) -> QuerySet[Part]:
    """Of each story the last chapter that is older than 30 days: who has read it has finished."""
    settled = Part.objects.filter(_settled(now))
    later = settled.filter(story=OuterRef("story"), position__gt=OuterRef("position"))
    return settled.filter(~Exists(later))
