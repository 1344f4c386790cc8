"""What I am told, and how I want to be told."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from talehouse.accounts.models import Account
from talehouse.notifications import reading, wishes
from talehouse.notifications.forms import WishesForm
from talehouse.notifications.models import Kind
from talehouse.notifications.showing import lines


def _account(request: HttpRequest) -> Account:
    account: Account = request.person  # type: ignore[attr-defined]
    return account


@never_cache
@login_required
@require_http_methods(["GET"])
def mine(request: HttpRequest) -> HttpResponse:
    """The newest first, fifty on a page."""
    rows, following = reading.page(_account(request), request.GET.get("before", ""))
    context: dict[str, Any] = {"lines": lines(rows, _account(request)), "following": following}
    return render(request, "notifications/mine.html", context)


@login_required
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """I have read all of them."""
    reading.mark_read(by=_account(request))
    return HttpResponseRedirect("/notifications/")


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """How I want to hear of each kind, and when not."""
    account = _account(request)
    quiet = getattr(account, "quiet", None)
    form = WishesForm(request.POST or None, ways=wishes.all_of(account), quiet=quiet)
    if request.method == "POST" and form.is_valid():
        wishes.choose_all(form.chosen(), by=account)
        wishes.choose_quiet(form.cleaned_data["begins"], form.cleaned_data["ends"], by=account)
        messages.success(request, _("Saved."))
        return HttpResponseRedirect("/settings/notifications/")
    status = 400 if request.method == "POST" else 200
    return render(request, "notifications/settings.html", {"form": form}, status=status)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, secret: str, kind: str) -> HttpResponse:
    """No more such mails, by the link in each (RFC 8058).

    Mail programs send a bare POST, people press a button. The secret alone says whose mails they are, so no
    session and no token is needed.
    """
    if kind not in (*Kind.values, "all"):
        raise Http404
    label = "" if kind == "all" else Kind(kind).label
    if request.method == "POST":
        if wishes.end_mails(secret, kind) is None:
            raise Http404
        return render(request, "notifications/ended.html", {"label": label})
    return render(request, "notifications/end.html", {"label": label})
