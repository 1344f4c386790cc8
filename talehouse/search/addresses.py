"""What the address of a search says: read it, change one thing in it, write it again.

Everything that was chosen stands in the address, so that it can be kept, sent, gone back to. A *pick* is one
value of a facet ("fandom/harry-potter", "warning/death"): wanted with `with`, left out with `without`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from django.http import QueryDict

from talehouse.search.questions import Sort
from talehouse.tags.vocabulary import Category, Rating, Status, TagKind, Warning

PATH = "/browse/"
CODES: dict[str, frozenset[str]] = {
    "rating": frozenset(Rating.values),
    "warning": frozenset(Warning.values),
    "category": frozenset(Category.values),
    "status": frozenset(Status.values),
}
"""Facets with a fixed vocabulary; of the others any slug, or language, may be asked for."""
KINDS = (*TagKind.values, *CODES, "language")
RANGES = ("words", "parts")
MOST_PICKS = 60
LONGEST = 500
"""Characters that are read of what was typed; the language of queries says no to longer ones itself."""
_SLUG = re.compile(r"[^/\x00-\x1f]{1,120}")
_DAYS = re.compile(r"([1-9][0-9]{0,3})d")
_LARGEST = 10**9
CROSSOVERS = ("yes", "no")


class Pick(NamedTuple):
    """One value of a facet: the kind of tag and its slug, or a code of a fixed vocabulary."""

    kind: str
    slug: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.slug}"


@dataclass(frozen=True, slots=True)
class Range:
    """Whole numbers from `low` to `high`, both included; None is open."""

    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Everything that the address of a search says.

    `updated`: "30d" for the last thirty days; else `since` and `until` are days. `crossover`: "yes", "no" or
    "". `main`: a wanted relationship is the first of its story. `unshelved`, `unread`: without what stands on
    my shelves, what I have begun. `more`: facets that are shown at length.
    """

    typed: str = ""
    wanted: tuple[Pick, ...] = ()
    unwanted: tuple[Pick, ...] = ()
    words: Range = Range()
    parts: Range = Range()
    updated: str = ""
    since: date | None = None
    until: date | None = None
    crossover: str = ""
    main: bool = False
    unshelved: bool = False
    unread: bool = False
    sort: Sort | None = None
    seed: int = 0
    after: str = ""
    more: tuple[str, ...] = ()

    @property
    def picks(self) -> tuple[Pick, ...]:
        """All that was picked, wanted or not."""
        return (*self.wanted, *self.unwanted)

    @property
    def is_everything(self) -> bool:
        """Nothing is narrowed down."""
        return replace(self, sort=None, seed=0, after="", more=()) == Wanted()

    @property
    def address(self) -> str:
        """The page of this search."""
        query = write(self)
        return f"{PATH}?{query}" if query else PATH

    def first(self) -> Wanted:
        """The same from its first page on."""
        return replace(self, after="")

    def with_pick(self, pick: Pick) -> Wanted:
        """Also with this."""
        left = self.without_pick(pick)
        return replace(left, wanted=(*left.wanted, pick))

    def excluding(self, pick: Pick) -> Wanted:
        """Also without what has this."""
        left = self.without_pick(pick)
        return replace(left, unwanted=(*left.unwanted, pick))

    def without_pick(self, pick: Pick) -> Wanted:
        """As if this had not been chosen; from the first page on."""
        wanted = tuple(one for one in self.wanted if one != pick)
        unwanted = tuple(one for one in self.unwanted if one != pick)
        return replace(self.first(), wanted=wanted, unwanted=unwanted)

    def sorted_by(self, sort: Sort | None) -> Wanted:
        """In another order, from the first page on."""
        return replace(self.first(), sort=sort, seed=0)

    def seconds(self, now: datetime) -> tuple[int | None, int | None]:
        """The span of time in which a story was updated, in seconds since 1970 (UTC days)."""
        if found := _DAYS.fullmatch(self.updated):
            return int((now - timedelta(days=int(found[1]))).timestamp()), None
        low, high = (_midnight(day) if day else None for day in (self.since, self.until))
        return low, None if high is None else high + 86_399


