"""A story's rhythm: the drafts that wait in its queue come out one by one, on its days at its time.

The queue is in the order of positions. Its first part has the next free slot as `release_at`, the second the
one after, so that what is visible is a question of time alone and no worker is needed. `settle` works all of
that out anew; every rule calls it that changes the order, the texts, the rhythm, or what stands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from enum import IntEnum
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account
from talehouse.activity.log import record
from talehouse.lib.clock import moment, slots, zones
from talehouse.stories.errors import RuleError
from talehouse.stories.holding import hold_first
from talehouse.stories.locking import locked as held
from talehouse.stories.locking import standing_part
from talehouse.stories.models import Part, Rhythm, Story, TakenBack
from talehouse.stories.powers import Power
from talehouse.stories.sums import bump_story, sum_up
from talehouse.stories.taking import give_back, has_no_text, is_out, take_text

__all__ = [
    "end",
    "leave_queue",
    "pause",
    "queue",
    "queue_drafts",
    "ready_drafts",
    "resume",
    "rhythm_of",
    "schedule_from",
    "set",
    "settle",
    "slots",
]


def rhythm_of(story: Story) -> Rhythm | None:
    """The story's rhythm, if it has one."""
    found: Rhythm | None = Rhythm.objects.filter(story=story).first()
    return found


@transaction.atomic
def set(story: Story, *, by: Account, days: Collection[int], at: time, zone: str) -> Rhythm:
    """Let the queue come out on these ISO weekdays (1 is Monday) at this time by the clocks of this zone."""
    locked = held(story.pk, by=by, power=Power.RELEASE)
    wanted = _days(days)
    _zone(zone)
    rhythm, made = Rhythm.objects.update_or_create(
        story=locked,
        defaults={"days": wanted, "at": at.replace(second=0, microsecond=0), "time_zone": zone},
        create_defaults={
            "days": wanted,
            "at": at.replace(second=0, microsecond=0),
            "time_zone": zone,
            "made_by": by,
        },
    )
    record("story.rhythm-set", actor=by.pk, subject=locked, new=made)
    settle(locked, by=by)
    return rhythm


def _days(days: Collection[int]) -> str:
    if not days or not frozenset(days) <= frozenset(range(1, 8)):
        raise RuleError(_("Choose at least one day of the week."))
    return "".join(str(day) for day in sorted(frozenset(days)))


def _zone(name: str) -> ZoneInfo:
    if name not in zones():
        raise RuleError(_("There is no time zone “%(name)s”.") % {"name": name[:50]})
    return ZoneInfo(name)


@transaction.atomic
def pause(story: Story, *, by: Account) -> None:
    """Nothing more comes out of the queue until `resume`; its parts stay in it. No effect while paused."""
    _pause(story, by, timezone.now(), "story.rhythm-paused")


@transaction.atomic
def resume(story: Story, *, by: Account) -> None:
    """Let the queue go on from the next slot."""
    _pause(story, by, None, "story.rhythm-resumed")


def _pause(story: Story, by: Account, at: datetime | None, verb: str) -> None:
    locked = held(story.pk, by=by, power=Power.RELEASE)
    rhythm = _existing(locked)
    if (rhythm.paused_at is None) == (at is None):
        return
    rhythm.paused_at = at
    rhythm.save(update_fields=["paused_at"])
    record(verb, actor=by.pk, subject=locked)
    settle(locked, by=by)


def _existing(story: Story) -> Rhythm:
    rhythm = rhythm_of(story)
    if rhythm is None:
        raise RuleError(_("This story has no rhythm yet. Set one first."))
    return rhythm


@transaction.atomic
def end(story: Story, *, by: Account) -> None:
    """No rhythm any more: what waits in the queue are plain drafts again."""
    locked = held(story.pk, by=by, power=Power.RELEASE)
    _existing(locked).delete()
    record("story.rhythm-ended", actor=by.pk, subject=locked)
    settle(locked, by=by)


def queue(part: Part, *, by: Account) -> Part:
    """Let a draft wait its turn in the story's rhythm; one that had a time of its own gives it up."""
    return _queue([part], by=by)[0]


@transaction.atomic
def queue_drafts(story: Story, *, by: Account) -> int:
    """Put every draft into the queue that has a text, has not come out and has no time; returns how many."""
    held(story.pk, by=by, power=Power.RELEASE)
    waiting = list(ready_drafts(story))
    return len(_queue(waiting, by=by)) if waiting else 0


def ready_drafts(story: Story) -> QuerySet[Part]:
    """Those that would join the queue together."""
    drafts = story.parts.filter(deleted_at=None, withdrawn_at=None, release_at=None, queued_at=None)
    return drafts.filter(draft__isnull=False).exclude(draft__html="").order_by("position")


@transaction.atomic
def _queue(parts: Sequence[Part], *, by: Account) -> list[Part]:
    story = held(parts[0].story_id, by=by, power=Power.RELEASE)
    _existing(story)
    hold_first(story, by=by)
    now = timezone.now()
    for part in parts:
        fresh = _to_come(part, now)
        give_back(fresh)
        fresh.queued_at = fresh.queued_at or now
        fresh.save()
        record("part.queued", actor=by.pk, subject=fresh)
    settle(story, by=by)
    return [Part.objects.get(pk=part.pk) for part in parts]


def _to_come(part: Part, now: datetime) -> Part:
    """The part as it is now. Raises RuleError for one that is out, or has nothing to bring."""
    fresh = standing_part(part)
    if is_out(fresh, now):
        raise RuleError(_("“%(title)s” is already out.") % {"title": fresh.title})
    if has_no_text(fresh):
        raise RuleError(_("“%(title)s” has no text yet.") % {"title": fresh.title})
    return fresh


