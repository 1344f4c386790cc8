"""The first look: rows of stories, each with its reason, and a few lines of one's own."""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from talehouse.pages.keeping import kept
from talehouse.rankings import collecting, listing
from talehouse.rankings.computing import RANKINGS, VERSION
from talehouse.reading.cards import Card, cards, selected
from talehouse.reading.opening import person_of
from talehouse.reading.views.lists import anybodys, met_by
from talehouse.stories.models import Story

ROW = 12
RANKED = ("rising", "finished", "gems", "longest")
COLLECTIONS = 3
"""So many collections of the host have a row of their own; the rest are one link away."""


class Row(NamedTuple):
    """A shelf on the home page."""

    key: str
    title: str
    more_url: str
    reason: str
    cards: list[Card]


class Found(NamedTuple):
    """A row before its stories are cards."""

    key: str
    title: str
    more_url: str
    reason: str
    stories: list[Story]


@kept
def home(request: HttpRequest) -> HttpResponse:
    """What rises, what is new, what is read to its end, what few have found; what the host has chosen."""
    found = [row for row in _rows(met_by(person_of(request))) if row.stories]
    each = {story.pk: story for row in found for story in row.stories}
    known = {card.id: card for card in cards(list(each.values()))}
    rows = [Row(*row[:4], [known[story.pk] for story in row.stories]) for row in found]
    request.page.keep(  # type: ignore[attr-defined]
        depends=["site", "lists", VERSION, collecting.VERSION, *_lists(found)],
        counts=[f"counts:{card}" for card in known],
    )
    context = {
        "rows": rows,
        "empty": not rows,
        "above": not rows and anybodys(person_of(request)).exists(),
        "canonical_url": f"{settings.BASE_URL}/",
    }
    return render(request, "reading/home.html", context)


def _lists(found: list[Found]) -> list[str]:
    """The versions of the reading lists that have a row."""
    return [row.key.replace("-", ":", 1) for row in found if row.key.startswith("list-")]


def _rows(met: QuerySet[Story]) -> list[Found]:
    """The rows in their order, empty ones too. Where too few people read with an account to tell who reads to
    the end, there is what was read longest.
    """
    tops = listing.tops(RANKED, met, most=ROW)
    ranked = {
        name: Found(
            name,
            str(RANKINGS[name].title),
            f"/rankings/{name}/",
            str(RANKINGS[name].reason),
            [rank.story for rank in ranks],
        )
        for name, ranks in tops.items()
    }
    ends = ranked["finished"] if tops["finished"] else ranked["longest"]
    return [ranked["rising"], _fresh(met), *_collections(met), ends, ranked["gems"]]


def _fresh(met: QuerySet[Story]) -> Found:
    newest = selected(met).order_by("-updated_at", "-pk")[:ROW]
    reason = _("The stories that were updated last")
    return Found("fresh", _("Fresh parts"), "/browse/", reason, list(newest))


def _collections(met: QuerySet[Story]) -> list[Found]:
    rows = collecting.in_front(met, most=ROW, lists=COLLECTIONS)
    return [
        Found(
            f"list-{pk}",
            entries[0].list.title,
            entries[0].list.url,
            entries[0].list.note.partition("\n")[0],
            [entry.story for entry in entries],
        )
        for pk, entries in rows.items()
    ]
