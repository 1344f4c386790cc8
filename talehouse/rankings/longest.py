"""Longest read: into which stories most reading went this week."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from talehouse.rankings.ranking import Input, Inputs, Ranking
from talehouse.rankings.rows import Rows


def score(inputs: Inputs) -> float:
    """The words of all parts that were read in the last seven days: parts times their readers."""
    return inputs["words"]


def gather(rows: Rows) -> dict[int, dict[str, float]]:
    """Every story that was read this week."""
    return {
        story: {"words": words, "reads": reads}
        for story, (reads, words) in rows.reads.items()
        if story in rows.stories
    }


RANKING = Ranking(
    name="longest",
    title=_("Longest read this week"),
    reason=_("Most words read in the last seven days"),
    formula=_(
        "For each read of the last seven days, the words of the part that was read. One reader counts once a "
        "day in each part."
    ),
    needs=_("Stories that nobody has read this week are left out."),
    inputs={"words": Input(_("Words read this week")), "reads": Input(_("Reads this week"))},
    gather=gather,
    score=score,
)
