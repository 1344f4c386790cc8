"""Blocking and muting. A block covers the whole account and is silent; a mute covers one pen name.

Neither tells anybody which pen names belong together: the lists show the names that were blocked or muted.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account, Blocking, Muting, PenName


class BlockingError(Exception):
    """It cannot be done; the message says why."""


@transaction.atomic
def block(pen_name: PenName, *, by: Account) -> None:
    """Nothing of whoever writes under this name reaches me: no answers, no mails, no votes for my stories."""
    if pen_name.account_id == by.pk:
        raise BlockingError(_("This name is your own."))
    Blocking.objects.get_or_create(by=by, through=pen_name, defaults={"account_id": pen_name.account_id})


@transaction.atomic
def unblock(pen_name: PenName, *, by: Account) -> None:
    """Undo a block."""
    Blocking.objects.filter(by=by, through=pen_name).delete()


@transaction.atomic
def mute(pen_name: PenName, *, by: Account) -> None:
    """I do not want to see what this name says in comments."""
    if pen_name.account_id == by.pk:
        raise BlockingError(_("This name is your own."))
    Muting.objects.get_or_create(by=by, pen_name=pen_name)


@transaction.atomic
def unmute(pen_name: PenName, *, by: Account) -> None:
    """Undo a mute."""
    Muting.objects.filter(by=by, pen_name=pen_name).delete()


def has_blocked_any(accounts: Iterable[int], other: Account) -> bool:
    """Whether one of these accounts has blocked `other`."""
    return Blocking.objects.filter(by__in=list(accounts), account=other).exists()
