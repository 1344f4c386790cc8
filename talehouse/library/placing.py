"""Where somebody is in a text, and what they have read: the newest wins by the time of reading.

A place is private to its reader, so those whose account is suspended keep theirs too. What comes in tells the
clock of the device, which may be wrong by a day; the difference to ours sets each time right.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account
from talehouse.library.models import PartRead, Reading, Shelved, Wishes
from talehouse.library.newest import PartRow, StoryRow, tell_parts, tell_stories, tell_visits
from talehouse.library.wishes import measure, wishes_of
from talehouse.stories.errors import RuleError
from talehouse.stories.models import Part
from talehouse.tags.vocabulary import Status

MOST = 200
"""Places in one call."""
LONGEST_BLOCK = 12
_OLDEST = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody was in a part, `at` by the clock of the device.

    `share` is per mille of the part; `finished`: its end was in view; `seconds`: it was read in one go in so
    many; `key` opened the unlisted story that it is of.
    """

    part: int
    at: datetime
    block: str = ""
    share: int = 0
    finished: bool = False
    seconds: int = 0
    key: str = ""


def righted(at: datetime, ahead: timedelta, now: datetime) -> datetime:
    """A time of a device whose clock is `ahead` of ours, by our clock. What is to come counts as now."""
    try:
        return min(max(at - ahead, _OLDEST), now)
    except OverflowError:
        return _OLDEST


@transaction.atomic
def note(places: Sequence[Place], *, by: Account, device_now: datetime) -> int:
    """Keep these places where they are newer than what is known.

    Returns how many were of parts that may be seen. Sending one again changes nothing. Raises RuleError for
    more than `MOST`.
    """
    if len(places) > MOST:
        raise RuleError(_("These are too many places at once."))
    now = timezone.now()
    parts = _seen(places, by)
    mine = [
        replace(place, at=righted(place.at, device_now - now, now)) for place in places if place.part in parts
    ]
    if not mine:
        return 0
    wishes = wishes_of(by)
    _measure(mine, parts, by)
    tell_parts(by.pk, folded(mine))
    shelves = _shelves(mine, parts) if wishes.moves_shelves else {}
    tell_stories(by.pk, _stories(mine, parts, shelves))
    _visit(mine, wishes, by)
    return len(mine)


def _seen(places: Iterable[Place], by: Account) -> dict[int, Part]:
    """The parts that are out and that this person may open, by one query."""
    keys = sorted({place.key for place in places if place.key})
    found = Part.objects.visible_to(by, keys=keys).released().filter(pk__in={place.part for place in places})
    columns = ("story_id", "position", "word_count", "kind", "story__language", "story__status")
    return {part.pk: part for part in found.select_related("story").only(*columns)}


def folded(places: Iterable[Place]) -> list[PartRow]:
    """One row a part: its newest place, and when its end was last in view."""
    rows: dict[int, PartRow] = {}
    for place in sorted(places, key=_age):
        ended = place.at if place.finished else None
        before = rows.get(place.part)
        if before is not None:
            ended = max(filter(None, (before.finished_at, ended)), default=None)
        rows[place.part] = PartRow(place.part, place.block, place.share, place.at, ended)
    return list(rows.values())


def _age(place: Place) -> tuple[datetime, int, int]:
    return place.at, place.part, place.share


def _stories(places: Iterable[Place], parts: dict[int, Part], shelves: dict[int, str]) -> list[StoryRow]:
    rows: dict[int, StoryRow] = {}
    for place in sorted(places, key=_age):
        story = parts[place.part].story_id
        shelf = shelves.get(story, "")
        rows[story] = StoryRow(story, place.part, place.block, place.share, place.at, place.key, shelf)
    return list(rows.values())


def _shelves(places: Collection[Place], parts: dict[int, Part]) -> dict[int, str]:
    """Where each story goes, since it was begun, or since the last part of a complete one was read."""
    shelves = dict.fromkeys({parts[place.part].story_id for place in places}, str(Shelved.READING))
    ended = [parts[place.part] for place in places if place.finished]
    done = {part.story_id for part in ended if part.story.status == Status.COMPLETE}
    if not done:
        return shelves
    chapters = Part.objects.standing().released().filter(story__in=done, kind=Part.Kind.CHAPTER)
    last = dict(chapters.values_list("story").annotate(last=Max("position")))
    for part in ended:
        if part.story_id in done and (part.position or 0) >= (last.get(part.story_id) or 0):
            shelves[part.story_id] = str(Shelved.FINISHED)
    return shelves


def _measure(places: Iterable[Place], parts: dict[int, Part], by: Account) -> None:
    """A part tells the pace once: when it is read for the first time."""
    timed = {place.part: place.seconds for place in places if place.finished and place.seconds > 0}
    if not timed:
        return
    known = PartRead.objects.filter(account=by, part__in=timed, finished_at__isnull=False)
    for pk in timed.keys() - set(known.values_list("part", flat=True)):
        measure(parts[pk].word_count, timed[pk], parts[pk].story.language, by=by)


def _visit(places: Iterable[Place], wishes: Wishes, by: Account) -> None:
    if wishes.history_paused_at is not None:
        return
    since = wishes.history_since
    latest: dict[int, datetime] = {}
    for place in places:
        if since is None or place.at > since:
            latest[place.part] = max(place.at, latest.get(place.part, _OLDEST))
    tell_visits(by.pk, latest.items())


@transaction.atomic
def mark_read(part: Part, *, by: Account, above: bool = False) -> int:
    """I have read this part, or with `above` all up to it; returns how many that are. Places stay."""
    now = timezone.now()
    chosen = _chosen(part, by, above=above)
    tell_parts(by.pk, [PartRow(pk, finished_at=now) for pk in chosen])
    return len(chosen)


@transaction.atomic
def mark_unread(part: Part, *, by: Account, above: bool = False) -> int:
    """I have not read it, or with `above` none up to it; what a device tells of before does not count."""
    now = timezone.now()
    chosen = _chosen(part, by, above=above)
    tell_parts(by.pk, [PartRow(pk, unread_at=now) for pk in chosen])
    return len(chosen)


def _chosen(part: Part, by: Account, *, above: bool) -> list[int]:
    """The part, which was found through the gate; with those above it that may be seen."""
    if not above:
        return [part.pk]
    key = part.story.key  # whoever was let in to this part was let in to its story
    others = Part.objects.visible_to(by, key=key).released()
    found = others.filter(story=part.story_id, position__lte=part.position or 0)
    return sorted({part.pk, *found.values_list("pk", flat=True)})


def keys(account: Account) -> list[str]:
    """The keys with which this account was let in to unlisted stories."""
    return list(Reading.objects.filter(account=account).exclude(key="").values_list("key", flat=True))


def known(parts: Collection[int], *, by: Account) -> list[PartRead]:
    """What is known of these parts; only ever of one's own."""
    return list(PartRead.objects.filter(account=by, part__in=parts).order_by("part")[:MOST])