@transaction.atomic
def leave_queue(part: Part, *, by: Account) -> Part:
    """Take a part out of the queue: a plain draft again. The others move up."""
    story = held(part.story_id, by=by, power=Power.RELEASE)
    fresh = standing_part(part)
    if fresh.queued_at is None or is_out(fresh, timezone.now()):
        raise RuleError(_("“%(title)s” is not in the queue.") % {"title": fresh.title})
    give_back(fresh)
    fresh.queued_at = None
    fresh.save()
    record("part.unscheduled", actor=by.pk, subject=fresh)
    _tell(story)
    settle(story, by=by)
    return fresh


@transaction.atomic
def schedule_from(
    story: Story,
    parts: Iterable[Part],
    *,
    by: Account,
    start: date,
    days: Collection[int],
    at: time,
    zone: str,
) -> list[Part]:
    """Give these parts, in the order of positions, times of their own: a slot each from `start` on.

    `start` is a day by the clocks of `zone`. Raises RuleError for a day that has passed, and for a part that
    is out or has no text; then none has been scheduled.
    """
    locked = held(story.pk, by=by, power=Power.RELEASE)
    place, now = _zone(zone), timezone.now()
    if start < now.astimezone(place).date():
        raise RuleError(_("This day has passed. Choose a later one."))
    chosen = [_to_come(part, now) for part in parts]
    if any(part.story_id != locked.pk for part in chosen):
        raise RuleError(_("These parts are not all of one story. Load the page again."))
    after = max(now, moment(start, time(0), place).at - timedelta(seconds=1))
    times = slots([int(day) for day in _days(days)], at, place, after, len(chosen))
    hold_first(locked, by=by)
    for part, coming in zip(sorted(chosen, key=lambda one: one.position or 0), times, strict=True):
        _set_time(part, coming, now, by)
        part.queued_at = None
        part.save()
    _tell(locked)
    settle(locked, by=by)
    return chosen


def _set_time(part: Part, coming: datetime, now: datetime, by: Account | None) -> None:
    """The newest text comes out then. The caller saves."""
    newest = part.draft or part.published
    if newest is not None and newest.pk != part.published_id:
        take_text(part, newest, now)
    if part.release_at is None:
        record("part.scheduled", actor=by.pk if by else None, subject=part)
    part.release_at = coming


def settle(story: Story, *, by: Account | None = None) -> None:
    """Work the queue out anew: each part that waits in it has the next free slot, in the order of positions.

    Call it in a rule that holds the story's row, after its change. While the rhythm is paused, and for a part
    or a story that is deleted, withdrawn or hidden, there is no slot: it waits. No rhythm, no queue.
    Each has its newest text, and one whose text was emptied waits for another; a slot on whose minute a part
    with a time of its own comes out is taken.
    """
    now = timezone.now()
    queued = story.parts.filter(queued_at__isnull=False).select_related("draft", "published")
    waiting = [part for part in queued.order_by("position") if not is_out(part, now)]
    if not waiting:
        return
    rhythm = rhythm_of(story)
    free = iter(_free(story, rhythm, now, len(waiting)))
    changed = [_place(part, rhythm, free, now, by) for part in waiting]
    moved = [part for part, change in zip(waiting, changed, strict=True) if change is Change.TIME]
    Part.objects.bulk_update(moved, ["release_at"], batch_size=200)
    if any(changed):
        _tell(story)


class Change(IntEnum):
    """What has become of a part in the queue."""

    NONE = 0
    TIME = 1
    MORE = 2


def _place(
    part: Part, rhythm: Rhythm | None, free: Iterator[datetime], now: datetime, by: Account | None
) -> Change:
    """Give a waiting part its slot, or take away the one that it had. Saved, unless only the time changed."""
    time_before, before = part.release_at, (part.published_id, part.draft_id, part.queued_at)
    coming = next(free, None) if _is_ready(part) else None
    if coming is not None:
        _set_time(part, coming, now, by)
    elif part.release_at is not None:
        give_back(part)
        record("part.unscheduled", actor=by.pk if by else None, subject=part)
    if rhythm is None:
        part.queued_at = None
    if (part.published_id, part.draft_id, part.queued_at) != before:
        part.save()
        return Change.MORE
    return Change.NONE if part.release_at == time_before else Change.TIME


def _is_ready(part: Part) -> bool:
    return not _is_taken_back(part) and not has_no_text(part)


def _is_taken_back(thing: TakenBack) -> bool:
    return bool(thing.deleted_at or thing.withdrawn_at or thing.hidden_at)


def _free(story: Story, rhythm: Rhythm | None, now: datetime, count: int) -> list[datetime]:
    """The next slots that nothing else of the story takes; none without a rhythm, and while it is paused."""
    if rhythm is None or rhythm.paused_at is not None or _is_taken_back(story):
        return []
    others = story.parts.filter(
        queued_at=None, deleted_at=None, withdrawn_at=None, hidden_at=None, published__isnull=False
    )
    times = others.filter(release_at__gt=now).values_list("release_at", flat=True)
    taken = frozenset(_minute(at) for at in times if at is not None)
    days = [int(day) for day in rhythm.days]
    coming = slots(days, rhythm.at, ZoneInfo(rhythm.time_zone), now, count + len(taken))
    return [at for at in coming if _minute(at) not in taken][:count]


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _tell(story: Story) -> None:
    sum_up(story)
    bump_story(story)
