"""What I am told, and how I want to be told."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from talehouse.accounts.models import Account
from talehouse.accounts.signed_in import mark_of
from talehouse.notifications import devices, house_key, mailing, reading, wishes
from talehouse.notifications.forms import WishesForm
from talehouse.notifications.models import Kind
from talehouse.notifications.showing import lines
from talehouse.stories.errors import NotAllowedError, RuleError


def _account(request: HttpRequest) -> Account:
    account: Account = request.person  # type: ignore[attr-defined]
    return account


@never_cache
@login_required
@require_http_methods(["GET"])
def mine(request: HttpRequest) -> HttpResponse:
    """The newest first, fifty on a page."""
    before = request.GET.get("before", "")
    rows, following = reading.page(_account(request), before)
    told = lines(rows, _account(request))
    context: dict[str, Any] = {"lines": told, "following": following, "before": before}
    return render(request, "notifications/mine.html", context)


@login_required
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """I have read all of them."""
    reading.mark_read(by=_account(request))
    return HttpResponseRedirect("/notifications/")


@login_required
@require_POST
def read_one(request: HttpRequest, pk: int) -> HttpResponse:
    """I have read this one: by its button, or a script tells it when its link is followed."""
    account = _account(request)
    reading.read_one(get_object_or_404(account.notifications, pk=pk), by=account)
    if "js" in request.POST:
        return HttpResponse(status=204)
    before = request.POST.get("before", "")
    page = f"?before={before}" if before.isascii() and before.isdecimal() else ""
    return HttpResponseRedirect(f"/notifications/{page}")


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
    return _settings(request, form, status=400 if request.method == "POST" else 200)


def _settings(request: HttpRequest, form: WishesForm, *, status: int) -> HttpResponse:
    account = _account(request)
    mine = account.devices.order_by("-made_at", "-pk")
    context = {"form": form, "devices": mine, "refused": mailing.is_refused(account) and account.email}
    return render(request, "notifications/settings.html", context, status=status)


@login_required
@require_POST
def device(request: HttpRequest) -> HttpResponse:
    """Push to this browser from now on; a script has filled the form in."""
    account = _account(request)
    given = {name: request.POST.get(name, "") for name in ("endpoint", "p256dh", "auth")}
    agent, session = request.headers.get("User-Agent", ""), mark_of(request.session)
    try:
        devices.subscribe(**given, by=account, agent=agent, session=session)
    except RuleError as refusal:
        messages.error(request, str(refusal))
        ways = WishesForm(ways=wishes.all_of(account), quiet=getattr(account, "quiet", None))
        return _settings(request, ways, status=403 if isinstance(refusal, NotAllowedError) else 400)
    messages.success(request, _("This browser tells you from now on what is ticked under “Push”."))
    return HttpResponseRedirect("/settings/notifications/")


@login_required
@require_POST
def device_renew(request: HttpRequest) -> HttpResponse:
    """Where a browser of mine is reached now; a script tells it, and reads no page."""
    given = {name: request.POST.get(name, "") for name in ("old", "endpoint", "p256dh", "auth")}
    try:
        devices.renew(**given, by=_account(request), session=mark_of(request.session))
    except RuleError as refusal:
        status = 404 if isinstance(refusal, NotAllowedError) else 400
        return JsonResponse({"error": str(refusal)}, status=status)
    return HttpResponse(status=204)


@login_required
@require_POST
def device_key(request: HttpRequest) -> HttpResponse:
    """The public key that a browser needs to subscribe. It is a POST since the first one makes the key."""
    return JsonResponse({"key": house_key.public()})


@login_required
@require_POST
def device_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Push to this browser no more."""
    account = _account(request)
    devices.remove(get_object_or_404(account.devices, pk=pk), by=account)
    messages.success(request, _("Nothing is pushed to that browser any more."))
    return HttpResponseRedirect("/settings/notifications/")


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
