"""The same done to many parts of a story at once: all of them, or none.

Taking back, putting back, deleting and bringing back ask the database the same number of questions however
many parts there are.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account
from talehouse.activity.log import record_each
from talehouse.stories import publishing, rhythm
from talehouse.stories.errors import RuleError
from talehouse.stories.locking import locked as held
from talehouse.stories.models import Part, Story
from talehouse.stories.ordering import close_gaps, place
from talehouse.stories.powers import Power
from talehouse.stories.removing import UNDO
from talehouse.stories.sums import bump_story, sum_up
from talehouse.stories.taking import forget_missed_time


def chosen(story: Story, ids: Collection[int]) -> list[Part]:
    """Those parts of the story, in their order. Raises RuleError if none is named, or one is not there."""
    wanted = set(ids)
    if not wanted:
        raise RuleError(_("Choose at least one part first."))
    parts = list(story.parts.filter(pk__in=wanted, deleted_at=None).order_by("position"))
    if len(parts) != len(wanted):
        raise RuleError(_("One of these parts is not here any more. Nothing was changed; look again."))
    return parts


@transaction.atomic
def publish(story: Story, ids: Collection[int], *, by: Account) -> int:
    """Publish the newest text of each. Returns how many parts readers see now that they did not see."""
    locked = held(story.pk, by=by, power=Power.RELEASE)
    parts = chosen(locked, ids)
    before = sum(part.released_at is None for part in parts)
    for part in parts:
        publishing.publish(part, by=by)
    return before


@transaction.atomic
def queue(story: Story, ids: Collection[int], *, by: Account) -> int:
    """Let each wait its turn in the story's rhythm. Returns how many that are."""
    locked = held(story.pk, by=by, power=Power.RELEASE)
    parts = chosen(locked, ids)
    for part in parts:
        rhythm.queue(part, by=by)
    return len(parts)


@transaction.atomic
def withdraw(story: Story, ids: Collection[int], *, by: Account) -> int:
    """Their texts leave pages, downloads and feeds; comments and counts stay. Returns how many went."""
    locked = held(story.pk, by=by, power=Power.REMOVE)
    parts = [part for part in chosen(locked, ids) if part.withdrawn_at is None]
    _mark(locked, parts, "part.withdrawn", by, withdrawn_at=timezone.now(), withdrawn_by=by)
    return len(parts)


@transaction.atomic
def put_back(story: Story, ids: Collection[int], *, by: Account) -> int:
    """Undo their withdrawal. Returns how many came back."""
    locked = held(story.pk, by=by, power=Power.REMOVE)
    parts = [part for part in chosen(locked, ids) if part.withdrawn_at is not None]
    _mark(locked, parts, "part.withdrawn-undone", by, withdrawn_at=None, withdrawn_by=None)
    return len(parts)


def _mark(story: Story, parts: Sequence[Part], verb: str, by: Account, **state: Any) -> None:
    Part.objects.filter(pk__in=[part.pk for part in parts]).update(**state)
    record_each(verb, actor=by.pk, subjects=parts)
    _settle(story, by)


def _settle(story: Story, by: Account) -> None:
    """What follows from parts that went or came back: the queue's slots, the sums, the pages."""
    rhythm.settle(story, by=by)
    sum_up(story)
    bump_story(story)


@transaction.atomic
def remove(story: Story, ids: Collection[int], *, by: Account) -> int:
    """Gone for everybody; `bring_back` undoes it within 30 days. Returns how many went."""
    locked = held(story.pk, by=by, power=Power.REMOVE)
    parts = chosen(locked, ids)
    now = timezone.now()
    for part in parts:
        part.former_position, part.position = part.position, None
        part.deleted_at, part.deleted_by = now, by
    Part.objects.bulk_update(parts, ["position", "former_position", "deleted_at", "deleted_by"])
    record_each("part.deleted", actor=by.pk, subjects=parts)
    close_gaps(locked)
    _settle(locked, by)
    return len(parts)


@transaction.atomic
def bring_back(story: Story, ids: Collection[int], *, by: Account) -> int:
    """Undo their deletion: each goes where it was. Raises RuleError for what went more than 30 days ago."""
    locked = held(story.pk, by=by, power=Power.REMOVE)
    since = timezone.now() - UNDO
    gone = locked.parts.filter(pk__in=set(ids), deleted_at__gte=since, purged_at=None)
    parts = list(gone.order_by("former_position", "pk"))
    if not parts or len(parts) != len(set(ids)):
        raise RuleError(_("This was brought back already, or deleted more than 30 days ago."))
    for part in parts:
        forget_missed_time(part, timezone.now())
        part.deleted_at = part.deleted_by = None
    _return(locked, parts)
    record_each("part.deleted-undone", actor=by.pk, subjects=parts)
    _settle(locked, by)
    return len(parts)


def _return(story: Story, parts: Sequence[Part]) -> None:
    """Each part at its former place, those that stand moved up around them."""
    order = list(story.parts.filter(deleted_at=None).order_by("position").values_list("pk", flat=True))
    for part in parts:
        order.insert(min((part.former_position or len(order) + 1) - 1, len(order)), part.pk)
    back = {part.pk for part in parts}
    numbers = {pk: number for number, pk in enumerate(order, 1)}
    place(story, {pk: number for pk, number in numbers.items() if pk not in back})
    for part in parts:
        part.position, part.former_position = numbers[part.pk], None
    places = ["position", "former_position", "deleted_at", "deleted_by"]
    Part.objects.bulk_update(parts, [*places, "draft", "published", "word_count", "release_at"])
