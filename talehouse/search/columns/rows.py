"""What is kept of a story: a row, or many of them at once as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from talehouse.search.questions import Sort, Term
from talehouse.tags.vocabulary import TagKind

Array = npt.NDArray[Any]
COLUMNS = ("words", "parts", "published", "updated", "reads", "votes", "comments", "loved", "finished")
"""The numbers of a story. Times are seconds since 1970; `loved` and `finished` are shares in millionths."""
NUMBERED = ("tag", "own", "main", "pen")
"""Terms whose code is a number of the database."""
NAMED = ("rating", "warning", "category", "status", "language", "audience", "shape")
"""Terms whose code is a word."""
KINDS = tuple(str(kind) for kind in TagKind.values)
HIDDEN = 0
"""The kind of a tag that no facet shows: a synonym, whose canonical tag stands for it."""
KIND_CODES = {kind: number for number, kind in enumerate(KINDS, 1)}
SORTED_BY = {
    Sort.NEWEST: "published",
    Sort.UPDATED: "updated",
    Sort.READS: "reads",
    Sort.VOTES: "votes",
    Sort.COMMENTS: "comments",
    Sort.WORDS: "words",
    Sort.LOVED: "loved",
    Sort.FINISHED: "finished",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One story: its numbers in the order of COLUMNS, and its terms, each once."""

    story: int
    numbers: tuple[int, ...]
    terms: tuple[Term, ...]


class Matched(NamedTuple):
    """Stories in which words were found, ascending, and how well, beside them; `but`: it is the others that
    are wanted.
    """

    stories: Array
    scores: Array
    but: bool = False


@dataclass(slots=True)
class Table:
    """Many stories. `pairs` holds for each group of terms who has what: indexes into `stories`, and codes;
    the code of a named group is an index into its `names`. `kinds`: the kind of each tag.
    """

    stories: Array
    numbers: dict[str, Array]
    pairs: dict[str, tuple[Array, Array]]
    names: dict[str, list[str]]
    kinds: Mapping[int, int] = field(default_factory=dict)


def table_of(rows: Sequence[Row], kinds: Mapping[int, int]) -> Table:
    """The same rows as a table."""
    names: dict[str, dict[str, int]] = {group: {} for group in NAMED}
    found: dict[str, tuple[list[int], list[int]]] = {group: ([], []) for group in (*NUMBERED, *NAMED)}
    for index, row in enumerate(rows):
        for term in row.terms:
            group, _, code = term.partition(":")
            known = names.get(group)
            number = int(code) if known is None else known.setdefault(code, len(known))
            found[group][0].append(index)
            found[group][1].append(number)
    return Table(
        stories=np.array([row.story for row in rows], np.int64),
        numbers={
            name: np.array([row.numbers[place] for row in rows], np.int64)
            for place, name in enumerate(COLUMNS)
        },
        pairs={
            group: (np.array(who, np.int64), np.array(what, np.int64)) for group, (who, what) in found.items()
        },
        names={group: list(known) for group, known in names.items()},
        kinds=kinds,
    )
