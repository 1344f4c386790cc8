"""Leaving a story to the archive without one's name.

The archive's pen name "Orphan" takes the leaver's place at once, on every page. For 30 days the one who left
can undo it; then `finish` makes it final, and nothing in this room ties the story to them any more. What lies
in the rooms above (notes, imports) is seen to by `writing/departing.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from talehouse.accounts.house import orphan_pen_name
from talehouse.accounts.models import Account
from talehouse.activity.log import record
from talehouse.activity.models import Event
from talehouse.stories import people, series_owners
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.locking import locked as held
from talehouse.stories.models import (
    Consent,
    Departure,
    Part,
    Proposal,
    Revision,
    Rhythm,
    Role,
    RoleKind,
    Story,
)
from talehouse.stories.powers import Power
from talehouse.stories.sums import bump_story

UNDO = timedelta(days=30)


@transaction.atomic
def orphan(story: Story, *, by: Account) -> list[Departure]:
    """Take my own name away from a story. Its other authors keep it; without any it is the archive's."""
    locked = held(story.pk, by=by, power=Power.OWN)
    return _depart(locked, list(_accepted(locked).filter(pen_name__account=by)), by)


@transaction.atomic
def orphan_together(story: Story, *, by: Account) -> list[Departure]:
    """Every author takes their name away. Raises NotAllowedError unless all have said yes to it."""
    locked = held(story.pk, by=by, power=Power.OWN)
    if people.others_to_agree(locked, Proposal.What.ORPHAN, by):
        raise NotAllowedError(_("Every author of this story has to agree to leaving it to the archive."))
    return _depart(locked, list(people.authors(locked)), by)


def _accepted(story: Story) -> QuerySet[Role]:
    roles: QuerySet[Role] = story.roles.filter(accepted_at__isnull=False)
    return roles.select_related("pen_name")


def _depart(story: Story, roles: Sequence[Role], by: Account) -> list[Departure]:
    archive = orphan_pen_name()
    bump_story(story)
    left = [_take_away(story, role) for role in roles]
    place = min((role.position for role in roles), default=0)
    stand_in, _made = Role.objects.get_or_create(
        story=story,
        pen_name=archive,
        defaults={"kind": RoleKind.CO_AUTHOR, "position": place, "accepted_at": timezone.now()},
    )
    if not people.authors(story).exists():
        _belongs_to_nobody(story, stand_in)
    people.keep_an_author(story)
    record("story.orphaned", actor=by.pk, subject=story)
    bump_story(story)
    return left


def _take_away(story: Story, role: Role) -> Departure:
    series_owners.pass_on(story, role.pen_name, orphan_pen_name())
    story.roles.filter(invited_by=role.pen_name).update(invited_by=None)
    left = Departure.objects.create(story=story, pen_name=role.pen_name, kind=role.kind)
    role.delete()
    return left


def _belongs_to_nobody(story: Story, stand_in: Role) -> None:
    stand_in.kind = RoleKind.AUTHOR
    stand_in.save(update_fields=["kind"])
    story.orphaned_at = timezone.now()
    story.save(update_fields=["orphaned_at"])
    story.roles.filter(accepted_at=None).delete()
    story.proposals.filter(done_at=None, ended_at=None).update(ended_at=timezone.now())


@transaction.atomic
def undo(departure: Departure, *, by: Account) -> Role:
    """Put my name back. Raises RuleError after 30 days, or if the story has been deleted."""
    story = Story.objects.select_for_update().get(pk=departure.story_id)
    fresh = Departure.objects.select_related("pen_name").get(pk=departure.pk)
    if fresh.pen_name is None or fresh.pen_name.account_id != by.pk or by.is_suspended:
        raise NotAllowedError(_("Only who left a story can come back to it."))
    if not can_be_undone(fresh) or story.deleted_at is not None:
        raise RuleError(_("You left this story more than 30 days ago, or it is gone. It cannot be undone."))
    fresh.undone_at = timezone.now()
    fresh.save(update_fields=["undone_at"])
    archive = orphan_pen_name()
    bump_story(story)
    story.roles.filter(pen_name__account=by).delete()
    stand_in = story.roles.filter(pen_name=archive).first()
    role = Role.objects.create(
        story=story,
        pen_name=fresh.pen_name,
        kind=fresh.kind,
        position=stand_in.position if stand_in else people.next_place(story),
        accepted_at=timezone.now(),
    )
    series_owners.pass_on(story, archive, fresh.pen_name)
    _belongs_to_somebody(story, stand_in)
    record("story.orphaning-undone", actor=by.pk, subject=story)
    bump_story(story)
    return role


