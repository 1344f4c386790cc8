"""What the page about a story's people shows: who is on it, what each may do, what they are deciding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from talehouse.accounts.house import ORPHAN
from talehouse.accounts.models import Account
from talehouse.stories import consenting
from talehouse.stories.models import Proposal, Role, RoleKind, Story
from talehouse.stories.people import AUTHORS, HELPERS
from talehouse.stories.powers import POWERS, WORDS, Power
from talehouse.writing import listing


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with a role, or invited to one, and what the one who looks may do about it."""

    role: Role
    is_me: bool
    is_author: bool
    is_archive: bool
    may_move: bool
    may_change: bool
    may_be_let_go: bool
    may_be_proposed: bool
    asks_others: bool

    @property
    def kind(self) -> str:
        """Their role in words."""
        return str(RoleKind(self.role.kind).label)

    @property
    def offered(self) -> str:
        """The role that they have been offered besides, in words."""
        return str(RoleKind(self.role.offered).label) if self.role.offered else ""

    @property
    def other_helper(self) -> RoleKind:
        """What an editor or beta reader can be made instead."""
        return RoleKind.BETA if self.role.kind == RoleKind.EDITOR else RoleKind.EDITOR


@dataclass(frozen=True, slots=True)
class Asking:
    """A proposal: what it is, who has said yes, who has not, and what the one who looks may say."""

    proposal: Proposal
    by: str
    agreed: list[str]
    waiting: list[str]
    is_mine: bool
    have_agreed: bool
    may_agree: bool

    @property
    def may_decline(self) -> bool:
        """Whether they can say no; whoever proposed it takes it back instead."""
        return self.may_agree and not self.have_agreed and not self.is_mine

    @property
    def title(self) -> str:
        """What is proposed."""
        match self.proposal.what:
            case Proposal.What.DELETE:
                return _("Delete the story")
            case Proposal.What.ORPHAN:
                return _("Leave the story to the archive, without any of your names")
        name = self.proposal.role.pen_name.name if self.proposal.role else ""
        return _("Let %(name)s go") % {"name": name}


@dataclass(frozen=True, slots=True)
class Column:
    """Roles that may do the same, and for each power whether they have it."""

    label: str
    has: list[bool]


def shown(story: Story, account: Account) -> dict[str, Any]:
    """Everything of the page but its forms; four queries, however many people there are."""
    roles = list(story.roles.select_related("pen_name__account", "invited_by").order_by("position", "pk"))
    mine = next((r for r in roles if r.accepted_at and r.pen_name.account_id == account.pk), None)
    powers = powers_of(mine, account)
    members = [_member(role, roles, account, powers) for role in roles]
    return {
        "story": story,
        "states": listing.states_of(story),
        "can": {power.value for power in powers},
        "mine": mine,
        "here": [one for one in members if one.role.accepted_at],
        "invited": [one for one in members if not one.role.accepted_at],
        "proposals": _askings(story, roles, account, powers),
        "may_invite": Power.INVITE in powers,
        "may_own": Power.OWN in powers,
        "may_leave": mine is not None and not account.is_suspended and not _is_last(mine, roles),
        "others": mine is not None and len(_authors(roles)) > 1,
        "columns": columns(),
        "rows": _rows(),
    }


def powers_of(role: Role | None, account: Account) -> frozenset[Power]:
    """What this role allows; a suspended account only looks."""
    if role is None:
        return frozenset()
    if account.is_suspended:
        return frozenset({Power.READ})
    return frozenset(power for power, kinds in POWERS.items() if role.kind in kinds)


def _authors(roles: list[Role]) -> list[Role]:
    return [r for r in roles if r.accepted_at and r.kind in AUTHORS and not _is_archive(r)]


def _is_archive(role: Role) -> bool:
    return role.pen_name.account.email == ORPHAN


def _is_last(mine: Role, roles: list[Role]) -> bool:
    return mine.kind in AUTHORS and len(_authors(roles)) == 1


def _member(role: Role, roles: list[Role], account: Account, powers: frozenset[Power]) -> Member:
    is_me = role.pen_name.account_id == account.pk
    is_author = role.kind in AUTHORS
    accepted, invites = role.accepted_at is not None, Power.INVITE in powers
    first = next((r for r in roles if r.accepted_at and r.kind in AUTHORS), None)
    asked = [r for r in _authors(roles) if r is not role or role.kind == RoleKind.AUTHOR]
    return Member(
        role=role,
        is_me=is_me,
        is_author=is_author,
        is_archive=_is_archive(role),
        may_move=accepted and is_author and Power.DESCRIBE in powers and role is not first,
        may_change=accepted and invites and role.kind in HELPERS and not role.offered,
        may_be_let_go=accepted and invites and role.kind in HELPERS,
        may_be_proposed=accepted
        and is_author
        and not is_me
        and not _is_archive(role)
        and Power.OWN in powers,
        asks_others=len(asked) > 1,
    )


def _askings(story: Story, roles: list[Role], account: Account, powers: frozenset[Power]) -> list[Asking]:
    if Power.OWN not in powers:
        return []
    proposals = consenting.open_proposals(story).prefetch_related("consents")
    return [_asking(proposal, roles, account) for proposal in proposals]


def _asking(proposal: Proposal, roles: list[Role], account: Account) -> Asking:
    asked = consenting.of_these(_authors(roles), proposal)
    yes = {consent.account_id for consent in proposal.consents.all()}
    names = {role.pen_name.account_id: role.pen_name.name for role in roles if role.accepted_at}
    still = [role for role in asked if role.pen_name.account_id not in yes]
    is_asked = any(role.pen_name.account_id == account.pk for role in asked)
    return Asking(
        proposal=proposal,
        by=names.get(proposal.by_id, ""),
        agreed=[role.pen_name.name for role in asked if role.pen_name.account_id in yes],
        waiting=[role.pen_name.name for role in still],
        is_mine=proposal.by_id == account.pk or proposal.by_id not in names,
        have_agreed=account.pk in yes,
        may_agree=is_asked and (account.pk not in yes or not still),
    )


def columns() -> list[Column]:
    """The table of powers, read downwards; roles that may do the same share a column."""
    found: dict[tuple[bool, ...], list[str]] = {}
    for kind in RoleKind:
        has = tuple(kind in POWERS[power] for power in Power)
        found.setdefault(has, []).append(str(kind.label))
    return [Column(", ".join(labels), list(has)) for has, labels in found.items()]


def _rows() -> list[tuple[Promise, list[bool]]]:
    table = columns()
    return [(WORDS[power], [column.has[n] for column in table]) for n, power in enumerate(Power)]
