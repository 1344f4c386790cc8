"""Browse: searching, filtering and going through all stories on one page, whose address says everything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from secrets import randbelow
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from talehouse.accounts.models import Person
from talehouse.pages.keeping import kept
from talehouse.reading import facets, without_index
from talehouse.reading.cards import Card, cards, selected
from talehouse.reading.opening import person_of
from talehouse.reading.views.lists import anybodys, met_by
from talehouse.search import addresses, engine
from talehouse.search.addresses import PATH, Pick, Wanted
from talehouse.search.asking import FACETS, Heard, heard
from talehouse.search.completing import complete
from talehouse.search.freshness import VERSION
from talehouse.search.language.parsed import Filter, Parsed
from talehouse.search.language.resolving import resolve
from talehouse.search.questions import Answer, IndexMissing, Question, Sort
from talehouse.tags.models import Tag
from talehouse.tags.vocabulary import TagKind

SEEDS = 1_000_000
RANGED = frozenset(
    {"words-from", "words-to", "parts-from", "parts-to", "updated", "since", "until", "crossover"}
    | {"main", "shelves", "unread"}
)


class Found(NamedTuple):
    """The answer with its stories as this person may see them; `late`: there is no index to ask."""

    answer: Answer
    cards: list[Card]
    next_url: str
    late: bool = False


class Order(NamedTuple):
    """One order, as a link."""

    label: str
    url: str
    current: bool


@kept
def browse(request: HttpRequest) -> HttpResponse:
    """What was asked for, with facets; everything that was chosen stands in the address."""
    person, wanted = person_of(request), addresses.read(request.GET)
    tag = "" if "kind" in request.GET else request.GET.get("tag", "").strip()[:150]
    if tag and (named := _named(tag, wanted, person)):
        return HttpResponseRedirect(named.address)
    if wanted.sort == Sort.RANDOM and not wanted.seed:
        return HttpResponseRedirect(replace(wanted, seed=1 + randbelow(SEEDS)).address)
    understood = heard(wanted, person, facets=FACETS)
    found = _found(understood, wanted, person)
    if _is_shared(wanted, tag):
        counts = [f"counts:{card.id}" for card in found.cards]
        request.page.keep(depends=["site", "lists", VERSION], counts=counts)  # type: ignore[attr-defined]
    context = _context(wanted, understood, found, person)
    return render(request, "reading/browse.html", {**context, "tag_typed": tag})


def _is_shared(wanted: Wanted, tag: str) -> bool:
    """Whether others will ask the same: what somebody typed, or shuffled, is asked once."""
    return not (wanted.typed or tag or wanted.seed or wanted.unread or wanted.unshelved)


def _named(name: str, wanted: Wanted, person: Person) -> Wanted | None:
    """The same search with a tag of that name, of whatever kind; None if this person knows none."""
    told = resolve(Parsed(filters=(Filter("tag", name),)), person=person, now=timezone.now())
    terms = [*told.include, *(term for group in told.any_of for term in group[:1])]
    tag = Tag.objects.filter(pk=int(terms[0][4:])).first() if terms else None
    return wanted.with_pick(Pick(tag.kind, tag.slug)) if tag else None


def _found(understood: Heard, wanted: Wanted, person: Person) -> Found:
    """Ask the index; without one, the newest stories by the database alone."""
    try:
        answer = engine.find(understood.question)
    except IndexMissing:
        late = without_index.page(wanted, understood, person)
        return Found(Answer(0, ()), cards(late.stories), late.next_url or "", late=True)
    met = {story.pk: story for story in selected(met_by(person).filter(pk__in=answer.stories))}
    shown = cards([met[pk] for pk in answer.stories if pk in met])
    _with_passages(shown, understood.question, person)
    next_url = replace(wanted, after=answer.next).address if answer.next else ""
    return Found(answer, shown, next_url)


def _with_passages(shown: Sequence[Card], question: Question, person: Person) -> None:
    """Where the words stand in the text, for the stories of this page."""
    if question.words is None:
        return
    told = engine.passages(question.words, [card.id for card in shown], person=person)
    for card in shown:
        if passage := told.get(card.id):
            card.passage = mark_safe(passage.html)  # noqa: S308  escaped where it was cut out
            card.passage_url, card.passage_part = passage.url, passage.title


def _context(wanted: Wanted, understood: Heard, found: Found, person: Person) -> dict[str, Any]:
    answer = found.answer
    return {
        "wanted": wanted,
        "heard": understood,
        "unfiltered": replace(wanted, typed="").is_everything,
        "late": found.late,
        "total": answer.total,
        "instead": (*understood.resolved.instead, *answer.instead),
        "partly": answer.partly,
        "cards": found.cards,
        "chosen": facets.chosen(wanted, understood),
        "facets": facets.facets(answer, wanted, understood),
        "warnings_offer": facets.offer(wanted),
        "orders": _orders(wanted, understood.question.sort),
        "next_url": found.next_url,
        "first_url": wanted.first().address if wanted.after else None,
        "mine": person.is_authenticated,
        "above": not found.cards and wanted.is_everything and anybodys(person).exists(),
        "canonical_url": settings.BASE_URL + PATH if wanted.is_everything else "",
        **_form(wanted),
    }


def _form(wanted: Wanted) -> dict[str, Any]:
    """What the forms of the page carry along, and offer."""
    carried = parse_qsl(addresses.write(wanted.first()))
    return {
        "all_url": PATH,
        "query": addresses.write(wanted.first()),
        "carried": carried,
        "picked": [pair for pair in carried if pair[0] in ("with", "without", "sort")],
        "ranged": any(pair[0] in RANGED for pair in carried),
        "spans": [("7d", _("Last week")), ("30d", _("Last month")), ("365d", _("Last year"))],
        "main_asked": any(pick.kind == TagKind.RELATIONSHIP for pick in wanted.wanted),
    }


def _orders(wanted: Wanted, current: Sort) -> list[Order]:
    labels = {
        Sort.RELEVANCE: _("Best match"),
        Sort.UPDATED: _("Updated"),
        Sort.NEWEST: _("Newest"),
        Sort.READS: _("Most read"),
        Sort.VOTES: _("Most votes"),
        Sort.COMMENTS: _("Most comments"),
        Sort.LOVED: _("Votes per reader"),
        Sort.FINISHED: _("Most finished"),
        Sort.WORDS: _("Longest"),
        Sort.RANDOM: _("By chance"),
    }
    if not wanted.typed:
        del labels[Sort.RELEVANCE]
    usual = Sort.RELEVANCE if wanted.typed else Sort.UPDATED
    return [
        Order(label, wanted.sorted_by(None if sort == usual else sort).address, sort == current)
        for sort, label in labels.items()
    ]


@never_cache
@require_GET
def suggest(request: HttpRequest) -> HttpResponse:
    """Tags with that name, or a word of it, that would still give results, each with how many, for the script
    of the page. `called` is a synonym that was typed.
    """
    person, typed = person_of(request), request.GET.get("typed", "").strip()[:100]
    question = heard(addresses.read(request.GET), person).question
    try:
        offers = complete(question, TagKind.values, typed) if typed else []
    except IndexMissing:
        offers = []
    tags = Tag.objects.in_bulk({pk for one in offers for pk in (one.tag, one.called) if pk})
    told = [
        {
            "name": tags[one.tag].name,
            "kind": str(TagKind(one.kind).label),
            "stories": one.stories,
            "called": tags[one.called].name if one.called else "",
        }
        for one in offers
    ]
    return JsonResponse({"tags": told})
