"""Home, browse, tag, series and person: pages that list stories."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from talehouse.accounts.models import Person, Visitor
from talehouse.lib.slugs import name_key
from talehouse.lib.slugs import slug as make_slug
from talehouse.library import lists as reading_lists
from talehouse.library.hiding import hidden_tags, hides, without_hidden
from talehouse.pages.keeping import kept
from talehouse.reading import fed, keyset, people
from talehouse.reading.cards import Card, Named, cards, place, selected
from talehouse.reading.opening import person_of
from talehouse.stories.models import Series, SeriesEntry, Story, StoryTag
from talehouse.tags.models import Tag
from talehouse.tags.vocabulary import Status, TagKind

ROW = 12
LATELY = 500
"""The tags offered for browsing are those of this many stories updated last: a bounded question."""


class Row(NamedTuple):
    """A shelf on the home page."""

    key: str
    title: str
    more_url: str
    reason: str
    cards: list[Card]


class Choice(NamedTuple):
    """One way to sort or filter, as a link."""

    key: str
    label: str
    url: str
    current: bool


def _keep(request: HttpRequest, depends: Iterable[str], shown: Iterable[Card] = ()) -> None:
    """Lists are the same for everybody of one rating; the counters that they show may lag a minute."""
    request.page.keep(  # type: ignore[attr-defined]
        depends=["site", "lists", *depends], counts=[f"counts:{card.id}" for card in shown]
    )


class Wanted(NamedTuple):
    """A row of the home page before its stories are fetched."""

    key: str
    title: str
    more_url: str
    reason: str
    stories: QuerySet[Story]


@kept
def home(request: HttpRequest) -> HttpResponse:
    """The first look: what is new, what is read, what is finished, each row with its reason."""
    wanted = _rows(selected(_met_by(person_of(request))))
    found = [list(row.stories[:ROW]) for row in wanted]
    each = {story.pk: story for stories in found for story in stories}
    known = {card.id: card for card in cards(list(each.values()))}
    rows = [
        Row(row.key, row.title, row.more_url, row.reason, [known[story.pk] for story in stories])
        for row, stories in zip(wanted, found, strict=True)
        if stories
    ]
    _keep(request, [], known.values())
    context = {
        "rows": rows,
        "empty": not rows,
        "above": not rows and _anybodys(person_of(request)).exists(),
        "canonical_url": f"{settings.BASE_URL}/",
    }
    return render(request, "reading/home.html", context)


def _rows(listed: QuerySet[Story]) -> list[Wanted]:
    newest = listed.order_by("-updated_at", "-pk")
    read = listed.filter(read_count__gt=0).order_by("-read_count", "-pk")
    complete = newest.filter(status=Status.COMPLETE)
    return [
        Wanted("fresh", _("Fresh parts"), "/browse/", _("The stories that were updated last"), newest),
        Wanted("read", _("Most read"), "/browse/?sort=reads", _("By reads of all their parts"), read),
        Wanted(
            "finished",
            _("Complete, for a long evening"),
            "/browse/?status=complete",
            _("Stories that have reached their end"),
            complete,
        ),
    ]


@kept
def browse(request: HttpRequest) -> HttpResponse:
    """All stories, sorted and filtered; everything that was chosen stands in the address."""
    tag = _tag_of(request)
    if isinstance(tag, HttpResponse):
        return tag
    query = _query(request, tag)
    sort, status, after = _chosen(request, query)
    stories = _filtered(_met_by(person_of(request)), status, tag)
    found = keyset.page(selected(stories), sort=sort, after=after, path="/browse/", query=query)
    shown = cards(found.stories)
    _keep(request, [], shown)
    context = {
        "cards": shown,
        "sort": sort,
        "sorts": _sorts("/browse/", query, sort),
        "statuses": _statuses(query, status),
        "tag": _active(tag, query),
        "popular_tags": _popular(person_of(request)),
        "next_url": found.next_url,
        "first_url": _address("/browse/", query) if after else None,
        "above": not shown and _filtered(_anybodys(person_of(request)), status, tag).exists(),
        "kinds": TagKind.choices,
    }
    return render(request, "reading/browse.html", context)


def _chosen(request: HttpRequest, query: dict[str, str]) -> tuple[str, str, str]:
    """Order, status, and the key after which the page begins."""
    return keyset.sort_of(query.get("sort")), query.get("status", ""), request.GET.get("after", "")


def _filtered(stories: QuerySet[Story], status: str, tag: Tag | None) -> QuerySet[Story]:
    if status:
        stories = stories.filter(status=status)
    return stories.filter(story_tags__tag=tag) if tag else stories


def _met_by(person: Person) -> QuerySet[Story]:
    """What this person meets in lists: never what they hide."""
    return without_hidden(Story.objects.listed_for(person), person)


def met(person: Person) -> QuerySet[Tag]:
    """Tags that a story in the archive carries, of whatever rating: a draft's tags are nobody's business."""
    carried = StoryTag.objects.filter(tag=OuterRef("pk"), story__in=_anybodys(person))
    return Tag.objects.filter(Exists(carried))


def _anybodys(person: Person) -> QuerySet[Story]:
    """What this person would meet if they asked for every rating."""
    anybody = Visitor("explicit", member=person.is_authenticated)
    anybody.house_limit = person.house_limit
    return Story.objects.listed_for(anybody)


def _query(request: HttpRequest, tag: Tag | None) -> dict[str, str]:
    """What was chosen, as it stands in the address: known values only, nothing empty."""
    sort, status = request.GET.get("sort", ""), request.GET.get("status", "")
    chosen = {
        "sort": sort if sort in keyset.SORTS and sort != "newest" else "",
        "status": status if status in Status.values else "",
        "kind": tag.kind if tag else "",
        "tag": tag.slug if tag else "",
    }
    return {name: value for name, value in chosen.items() if value}


def _tag_of(request: HttpRequest) -> Tag | HttpResponse | None:
    """The tag in the address. Words typed into the field lead to the address of the tag that they name."""
    kind, typed = request.GET.get("kind", ""), request.GET.get("tag", "").strip()
    if not typed:
        return None
    tags = met(person_of(request)).filter(Q(kind=kind, slug=typed) | Q(name_key=name_key(typed)[:200]))
    found = sorted(tags, key=lambda tag: (tag.kind != kind, tag.slug != typed, tag.kind))
    if not found:
        return _nothing(request, typed)
    if (found[0].kind, found[0].slug) == (kind, typed):
        return found[0]
    return HttpResponseRedirect(_address("/browse/", _query(request, found[0])))


def _nothing(request: HttpRequest, typed: str) -> HttpResponse:
    context = {"cards": [], "typed": typed, "sorts": _sorts("/browse/", _query(request, None), "newest")}
    return render(request, "reading/browse.html", {**context, "sort": "newest", "kinds": TagKind.choices})


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


def _statuses(query: dict[str, str], current: str) -> list[Choice]:
    rest = {name: value for name, value in query.items() if name != "status" and value}
    choices = [("", _("Any"))] + [(code, str(label)) for code, label in Status.choices]
    return [
        Choice(
            code, label, _address("/browse/", {**rest, **({"status": code} if code else {})}), code == current
        )
        for code, label in choices
    ]


def _active(tag: Tag | None, query: dict[str, str]) -> dict[str, str] | None:
    if tag is None:
        return None
    rest = {name: value for name, value in query.items() if name not in ("tag", "kind") and value}
    label = str(TagKind(tag.kind).label)
    return {
        "name": tag.name,
        "kind": tag.kind,
        "kind_label": label,
        "url": tag.url,
        "clear_url": _address("/browse/", rest),
    }


def _popular(person: Person) -> list[dict[str, Any]]:
    lately = _met_by(person).order_by("-updated_at").values("pk")[:LATELY]
    carried = StoryTag.objects.filter(story__in=lately)
    rows = (
        (carried.exclude(tag__in=hidden_tags(person)) if person.pk is not None else carried)
        .values_list("tag__kind", "tag__name", "tag__slug")
        .annotate(n=Count("pk"))
        .order_by("-n", "tag__name")[:18]
    )
    return [
        {
            "name": name,
            "kind_label": str(TagKind(kind).label),
            "count": n,
            "url": f"/browse/?{urlencode({'kind': kind, 'tag': address})}",
        }
        for kind, name, address, n in rows
    ]


@kept
def tag(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """A tag: the listed stories that carry it."""
    tags = met(person_of(request)).filter(kind=kind)
    found = tags.filter(slug=slug).first()
    if found is None:
        return _renamed(tags, slug)
    stories = Story.objects.listed_for(person_of(request)).filter(story_tags__tag=found)
    context = _listing(request, stories, found.url)
    context["hides_it"] = hides(found, by=person_of(request))
    context["tag"] = {
        "following": f"tag-{found.pk}",
        "name": found.name,
        "kind": kind,
        "kind_label": str(TagKind(kind).label),
        "count": stories.count(),
    }
    context["canonical_url"] = settings.BASE_URL + found.url
    _keep(request, [f"tag:{found.pk}"], context["cards"])
    return render(request, "reading/tag.html", context)


def _listing(request: HttpRequest, stories: QuerySet[Story], path: str) -> dict[str, Any]:
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


def _renamed(things: QuerySet[Any], typed: str) -> HttpResponse:
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
        return HttpResponseRedirect(now.url) if now else _renamed(people.known(), slug)
    roles = ("author", "co-author")
    stories = Story.objects.listed_for(person_of(request)).filter(
        roles__pen_name=found, roles__kind__in=roles, roles__accepted_at__isnull=False
    )
    context = _listing(request, stories, found.url)
    context["person"] = people.told(found)
    context["feed"] = f"/feeds{found.url.rstrip('/')}"
    context["hides_it"] = hides(found, by=person_of(request))
    context["lists"] = list(reading_lists.signed_by(found, person_of(request)))
    context["canonical_url"] = settings.BASE_URL + found.url
    _keep(request, [f"pen:{found.pk}"], context["cards"])
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
    _keep(request, [f"series:{found.pk}"], shown)
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
