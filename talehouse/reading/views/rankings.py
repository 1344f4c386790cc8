"""Rankings: all of them at a glance, and each with its formula and why every story stands where it does."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from talehouse.lib.slugs import name_key
from talehouse.pages.keeping import kept
from talehouse.rankings import listing
from talehouse.rankings.computing import RANKINGS, VERSION
from talehouse.rankings.models import Rank
from talehouse.rankings.ranking import Ranking
from talehouse.reading.cards import cards
from talehouse.reading.opening import person_of
from talehouse.reading.views.lists import met, met_by
from talehouse.stories.models import EffectiveTag, Story
from talehouse.tags.models import Tag

SIZE = 24
MOST_PAGES = 40
TOP = 5


@kept
def index(request: HttpRequest) -> HttpResponse:
    """All rankings, each with its first five."""
    found = listing.tops(RANKINGS, met_by(person_of(request)), most=TOP)
    boards = [{"ranking": RANKINGS[name], "ranks": ranks} for name, ranks in found.items()]
    request.page.keep(depends=["site", "lists", VERSION])  # type: ignore[attr-defined]
    context = {"boards": boards, "canonical_url": f"{settings.BASE_URL}/rankings/"}
    return render(request, "reading/rankings.html", context)


@kept
def ranking(request: HttpRequest, name: str) -> HttpResponse:
    """One ranking, of all stories, of a tag, of a language."""
    if name not in RANKINGS:
        raise Http404
    path, language = f"/rankings/{name}/", request.GET.get("language", "")[:20]
    tag = _tag(request)
    if isinstance(tag, Tag) and (tag.kind, tag.slug) != (request.GET.get("kind"), request.GET.get("tag")):
        query = {"kind": tag.kind, "tag": tag.slug, **({"language": language} if language else {})}
        return HttpResponseRedirect(f"{path}?{urlencode(query)}")
    request.page.keep(depends=["site", "lists", VERSION])  # type: ignore[attr-defined]
    stories = met_by(person_of(request))
    ranks = listing.of(name, _asked(stories, tag, language))
    context = _page(request, RANKINGS[name], ranks, {**_of_tag(tag), "language": language})
    context |= {"tag": tag, "typed": request.GET.get("tag", "")[:150] if tag is None else ""}
    context |= {"language": language, "languages": _languages(name, stories, language)}
    context["canonical_url"] = f"{settings.BASE_URL}{path}"
    return render(request, "reading/ranking.html", context)


def _tag(request: HttpRequest) -> Tag | None:
    """The tag in the address, or that somebody typed the name of; a synonym leads to what it means."""
    kind, typed = request.GET.get("kind", ""), request.GET.get("tag", "").strip()
    if not typed:
        return None
    named = Q(kind=kind, slug=typed) | Q(name_key=name_key(typed)[:200])
    tags = sorted(
        met(person_of(request)).filter(named).select_related("merged_into"),
        key=lambda tag: (tag.kind != kind, tag.slug != typed, tag.kind),
    )
    return (tags[0].merged_into or tags[0]) if tags else None


def _of_tag(tag: Tag | None) -> dict[str, str]:
    return {"kind": tag.kind, "tag": tag.slug} if tag else {}


def _asked(stories: QuerySet[Story], tag: Tag | None, language: str) -> QuerySet[Story]:
    if tag is not None:
        stories = stories.filter(pk__in=EffectiveTag.objects.filter(tag=tag).values("story"))
    return stories.filter(language=language) if language else stories


def _languages(name: str, stories: QuerySet[Story], chosen: str) -> list[str]:
    """In which languages these stories stand in this ranking."""
    rows = listing.of(name, stories).filter(position__lte=listing.DEEPEST).order_by()
    return sorted({*rows.values_list("story__language", flat=True).distinct(), *filter(None, [chosen])})


def _page(
    request: HttpRequest, ranking: Ranking, ranks: QuerySet[Rank], query: dict[str, str]
) -> dict[str, Any]:
    """The places of one page; a page beyond the last is the last."""
    pages = Paginator(ranks, SIZE)
    wanted = request.GET.get("page", "1")
    page = pages.get_page(min(int(wanted), MOST_PAGES) if wanted.isdecimal() and len(wanted) < 9 else 1)
    found = list(page)
    shown = cards([rank.story for rank in found])
    request.page.keep(depends=[], counts=[f"counts:{card.id}" for card in shown])  # type: ignore[attr-defined]
    rows = [
        {"card": card, "number": number, "lines": listing.lines(rank)}
        for number, (rank, card) in enumerate(zip(found, shown, strict=True), page.start_index())
    ]
    chosen = {key: value for key, value in query.items() if value}
    path = f"/rankings/{ranking.name}/?"

    def to(number: int) -> str:
        return path + urlencode({**chosen, "page": number})

    return {
        "ranking": ranking,
        "rows": rows,
        "next_url": to(page.number + 1) if page.has_next() and page.number < MOST_PAGES else "",
        "previous_url": to(page.number - 1) if page.has_previous() else "",
        "others": [one for one in RANKINGS.values() if one is not ranking],
        "nothing": _("Nothing stands here yet. Ranks need some days of reading; come back soon."),
    }
