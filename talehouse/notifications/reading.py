"""The list of what somebody was told, page by page, and what they have read of it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from talehouse.accounts.models import Account
from talehouse.notifications.models import Notification

SIZE = 50


def page(account: Account, before: str = "") -> tuple[list[Notification], str]:
    """A page of notifications, and the key of the next one, "" on the last.

    In the order of their numbers, which is that in which they began.
    """
    shown = Notification.objects.filter(account=account)
    if before.isdecimal() and len(before) < 19:
        shown = shown.filter(pk__lt=int(before))
    rows = list(shown.order_by("-pk")[: SIZE + 1])
    return rows[:SIZE], str(rows[SIZE - 1].pk) if len(rows) > SIZE else ""


@transaction.atomic
def mark_read(*, by: Account) -> int:
    """All of them have been read; returns how many had not. What was read is not mailed any more."""
    unread = Notification.objects.filter(account=by, read_at=None)
    return unread.update(read_at=timezone.now())


@transaction.atomic
def read_one(notification: Notification, *, by: Account) -> bool:
    """This one has been read; returns whether that is new. It was found among those of `by`."""
    unread = Notification.objects.filter(pk=notification.pk, account=by, read_at=None)
    return bool(unread.update(read_at=timezone.now()))


def unread(account: Account) -> int:
    """How many have not been read."""
    return Notification.objects.filter(account=account, read_at=None).count()