def _belongs_to_somebody(story: Story, stand_in: Role | None) -> None:
    """The archive's name stays for the others who have left, and is no author beside people."""
    if stand_in is not None and story.departures.filter(undone_at=None).exists():
        stand_in.kind = RoleKind.CO_AUTHOR
        stand_in.save(update_fields=["kind"])
    elif stand_in is not None:
        stand_in.delete()
    people.keep_an_author(story)
    story.orphaned_at = None
    story.save(update_fields=["orphaned_at"])


def can_be_undone(departure: Departure) -> bool:
    """Whether who left may still come back."""
    still = departure.undone_at is None and departure.final_at is None
    return still and departure.left_at > timezone.now() - UNDO


def departures_of(account: Account) -> list[Departure]:
    """The stories that this account has left and may come back to, the newest first."""
    mine = Departure.objects.filter(
        pen_name__account=account, undone_at=None, final_at=None, left_at__gt=timezone.now() - UNDO
    )
    return list(
        mine.filter(story__deleted_at=None).select_related("story", "pen_name").order_by("-left_at", "-pk")
    )


def due() -> list[int]:
    """The departures that are older than 30 days and not final yet."""
    before = timezone.now() - UNDO
    waiting = Departure.objects.filter(left_at__lte=before, undone_at=None, final_at=None)
    return list(waiting.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def finish(departure_id: int) -> Account | None:
    """Make a departure final: nothing here says any more who it was. Returns the account, once."""
    departure = Departure.objects.get(pk=departure_id)
    story = Story.objects.select_for_update().get(pk=departure.story_id)
    departure = Departure.objects.select_related("pen_name__account").get(pk=departure_id)
    if departure.final_at is not None or departure.undone_at is not None or departure.pen_name is None:
        return None
    account = departure.pen_name.account
    _forget_in_rows(story, account)
    _forget_in_log(story, account)
    story.departures.filter(pen_name__account=account).filter(
        Q(pk=departure.pk) | Q(undone_at__isnull=False)
    ).update(pen_name=None)
    Departure.objects.filter(pk=departure.pk).update(final_at=timezone.now())
    record("story.orphaned-for-good", actor=None, subject=story)
    bump_story(story)
    return account


def _forget_in_rows(story: Story, account: Account) -> None:
    parts = Part.objects.filter(story=story)
    archive = orphan_pen_name()
    Revision.objects.filter(part__in=parts, made_by=account).update(made_by=None)
    for column in ("hidden_by", "withdrawn_by", "deleted_by"):
        Story.objects.filter(pk=story.pk, **{column: account}).update(**{column: None})
        parts.filter(**{column: account}).update(**{column: None})
    Rhythm.objects.filter(story=story, made_by=account).update(made_by=archive.account)
    Role.objects.filter(story=story, invited_by__account=account).update(invited_by=None)
    Consent.objects.filter(proposal__story=story, account=account).delete()
    Proposal.objects.filter(story=story, by=account).update(by=archive.account)


def _forget_in_log(story: Story, account: Account) -> None:
    """What happened stays in the log; who did it is no longer said."""
    parts = Part.objects.filter(story=story).values("pk")
    ours = Q(subject_type="story", subject_id=story.pk) | Q(subject_type="part", subject_id__in=parts)
    ours |= Q(subject_type__in=("role", "proposal"), data__story=story.pk)
    Event.objects.filter(ours, actor_id=account.pk).update(actor_id=None)
