"""Forgetting what somebody kept, when they close their account."""

from __future__ import annotations

from django.db import transaction

from talehouse.accounts.models import Account
from talehouse.library import following, listing
from talehouse.library.models import (
    Hide,
    Highlight,
    Never,
    NotForMe,
    PartRead,
    Reading,
    Shelf,
    Visit,
    Wishes,
)


@transaction.atomic
def forget_all(account: Account) -> None:
    """No list, mark, hide or follow of this account is left, no place, no shelf and no history."""
    following.forget_all(account)
    listing.forget_all(account)
    for table in (Hide, Never, NotForMe, Highlight, Visit, PartRead, Reading, Shelf, Wishes):
        table._default_manager.filter(account=account).delete()
