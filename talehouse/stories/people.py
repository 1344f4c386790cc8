"""Who belongs to a story: inviting, accepting, leaving, handing over, the order of names.

An account has one role on a story. That one may do something is asked of the gate; whoever is invited sees
nothing of the story until they accept.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from talehouse.accounts.house import ORPHAN
from talehouse.accounts.models import Account, PenName, key_and_slug
from talehouse.accounts.pen_names import tidy
from talehouse.activity.log import record
from talehouse.stories import series_owners
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.locking import locked as held
from talehouse.stories.models import Consent, Proposal, Role, RoleKind, Story
from talehouse.stories.powers import Power
from talehouse.stories.sums import bump_story

AUTHORS = (RoleKind.AUTHOR, RoleKind.CO_AUTHOR)
HELPERS = (RoleKind.EDITOR, RoleKind.BETA)
INVITABLE = (RoleKind.CO_AUTHOR, *HELPERS)
MOST_INVITATIONS = 20
"""As many may be open at once on one story, so that nobody is invited to everything."""


def authors(story: Story) -> models.QuerySet[Role]:
    """The roles of those who decide together. The archive's own name stands for somebody who has left."""
    roles: models.QuerySet[Role] = story.roles.filter(kind__in=AUTHORS, accepted_at__isnull=False)
    return roles.exclude(pen_name__account__email=ORPHAN).select_related("pen_name")


def role_of(story: Story, account: Account) -> Role | None:
    """The role of this account, once it is accepted."""
    roles: models.QuerySet[Role] = story.roles.select_related("pen_name")
    return roles.filter(pen_name__account=account, accepted_at__isnull=False).first()


def invitations_of(account: Account) -> models.QuerySet[Role]:
    """What this account has been asked and has not answered, the newest first."""
    asked: models.QuerySet[Role] = Role.objects.filter(pen_name__account=account, story__deleted_at=None)
    open_ = asked.filter(Q(accepted_at=None) | ~Q(offered=""))
    return open_.select_related("story", "pen_name", "invited_by").order_by("-invited_at", "-pk")


def others_to_agree(story: Story, what: Proposal.What, by: Account) -> bool:
    """Whether an author besides `by` has not said yes to this open proposal for the story."""
    agreed = Consent.objects.filter(
        proposal__story=story, proposal__what=what, proposal__done_at=None, proposal__ended_at=None
    ).values("account")
    others = authors(story).exclude(pen_name__account=by)
    return others.exclude(pen_name__account__in=agreed).exists()


@transaction.atomic
def invite(story: Story, name: str, kind: RoleKind, *, by: Account) -> Role:
    """Ask whoever writes under this name to join. Raises RuleError if nobody does, or not any more."""
    held(story.pk, by=by, power=Power.INVITE)
    return ask(story, _signed(name), kind, by=by)


def _signed(name: str) -> PenName:
    key = key_and_slug(tidy(name))[0][:80]
    found = PenName.objects.filter(name_key=key, account__is_active=True, account__closed_at=None).first()
    if found is None:
        raise RuleError(_("Nobody here writes under the name “%(name)s”.") % {"name": tidy(name)[:60]})
    if found.retired_at is not None:
        raise RuleError(_("The name “%(name)s” is no longer in use.") % {"name": found.name})
    return found


@transaction.atomic
def ask(story: Story, pen_name: PenName, kind: RoleKind, *, by: Account) -> Role:
    """Ask this pen name to join as a co-author, an editor or a beta reader; it has to accept first."""
    locked = held(story.pk, by=by, power=Power.INVITE)
    if kind not in INVITABLE:
        raise RuleError(_("You can invite co-authors, editors and beta readers."))
    if pen_name.account_id == by.pk:
        raise RuleError(_("This is you, and you belong to this story already."))
    if locked.roles.filter(accepted_at=None).count() >= MOST_INVITATIONS:
        raise RuleError(_("Too many invitations are open. Take some back, or wait for answers."))
    if known := locked.roles.filter(pen_name=pen_name).first():
        said = _("%(name)s has a role in this story already.") if known.accepted_at else _invited_already()
        raise RuleError(said % {"name": pen_name.name})
    mine = role_of(locked, by)
    role = Role.objects.create(
        story=locked,
        pen_name=pen_name,
        kind=kind,
        position=next_place(locked),
        invited_by=mine.pen_name if mine else None,
    )
    _tell("role.invited", role, by)
    bump_story(locked)
    return role


def _invited_already() -> str:
    return _("%(name)s has been invited already and has not answered yet.")


def next_place(story: Story) -> int:
    """The place after the last in the order of a story's people."""
    last = story.roles.aggregate(last=models.Max("position"))["last"]
    return 0 if last is None else int(last) + 1


def _tell(verb: str, role: Role, by: Account, **more: int) -> None:
    record(verb, actor=by.pk, subject=role, story=role.story_id, kind=role.kind, **more)


@transaction.atomic
def take_back(role: Role, *, by: Account) -> None:
    """Withdraw an invitation, or the offer of another role, that nobody has answered."""
    locked = held(role.story_id, by=by, power=Power.INVITE)
    fresh = _fresh(role)
    if fresh.accepted_at and not fresh.offered:
        raise RuleError(_("%(name)s has accepted already.") % {"name": fresh.pen_name.name})
    _tell("role.taken-back", fresh, by)
    _not_asked_any_more(fresh)
    bump_story(locked)


def _not_asked_any_more(role: Role) -> None:
    if role.accepted_at is None:
        role.delete()
        return
    role.offered = ""
    role.save(update_fields=["offered"])


def _fresh(role: Role) -> Role:
    found: Role | None = Role.objects.select_related("pen_name").filter(pk=role.pk).first()
    if found is None:
        raise RuleError(_("This is not so any more: somebody has changed it meanwhile."))
    return found


