"""Which votes and readers weigh: those in a burst from new accounts wait. The rule stands on /rankings/."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

NEW = timedelta(days=14)
"""An account is new for so long; what waits weighs when its account is as old as this."""
FEW = 5
"""So many new accounts are no burst."""


class Crowd(NamedTuple):
    """Accounts that did one thing with one story: older ones, new ones, and of the older those who did it
    within the last `NEW`.
    """

    older: int = 0
    new: int = 0
    beside: int = 0

    @property
    def waits(self) -> int:
        """How many of them do not weigh yet: the new ones, if they are more than `FEW` and more than the
        older ones of the same days. What is liked brings both kinds, a crowd for hire only new ones.
        """
        return self.new if self.new > FEW and self.new > self.beside else 0

    @property
    def weighs(self) -> int:
        """How many weigh."""
        return self.older + self.new - self.waits
