"""Forgetting what somebody was told, when they close their account."""

from __future__ import annotations

from django.db import transaction

from talehouse.accounts.models import Account
from talehouse.notifications.models import Device, Notification, Quiet, Wish


@transaction.atomic
def forget_all(account: Account) -> None:
    """No notification, no wish and no device of this account is left."""
    for table in (Notification, Wish, Quiet, Device):
        table._default_manager.filter(account=account).delete()
