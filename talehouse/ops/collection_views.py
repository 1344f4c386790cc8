"""The host puts reading lists in front: on the home page and on /collections/."""

from __future__ import annotations

import re

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from talehouse.accounts.models import Account
from talehouse.library import lists
from talehouse.library.models import ReadingList
from talehouse.ops.views import host_of
from talehouse.rankings import collecting
from talehouse.stories.errors import RuleError

STEPS = {"up": -1, "down": 1}
_NUMBER = re.compile(r"(?:.*/lists/)?(\d{1,18})(?:-[^/]*)?/?", re.DOTALL)


@never_cache
@require_http_methods(["GET", "POST"])
def collections(request: HttpRequest) -> HttpResponse:
    """What stands in front, in its order; a POST names what is to be done in `do`."""
    host = host_of(request)
    error = ""
    if request.method == "POST":
        try:
            _do(request, host)
            return HttpResponseRedirect("/host/collections/")
        except RuleError as refusal:
            error = str(refusal)
    own = lists.mine(host).filter(Q(is_public=True), collection=None)
    typed = request.POST.get("list", "") if error else ""
    context = {"shown": collecting.shown(), "own": own, "error": error, "typed": typed}
    return render(request, "ops/collections.html", context, status=400 if error else 200)


def _do(request: HttpRequest, host: Account) -> None:
    what, _hyphen, number = request.POST.get("do", "").partition("-")
    if what in STEPS and number.isdecimal():
        collecting.move(int(number), STEPS[what], by=host)
    elif what == "off" and number.isdecimal():
        collecting.take_down(int(number), by=host)
    else:
        made = collecting.put_up(_named(request.POST.get("list", "")), by=host)
        messages.success(request, _("“%(title)s” stands in front.") % {"title": made.reading_list.title})


def _named(typed: str) -> ReadingList:
    """The public list of this id or address."""
    number = _NUMBER.fullmatch(typed.strip())
    found = lists.public().filter(pk=number.group(1)).first() if number else None
    if found is None:
        raise RuleError(
            _("There is no public reading list at this address. Copy it from the list’s own page.")
        )
    return found
