"""What the host has chosen, collection by collection."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from talehouse.pages.keeping import kept
from talehouse.rankings import collecting
from talehouse.reading.cards import cards
from talehouse.reading.opening import person_of
from talehouse.reading.views.lists import met_by

MOST = 6


@kept
def collections(request: HttpRequest) -> HttpResponse:
    """Each with its first stories, as far as this person may meet them; one without any is not shown."""
    found = collecting.in_front(met_by(person_of(request)), most=MOST)
    known = {card.id: card for card in cards([entry.story for some in found.values() for entry in some])}
    rows = [
        {"list": some[0].list, "cards": [known[entry.story_id] for entry in some]} for some in found.values()
    ]
    request.page.keep(  # type: ignore[attr-defined]
        depends=["site", "lists", collecting.VERSION, *(f"list:{pk}" for pk in found)],
        counts=[f"counts:{card}" for card in known],
    )
    context = {"rows": rows, "canonical_url": f"{settings.BASE_URL}/collections/"}
    return render(request, "reading/collections.html", context)
