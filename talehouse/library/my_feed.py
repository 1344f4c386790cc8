"""The feed of what is new in what I follow: whose it is by its secret, and renewing that."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q, QuerySet

from talehouse.accounts.models import Account
from talehouse.library import following
from talehouse.library.hiding import without_hidden
from talehouse.library.models import Follow, ListEntry, Wishes
from talehouse.library.models.reading import new_secret
from talehouse.stories.models import EffectiveTag, Part, Role, SeriesEntry
from talehouse.stories.people import AUTHORS
from talehouse.stories.visibility import PartQuerySet
from talehouse.tags.models import meant


def owner_of(key: str) -> QuerySet[Account]:
    """The account whose feed has this secret; nobody's for a wrong one, and for an account that is closed."""
    return Account.objects.filter(library_wishes__feed_key=key, is_active=True)


def key_of(account: Account) -> str:
    """The secret of my feed; "" until I have asked for one."""
    return Wishes.objects.filter(account=account).values_list("feed_key", flat=True).first() or ""


@transaction.atomic
def renew(*, by: Account) -> str:
    """A new secret; the old address leads nowhere from now on."""
    wishes, is_new = Wishes.objects.get_or_create(account=by)
    if not is_new:
        wishes.feed_key = new_secret()
        wishes.save(update_fields=["feed_key"])
    return wishes.feed_key


def parts_of(account: Account) -> PartQuerySet:
    """The parts of all that this account follows, as it may meet them in lists, without what it hides."""
    target = Follow.Target
    signed = Role.objects.filter(
        pen_name__in=following.ids(account, target.PEN_NAME), kind__in=AUTHORS, accepted_at__isnull=False
    )
    in_series = SeriesEntry.objects.filter(series__in=following.ids(account, target.SERIES))
    tagged = EffectiveTag.objects.filter(tag__in=meant(following.ids(account, target.TAG)))
    lists = following.ids(account, target.LIST)
    chosen = ListEntry.objects.filter(
        Q(list__is_public=True) | Q(list__owner__account=account), list__in=lists
    )
    followed = Q(story__in=following.ids(account, target.STORY))
    for rows in (signed, in_series, tagged, chosen):
        followed |= Q(story__in=rows.values("story"))
    return without_hidden(Part.objects.listed_for(account).filter(followed), account, story="story_id")
