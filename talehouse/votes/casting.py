"""Voting and taking it back (law 3). Both may be asked twice without harm: what is so already stays so."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Count, F
from django.utils.translation import gettext as _

from talehouse.accounts.blocking import has_blocked_any
from talehouse.accounts.models import Account
from talehouse.activity.log import record
from talehouse.pages.versions import bump
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Part, Role, Story
from talehouse.stories.powers import POWERS, Power
from talehouse.votes.models import Vote


@transaction.atomic
def cast(part: Part, *, by: Account) -> bool:
    """Vote for a part; returns whether that is new.

    Raises NotAllowedError for a suspended account, for the story's own authors, and for somebody whom one of
    them has blocked; RuleError for a part that has been deleted meanwhile.
    """
    _held(part)
    _refuse(part, by)
    _vote, is_new = Vote.objects.get_or_create(account=by, part=part)
    if is_new:
        _count(part, 1)
        record("vote.cast", actor=by.pk, subject=part)
    return is_new


@transaction.atomic
def take_back(part: Part, *, by: Account) -> bool:
    """Take a vote back; returns whether there was one."""
    _held(part)
    taken = Vote.objects.filter(account=by, part=part).delete()[0]
    if taken:
        _count(part, -1)
        record("vote.taken-back", actor=by.pk, subject=part)
    return bool(taken)


def _held(part: Part) -> None:
    """The story's row, as every rule takes it first: then votes for it stand in line, and no sum is lost."""
    Story.objects.select_for_update().only("pk").get(pk=part.story_id)
    if not Part.objects.standing().filter(pk=part.pk).exists():
        raise RuleError(_("This part has been deleted."))


def _refuse(part: Part, by: Account) -> None:
    if by.is_suspended:
        raise NotAllowedError(_("Your account is suspended and cannot vote."))
    authors = Role.objects.filter(
        story=part.story_id, kind__in=POWERS[Power.OWN], accepted_at__isnull=False
    ).values_list("pen_name__account", flat=True)
    if by.pk in authors:
        raise NotAllowedError(_("Nobody votes for a story of their own."))
    if has_blocked_any(authors, by):
        raise NotAllowedError(_("You cannot vote for this story."))


def _count(part: Part, step: int) -> None:
    Part.objects.filter(pk=part.pk).update(vote_count=F("vote_count") + step)
    Story.objects.filter(pk=part.story_id).update(vote_count=F("vote_count") + step)
    bump(f"counts:{part.story_id}")


def recount() -> dict[int, int]:
    """The votes of each part as the rows tell them: part id to number."""
    return dict(Vote.objects.values_list("part").annotate(n=Count("pk")))
