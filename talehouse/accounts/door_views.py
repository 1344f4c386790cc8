"""Pages at the doors that are not allauth's own."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from talehouse.accounts import signed_in
from talehouse.accounts.models import Account


@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """What somebody is told whose account waits for the host."""
    return render(request, "account/waiting.html")


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """Where I am signed in; and signing out there, or everywhere else."""
    assert isinstance(request.user, Account)
    here = request.session.session_key or ""
    if request.method == "POST":
        return _sign_out(request, request.user, here)
    found = signed_in.places(request.user, here=here)
    return render(request, "usersessions/usersession_list.html", {"places": found})


def _sign_out(request: HttpRequest, account: Account, here: str) -> HttpResponse:
    number = request.POST.get("number", "")
    wanted = [int(number)] if number.isdecimal() and len(number) <= 18 else None
    if number and wanted is None:
        return HttpResponseRedirect(request.path)
    ended = signed_in.sign_out(wanted, by=account, here=here)
    told = _("You are signed out there.") if wanted else signed_in.sentence(ended)
    messages.success(request, told)
    return HttpResponseRedirect(request.path)
