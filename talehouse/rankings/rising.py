"""Rising: more readers and votes than a story is used to, so that new writers can win."""

from __future__ import annotations

from math import sqrt

from django.utils.translation import gettext_lazy as _

from talehouse.rankings.ranking import Input, Inputs, Ranking
from talehouse.rankings.rows import PAST_WEEKS, WEEK, Now, Rows, Voters

READERS_A_VOTE = 30
"""So many readers more than usual are believed for each vote, and as many without one."""
STEADY = 4
"""Readers (or votes) that everybody is granted as a past, so that from none to two is no wonder."""
YOUNG_DAYS = 28
"""In so many days what newness adds goes down by half."""


def lift(more: float, before: float) -> float:
    """How far so many more lie above an average week, in standard deviations of a count (Poisson: the root of
    what is expected).
    """
    return more / sqrt(before + STEADY)


def score(inputs: Inputs) -> float:
    """Lift of readers plus twice that of votes, up to twice as much for a new story.

    Our own formula: the score statistic of a Poisson count against its own past, smoothed. It grows with the
    readers and votes of this week, and falls with those of the past and with age. Never below 0.
    """
    more = inputs["readers"] - inputs["readers_before"]
    believed = min(more, READERS_A_VOTE * (1 + inputs["votes"]))
    votes = inputs["votes"] - inputs["votes_before"]
    risen = lift(believed, inputs["readers_before"]) + 2 * lift(votes, inputs["votes_before"])
    return max(0.0, risen * (1 + 2 ** (-inputs["age"] / YOUNG_DAYS)))


def gather(rows: Rows) -> dict[int, dict[str, float]]:
    """Every story with readers or votes this week."""
    found = {}
    for story, told in rows.stories.items():
        readers, voters = rows.readers.get(story, Now()), rows.voters.get(story, Voters())
        if not readers.week and not voters.week.weighs:
            continue
        weeks = min(PAST_WEEKS, max(1.0, (rows.now - told.begun) / WEEK - 1))
        found[story] = {
            "readers": readers.week,
            "readers_before": round(readers.before / weeks, 2),
            "votes": voters.week.weighs,
            "votes_before": round(voters.before / weeks, 2),
            "age": (rows.now - told.begun).days,
        }
    return found


RANKING = Ranking(
    name="rising",
    title=_("Rising"),
    reason=_("More readers and votes this week than they are used to"),
    formula=_(
        "The readers of the last seven days, less those of the story’s own average week (of the eight weeks "
        "before), divided by the square root of that average and 4; plus twice the same of those who voted. "
        "A new story counts up to double, and half of that is gone after four weeks. Of the readers beyond "
        "the usual, 30 are believed for each vote, and 30 without any."
    ),
    needs=_("Stories that have fewer readers and votes than usual stand in no place."),
    inputs={
        "readers": Input(_("Readers this week, each once a day")),
        "readers_before": Input(_("Readers of an average week before")),
        "votes": Input(_("People who voted this week, as far as their votes weigh")),
        "votes_before": Input(_("People who voted in an average week before")),
        "age": Input(_("Days since the first part came out"), kind="days"),
    },
    gather=gather,
    score=score,
)
