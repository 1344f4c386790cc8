"""Searches that I keep: under a name, followed, or holding everywhere."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from talehouse.reading import facets
from talehouse.reading.opening import account_of
from talehouse.search import addresses, saving
from talehouse.search.asking import heard
from talehouse.search.models import SavedSearch
from talehouse.search.picks import known_to, tags_of
from talehouse.stories.errors import NotAllowedError, RuleError

MINE = "/library/searches/"
VERBS = {
    "follow": saving.follow,
    "unfollow": saving.unfollow,
    "default": saving.make_default,
    "no-default": saving.end_default,
    "remove": saving.remove,
}


@never_cache
@login_required
@require_GET
def searches(request: HttpRequest) -> HttpResponse:
    """All of them, each with what it asks for."""
    account = account_of(request)
    rows = SavedSearch.objects.filter(account=account).order_by("name")
    kept = [(one, addresses.parse(one.query)) for one in rows]
    tags = known_to(account, tags_of(pick for _one, wanted in kept for pick in wanted.picks))
    told: list[dict[str, Any]] = []
    for one, wanted in kept:
        leaves_out = bool(wanted.unwanted) or any(pick.kind == "language" for pick in wanted.wanted)
        chosen = facets.named(wanted, tags)
        told.append({"kept": one, "wanted": wanted, "chosen": chosen, "leaves_out": leaves_out})
    return render(request, "library/searches.html", {"searches": told})


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def keep(request: HttpRequest) -> HttpResponse:
    """Give a search a name; what it asks for stands in the address."""
    account, wanted = account_of(request), addresses.read(request.GET)
    name, error, status = request.POST.get("name", wanted.typed[:100]), "", 200
    if request.method == "POST":
        try:
            saving.keep(wanted, name, by=account)
        except NotAllowedError as refusal:
            return render(request, "403.html", {"message": str(refusal)}, status=403)
        except RuleError as refusal:
            error, status = str(refusal), 400
        else:
            messages.success(request, _("The search is kept."))
            return HttpResponseRedirect(MINE)
    context = {
        "wanted": wanted,
        "chosen": facets.chosen(wanted, heard(wanted, account)),
        "query": addresses.write(wanted),
        "name": name,
        "error": error,
    }
    return render(request, "library/search_keep.html", context, status=status)


@login_required
@require_POST
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Follow one, let it hold everywhere, remove it; and the ways back."""
    account = account_of(request)
    kept = get_object_or_404(SavedSearch.objects.filter(account=account), pk=pk)
    if verb not in VERBS:
        raise Http404
    try:
        VERBS[verb](kept, by=account)
    except NotAllowedError as refusal:
        return render(request, "403.html", {"message": str(refusal)}, status=403)
    except RuleError as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect(MINE)
