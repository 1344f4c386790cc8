"""Where I am, told by the page that I read, and what I have read, marked by hand."""

from __future__ import annotations

from urllib.parse import quote

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from talehouse.lib.rates import Rate
from talehouse.library import placing, shelving, telling
from talehouse.library.models import Shelf
from talehouse.reading.opening import account_of, onward, person_of, sender_of
from talehouse.stories.errors import RuleError
from talehouse.stories.models import Part, Story

MARKS = ("read", "unread", "read-above", "unread-above")
RATE = Rate(limit=120, seconds=60)
"""Messages of one account a minute, on all its devices; a page sends at most one in some seconds."""


@never_cache
@require_POST
def places(request: HttpRequest) -> HttpResponse:
    """JSON in, JSON out, as `library/telling.py` says; 401 without an account, 429 when too many come."""
    account = sender_of(request, RATE)
    if isinstance(account, JsonResponse):
        return account
    try:
        told = telling.read(request.body)
        placing.note(told.places, by=account, device_now=told.now)
    except RuleError as refusal:
        return JsonResponse({"message": str(refusal)}, status=400)
    asked = {*told.ask, *(place.part for place in told.places)}
    known = placing.known(asked, by=account)
    return JsonResponse(telling.answer(known, now=timezone.now(), device_now=told.now))


@never_cache
@login_required
@require_POST
def shelf(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a story on a shelf, or take it off; on one of my own by `own` ("12-1": on, "12-0": off)."""
    account, key = account_of(request), request.POST.get("key", "")[:30]
    try:
        if "own" in request.POST:
            said = _own(request, pk, key)
        elif wanted := request.POST.get("shelf", ""):
            shelving.put(_story(request, pk, key), wanted, by=account, key=key)
            said = _("On the shelf.")
        else:
            shelving.take_off(pk, by=account)
            said = _("Off the shelf.")
    except RuleError as refusal:
        return _refused(request, str(refusal))
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"said": said})
    default = f"/stories/{pk}/?key={quote(key)}" if key else f"/stories/{pk}/"
    return HttpResponseRedirect(onward(request, default))


def _story(request: HttpRequest, pk: int, key: str) -> Story:
    """A story that this person may see, also one to which they were let in before."""
    keys = [key, *placing.keys(account_of(request))]
    return get_object_or_404(Story.objects.visible_to(person_of(request), keys=keys), pk=pk)


def _own(request: HttpRequest, pk: int, key: str) -> str:
    account = account_of(request)
    number, _hyphen, on = request.POST["own"].partition("-")
    mine = get_object_or_404(Shelf, pk=_id(number), account=account)
    if on == "0":
        shelving.drop(pk, mine, by=account)
        return _("Off the shelf.")
    shelving.add(_story(request, pk, key), mine, by=account, key=key)
    return _("On the shelf.")


def _id(number: str) -> int:
    """An id as a form sends it; 0, which nothing has, for anything else."""
    return int(number) if number.isdecimal() and len(number) < 19 else 0


def _refused(request: HttpRequest, message: str) -> HttpResponse:
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"message": message}, status=400)
    return render(request, "403.html", {"message": message}, status=400)


@never_cache
@login_required
@require_POST
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """A story leaves my library, whether or not it is still there."""
    shelving.remove_story(pk, by=account_of(request))
    return HttpResponseRedirect(onward(request, "/library/"))


@never_cache
@login_required
@require_POST
def mark(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a part of a story read or unread, or with `read-above`, `unread-above` all up to it."""
    account, key = account_of(request), request.POST.get("key", "")[:30]
    what = next((name for name in MARKS if name in request.POST), "")
    number = request.POST.get(what, "")
    visible = Part.objects.visible_to(account, keys=[key, *placing.keys(account)]).released()
    part = get_object_or_404(visible.filter(story=pk).select_related("story"), pk=_id(number))
    rule = placing.mark_unread if what.startswith("unread") else placing.mark_read
    rule(part, by=account, above=what.endswith("above"))
    back = f"/library/stories/{pk}/{f'?key={quote(key)}' if key else ''}#part-{part.pk}"
    return HttpResponseRedirect(onward(request, back))
