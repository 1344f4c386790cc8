"""What a ranking is: a name, a formula in words, the inputs of each story, and a score made of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise

from talehouse.rankings.rows import Rows

Inputs = Mapping[str, float]
Words = str | Promise


@dataclass(frozen=True, slots=True)
class Input:
    """One number that a score is made of. `kind`: "number", "share" (0 to 1), "days" or "moment" (Unix time).

    `private`: only the story's own people see it, as it tells how many readers stay.
    """

    label: Words
    kind: str = "number"
    private: bool = False


@dataclass(frozen=True, slots=True)
class Ranking:
    """One order of stories. `gather` gives the inputs of every story that may stand in it, by the story's id;
    `score` is pure, and a story with a score of 0 or less stands in no place. `needs` says who is left out.
    """

    name: str
    title: Words
    reason: Words
    formula: Words
    needs: Words
    inputs: Mapping[str, Input]
    gather: Callable[[Rows], dict[int, dict[str, float]]]
    score: Callable[[Inputs], float]
