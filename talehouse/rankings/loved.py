"""Loved: how many of its readers voted for a story, believed the more the more readers there are."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from talehouse.rankings.ranking import Input, Inputs, Ranking
from talehouse.rankings.rows import ENOUGH, Rows, Voters
from talehouse.rankings.weighing import Crowd

DOUBT = 20
"""So many readers of the house's average are put beside those of each story."""


def rate(some: float, of: float, mean: float) -> float:
    """A share of few, drawn towards the mean of all: the Bayesian average, with `DOUBT` readers as the prior
    (the mean of a beta distribution with that many trials in advance).
    """
    return (some + DOUBT * mean) / (of + DOUBT)


def score(inputs: Inputs) -> float:
    """The Bayesian average of voters per reader. It grows with the voters, and never exceeds 1."""
    return rate(min(inputs["voters"], inputs["readers"]), inputs["readers"], inputs["mean"])


def gather(rows: Rows) -> dict[int, dict[str, float]]:
    """Every story with at least twenty readers with an account; whoever voted has read."""
    found: dict[int, dict[str, float]] = {}
    for story in rows.stories:
        crowd = rows.voters.get(story, Voters()).ever
        readers = max(rows.begun.get(story, Crowd()).weighs, crowd.weighs)
        if readers >= ENOUGH:
            found[story] = {"voters": crowd.weighs, "readers": readers, "waiting": crowd.waits}
    mean = share(found, "voters")
    return {story: {**inputs, "mean": mean} for story, inputs in found.items()}


def share(found: dict[int, dict[str, float]], column: str) -> float:
    """What part of all readers of all these stories that is; rounded, so that it reads well and stays."""
    readers = sum(inputs["readers"] for inputs in found.values())
    return round(sum(inputs[column] for inputs in found.values()) / readers, 4) if readers else 0.0


VOTERS = {
    "voters": Input(_("Readers who voted for any part, as far as their votes weigh")),
    "readers": Input(_("Readers with an account who have begun it")),
    "waiting": Input(_("Votes that wait before they weigh")),
    "mean": Input(_("The same share over all stories here"), kind="share"),
}

RANKING = Ranking(
    name="loved",
    title=_("Loved"),
    reason=_("Many of those who read them voted for them"),
    formula=_(
        "Readers who voted, divided by readers; 20 readers of the archive’s average are added to each story, "
        "so that few readers prove little."
    ),
    needs=_("Only readers with an account are counted, and only stories that 20 of them have begun."),
    inputs=VOTERS,
    gather=gather,
    score=score,
)
