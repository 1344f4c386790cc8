"""What is new in the searches that somebody follows; what they take along of those that they keep."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import timezone

from talehouse.accounts.models import Account
from talehouse.library.hiding import without_hidden
from talehouse.search import addresses, engine
from talehouse.search.asking import heard
from talehouse.search.models import SavedSearch
from talehouse.search.questions import IndexMissing, Sort, Span
from talehouse.stories.models import Story

MOST = 20
"""Searches that are asked for one page."""
SHOWN = 5
"""Stories of a search that are named."""
SPAN = timedelta(days=30)


class New(NamedTuple):
    """A followed search, its stories that were updated since, the newest first, and how many there are."""

    search: SavedSearch
    stories: list[Story]
    total: int

    @property
    def more(self) -> int:
        """How many are not named."""
        return max(0, self.total - len(self.stories))


def lately(account: Account, since: datetime | None) -> list[New]:
    """What is new since then (at most a month), and since each was followed; nothing without an index."""
    begin = max(since, timezone.now() - SPAN) if since else timezone.now() - SPAN
    followed = SavedSearch.objects.filter(account=account).exclude(followed_at=None).order_by("name")[:MOST]
    try:
        return [new for kept in followed if (new := _new(kept, account, begin)).total]
    except IndexMissing:
        return []


def _new(kept: SavedSearch, account: Account, begin: datetime) -> New:
    since = int(max(begin, kept.followed_at or begin).timestamp()) + 1
    question = heard(addresses.parse(kept.query), account).question
    asked = replace(
        question, spans=(*question.spans, Span("updated", since)), sort=Sort.UPDATED, after="", size=SHOWN
    )
    answer = engine.find(asked)
    met = without_hidden(Story.objects.listed_for(account), account).in_bulk(answer.stories)
    return New(kept, [met[pk] for pk in answer.stories if pk in met], answer.total)


def everything(account: Account) -> list[dict[str, Any]]:
    """The searches that an account keeps, as plain data."""
    return list(_told(account))


def _told(account: Account) -> Iterator[dict[str, Any]]:
    for kept in SavedSearch.objects.filter(account=account).order_by("pk"):
        yield {
            "name": kept.name,
            "address": settings.BASE_URL + kept.url,
            "followed": kept.followed_at is not None,
            "holds everywhere": kept.default_at is not None,
            "since": kept.made_at.isoformat(timespec="seconds"),
        }
