"""From what an address says, and who asks, to one question; and what is said about how it was understood."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from talehouse.accounts.models import Account, Person
from talehouse.library import never
from talehouse.library.hiding import hidden_tags
from talehouse.library.models import Hide, Reading, ShelfEntry
from talehouse.library.never import What
from talehouse.search.addresses import Pick, Wanted
from talehouse.search.language.errors import QueryError
from talehouse.search.language.faults import Fault, fault
from talehouse.search.language.parsed import Parsed
from talehouse.search.language.parsing import legible, parse
from talehouse.search.language.resolving import NOTHING, Resolved, Unknown, also_by, resolve
from talehouse.search.picks import known_to, tags_of
from talehouse.search.questions import FACETS as AT_FIRST
from talehouse.search.questions import Question, Sort, Span, Term, Without
from talehouse.stories.visibility import ratings_up_to
from talehouse.tags.models import Tag
from talehouse.tags.vocabulary import TagKind

FACETS = (
    *(f"tag:{kind}" for kind in TagKind.values),
    "rating",
    "warning",
    "category",
    "status",
    "language",
)
AT_LENGTH = 200
"""Terms of a facet that is shown at length."""
ONE_OF = frozenset({"rating", "status", "language"})
"""Facets of which a story has one value: two that are wanted mean one or the other."""


@dataclass(frozen=True, slots=True)
class Heard:
    """How a search was understood.

    `tags`: what the picks mean, as far as this person may know; `unknown`: picks that mean nothing.
    `resolved`: what is to be said about names that were typed. `wrong`: what is wrong with what was typed,
    and where; the question is then one without words. `defaults`: something is left out everywhere for this
    person. `besides`: other names of what the typed words name.
    """

    question: Question
    tags: dict[Pick, Tag] = field(default_factory=dict)
    resolved: Resolved = field(default_factory=Resolved)
    unknown: tuple[Pick, ...] = ()
    wrong: Fault | None = None
    defaults: bool = False
    besides: tuple[str, ...] = ()

    @property
    def also(self) -> tuple[str, ...]:
        """Other names of the same things, which are found too."""
        synonyms = [
            tag.name for pick, tag in self.tags.items() if (pick.kind, pick.slug) != (tag.kind, tag.slug)
        ]
        return tuple(dict.fromkeys([*self.resolved.also, *self.besides, *synonyms]))

    @property
    def mistyped(self) -> tuple[Unknown, ...]:
        """Names that nothing is called."""
        return self.resolved.unknown


def heard(
    wanted: Wanted, person: Person, *, facets: tuple[str, ...] = (), now: datetime | None = None
) -> Heard:
    """The question, for this person: what the gate lets them meet, without what they hide or never want."""
    now = now or timezone.now()
    parsed, wrong = _parsed(wanted.typed)
    resolved = resolve(parsed, person=person, now=now)
    besides = also_by(parsed.words, person=person) if parsed.words else ()
    tags = known_to(person, tags_of(wanted.picks))
    lines = never.lines_of(person) if isinstance(person, Account) else []
    question = Question(
        member=person.is_authenticated,
        ratings=frozenset(ratings_up_to(person.limit)),
        words=parsed.words,
        include=(*_included(wanted, tags), *resolved.include),
        any_of=(*_any_of(wanted), *resolved.any_of, *_languages(lines)),
        exclude=(*_excluded(wanted, tags), *resolved.exclude, *_never(lines)),
        spans=(*_spans(wanted, now), *resolved.spans),
        without=_without(wanted, person),
        sort=wanted.sort or parsed.sort or (Sort.RELEVANCE if parsed.words else Sort.UPDATED),
        seed=wanted.seed,
        after=wanted.after,
        facets=facets,
        facet_size=AT_LENGTH if wanted.more else AT_FIRST,
    )
    missing = tuple(p for p in wanted.wanted if p.kind in TagKind.values and p not in tags)
    return Heard(question, tags, resolved, missing, wrong, bool(lines), besides)


def _parsed(typed: str) -> tuple[Parsed, Fault | None]:
    try:
        return parse(typed), None
    except QueryError as error:
        return Parsed(), fault(legible(typed), error)


def _included(wanted: Wanted, tags: dict[Pick, Tag]) -> list[Term]:
    found: list[Term] = []
    for pick in wanted.wanted:
        if pick.kind in TagKind.values:
            found.append(_tag_term(pick, tags, main=wanted.main))
        elif pick.kind not in ONE_OF:
            found.append(f"{pick.kind}:{pick.slug}")
    if wanted.crossover == "yes":
        found.append("shape:crossover")
    return found


def _tag_term(pick: Pick, tags: dict[Pick, Tag], *, main: bool = False) -> Term:
    if pick not in tags:
        return NOTHING
    what = "main" if main and pick.kind == TagKind.RELATIONSHIP else "tag"
    return f"{what}:{tags[pick].pk}"


def _any_of(wanted: Wanted) -> list[tuple[Term, ...]]:
    groups = {kind: [pick for pick in wanted.wanted if pick.kind == kind] for kind in sorted(ONE_OF)}
    return [tuple(f"{pick.kind}:{pick.slug}" for pick in picks) for picks in groups.values() if picks]


def _excluded(wanted: Wanted, tags: dict[Pick, Tag]) -> list[Term]:
    found = []
    for pick in wanted.unwanted:
        if pick.kind not in TagKind.values:
            found.append(f"{pick.kind}:{pick.slug}")
        elif pick in tags:
            found.append(_tag_term(pick, tags))
    if wanted.crossover == "no":
        found.append("shape:crossover")
    return found


def _spans(wanted: Wanted, now: datetime) -> list[Span]:
    low, high = wanted.seconds(now)
    asked = [
        Span("words", wanted.words.low, wanted.words.high),
        Span("parts", wanted.parts.low, wanted.parts.high),
        Span("updated", low, high),
    ]
    return [span for span in asked if (span.low, span.high) != (None, None)]


# What this person never wants


def _never(lines: list[never.Line]) -> list[Term]:
    plain = [line for line in lines if line.what != What.ONLY_LANGUAGE]
    return [f"tag:{line.tag}" if line.what == What.TAG else f"{line.what}:{line.code}" for line in plain]


def _languages(lines: list[never.Line]) -> list[tuple[Term, ...]]:
    only = tuple(f"language:{line.code}" for line in lines if line.what == What.ONLY_LANGUAGE)
    return [only] if only else []


def _without(wanted: Wanted, person: Person) -> Without:
    if not isinstance(person, Account):
        return Without()
    hidden: dict[str, set[int]] = {target: set() for target in Hide.Target.values}
    for target, number in Hide.objects.filter(account=person).values_list("target", "target_id"):
        hidden[target].add(number)
    tags = hidden_tags(person) if hidden[Hide.Target.TAG] else ()
    stories = hidden[Hide.Target.STORY] | _left_out(wanted, person)
    return Without(frozenset(stories), frozenset(tags), frozenset(hidden[Hide.Target.PEN_NAME]))


def _left_out(wanted: Wanted, account: Account) -> set[int]:
    """Stories that are on one of my shelves, or begun, where those are not wanted."""
    mine: Any = Reading.objects.filter(account=account)
    left: set[int] = set()
    if wanted.unshelved:
        left |= set(mine.exclude(shelf="").values_list("story", flat=True))
        left |= set(ShelfEntry.objects.filter(shelf__account=account).values_list("story", flat=True))
    if wanted.unread:
        left |= set(mine.exclude(read_at=None).values_list("story", flat=True))
        left |= set(mine.filter(shelf="finished").values_list("story", flat=True))
    return left
