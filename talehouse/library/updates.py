"""What is new in what somebody follows, since they last looked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from talehouse.accounts.models import Account
from talehouse.library.models import Wishes
from talehouse.library.my_feed import parts_of
from talehouse.library.wishes import row_of, wishes_of
from talehouse.stories.models import Part, Story
from talehouse.stories.numbering import number

SPAN = timedelta(days=30)
"""What is older is on the pages of the stories; what nobody has looked at is new for so long."""
MOST = 300
"""Parts that are looked at."""
SHOWN = 5
"""Parts of one story that are named."""


class Lately(NamedTuple):
    """A story and its newest parts that came out lately, in order; `more`: so many others did before them."""

    story: Story
    shown: list[Part]
    more: int


class Updates(NamedTuple):
    """By story, the newest first: what I have not seen, and what I have. `until` is when this was."""

    new: list[Lately]
    earlier: list[Lately]
    since: datetime | None
    until: datetime


def updates(account: Account) -> Updates:
    """By two questions."""
    now = timezone.now()
    looked = wishes_of(account).looked_at
    since = max(looked, now - SPAN) if looked else now - SPAN
    found = parts_of(account).filter(release_at__gt=now - SPAN, release_at__lte=now)
    lately = found.select_related("story").annotate(number=number()).order_by("-release_at", "-pk")[:MOST]
    new: dict[int, list[Part]] = {}
    earlier: dict[int, list[Part]] = {}
    for part in lately:
        rows = new if part.release_at and part.release_at > since else earlier
        rows.setdefault(part.story_id, []).append(part)
    return Updates(_told(new), _told(earlier), looked, now)


def _told(rows: dict[int, list[Part]]) -> list[Lately]:
    return [
        Lately(parts[0].story, parts[:SHOWN][::-1], max(0, len(parts) - SHOWN)) for parts in rows.values()
    ]


@transaction.atomic
def looked(until: datetime, *, by: Account) -> None:
    """I have seen what was out then. It never goes back, and never beyond now."""
    row = row_of(by)
    seen = min(until, timezone.now())
    Wishes.objects.filter(pk=row.pk).filter(Q(looked_at=None) | Q(looked_at__lt=seen)).update(looked_at=seen)
