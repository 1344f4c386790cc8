"""Following a story, a pen name, a series, a tag or a reading list, and who follows them."""

from __future__ import annotations

from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account, PenName
from talehouse.activity.log import record
from talehouse.library.models import Follow, ReadingList
from talehouse.stories.errors import NotAllowedError
from talehouse.stories.models import Series, Story
from talehouse.tags.models import Tag

Followed = Story | PenName | Series | Tag | ReadingList
_KINDS: dict[type[models.Model], Follow.Target] = {
    Story: Follow.Target.STORY,
    PenName: Follow.Target.PEN_NAME,
    Series: Follow.Target.SERIES,
    Tag: Follow.Target.TAG,
    ReadingList: Follow.Target.LIST,
}


@transaction.atomic
def follow(thing: Followed, *, by: Account) -> bool:
    """Hear of what is new there; returns whether that is new. The thing was found through the gate.

    What is new of a tag or a list stands on the page of updates alone: nobody is sent each part of a tag.
    """
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


def ids(account: Account, target: Follow.Target) -> models.QuerySet[Follow, Any]:
    """The ids of what this account follows of a kind: a question, for use inside of another."""
    return Follow.objects.filter(account=account, target=target).values("target_id")


def _rows(thing: Followed) -> models.QuerySet[Follow]:
    rows = Follow.objects.filter(target=_KINDS[type(thing)])
    if isinstance(thing, Tag):  # whoever followed a synonym follows what it means
        return rows.filter(
            target_id__in=Tag.objects.filter(models.Q(pk=thing.pk) | models.Q(merged_into=thing)).values("pk")
        )
    return rows.filter(target_id=thing.pk)
