"""Fresh: what came out last."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from talehouse.rankings.ranking import Input, Inputs, Ranking
from talehouse.rankings.rows import Rows

SPAN = timedelta(days=90)


def score(inputs: Inputs) -> float:
    """The moment of the newest part, as Unix time: later is fresher, and nothing else counts."""
    return inputs["updated"]


def gather(rows: Rows) -> dict[int, dict[str, float]]:
    """Every story that a part was added to lately."""
    oldest = rows.now - SPAN
    return {
        story: {"updated": int(told.updated.timestamp())}
        for story, told in rows.stories.items()
        if told.updated is not None and oldest < told.updated <= rows.now
    }


RANKING = Ranking(
    name="fresh",
    title=_("Fresh"),
    reason=_("The stories that were updated last"),
    formula=_("The story whose newest part came out last stands first. Nothing else counts."),
    needs=_("Stories without a new part for 90 days are left out."),
    inputs={"updated": Input(_("The newest part came out"), kind="moment")},
    gather=gather,
    score=score,
)
