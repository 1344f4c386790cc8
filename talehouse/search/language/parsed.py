"""A query that has been understood: what is looked for in texts, what filters, and the order."""

from __future__ import annotations

from dataclasses import dataclass

from talehouse.search.language.words import Words
from talehouse.search.questions import Sort


@dataclass(frozen=True, slots=True)
class Filter:
    """One field with what was asked of it, in one spelling.

    A name as it was typed ("Star Trek"; a star at its end lets it go on), a code ("teen"), a number or a time
    (">10000", "1000-5000", "<30d", ">=2026-01", "2024..2026"). Times stay relative, so that what is kept is
    asked anew each day.
    """

    field: str
    value: str
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class Parsed:
    """All of it together; of each group in `any_of` one filter must hold."""

    words: Words | None = None
    filters: tuple[Filter, ...] = ()
    sort: Sort | None = None
    any_of: tuple[tuple[Filter, ...], ...] = ()

    @property
    def is_empty(self) -> bool:
        """Nothing was asked."""
        return self == Parsed()
