"""Who makes order among tags: a host asks somebody, and may end it again."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from talehouse.accounts.errors import DoorError
from talehouse.accounts.invitations import only_hosts
from talehouse.accounts.models import Account, PenName
from talehouse.activity.log import record
from talehouse.lib.slugs import name_key


def wranglers() -> QuerySet[Any]:
    """Those whom a host has asked, the first one first."""
    return Account.objects.filter(wrangler_since__isnull=False).order_by("wrangler_since", "pk")


@transaction.atomic
def appoint(name: str, *, by: Account) -> Account:
    """Let whoever signs with this pen name make order among tags. Raises DoorError."""
    only_hosts(by)
    pen_name = PenName.objects.filter(name_key=name_key(name)[:80], retired_at=None).first()
    account = _held(pen_name.account_id) if pen_name else None
    if account is None or not account.is_active:
        raise DoorError(_("Nobody here signs as “%(name)s”. Look at the spelling.") % {"name": name.strip()})
    if account.demo_since is not None:
        raise DoorError(_("“%(name)s” belongs to the demo: nobody signs in there.") % {"name": name.strip()})
    if account.is_suspended:
        raise DoorError(_("This account is suspended: it cannot put tags in order."))
    if account.is_wrangler:
        raise DoorError(_("They put tags in order already."))
    account.wrangler_since = timezone.now()
    account.save(update_fields=["wrangler_since"])
    record("wrangler.appointed", actor=by.pk, subject=account)
    return account


@transaction.atomic
def dismiss(account: Account, *, by: Account) -> None:
    """They put tags in order no more. What they did stays. Raises DoorError."""
    only_hosts(by)
    held = _held(account.pk)
    if held.wrangler_since is None:
        raise DoorError(_("They put no tags in order any more."))
    held.wrangler_since = None
    held.save(update_fields=["wrangler_since"])
    record("wrangler.dismissed", actor=by.pk, subject=held)


def _held(pk: int) -> Account:
    return Account.objects.select_for_update().get(pk=pk)
