"""Working the ranks out anew: the same rows at the same moment always give the same ranks."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from talehouse.pages.versions import bump
from talehouse.rankings import finished, fresh, gems, longest, loved, rising
from talehouse.rankings.models import Rank
from talehouse.rankings.ranking import Ranking
from talehouse.rankings.rows import Rows

RANKINGS: dict[str, Ranking] = {
    one.RANKING.name: one.RANKING for one in (rising, loved, finished, gems, longest, fresh)
}
"""All of them, in the order of their page."""
MOST = 20_000
"""Places of one ranking."""
BATCH = 1_000
VERSION = "ranks"
"""Pages that show ranks depend on this version."""

Place = tuple[int, float, dict[str, float]]


def recompute(now: datetime | None = None) -> int:
    """Work all of them out; the worker does it every hour. Returns in how many something has changed.

    It may run twice, or in two workers at once, without harm: what is written is the same.
    """
    rows = Rows(now or timezone.now())
    return sum(_write(ranking, places(ranking, rows)) for ranking in RANKINGS.values())


def places(ranking: Ranking, rows: Rows) -> list[Place]:
    """(story, score, inputs), the best first; of equal ones the newer story."""
    scored = ((story, ranking.score(told), told) for story, told in ranking.gather(rows).items())
    standing = [one for one in scored if one[1] > 0]
    standing.sort(key=lambda one: (-one[1], -one[0]))
    return standing[:MOST]


@transaction.atomic
def _write(ranking: Ranking, wanted: list[Place]) -> bool:
    """Replace the places, unless they are so already; returns whether they were not."""
    mine = Rank.objects.filter(ranking=ranking.name)
    if list(mine.order_by("position").values_list("story_id", "score", "inputs")) == wanted:
        return False
    bump(VERSION)  # first: whoever writes the same at the same time waits here
    mine.delete()
    Rank.objects.bulk_create(
        (
            Rank(ranking=ranking.name, position=position, story_id=story, score=score, inputs=inputs)
            for position, (story, score, inputs) in enumerate(wanted, 1)
        ),
        batch_size=BATCH,
    )
    return True
