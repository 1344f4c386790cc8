"""What is asked of the index, and what it answers: plain data, without tables and without people.

A *term* is one thing that a story has or has not, written "kind:code": "tag:12" (an effective tag), "own:12"
(a tag that the writer wrote), "main:12" (the first relationship), "pen:7" (an author or co-author),
"rating:teen", "warning:death", "category:f-f", "status:complete", "language:en", "audience:public" or
"audience:members", "shape:crossover" (two or more fandoms that are not one above the other).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from talehouse.search.language.words import Words

Term = str
PAGE = 24
"""Stories on one page of an answer."""
FACETS = 20
"""Terms that a facet shows at first."""
NUMBERS = ("words", "parts", "published", "updated", "reads", "votes", "comments")
"""What a span may be about; times are whole seconds since 1970, UTC."""


class Sort(StrEnum):
    """The orders of an answer; the highest comes first, equals by the story's number, the newest first."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    UPDATED = "updated"
    READS = "reads"
    VOTES = "votes"
    COMMENTS = "comments"
    WORDS = "words"
    LOVED = "loved"
    FINISHED = "finished"
    RANDOM = "random"


@dataclass(frozen=True, slots=True)
class Span:
    """From `low` to `high`, both included; None is open."""

    number: str
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Without:
    """What one reader does not want to meet: numbers of stories, tags (as effective tags), pen names."""

    stories: frozenset[int] = frozenset()
    tags: frozenset[int] = frozenset()
    pen_names: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `member`, `ratings`: whom the gate lets meet what, see `listed_for`.

    `include`: all of these terms; `any_of`: of each group at least one; `exclude`: none. `only`: nothing but
    these stories. `after` is the `next` of the page before. `facets`: the kinds whose terms are counted
    ("tag:fandom", "tag:genre", …, "rating", "warning", "category", "status", "language").
    """

    member: bool
    ratings: frozenset[str]
    words: Words | None = None
    include: tuple[Term, ...] = ()
    any_of: tuple[tuple[Term, ...], ...] = ()
    exclude: tuple[Term, ...] = ()
    spans: tuple[Span, ...] = ()
    without: Without = field(default_factory=Without)
    only: frozenset[int] | None = None
    sort: Sort = Sort.UPDATED
    seed: int = 0
    after: str = ""
    size: int = PAGE
    facets: tuple[str, ...] = ()
    facet_size: int = FACETS


@dataclass(frozen=True, slots=True)
class Counted:
    """A term and how many stories of the answer have it."""

    term: Term
    stories: int


@dataclass(frozen=True, slots=True)
class Answer:
    """`total` stories in all; those of this page in their order; `next` is the key of the next page or "".

    `facets` by kind, the most frequent first; a kind with more terms than were asked for stands in `more`.
    `instead`: words that nobody wrote, and what was looked for in their place; `partly`: no story has all
    words, so these have most (as `texts/asking.py: Matches` says).
    """

    total: int
    stories: tuple[int, ...]
    next: str = ""
    facets: dict[str, tuple[Counted, ...]] = field(default_factory=dict)
    more: frozenset[str] = frozenset()
    instead: tuple[tuple[str, str], ...] = ()
    partly: bool = False


class IndexMissing(Exception):
    """There is no index that can be asked: it is being built, or was lost. The page says so and stays up."""
