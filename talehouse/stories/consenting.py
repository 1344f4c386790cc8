"""What the authors of a story decide together: deleting it, leaving it to the archive, letting an author go.

Who must agree is asked anew at every yes, so an author who joins meanwhile is asked too. With the last yes
the thing happens, in the same transaction; a sole author's proposal happens at once. One no ends it.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account
from talehouse.activity.log import record
from talehouse.stories import orphaning, people, removing
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.locking import locked as held
from talehouse.stories.models import Consent, Proposal, Role, RoleKind, Story
from talehouse.stories.powers import Power

What = Proposal.What


def open_proposals(story: Story) -> QuerySet[Proposal]:
    """What has been proposed and is neither done nor taken back, the oldest first."""
    proposals: QuerySet[Proposal] = story.proposals.filter(done_at=None, ended_at=None)
    return proposals.select_related("role__pen_name").order_by("made_at", "pk")


def asked(proposal: Proposal) -> list[Role]:
    """The roles whose people must say yes, now."""
    return of_these(people.authors(proposal.story), proposal)


def of_these(authors: Iterable[Role], proposal: Proposal) -> list[Role]:
    """Those of a story's authors who must say yes.

    A co-author is let go without their own yes; the author not, or whoever was invited could take a story
    from the one who began it.
    """
    role = proposal.role
    if role is None or role.kind == RoleKind.AUTHOR:
        return list(authors)
    return [one for one in authors if one.pen_name.account_id != role.pen_name.account_id]


def unanswered_by(account: Account) -> QuerySet[Proposal]:
    """What this account is asked and has not answered, the oldest first. `proposer` is the name that its
    proposer has on the story, None once they have left.
    """
    here = Role.objects.filter(
        story=OuterRef("story"), pen_name__account=OuterRef("by"), accepted_at__isnull=False
    )
    mine = Story.objects.standing().allowing(account, Power.OWN)
    found: QuerySet[Proposal] = Proposal.objects.filter(done_at=None, ended_at=None, story__in=mine)
    asked_me = found.exclude(role__kind=RoleKind.CO_AUTHOR, role__pen_name__account=account)
    named = asked_me.exclude(consents__account=account).annotate(
        proposer=Subquery(here.values("pen_name__name")[:1])
    )
    return named.select_related("story", "role__pen_name").order_by("made_at", "pk")


def question(proposal: Proposal) -> str:
    """What one of `unanswered_by` asks, in a sentence."""
    sentences = {
        What.DELETE: _("%(who)s wants to delete “%(story)s” and asks for your yes"),
        What.ORPHAN: _("%(who)s wants to leave “%(story)s” to the archive and asks for your yes"),
        What.REMOVE: _("%(who)s wants to let %(name)s go from “%(story)s” and asks for your yes"),
    }
    who = getattr(proposal, "proposer", None) or _("Somebody")
    name = proposal.role.pen_name.name if proposal.role else ""
    return sentences[What(proposal.what)] % {"who": who, "story": proposal.story.title, "name": name}


@transaction.atomic
def propose(story: Story, what: Proposal.What, *, by: Account, role: Role | None = None) -> Proposal:
    """Ask every author for one of these things, and say yes oneself.

    Whatever is proposed already is agreed to instead. Raises RuleError for a role that no author has.
    """
    locked = held(story.pk, by=by, power=Power.OWN)
    if what == What.REMOVE:
        role = _to_be_let_go(locked, role, by)
    known = open_proposals(locked).filter(what=what, role=role if what == What.REMOVE else None).first()
    if known is not None:
        return consent(known, by=by)
    made = Proposal.objects.create(story=locked, what=what, role=role if what == What.REMOVE else None, by=by)
    record("proposal.made", actor=by.pk, subject=made, story=locked.pk, what=what)
    return consent(made, by=by)


def _to_be_let_go(story: Story, role: Role | None, by: Account) -> Role:
    found = people.authors(story).filter(pk=role.pk).first() if role else None
    if found is None:
        raise RuleError(_("Say which author is to go."))
    if found.pen_name.account_id == by.pk:
        raise RuleError(_("This is you. You can leave the story without asking anybody."))
    return found


@transaction.atomic
def consent(proposal: Proposal, *, by: Account) -> Proposal:
    """Say yes; with the last yes the thing happens. One that has been done already stays done once."""
    story = held(proposal.story_id, by=by, power=Power.OWN, deleted_too=True)
    fresh = _standing(proposal)
    if fresh.done_at is not None:
        return fresh
    if fresh.ended_at is not None or story.deleted_at is not None:
        raise RuleError(_("This proposal has been taken back."))
    if all(role.pen_name.account_id != by.pk for role in asked(fresh)):
        raise NotAllowedError(_("The other authors decide about this."))
    _given, new = Consent.objects.get_or_create(proposal=fresh, account=by)
    if new:
        record("proposal.agreed", actor=by.pk, subject=fresh, story=story.pk, what=fresh.what)
    if is_agreed(fresh):
        _do(story, fresh, by)
    return fresh


def _standing(proposal: Proposal) -> Proposal:
    found = Proposal.objects.select_related("story", "role__pen_name").filter(pk=proposal.pk).first()
    if found is None:  # it was about somebody who has left
        raise RuleError(_("This has been decided already."))
    return found


def is_agreed(proposal: Proposal) -> bool:
    """Whether everybody who is asked has said yes."""
    agreed = set(proposal.consents.values_list("account", flat=True))
    return all(role.pen_name.account_id in agreed for role in asked(proposal))


def _do(story: Story, proposal: Proposal, by: Account) -> None:
    record("proposal.done", actor=by.pk, subject=proposal, story=story.pk, what=proposal.what)
    role, what = proposal.role, proposal.what
    if what == What.DELETE:
        removing.delete(story, by=by)
    elif what == What.ORPHAN:
        orphaning.orphan_together(story, by=by)
    proposal.done_at = timezone.now()
    proposal.save(update_fields=["done_at"])
    if role is not None:
        people.end(story, role)  # the proposal goes with it
        return
    open_proposals(story).update(ended_at=proposal.done_at)


@transaction.atomic
def decline(proposal: Proposal, *, by: Account) -> None:
    """Say no: whoever is asked can, also after a yes, and the proposal has ended."""
    story = held(proposal.story_id, by=by, power=Power.OWN)
    fresh = _standing(proposal)
    if fresh.done_at is not None or fresh.ended_at is not None:
        raise RuleError(_("This has been decided already."))
    if all(role.pen_name.account_id != by.pk for role in asked(fresh)):
        raise NotAllowedError(_("The other authors decide about this."))
    fresh.ended_at = timezone.now()
    fresh.save(update_fields=["ended_at"])
    fresh.consents.filter(account=by).delete()
    record("proposal.declined", actor=by.pk, subject=fresh, story=story.pk, what=fresh.what)


@transaction.atomic
def take_back(proposal: Proposal, *, by: Account) -> None:
    """Take one's yes back. Without the yes of who proposed it, or once they have left, it has ended."""
    story = held(proposal.story_id, by=by, power=Power.OWN)
    fresh = _standing(proposal)
    if fresh.done_at is not None or fresh.ended_at is not None:
        raise RuleError(_("This has been decided already."))
    proposer_stays = people.authors(story).filter(pen_name__account=fresh.by_id).exists()
    mine = fresh.consents.filter(account=by)
    if fresh.by_id == by.pk or not proposer_stays:
        fresh.ended_at = timezone.now()
        fresh.save(update_fields=["ended_at"])
    elif not mine.exists():
        raise RuleError(_("You have not said yes to this."))
    mine.delete()
    record("proposal.taken-back", actor=by.pk, subject=fresh, story=story.pk, what=fresh.what)
