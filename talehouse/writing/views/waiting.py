"""Comments that wait for a writer: read them, let them be seen, or hide them; one or many at once."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from talehouse.comments import deciding
from talehouse.writing.opening import account_of, desk

A_PAGE = 50


@desk
@require_http_methods(["GET", "POST"])
def comments(request: HttpRequest) -> HttpResponse:
    """The oldest first, since it has waited longest; fifty on a page."""
    if request.method == "POST":
        return _decide(request)
    rows = deciding.waiting_for(account_of(request)).select_related("pen_name", "part", "story", "series")
    waiting = list(rows.order_by("held_at", "pk")[: A_PAGE + 1])
    context = {"waiting": waiting[:A_PAGE], "more": len(waiting) > A_PAGE}
    return render(request, "writing/waiting.html", context)


def _decide(request: HttpRequest) -> HttpResponse:
    show = request.POST.get("do") == "show"
    ids = [int(pk) for pk in request.POST.getlist("comment")[:A_PAGE] if pk.isdecimal() and len(pk) < 19]
    number = deciding.decide_waiting(ids, by=account_of(request), show=show)
    if show:
        said = ngettext(
            "%(n)d comment is seen by everybody now.", "%(n)d comments are seen by everybody now.", number
        )
    else:
        said = ngettext("%(n)d comment is hidden.", "%(n)d comments are hidden.", number)
    messages.success(request, said % {"n": number})
    return HttpResponseRedirect("/write/comments/")
