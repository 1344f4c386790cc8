"""Working out anew which stories are alike, from who finished what; the worker does it some times a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from talehouse.library.models import PartRead, Reading, Shelved, Wishes
from talehouse.pages.versions import bump
from talehouse.rankings.alike.coreading import Ints, likenesses
from talehouse.rankings.models import Alike
from talehouse.rankings.rows import last_settled, not_theirs, ranked
from talehouse.rankings.weighing import NEW

BATCH = 500
"""Stories that are written in one transaction."""

Rows = list[tuple[int, float]]


def recompute(now: datetime | None = None) -> int:
    """Returns for how many stories something has changed; twice is as good as once."""
    readers, stories = pairs(now or timezone.now())
    wanted = {
        one.story: list(zip(one.others.tolist(), one.scores.tolist(), strict=True))
        for one in likenesses(readers, stories)
    }
    kept: dict[int, Rows] = {}
    for story, other, score in Alike.objects.order_by("story", "-score", "other").values_list(
        "story", "other", "score"
    ):
        kept.setdefault(story, []).append((other, score))
    changed = sorted(story for story in kept.keys() | wanted.keys() if kept.get(story) != wanted.get(story))
    for some in _batches(changed):
        _write(some, wanted)
    return len(changed)


def _batches(stories: list[int]) -> Iterable[list[int]]:
    return [stories[start : start + BATCH] for start in range(0, len(stories), BATCH)]


@transaction.atomic
def _write(stories: list[int], wanted: dict[int, Rows]) -> None:
    bump(*(f"alike:{story}" for story in stories))  # first: whoever writes the same meanwhile waits here
    Alike.objects.filter(story__in=stories).delete()
    Alike.objects.bulk_create(
        Alike(story_id=story, other_id=other, score=score)
        for story in stories
        for other, score in wanted.get(story, [])
    )


def pairs(now: datetime) -> tuple[Ints, Ints]:
    """Who finished what, the oldest first: by the shelf, or by having read the last part older than 30 days.

    Left out are accounts that do not want suggestions, that are new, or suspended; and stories that are in no
    ranking.
    """
    finished: dict[tuple[int, int], None] = {}
    shelved: Any = Reading.objects.filter(_counted("story", now), shelf=Shelved.FINISHED)
    ended: Any = PartRead.objects.filter(_counted("part__story", now), finished_at__isnull=False)
    ended = ended.filter(part__in=last_settled(now).values("pk"))
    for rows, story, at in ((ended, "part__story", "finished_at"), (shelved, "story", "shelved_at")):
        for pair in rows.order_by(at, "pk").values_list("account", story).iterator():
            finished.setdefault(pair)
    found = np.array(list(finished), dtype=np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _counted(story: str, now: datetime) -> Q:
    unwilling = Wishes.objects.filter(account=OuterRef("account"), suggests=False)
    known = Q(account__suspended_at=None, account__joined_at__lte=now - NEW)
    return known & ~Q(Exists(unwilling)) & not_theirs(story) & Q(**{f"{story}__in": ranked().values("pk")})
