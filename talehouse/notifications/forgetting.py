"""Forgetting what somebody was told, when they close their account; and who it was that has left a story."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from talehouse.accounts.models import Account
from talehouse.notifications.models import Device, Notification, Quiet, Wish
from talehouse.stories.models import Part, Role


@transaction.atomic
def forget_all(account: Account) -> None:
    """No notification, no wish and no device of this account is left."""
    for table in (Notification, Wish, Quiet, Device):
        table._default_manager.filter(account=account).delete()


@transaction.atomic
def forget_writer(story_id: int, account: Account) -> None:
    """What the people of this story were told of one another no longer says that it was this account."""
    people = Role.objects.filter(story=story_id).values("pen_name__account")
    told = Notification.objects.filter(account__in=people, actor_id__in=account.pen_names.values("pk"))
    parts = Part.objects.filter(story=story_id).values("pk")
    ours = Q(subject_type="company", subject_id=story_id) | Q(subject_type="notes", subject_id__in=parts)
    told.filter(ours).update(actor_id=None)
