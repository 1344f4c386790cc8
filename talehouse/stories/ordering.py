"""The order of a story's parts: positions stay dense and unique, however many change them at once."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Case, F, IntegerField, Value, When
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account
from talehouse.activity.log import record
from talehouse.stories import rhythm
from talehouse.stories.errors import RuleError
from talehouse.stories.locking import locked as held
from talehouse.stories.models import Part, Story
from talehouse.stories.powers import Power
from talehouse.stories.sums import bump_story


@transaction.atomic
def reorder(story: Story, *, by: Account, order: Sequence[int]) -> None:
    """Put the parts into this order of their ids. Raises RuleError if it does not name each exactly once."""
    locked = held(story.pk, by=by, power=Power.ARRANGE)
    standing = set(locked.parts.filter(deleted_at=None).values_list("pk", flat=True))
    if len(order) != len(standing) or set(order) != standing:
        raise RuleError(_("The order must name every part of the story once. Load the page again."))
    place(locked, {pk: place for place, pk in enumerate(order, 1)})
    rhythm.settle(locked, by=by)
    record("story.reordered", actor=by.pk, subject=locked)
    bump_story(locked)


def place(story: Story, places: dict[int, int]) -> None:
    """Give parts their positions through negative ones: the constraint is checked row by row."""
    if not places:
        return
    branches = [When(pk=pk, then=Value(-place)) for pk, place in places.items()]
    story.parts.filter(pk__in=places).update(position=Case(*branches, output_field=IntegerField()))
    story.parts.filter(position__lt=0).update(position=-F("position"))


def close_gaps(story: Story) -> None:
    """Make the positions of the parts that stand dense again, from 1 on."""
    standing = story.parts.filter(deleted_at=None).order_by("position").values_list("pk", "position")
    place(story, {pk: place for place, (pk, now) in enumerate(standing, 1) if now != place})


def leave_or_return(story: Story, part: Part, *, leaving: bool) -> None:
    """A deleted part has no position; one that returns takes the place that it had, or the last."""
    if leaving:
        part.former_position, part.position = part.position, None
        return
    standing = list(story.parts.filter(deleted_at=None).order_by("position").values_list("pk", flat=True))
    back = min(part.former_position or len(standing) + 1, len(standing) + 1)
    place(story, {pk: number + 1 for number, pk in enumerate(standing, 1) if number >= back})
    part.position, part.former_position = back, None
