"""From the names in filters to terms: through what this person may know, with synonyms both ways.

A tag is known to a person if it stands on a story that they may meet; a pen name, if it signs one. A synonym
leads to its canonical tag, which finds the stories of all its synonyms: they are told as `also`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from rapidfuzz import process
from rapidfuzz.distance import OSA

from talehouse.accounts.models import PenName, Person
from talehouse.lib.slugs import name_key
from talehouse.search.language import fields
from talehouse.search.language.parsed import Filter, Parsed
from talehouse.search.language.spans import span
from talehouse.search.language.words import Phrase, Words
from talehouse.search.questions import Span, Term
from talehouse.stories.models import Story, TagUse
from talehouse.stories.people import AUTHORS
from talehouse.tags.models import Tag
from talehouse.tags.suggesting import search_key
from talehouse.tags.vocabulary import TagKind

NOTHING: Term = "tag:0"
"""A term that no story has."""
SURE = 0.8
"""Likeness (0 to 1) from which on a mistyped name is taken for the one that it is like."""
UNSURE = 0.6
"""Likeness from which on a name is offered."""
OFFERED = 3
ALIKE = 12
"""Names that one filter may mean, when it names only the beginning or one word of them."""
LOOKED_AT = 20_000
"""Names that are compared with a mistyped one: those that begin alike, the most used first."""
_LAST = "\U0010ffff"
_PLAIN = {"rating", "warning", "category", "status"}


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name that nothing is called, as far as this person may know; `meant` are some that it is like."""

    field: str
    name: str
    meant: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolved:
    """Filters as terms and spans, ready for a `Question`.

    `also`: names that are found too, as they mean the same. `instead`: a mistyped name and the one that was
    taken. `unknown`: names that were not found; what was to be found by them finds nothing.
    """

    include: tuple[Term, ...] = ()
    any_of: tuple[tuple[Term, ...], ...] = ()
    exclude: tuple[Term, ...] = ()
    spans: tuple[Span, ...] = ()
    also: tuple[str, ...] = ()
    instead: tuple[tuple[str, str], ...] = ()
    unknown: tuple[Unknown, ...] = ()


@dataclass(frozen=True, slots=True)
class _Known:
    """What a name means: the terms, of which each will do."""

    terms: tuple[Term, ...] = ()
    also: tuple[str, ...] = ()
    instead: str = ""
    meant: tuple[str, ...] = ()


def resolve(parsed: Parsed, *, person: Person, now: datetime) -> Resolved:
    """All filters of a query; `now` is what "updated:<30d" counts from."""
    made = _Made(person, now)
    for one in parsed.filters:
        made.add(one)
    for group in parsed.any_of:
        terms = [term for one in group for term in made.terms(one)]
        made.any_of.append(tuple(dict.fromkeys(terms)) or (NOTHING,))
    return made.resolved()


class _Made:
    """Collects what filters come to."""

    def __init__(self, person: Person, now: datetime) -> None:
        self._person, self._now = person, now
        self._include: list[Term] = []
        self._exclude: list[Term] = []
        self._spans: list[Span] = []
        self._also: list[str] = []
        self._instead: list[tuple[str, str]] = []
        self._unknown: list[Unknown] = []
        self.any_of: list[tuple[Term, ...]] = []

    def add(self, one: Filter) -> None:
        """One filter that must hold, or must not."""
        if one.field in fields.NUMBERS or one.field in fields.DATES:
            self._spans.append(span(one, now=self._now))
            return
        terms = self.terms(one)
        if one.excluded:
            self._exclude += terms
        elif len(terms) > 1:
            self.any_of.append(tuple(terms))
        else:
            self._include += terms or [NOTHING]

    def terms(self, one: Filter) -> Sequence[Term]:
        """The terms of one filter, of which each will do; what was found is noted."""
        if one.field == "language":
            return [f"language:{code}" for code in dict.fromkeys((one.value, _spelt(one.value)))]
        if one.field in _PLAIN:
            return [f"{one.field}:{one.value}"]
        known = _pen(one.value, self._person) if one.field == "author" else _tag(one, self._person)
        self._also += known.also
        if known.instead:
            self._instead.append((one.value, known.instead))
        if not known.terms:
            self._unknown.append(Unknown(one.field, one.value, known.meant))
        return known.terms

    def resolved(self) -> Resolved:
        """All of it."""
        return Resolved(
            include=tuple(dict.fromkeys(self._include)),
            any_of=tuple(dict.fromkeys(self.any_of)),
            exclude=tuple(dict.fromkeys(self._exclude)),
            spans=tuple(self._spans),
            also=tuple(dict.fromkeys(self._also)),
            instead=tuple(self._instead),
            unknown=tuple(self._unknown),
        )


