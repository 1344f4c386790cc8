"""Where a story of mine stands, with all of its inputs: how many readers stay is told to its people alone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from talehouse.rankings import listing
from talehouse.rankings.computing import RANKINGS
from talehouse.stories.powers import Power
from talehouse.writing import listing as desk_listing
from talehouse.writing.opening import account_of, desk, story_for


@desk
@require_GET
def ranks(request: HttpRequest, pk: int) -> HttpResponse:
    """All rankings: the place in each, or what it needs."""
    story = story_for(request, pk, Power.DESCRIBE)
    places = listing.places_of(story)
    rows = [
        {
            "ranking": one,
            "rank": places.get(one.name),
            "lines": listing.lines(places[one.name], private=True) if one.name in places else [],
        }
        for one in RANKINGS.values()
    ]
    context = {
        "story": story,
        "rows": rows,
        "can": desk_listing.powers_on(story, account_of(request)),
        "states": desk_listing.states_of(story),
        "here": "ranks",
    }
    return render(request, "writing/ranks.html", context)
