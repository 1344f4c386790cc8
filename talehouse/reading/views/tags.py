"""A tag: what is found under it, what it means, what stands above and under it, and how it is used."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Case, Count, IntegerField, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone

from talehouse.library.hiding import hides
from talehouse.pages.keeping import kept
from talehouse.reading import months
from talehouse.reading.opening import person_of
from talehouse.reading.views.lists import keep, listing, met, renamed
from talehouse.stories.models import Story
from talehouse.tags.models import Tag
from talehouse.tags.vocabulary import Standing, TagKind

MOST = 200
"""Synonyms, and tags under this one, on its page."""


@kept
def tag(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """A tag: the listed stories found under it. A synonym leads to what it means."""
    tags = met(person_of(request)).filter(kind=kind)
    found = tags.filter(slug=slug).first()
    if found is None or found.merged_into_id is not None:
        return _meant(tags, kind, slug)
    stories = Story.objects.listed_for(person_of(request)).filter(effective_tags__tag=found)
    context = listing(request, stories, found.url)
    usage = months.drawn(months.counted(stories), timezone.now().date())
    context |= {
        "hides_it": hides(found, by=person_of(request)),
        "tag": _told(found, usage.total),
        "usage": usage,
        "led_by": _led_by(request, found),
        **(_around(found) if found.standing == Standing.CANONICAL else {}),
        "canonical_url": settings.BASE_URL + found.url,
    }
    keep(request, [f"tag:{found.pk}"], context["cards"])
    return render(request, "reading/tag.html", context)


def _meant(tags: QuerySet[Tag], kind: str, slug: str) -> HttpResponse:
    """The address of a synonym leads to its canonical tag, which says so."""
    synonym = Tag.objects.filter(kind=kind, slug=slug, standing=Standing.SYNONYM)
    found = synonym.select_related("merged_into").first()
    if found is None or found.merged_into is None:
        return renamed(tags, slug)
    return HttpResponseRedirect(f"{found.merged_into.url}?{urlencode({'from': found.slug})}")


def _led_by(request: HttpRequest, found: Tag) -> str:
    """The name of the synonym whose address led here."""
    slug = request.GET.get("from", "")
    names = found.synonyms.filter(slug=slug).values_list("name", flat=True) if slug else None
    return (names.first() or "") if names is not None else ""


def _told(found: Tag, count: int) -> dict[str, Any]:
    return {
        "following": f"tag-{found.pk}",
        "name": found.name,
        "kind": found.kind,
        "ranked_url": f"/rankings/rising/?{urlencode({'kind': found.kind, 'tag': found.slug})}",
        "browse_url": f"/browse/?{urlencode({'with': f'{found.kind}/{found.slug}'}, safe='/')}",
        "kind_label": str(TagKind(found.kind).label),
        "count": count,
        "canonical": found.standing == Standing.CANONICAL,
    }


def _around(found: Tag) -> dict[str, Any]:
    """Its synonyms, what stands right above it, who belongs to it, and what stands right under it."""
    kinds = Case(
        *(When(kind=kind, then=Value(n)) for n, kind in enumerate(TagKind.values)),
        output_field=IntegerField(),
    )
    above = Tag.objects.filter(belows__tag=found).annotate(place=kinds).order_by("place", "name")
    below = (
        Tag.objects.filter(aboves__above=found)
        .annotate(place=kinds, found=Count("effective_tags"))
        .order_by("place", "-found", "name")[: MOST + 1]
    )
    groups: dict[str, list[Tag]] = {}
    for one in below:
        groups.setdefault(str(TagKind(one.kind).label), []).append(one)
    members = Tag.objects.filter(memberships__relationship=found).order_by("memberships__position")
    people = list(members) if found.kind == TagKind.RELATIONSHIP else []
    return {
        "synonyms": list(found.synonyms.order_by("name")[: MOST + 1]),
        "above": [one for one in above if one not in people],
        "people": people,
        "below": list(groups.items()),
    }