def _spelt(language: str) -> str:
    """A language as BCP 47 has it: "zh-Hant", "pt-BR"; it is kept as the writer or the file spelt it."""
    first, *rest = language.split("-")
    ways = {2: str.upper, 4: str.title}
    return "-".join([first, *(ways.get(len(piece), str.lower)(piece) for piece in rest)])


# Tags


def also_by(words: Words, *, person: Person) -> tuple[str, ...]:
    """The other names of a tag, if its name is what all words together say, or a phrase."""
    plain = [one.text for one in words.wanted if not one.field]
    phrases = [one.text for one in words.wanted if isinstance(one, Phrase) and not one.field]
    names = dict.fromkeys((" ".join(plain), *phrases))
    found = [name for typed in names for name in _meaning(_exactly((), typed, person), person).also]
    return tuple(dict.fromkeys(found))


def _tag(one: Filter, person: Person) -> _Known:
    """By its whole name, then by how it begins or a word of it, then by what it is like."""
    kinds = TagKind.values if one.field == "tag" else (one.field,)
    begun = one.value.endswith("*")
    name = one.value.removesuffix("*")
    key = search_key(name)
    if not key:
        return _Known()
    if not begun and (tags := _exactly(kinds, name, person)):
        return _meaning(tags, person)
    for some in (_key_from(kinds, key if begun else f"{key} "), _uses(kinds).filter(key__contains=f" {key}")):
        if tags := _met(_most_used(some), person):
            return _meaning(tags, person, told=True)
    return _like_a_tag(kinds, key, person)


def _exactly(kinds: Sequence[str], name: str, person: Person) -> list[Tag]:
    """Of this name, whatever its case and accents. A synonym will do if what it means is met."""
    kinds = kinds or TagKind.values
    spelt = list(_uses(kinds).filter(key=search_key(name)).values_list("tag", flat=True)[: ALIKE * 2])
    named = Q(kind__in=kinds, name_key=name_key(name)[:200])
    return _met(Tag.objects.filter(named | Q(pk__in=spelt)).order_by("pk"), person, meant=True)


def _met(tags: QuerySet[Tag], person: Person, *, meant: bool = False) -> list[Tag]:
    """Those that stand on a story which this person may meet; `meant`: or what they mean does."""
    listed = Story.objects.listed_for(person)
    met = Q(Exists(listed.filter(effective_tags__tag=OuterRef("pk"))))
    if meant:
        met |= Q(Exists(listed.filter(effective_tags__tag=OuterRef("merged_into"))))
    return list(tags.filter(met).select_related("merged_into")[:ALIKE])


def _uses(kinds: Sequence[str]) -> QuerySet[TagUse]:
    return TagUse.objects.filter(kind__in=kinds)


def _key_from(kinds: Sequence[str], key: str) -> QuerySet[TagUse]:
    """Names that begin so: "harry potter " finds "Harry Potter (books)"."""
    if connection.vendor == "sqlite":
        return _uses(kinds).filter(key__gte=key, key__lt=key + _LAST)
    return _uses(kinds).filter(key__startswith=key)


