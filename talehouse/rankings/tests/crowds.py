"""Readers by the dozen, as rows: what many people do, without each of them clicking."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from talehouse.accounts.models import Account
from talehouse.library.models import PartRead, Reading
from talehouse.reads.models import Read
from talehouse.stories.models import Part, Story
from talehouse.votes.models import Vote


def people(number: int, *, name: str = "crowd", days: float = 100) -> list[Account]:
    """So many accounts, which joined so many days ago."""
    joined = timezone.now() - timedelta(days=days)
    made = [Account(email=f"{name}-{n}@example.org", password="!", joined_at=joined) for n in range(number)]
    return Account.objects.bulk_create(made)


def backdate(story: Story, days: float) -> None:
    """The story and its parts came out so many days ago."""
    at = timezone.now() - timedelta(days=days)
    Part.objects.filter(story=story).update(release_at=at, released_at=at)
    Story.objects.filter(pk=story.pk).update(release_at=at, updated_at=at)


def begin(story: Story, readers: Sequence[Account], *, at: datetime | None = None) -> None:
    """They have begun the story."""
    read_at = at or timezone.now()
    Reading.objects.bulk_create([Reading(account=one, story=story, read_at=read_at) for one in readers])


def finish(story: Story, readers: Sequence[Account]) -> None:
    """They have read its last part."""
    last = story.parts.order_by("-position")[0]
    now = timezone.now()
    PartRead.objects.bulk_create(
        [PartRead(account=one, part=last, read_at=now, finished_at=now) for one in readers]
    )


def vote(story: Story, readers: Sequence[Account], *, days: float = 0) -> None:
    """They voted for its first part, so many days ago."""
    at = timezone.now() - timedelta(days=days)
    part = story.parts.order_by("position")[0]
    Vote.objects.bulk_create([Vote(account=one, part=part, cast_at=at) for one in readers])


def read(story: Story, number: int, *, days: int = 0) -> None:
    """So many visitors read its first part on one day."""
    part = story.parts.order_by("position")[0]
    day = (timezone.now() - timedelta(days=days)).date()
    have = Read.objects.count()
    Read.objects.bulk_create([Read(part=part, day=day, key=f"k{have + n}") for n in range(number)])
