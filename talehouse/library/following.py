"""Following a story, a pen name or a series, and who follows them."""

from __future__ import annotations

from django.db import models, transaction
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account, PenName
from talehouse.activity.log import record
from talehouse.library.models import Follow
from talehouse.stories.errors import NotAllowedError
from talehouse.stories.models import Series, Story

Followed = Story | PenName | Series
_KINDS: dict[type[models.Model], Follow.Target] = {
    Story: Follow.Target.STORY,
    PenName: Follow.Target.PEN_NAME,
    Series: Follow.Target.SERIES,
}


@transaction.atomic
def follow(thing: Followed, *, by: Account) -> bool:
    """Hear of what is new there; returns whether that is new. The thing was found through the gate."""
    if by.is_suspended:
        raise NotAllowedError(_("Your account is suspended."))
    _row, is_new = Follow.objects.get_or_create(account=by, target=_KINDS[type(thing)], target_id=thing.pk)
    if is_new:
        record("follow.begun", actor=by.pk, subject=thing)
    return is_new


@transaction.atomic
def unfollow(thing: Followed, *, by: Account) -> bool:
    """Hear of it no more; returns whether it was followed."""
    return bool(_rows(thing).filter(account=by).delete()[0])


@transaction.atomic
def forget_all(account: Account) -> None:
    """This account, which is being closed, follows nothing any more."""
    Follow.objects.filter(account=account).delete()


def follows(thing: Followed, *, by: Account) -> bool:
    """Whether this account follows it."""
    return _rows(thing).filter(account=by).exists()


def _rows(thing: Followed) -> models.QuerySet[Follow]:
    return Follow.objects.filter(target=_KINDS[type(thing)], target_id=thing.pk)
