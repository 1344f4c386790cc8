"""Invitations: links that hosts make, each of which lets one person sign up.

The secret is shown once, to whoever made the link; kept is a hash of it.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from talehouse.accounts.errors import DoorError, NotForYouError
from talehouse.accounts.models import Account, Invitation

LIFE = timedelta(days=14)
MOST_OPEN = 200
"""Open links of a house at a time: who needs more opens the door."""


def opening() -> QuerySet[Invitation]:
    """Those that still let somebody in."""
    return Invitation.objects.filter(used_at=None, ended_at=None, ends_at__gt=timezone.now())


def opens(token: str) -> bool:
    """Whether this secret lets somebody in now."""
    return bool(token) and opening().filter(token_hash=_hash(token)).exists()


@transaction.atomic
def make(*, by: Account, note: str = "") -> tuple[Invitation, str]:
    """A new invitation and its secret, which nobody can find out afterwards."""
    only_hosts(by)
    if opening().count() >= MOST_OPEN:
        raise DoorError(_("There are %(n)s open invitations. End some of them first.") % {"n": MOST_OPEN})
    token = secrets.token_urlsafe(24)
    made = Invitation.objects.create(
        token_hash=_hash(token),
        made_by=by,
        note=" ".join(note.split())[:120],
        ends_at=timezone.now() + LIFE,
    )
    return made, token


@transaction.atomic
def end(invitation: Invitation, *, by: Account) -> None:
    """The link lets nobody in any more. Raises DoorError if it does not anyhow."""
    only_hosts(by)
    if not opening().filter(pk=invitation.pk).update(ended_at=timezone.now()):
        raise DoorError(_("This invitation has been used already, or has ended."))


@transaction.atomic
def spend(token: str, *, by: Account) -> None:
    """Let this new account in. Of two who use one link at once, one gets in."""
    if not opening().filter(token_hash=_hash(token)).update(used_at=timezone.now(), used_by=by):
        raise DoorError(_("This invitation has been used already, or has ended. Ask the host for another."))


def only_hosts(by: Account) -> None:
    """Raises NotForYouError for anybody but a host."""
    if not by.is_host or by.is_suspended:
        raise NotForYouError(_("Only a host may do this."))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
