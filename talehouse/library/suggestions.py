"""What is suggested to somebody: whether at all, and which stories they have declined."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account
from talehouse.library.models import NotForMe, Wishes
from talehouse.stories.errors import RuleError
from talehouse.stories.models import Story

MOST = 2_000
"""Stories that one account may decline."""


@transaction.atomic
def decline(story: Story, *, by: Account) -> None:
    """Do not suggest this to me again. The story was found through the gate; it stays in every list."""
    Account.objects.select_for_update().only("pk").get(pk=by.pk)
    if NotForMe.objects.filter(account=by).count() >= MOST:
        raise RuleError(
            _("You have declined %(most)d stories. Take one back first, in your library’s settings.")
            % {"most": MOST}
        )
    NotForMe.objects.get_or_create(account=by, story=story)


@transaction.atomic
def take_back(story: int, *, by: Account) -> bool:
    """The story with this id may be suggested to me again; returns whether I had declined it."""
    return bool(NotForMe.objects.filter(account=by, story=story).delete()[0])


def declined(account: Account) -> QuerySet[NotForMe]:
    """What this account has declined: a question, for use inside of another."""
    return NotForMe.objects.filter(account=account)


def told(account: Account) -> QuerySet[Story]:
    """The stories that I have declined and may still open, the last declined first."""
    mine = Story.objects.visible_to(account).filter(pk__in=declined(account).values("story"))
    return mine.order_by("-pk").only("pk", "title", "slug", "language")


def wanted(account: Account) -> bool:
    """Whether stories are suggested to this account."""
    return not Wishes.objects.filter(account=account, suggests=False).exists()
