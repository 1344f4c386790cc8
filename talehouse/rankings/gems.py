"""Hidden gems: loved, by few."""

from __future__ import annotations

from statistics import median

from django.utils.translation import gettext_lazy as _

from talehouse.rankings import loved
from talehouse.rankings.ranking import Input, Inputs, Ranking
from talehouse.rankings.rows import Rows

FEW = 40
"""So many readers are few in any house."""


def score(inputs: Inputs) -> float:
    """How loved it is (`loved.score`) where readers are few and love is above the average; else 0.

    It grows with the voters, and another reader too many ends it.
    """
    told = loved.score(inputs)
    return told if inputs["readers"] <= inputs["few"] and told > inputs["mean"] else 0.0


def gather(rows: Rows) -> dict[int, dict[str, float]]:
    """The stories of *loved*, with what few readers are here: up to the median of them."""
    found = loved.gather(rows)
    few = max(FEW, int(median(inputs["readers"] for inputs in found.values()))) if found else FEW
    return {story: {**inputs, "few": few} for story, inputs in found.items()}


RANKING = Ranking(
    name="gems",
    title=_("Hidden gems"),
    reason=_("Loved by those who found them, and few have"),
    formula=_(
        "As for “Loved”, but only stories that are loved more than the average and have no more readers than "
        "half of the stories there (or 40, if that is more)."
    ),
    needs=_("Only readers with an account are counted, and only stories that 20 of them have begun."),
    inputs={**loved.VOTERS, "few": Input(_("Few readers are here, at most"))},
    gather=gather,
    score=score,
)