@transaction.atomic
def accept(role: Role, *, by: Account) -> Role:
    """The invited person says yes; only then does the role, or the other role that was offered, count."""
    story, fresh = _asked(role, by)
    if fresh.accepted_at and not fresh.offered:
        return fresh
    if (mine := role_of(story, by)) and mine.pk != fresh.pk:
        said = _("You have a role in this story already, under the name %(name)s.")
        raise RuleError(said % {"name": mine.pen_name.name})
    fresh.kind, fresh.offered = fresh.offered or fresh.kind, ""
    fresh.accepted_at = fresh.accepted_at or timezone.now()
    fresh.save(update_fields=["kind", "offered", "accepted_at"])
    _tell("role.accepted", fresh, by)
    bump_story(story)
    return fresh


@transaction.atomic
def decline(role: Role, *, by: Account) -> None:
    """The invited person says no, and nothing is left of the invitation."""
    story, fresh = _asked(role, by)
    if fresh.accepted_at and not fresh.offered:
        raise RuleError(_("You have accepted this already. You can leave the story instead."))
    _tell("role.declined", fresh, by, pen_name=fresh.pen_name_id)  # the role may be gone when it is read
    _not_asked_any_more(fresh)
    bump_story(story)


def _asked(role: Role, by: Account) -> tuple[Story, Role]:
    story = Story.objects.select_for_update().get(pk=role.story_id)
    fresh: Role | None = Role.objects.select_related("pen_name").filter(pk=role.pk).first()
    if fresh is None or story.deleted_at is not None:
        raise RuleError(_("This invitation has been taken back."))
    if fresh.pen_name.account_id != by.pk or by.is_suspended:
        raise NotAllowedError(_("This invitation is for somebody else."))
    return story, fresh


@transaction.atomic
def change_kind(role: Role, kind: RoleKind, *, by: Account) -> Role:
    """Make an editor a beta reader or the other way round; to become an author, they have to say yes."""
    locked = held(role.story_id, by=by, power=Power.INVITE)
    fresh = _fresh(role)
    if kind not in INVITABLE or (fresh.accepted_at and fresh.kind in AUTHORS):
        raise RuleError(_("Nobody else changes what an author is."))
    if fresh.accepted_at and kind == RoleKind.CO_AUTHOR:
        mine = role_of(locked, by)
        fresh.offered, fresh.invited_by = kind, mine.pen_name if mine else None
        fresh.invited_at = timezone.now()
    else:
        fresh.kind, fresh.offered = kind, ""
    fresh.save()
    _tell("role.changed", fresh, by)
    bump_story(locked)
    return fresh


@transaction.atomic
def let_go(role: Role, *, by: Account) -> None:
    """End the role of an editor or a beta reader."""
    locked = held(role.story_id, by=by, power=Power.INVITE)
    fresh = _fresh(role)
    if fresh.kind in AUTHORS and fresh.accepted_at:
        raise RuleError(_("An author can only be let go by all authors together."))
    _tell("role.let-go", fresh, by)
    end(locked, fresh)


@transaction.atomic
def leave(role: Role, *, by: Account) -> None:
    """End my own role; my words stay. The last author cannot leave."""
    locked = held(role.story_id, by=by, power=Power.READ)
    fresh = _fresh(role)
    if fresh.pen_name.account_id != by.pk or by.is_suspended:
        raise NotAllowedError(_("This role is somebody else’s."))
    if fresh.kind in AUTHORS and not authors(locked).exclude(pk=fresh.pk).exists():
        raise RuleError(_("You are the last author. Leave the story to the archive, or delete it."))
    _tell("role.left", fresh, by)
    end(locked, fresh)


def end(story: Story, role: Role) -> None:
    """A role is over, inside a rule that has locked the story; there is still one who is its author."""
    bump_story(story)
    role.delete()
    keep_an_author(story)
    bump_story(story)


def keep_an_author(story: Story) -> None:
    """If none of those who are left is the author, the first co-author becomes it."""
    left = list(authors(story))
    if left and all(role.kind != RoleKind.AUTHOR for role in left):
        left[0].kind = RoleKind.AUTHOR
        left[0].save(update_fields=["kind"])


@transaction.atomic
def order_authors(story: Story, order: Sequence[int], *, by: Account) -> None:
    """In which order the names stand. Raises RuleError if it does not name each author exactly once."""
    locked = held(story.pk, by=by, power=Power.DESCRIBE)
    roles = {role.pk: role for role in locked.roles.filter(kind__in=AUTHORS, accepted_at__isnull=False)}
    if sorted(order) != sorted(roles):
        raise RuleError(_("The order must name every author once. Load the page again."))
    for place, pk in enumerate(order):
        roles[pk].position = place
    Role.objects.bulk_update(roles.values(), ["position"])
    record("story.authors-ordered", actor=by.pk, subject=locked)
    bump_story(locked)


@transaction.atomic
def hand_over(story: Story, *, by: Account, to: PenName) -> None:
    """Give my place in a story to one of its other authors, and leave it."""
    locked = held(story.pk, by=by, power=Power.OWN)
    heir = authors(locked).filter(pen_name=to).exclude(pen_name__account=by).first()
    if heir is None:
        raise RuleError(_("A story can be handed over to one of its other authors only."))
    bump_story(locked)
    for role in locked.roles.filter(pen_name__account=by).select_related("pen_name"):
        if role.kind == RoleKind.AUTHOR:
            heir.kind = RoleKind.AUTHOR
        series_owners.pass_on(locked, role.pen_name, to)
        _tell("role.handed-over", role, by)
        role.delete()
    heir.save(update_fields=["kind"])
    bump_story(locked)
