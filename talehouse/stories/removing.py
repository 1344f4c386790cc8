"""Taking things back: withdraw, delete with an undo of 30 days, hide.

A state that someone causes is a time with its actor. Each rule is one transaction that first takes the
story's row, and bumps the versions that kept pages depend on.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account
from talehouse.activity.log import record
from talehouse.stories import rhythm
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.locking import locked as held
from talehouse.stories.models import Part, Proposal, Story
from talehouse.stories.ordering import close_gaps, leave_or_return
from talehouse.stories.people import others_to_agree
from talehouse.stories.powers import Power
from talehouse.stories.sums import bump_story, sum_up
from talehouse.stories.taking import forget_missed_time

UNDO = timedelta(days=30)


def withdraw(thing: Story | Part, *, by: Account) -> None:
    """The text leaves pages, downloads and feeds; comments and counts stay. `put_back` undoes it."""
    _mark(thing, by=by, withdrawn_at=timezone.now(), withdrawn_by=by)


def put_back(thing: Story | Part, *, by: Account) -> None:
    """Undo a withdrawal."""
    _mark(thing, by=by, withdrawn_at=None, withdrawn_by=None)


@transaction.atomic
def delete(thing: Story | Part, *, by: Account) -> None:
    """Gone for everybody; `undelete` brings it back within 30 days, then a purge empties it.

    A story of several goes only once every author has said yes (`consenting.py`).
    """
    if isinstance(thing, Story):
        held(thing.pk, by=by, power=Power.OWN, deleted_too=True)
        if others_to_agree(thing, Proposal.What.DELETE, by):
            raise NotAllowedError(_("Every author of this story has to agree to its deletion."))
    _mark(thing, by=by, deleted_at=timezone.now(), deleted_by=by)


def undelete(thing: Story | Part, *, by: Account) -> None:
    """Bring a deleted thing back to its place. Raises RuleError after 30 days."""
    thing.refresh_from_db()
    if thing.purged_at or thing.deleted_at is None or thing.deleted_at < timezone.now() - UNDO:
        raise RuleError(_("This was deleted more than 30 days ago and cannot be brought back."))
    _mark(thing, by=by, deleted_at=None, deleted_by=None)


@transaction.atomic
def hide(thing: Story | Part, *, by: Account) -> None:
    """A host takes a thing out of sight; its people still see it. `unhide` undoes it."""
    _hide(thing, by=by, hidden_at=timezone.now(), hidden_by=by)


@transaction.atomic
def unhide(thing: Story | Part, *, by: Account) -> None:
    """Undo a hiding."""
    _hide(thing, by=by, hidden_at=None, hidden_by=None)


def _hide(thing: Story | Part, *, by: Account, **state: Any) -> None:
    if not by.is_host or by.is_suspended:
        raise NotAllowedError(_("Only a host may do this."))
    _set_state(Story.objects.select_for_update().get(pk=_story_id(thing)), thing, by, state)


@transaction.atomic
def _mark(thing: Story | Part, *, by: Account, **state: Any) -> None:
    power = Power.OWN if isinstance(thing, Story) and "deleted_at" in state else Power.REMOVE
    _set_state(held(_story_id(thing), by=by, power=power, deleted_too=True), thing, by, state)


def _story_id(thing: Story | Part) -> int:
    return thing.pk if isinstance(thing, Story) else thing.story_id


def _set_state(story: Story, thing: Story | Part, by: Account, state: dict[str, Any]) -> None:
    fresh: Story | Part = story if isinstance(thing, Story) else Part.objects.get(pk=thing.pk)
    if isinstance(fresh, Part) and "deleted_at" in state:
        leave_or_return(story, fresh, leaving=state["deleted_at"] is not None)
        forget_missed_time(fresh, timezone.now())
    for name, value in state.items():
        setattr(fresh, name, value)
        setattr(thing, name, value)
    fresh.save()
    if isinstance(fresh, Part):
        close_gaps(story)
    rhythm.settle(story, by=by)
    what, value = next(iter(state.items()))
    verb = what.removesuffix("_at") if value else f"{what.removesuffix('_at')}-undone"
    record(f"{fresh._meta.model_name}.{verb}", actor=by.pk, subject=fresh)
    sum_up(story)
    bump_story(story)
