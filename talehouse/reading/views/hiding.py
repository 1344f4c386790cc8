"""What I do not want to meet: hiding a story, a tag, a writer, and the list of those."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from talehouse.library import hiding
from talehouse.library.models import Hide
from talehouse.reading import people
from talehouse.reading.opening import account_of, person_of
from talehouse.reading.views.lists import met
from talehouse.stories.errors import RuleError
from talehouse.stories.models import Story


@never_cache
@login_required
@require_POST
def story(request: HttpRequest, pk: int) -> HttpResponse:
    """Meet a story in no list, or in lists again (`hide=0`)."""
    return _hide(request, get_object_or_404(Story.objects.visible_to(person_of(request)), pk=pk))


@never_cache
@login_required
@require_POST
def tag(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """The same for every story with a tag."""
    return _hide(request, get_object_or_404(met(person_of(request)), kind=kind, slug=slug))


@never_cache
@login_required
@require_POST
def person(request: HttpRequest, slug: str) -> HttpResponse:
    """The same for every story by a pen name."""
    return _hide(request, get_object_or_404(people.known(), slug=slug))


def _hide(request: HttpRequest, thing: hiding.Hidden) -> HttpResponse:
    try:
        (hiding.unhide if request.POST.get("hide") == "0" else hiding.hide)(thing, by=account_of(request))
    except RuleError as refusal:
        return render(request, "403.html", {"message": str(refusal)}, status=403)
    return HttpResponseRedirect(thing.url)


@never_cache
@login_required
@require_GET
def hidden(request: HttpRequest) -> HttpResponse:
    """All that I hide, each with the way to show it again."""
    lines = hiding.mine(account_of(request))
    groups: list[dict[str, Any]] = [
        {"kind": kind, "lines": [line for line in lines if line.hide.target == kind]}
        for kind in Hide.Target.values
    ]
    return render(request, "library/hidden.html", {"groups": [group for group in groups if group["lines"]]})


@login_required
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one of them again, whatever has become of it."""
    account = account_of(request)
    hiding.end(get_object_or_404(account.hides, pk=pk), by=account)
    return HttpResponseRedirect("/library/hidden/")