def _midnight(day: date) -> int:
    return int(datetime.combine(day, time.min, UTC).timestamp())


def read(query: QueryDict) -> Wanted:
    """What an address says. What cannot be read is left out: an old link still shows something."""
    return Wanted(
        typed=" ".join(query.get("q", "").split())[: LONGEST + 1],
        wanted=_picks((*query.getlist("with"), *_plain(query))),
        unwanted=_picks(query.getlist("without")),
        words=_range(query, "words"),
        parts=_range(query, "parts"),
        updated=query.get("updated", "") if _DAYS.fullmatch(query.get("updated", "")) else "",
        since=_day(query.get("since", "")),
        until=_day(query.get("until", "")),
        crossover=query.get("crossover", "") if query.get("crossover") in CROSSOVERS else "",
        main=query.get("main") == "yes",
        unshelved=query.get("shelves") == "no",
        unread=query.get("unread") == "yes",
        sort=_sort(query.get("sort", "")),
        seed=_number(query.get("seed", "")) or 0,
        after=query.get("after", "")[:200],
        more=tuple(dict.fromkeys(kind for kind in query.getlist("more") if kind in KINDS)),
    )


def parse(query: str) -> Wanted:
    """What was written by `write`."""
    return read(QueryDict(query[:8000]))


def write(wanted: Wanted) -> str:
    """The query of the address, always in one order."""
    pairs: list[tuple[str, str]] = [("q", wanted.typed)]
    pairs += [("with", str(pick)) for pick in wanted.wanted]
    pairs += [("without", str(pick)) for pick in wanted.unwanted]
    for name, span in (("words", wanted.words), ("parts", wanted.parts)):
        pairs += [(f"{name}-from", _written(span.low)), (f"{name}-to", _written(span.high))]
    pairs += [
        ("updated", wanted.updated),
        ("since", wanted.since.isoformat() if wanted.since else ""),
        ("until", wanted.until.isoformat() if wanted.until else ""),
        ("crossover", wanted.crossover),
        ("main", "yes" if wanted.main else ""),
        ("shelves", "no" if wanted.unshelved else ""),
        ("unread", "yes" if wanted.unread else ""),
        ("sort", wanted.sort or ""),
        ("seed", str(wanted.seed or "")),
        ("after", wanted.after),
    ]
    pairs += [("more", kind) for kind in wanted.more]
    return urlencode([(name, value) for name, value in pairs if value], safe="/")


def _written(number: int | None) -> str:
    return "" if number is None else str(number)


def _picks(given: Iterable[str]) -> tuple[Pick, ...]:
    found = []
    for one in list(given)[:MOST_PICKS]:
        kind, _line, slug = one.partition("/")
        known = CODES.get(kind)
        if kind in KINDS and _SLUG.fullmatch(slug) and (known is None or slug in known):
            found.append(Pick(kind, slug))
    return tuple(dict.fromkeys(found))


def _sort(typed: str) -> Sort | None:
    return Sort(typed) if typed in set(Sort) else None


def _plain(query: QueryDict) -> list[str]:
    """What a link by hand may say in fewer words: `status=complete`, `kind=theme&tag=lamps`."""
    named = [f"{kind}/{code}" for kind in ("status", "rating", "language") if (code := query.get(kind))]
    return [*named, f"{query['kind']}/{query['tag']}"] if "kind" in query and "tag" in query else named


def _range(query: QueryDict, name: str) -> Range:
    return Range(_number(query.get(f"{name}-from", "")), _number(query.get(f"{name}-to", "")))


def _number(typed: str) -> int | None:
    digits = typed.strip().replace(" ", "")
    return min(int(digits), _LARGEST) if digits.isdecimal() and len(digits) < 20 else None


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
