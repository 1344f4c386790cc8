"""Accounts that wait: where the host approves them, somebody who signed up cannot sign in before."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from talehouse.accounts.errors import DoorError
from talehouse.accounts.invitations import only_hosts
from talehouse.accounts.models import Account
from talehouse.activity.log import record


def waiting() -> QuerySet[Any]:
    """Accounts that wait, the first to come first; `confirmed`: the address is known to be theirs."""
    confirmed = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
    found = Account.objects.filter(waits_since__isnull=False)
    return found.annotate(confirmed=Exists(confirmed)).order_by("waits_since", "pk")


@transaction.atomic
def approve(account: Account, *, by: Account) -> None:
    """Let them in: they can sign in, and a mail tells them so."""
    only_hosts(by)
    found = _held(account)
    found.waits_since, found.is_active = None, True
    found.save(update_fields=["waits_since", "is_active"])
    record("account.approved", actor=by.pk, subject=found)
    transaction.on_commit(lambda: _tell(found))


@transaction.atomic
def refuse(account: Account, *, by: Account) -> None:
    """Not here: the row and all that hangs on it are gone, so address and pen name are free again.

    Nothing else can name an account that never signed in.
    """
    only_hosts(by)
    found = _held(account)
    record("account.refused", actor=by.pk, subject=found)
    found.pen_names.all().delete()
    found.delete()


def _held(account: Account) -> Account:
    found = Account.objects.select_for_update().filter(pk=account.pk, waits_since__isnull=False).first()
    if found is None:
        raise DoorError(_("This account no longer waits: somebody has decided already."))
    return found


def _tell(account: Account) -> None:
    with translation.override(account.language or settings.LANGUAGE_CODE):
        told = {"login_url": f"{settings.BASE_URL}/accounts/login/"}
        get_adapter().send_mail("account/email/approved", account.email, told)
