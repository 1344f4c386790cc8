"""Find and replace over a story: look at every place first, then agree."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from talehouse.stories import replacing
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Story
from talehouse.stories.powers import Power
from talehouse.writing import listing
from talehouse.writing.forms import ReplaceForm
from talehouse.writing.opening import account_of, desk, story_for

_PLACE = re.compile(r"([0-9]{1,15})-([0-9]{1,9})-([0-9]{1,7})")
"""A box that is ticked: part, revision number that was looked at, number of the place."""


@desk
@require_http_methods(["GET", "POST"])
def replace(request: HttpRequest, pk: int) -> HttpResponse:
    """GET looks, POST changes what is ticked."""
    story = story_for(request, pk, Power.WRITE)
    asked = request.POST if request.method == "POST" else request.GET
    form = ReplaceForm(asked if "find" in asked or request.method == "POST" else None)
    if request.method == "GET" or not form.is_valid():
        return _show(request, story, form)
    try:
        done = replacing.replace(
            story,
            form.wanted(),
            form.cleaned_data["into"],
            _choices(request),
            by=account_of(request),
            publish="publish" in request.POST,
        )
    except NotAllowedError:
        raise
    except RuleError as refusal:
        return _show(request, story, form, str(refusal))
    _say(request, done)
    return HttpResponseRedirect(f"/write/stories/{pk}/parts/")


def _choices(request: HttpRequest) -> dict[int, replacing.Choice]:
    """What was ticked, by part. Raises RuleError if that is nothing."""
    told: dict[tuple[int, int], set[int]] = defaultdict(set)
    for box in request.POST.getlist("place"):
        if match := _PLACE.fullmatch(box):
            told[int(match[1]), int(match[2])].add(int(match[3]))
    if not told:
        raise RuleError(_("Tick at least one place first."))
    return {part: replacing.Choice(base, frozenset(places)) for (part, base), places in told.items()}


def _say(request: HttpRequest, done: replacing.Replaced) -> None:
    places = ngettext("%(n)d place replaced", "%(n)d places replaced", done.places) % {"n": done.places}
    parts = ngettext("in %(n)d part.", "in %(n)d parts.", done.parts) % {"n": done.parts}
    drafts = done.parts - done.published - done.queued
    waits = ngettext("%(n)d draft waits to be published.", "%(n)d drafts wait to be published.", drafts) % {
        "n": drafts
    }
    queued = ngettext(
        "%(n)d part in the queue comes out with the new text in its turn.",
        "%(n)d parts in the queue come out with the new text in their turn.",
        done.queued,
    ) % {"n": done.queued}
    told = [places, parts, *([waits] if drafts else []), *([queued] if done.queued else [])]
    messages.success(request, " ".join(told))


def _show(request: HttpRequest, story: Story, form: ReplaceForm, error: str = "") -> HttpResponse:
    looked = form.is_bound and form.is_valid()
    found = replacing.look(story, form.wanted()) if looked else []
    number = sum(len(one.hits) for one in found)
    context: dict[str, Any] = {
        "story": story,
        "form": form,
        "found": found,
        "looked": looked,
        "number": number,
        "capped": number >= replacing.MOST_HITS,
        "can": listing.powers_on(story, account_of(request)),
        "states": listing.states_of(story),
        "error": error,
        "here": "replace",
    }
    wrong = error or (form.is_bound and not looked)
    return render(request, "writing/replace.html", context, status=400 if wrong else 200)
