"""Series and person: pages that list stories; and what all such pages share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from talehouse.accounts.models import Person, Visitor
from talehouse.lib.slugs import slug as make_slug
from talehouse.library import lists as reading_lists
from talehouse.library.hiding import hides, without_hidden
from talehouse.pages.keeping import kept
from talehouse.reading import fed, keyset, people
from talehouse.reading.cards import Card, Named, cards, place, selected
from talehouse.reading.opening import person_of
from talehouse.stories.models import EffectiveTag, Series, SeriesEntry, Story
from talehouse.tags.models import Tag
from talehouse.tags.vocabulary import Standing


class Choice(NamedTuple):
    """One way to sort or filter, as a link."""

    key: str
    label: str
    url: str
    current: bool


def keep(request: HttpRequest, depends: Iterable[str], shown: Iterable[Card] = ()) -> None:
    """Lists are the same for everybody of one rating; the counters that they show may lag a minute."""
    request.page.keep(  # type: ignore[attr-defined]
        depends=["site", "lists", *depends], counts=[f"counts:{card.id}" for card in shown]
    )


def met_by(person: Person) -> QuerySet[Story]:
    """What this person meets in lists: never what they hide."""
    return without_hidden(Story.objects.listed_for(person), person)


def met(person: Person) -> QuerySet[Tag]:
    """Canonical tags, and those under which a story in the archive is found, of whatever rating: a draft's
    tags are nobody's business.
    """
    there = anybodys(person).filter(pk=OuterRef("story"))
    carried = EffectiveTag.objects.filter(Exists(there), tag=OuterRef("pk"))
    return Tag.objects.filter(Q(standing=Standing.CANONICAL) | Q(Exists(carried)))


def anybodys(person: Person) -> QuerySet[Story]:
    """What this person would meet if they asked for every rating."""
    anybody = Visitor("explicit", member=person.is_authenticated)
    anybody.house_limit = person.house_limit
    return Story.objects.listed_for(anybody)


def _sorts(path: str, query: dict[str, str], current: str) -> list[Choice]:
    labels = {"newest": _("Newest"), "reads": _("Most read"), "words": _("Longest")}
    rest = {name: value for name, value in query.items() if name != "sort" and value}
    return [
        Choice(
            key, label, _address(path, {**rest, **({"sort": key} if key != "newest" else {})}), key == current
        )
        for key, label in labels.items()
    ]


def _address(path: str, query: dict[str, str]) -> str:
    return f"{path}?{urlencode(query)}" if query else path


def listing(request: HttpRequest, stories: QuerySet[Story], path: str) -> dict[str, Any]:
    """One page of these stories without what this person hides, in the order that they asked for."""
    sort = keyset.sort_of(request.GET.get("sort"))
    query = {"sort": sort} if sort != "newest" else {}
    stories = without_hidden(stories, person_of(request))
    found = keyset.page(
        selected(stories), sort=sort, after=request.GET.get("after", ""), path=path, query=query
    )
    return {
        "cards": cards(found.stories),
        "feed": fed.of_list(request, found.stories, path),
        "next_url": found.next_url,
        "first_url": path if request.GET.get("after") else None,
        "sort": sort,
        "sorts": _sorts(path, query, sort),
    }


def renamed(things: QuerySet[Any], typed: str) -> HttpResponse:
    """A name as somebody would type it leads to the address of what it names; else 404."""
    found = things.filter(slug=make_slug(typed)).first()
    if found is None:
        raise Http404
    return HttpResponseRedirect(found.url)


@kept
def person(request: HttpRequest, slug: str) -> HttpResponse:
    """A pen name: who it says it is, and its listed stories."""
    found = people.known().filter(slug=slug).first()
    if found is None:
        now = people.now_called(slug)
        return HttpResponseRedirect(now.url) if now else renamed(people.known(), slug)
    roles = ("author", "co-author")
    stories = Story.objects.listed_for(person_of(request)).filter(
        roles__pen_name=found, roles__kind__in=roles, roles__accepted_at__isnull=False
    )
    context = listing(request, stories, found.url)
    context["person"] = people.told(found)
    context["feed"] = f"/feeds{found.url.rstrip('/')}"
    context["hides_it"] = hides(found, by=person_of(request))
    context["lists"] = list(reading_lists.signed_by(found, person_of(request)))
    context["canonical_url"] = settings.BASE_URL + found.url
    keep(request, [f"pen:{found.pk}"], context["cards"])
    return render(request, "reading/person.html", context)


@kept
def series(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
    """A series: its listed stories in order. It is there only for whoever may meet one of them."""
    found = get_object_or_404(Series.objects.select_related("owner"), pk=pk)
    person = person_of(request)
    there = SeriesEntry.objects.filter(series=found, story__in=Story.objects.listed_for(person))
    met = without_hidden(there, person, story="story_id")
    entries = list(met.select_related("story__cover", "series"))
    if not entries and not (person.pk is not None and there.exists()):
        raise Http404
    if slug != found.slug:
        return HttpResponseRedirect(found.url)
    shown = cards([_with_entry(entry) for entry in entries])
    context = {
        "feed": fed.of_list(request, (entry.story for entry in entries), f"/series/{pk}"),
        "series": _told(found),
        "entries": [
            {"position": place(entry.position), "card": card}
            for entry, card in zip(entries, shown, strict=True)
        ],
        "canonical_url": settings.BASE_URL + found.url,
    }
    keep(request, [f"series:{found.pk}"], shown)
    return render(request, "reading/series.html", context)


def _told(series: Series) -> dict[str, Any]:
    """What its page says of a series."""
    return {
        "following": f"series-{series.pk}",
        "talk_url": f"/series/{series.pk}/comments/",
        "title": series.title,
        "summary": mark_safe(series.summary),  # noqa: S308  sanitised on the way in
        "authors": [Named(series.owner.name, f"/people/{quote(series.owner.slug)}/")],
    }


def _with_entry(entry: SeriesEntry) -> Story:
    entry.story.series_entry = entry
    return entry.story
