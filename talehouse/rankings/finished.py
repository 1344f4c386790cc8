"""Finished: how many of those who begin a story read to its end."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from talehouse.rankings.loved import rate, share
from talehouse.rankings.ranking import Input, Inputs, Ranking
from talehouse.rankings.rows import ENOUGH, Rows
from talehouse.rankings.weighing import Crowd

PARTS = 3
"""A story of fewer parts is over before anybody could leave it."""


def score(inputs: Inputs) -> float:
    """The Bayesian average (`loved.rate`) of readers who reached the end. It grows with them."""
    return rate(min(inputs["ended"], inputs["readers"]), inputs["readers"], inputs["mean"])


def gather(rows: Rows) -> dict[int, dict[str, float]]:
    """Every story with enough parts older than 30 days, and at least twenty readers with an account."""
    found: dict[int, dict[str, float]] = {}
    for story, told in rows.stories.items():
        crowd = rows.begun.get(story, Crowd())
        if told.settled_parts < PARTS or crowd.weighs < ENOUGH:
            continue
        older, new = rows.finished.get(story, (0, 0))
        ended = older + (0 if crowd.waits else new)
        found[story] = {"ended": ended, "readers": crowd.weighs, "parts": told.settled_parts}
    mean = share(found, "ended")
    return {story: {**inputs, "mean": mean} for story, inputs in found.items()}


RANKING = Ranking(
    name="finished",
    title=_("Read to the end"),
    reason=_("Whoever begins them reads on to the last part"),
    formula=_(
        "Readers who have read the last part that is older than 30 days, divided by readers who have begun; "
        "20 readers of the archive’s average are added to each story, so that few readers prove little."
    ),
    needs=_(
        "Only readers with an account are counted, and only stories that 20 of them have begun and that have "
        "at least three parts older than 30 days. How many of them reach the end is told to the story’s own "
        "people alone."
    ),
    inputs={
        "ended": Input(_("Readers who reached the end"), private=True),
        "readers": Input(_("Readers with an account who have begun it")),
        "parts": Input(_("Parts older than 30 days")),
        "mean": Input(_("The share over all stories here"), kind="share", private=True),
    },
    gather=gather,
    score=score,
)
