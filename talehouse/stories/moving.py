"""Moving parts from one story to another of the same writer."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import Case, IntegerField, Max, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account
from talehouse.activity.log import record_each
from talehouse.stories import rhythm
from talehouse.stories.errors import RuleError
from talehouse.stories.locking import locked as held
from talehouse.stories.models import Part, PictureUse, Story
from talehouse.stories.ordering import close_gaps
from talehouse.stories.powers import Power
from talehouse.stories.sums import bump_story, sum_up
from talehouse.stories.taking import give_back, is_out
from talehouse.stories.together import chosen


@transaction.atomic
def move(story: Story, ids: Collection[int], *, to: Story, by: Account) -> int:
    """Put these parts of a story behind the last of another; they leave the queue of the first.

    What belongs to a part goes along: texts, block ids, pictures, counts. Its address stays. Returns how
    many parts that were.
    """
    if story.pk == to.pk:
        raise RuleError(_("These parts are in this story already. Choose another one."))
    locked = {pk: held(pk, by=by, power=Power.ARRANGE) for pk in sorted((story.pk, to.pk))}
    source, target = locked[story.pk], locked[to.pk]
    bump_story(source)
    parts = chosen(source, ids)
    _leave_queue(parts)
    _put_behind(parts, target)
    record_each("part.moved", actor=by.pk, subjects=parts)
    close_gaps(source)
    for one in (source, target):
        rhythm.settle(one, by=by)
        sum_up(one)
        bump_story(one)
    return len(parts)


def _leave_queue(parts: Collection[Part]) -> None:
    """The slots of the first story's rhythm are not theirs any more; what is out stays out."""
    now = timezone.now()
    for part in parts:
        if part.queued_at is not None and not is_out(part, now):
            give_back(part)
            part.queued_at = None
            part.save()


def _put_behind(parts: Collection[Part], target: Story) -> None:
    last = target.parts.filter(deleted_at=None).aggregate(last=Max("position"))["last"] or 0
    moved = [part.pk for part in parts]
    places = [When(pk=pk, then=Value(last + number)) for number, pk in enumerate(moved, 1)]
    Part.objects.filter(pk__in=moved).update(
        story=target, queued_at=None, position=Case(*places, output_field=IntegerField())
    )
    PictureUse.objects.filter(part__in=moved).update(story=target)
