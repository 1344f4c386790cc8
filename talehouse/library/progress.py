"""How far somebody is in stories, and where they go on: the same questions for a page and for a list.

Chapters count, announcements do not; and only what is out for anybody who has signed in.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from django.db.models import (
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from talehouse.accounts.models import Visitor
from talehouse.library.models import PartRead, Reading
from talehouse.stories.models import Part, Story
from talehouse.stories.numbering import number, number_of

MEMBER = Visitor(member=True)
LONG = 90
"""So many minutes are told in hours."""


class Progress(NamedTuple):
    """Of a story's chapters: all that are out; those read; those not read that came out since I last read;
    the words of all that are not read.
    """

    total: int = 0
    read: int = 0
    fresh: int = 0
    words: int = 0


def sentence(far: Progress, minutes: int) -> str:
    """How far that is, in words: "5 of 11 read, 2 new, about 40 min left"."""
    if not far.total:
        return ""
    if far.read >= far.total:
        return ngettext("its only part is read", "all %(n)d parts are read", far.total) % {"n": far.total}
    told = [_("%(read)d of %(total)d read") % {"read": far.read, "total": far.total}]
    if far.fresh:
        told.append(ngettext("%(n)d new", "%(n)d new", far.fresh) % {"n": far.fresh})
    if minutes >= LONG:
        hours = round(minutes / 60)
        told.append(ngettext("about %(n)d hour left", "about %(n)d hours left", hours) % {"n": hours})
    elif minutes:
        told.append(ngettext("about %(n)d min left", "about %(n)d min left", minutes) % {"n": minutes})
    return ", ".join(told)


class Goal(NamedTuple):
    """Where reading goes on: a part, with the place in it if it is begun; `here` if it is begun at all."""

    part: int
    number: int | None
    title: str
    url: str
    block: str
    share: int
    here: bool

    def address(self, key: str = "") -> str:
        """The link that leads to the place; a browser finds the paragraph by itself."""
        return self.url + (f"?key={key}" if key else "") + (f"#b-{self.block}" if self.block else "")


def chapters(account: int, *, keys: Collection[str] = ()) -> QuerySet[Any, Any]:
    """The chapters that are out, each with `done`: whether this account has read it."""
    read = PartRead.objects.filter(account=account, part=OuterRef("pk"), finished_at__isnull=False)
    out = Part.objects.visible_to(MEMBER, keys=keys).released().filter(kind=Part.Kind.CHAPTER)
    return out.annotate(done=Exists(read))


def counted(account: int, stories: Collection[int], *, keys: Collection[str] = ()) -> QuerySet[Any, Any]:
    """For each of these stories one dict: `story`, and the fields of `Progress`."""
    since = Reading.objects.filter(account=account, story=OuterRef("story")).values("read_at")[:1]
    found = chapters(account, keys=keys).filter(story__in=stories).annotate(since=Subquery(since))
    told: QuerySet[Any, Any] = (
        found.order_by()
        .values("story")
        .annotate(
            total=Count("pk"),
            read=Count("pk", filter=Q(done=True)),
            fresh=Count("pk", filter=Q(done=False, release_at__gt=F("since"))),
            words=Coalesce(Sum("word_count", filter=Q(done=False)), 0),
        )
    )
    return told


def progress(account: int, stories: Collection[int], *, keys: Collection[str] = ()) -> dict[int, Progress]:
    """How far the account is in each of these stories; one query."""
    return {
        row["story"]: Progress(row["total"], row["read"], row["fresh"], row["words"])
        for row in counted(account, stories, keys=keys)
    }


def lines(account: int, parts: QuerySet[Part]) -> QuerySet[Any]:
    """Parts in their order, each with its `number`, `done`, and `share`: how far this account is in it."""
    mine = PartRead.objects.filter(account=account, part=OuterRef("pk"))
    return parts.order_by("position").annotate(
        number=number(),
        done=Exists(mine.filter(finished_at__isnull=False)),
        share=Coalesce(Subquery(mine.values("share")[:1], output_field=IntegerField()), 0),
    )


def aims(account: int, stories: Collection[int], *, keys: Collection[str] = ()) -> QuerySet[Any, Any]:
    """Of each story the part where reading goes on: the one that I am in, else the next that is not read."""
    reading = Reading.objects.filter(account=account, story=OuterRef("story"), part__story=OuterRef("story"))
    here = Coalesce(Subquery(reading.values("part__position")[:1], output_field=IntegerField()), -1)
    unread = chapters(account, keys=keys).filter(done=False).annotate(here=here)
    nearest = unread.filter(story=OuterRef("pk"), position__gte=F("here")).order_by("position")
    wanted = Story.objects.filter(pk__in=stories).annotate(aim=Subquery(nearest.values("pk")[:1]))
    mine = PartRead.objects.filter(account=account, part=OuterRef("pk"))
    return Part.objects.filter(pk__in=wanted.values("aim")).annotate(
        number=number(),
        here_block=Coalesce(Subquery(mine.values("block")[:1], output_field=CharField()), Value("")),
        here_share=Coalesce(Subquery(mine.values("share")[:1], output_field=IntegerField()), -1),
    )


def goal_of(part: Part) -> Goal:
    """The goal in a row of `aims`."""
    share: int = part.here_share  # type: ignore[attr-defined]
    block: str = part.here_block  # type: ignore[attr-defined]
    begun = share > 0
    return Goal(part.pk, number_of(part), part.title, part.url, block if begun else "", max(share, 0), begun)


def goals(account: int, stories: Collection[int], *, keys: Collection[str] = ()) -> Mapping[int, Goal]:
    """Where reading goes on in each of these stories; none for one read to its end. One query."""
    if not stories:
        return {}
    return {part.story_id: goal_of(part) for part in aims(account, stories, keys=keys)}