def _most_used(uses: QuerySet[TagUse]) -> QuerySet[Tag]:
    found = list(uses.order_by("-stories", "tag").values_list("tag", flat=True)[: ALIKE * 4])
    return Tag.objects.filter(pk__in=found).order_by("-use__stories", "pk")


def _meaning(tags: Sequence[Tag], person: Person, *, told: bool = False) -> _Known:
    """The terms of tags, and what other names are found by them; `told`: their own names as well."""
    meant = list(dict.fromkeys(tag.merged_into or tag for tag in tags))
    synonyms = _met(Tag.objects.filter(merged_into__in=meant).order_by("pk"), person)
    typed = set() if told else {tag.pk for tag in tags}
    also = [tag.name for tag in (*meant, *synonyms) if tag.pk not in typed]
    return _Known(tuple(f"tag:{tag.pk}" for tag in meant), tuple(dict.fromkeys(also)))


def _like_a_tag(kinds: Sequence[str], key: str, person: Person) -> _Known:
    """Mistyped: among the names that begin with the same letter."""
    rows = dict(_key_from(kinds, key[0]).order_by("-stories").values_list("tag", "key")[:LOOKED_AT])
    near = _nearest(key, rows)
    tags = {tag.pk: tag for tag in _met(Tag.objects.filter(pk__in=[pk for pk, _likeness in near]), person)}
    known = [(tags[pk], likeness) for pk, likeness in near if pk in tags]
    if known and known[0][1] >= SURE:
        meaning = _meaning([known[0][0]], person)
        return _Known(meaning.terms, meaning.also, instead=known[0][0].name)
    return _Known(meant=tuple(tag.name for tag, _likeness in known[:OFFERED]))


def _nearest(key: str, rows: dict[int, str]) -> list[tuple[int, float]]:
    found = process.extract(
        key, rows, scorer=OSA.normalized_similarity, score_cutoff=UNSURE, limit=ALIKE, processor=None
    )
    return [(pk, likeness) for _key, likeness, pk in found]


# Writers


def _pen(typed: str, person: Person) -> _Known:
    """By the whole name, then by a beginning or a word of it, then by what it is like."""
    key = name_key(typed.removesuffix("*"))
    if not key:
        return _Known()
    if not typed.endswith("*") and (exact := _signing(PenName.objects.filter(name_key=key), person)):
        return _Known(_pens(exact))
    part = Q(name_key__startswith=key) | Q(name_key__contains=f" {key}")
    if some := _signing(PenName.objects.filter(part).order_by("name_key"), person):
        return _Known(_pens(some), tuple(pen.name for pen in some))
    rows = dict(_key_of(key[0])[:LOOKED_AT])
    near = _nearest(key, rows)
    pens = {pen.pk: pen for pen in _signing(PenName.objects.filter(pk__in=[pk for pk, _ in near]), person)}
    known = [(pens[pk], likeness) for pk, likeness in near if pk in pens]
    if known and known[0][1] >= SURE:
        return _Known(_pens([known[0][0]]), instead=known[0][0].name)
    return _Known(meant=tuple(pen.name for pen, _likeness in known[:OFFERED]))


def _key_of(letter: str) -> QuerySet[PenName, tuple[int, str]]:
    return PenName.objects.filter(name_key__startswith=letter).values_list("pk", "name_key")


def _signing(pens: QuerySet[PenName], person: Person) -> list[PenName]:
    """Those that sign a story which this person may meet."""
    signed = Story.objects.listed_for(person).filter(
        roles__pen_name=OuterRef("pk"), roles__kind__in=AUTHORS, roles__accepted_at__isnull=False
    )
    return list(pens.filter(Exists(signed))[:ALIKE])


def _pens(pens: Iterable[PenName]) -> tuple[Term, ...]:
    return tuple(f"pen:{pen.pk}" for pen in pens)
