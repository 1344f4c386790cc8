"""The host's pages: the first account, the five questions, health; and the answer for machines."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from talehouse.accounts.approving import waiting
from talehouse.accounts.house import host as first_host
from talehouse.accounts.house import welcome as make_host
from talehouse.accounts.models import Account, Person
from talehouse.accounts.signed_in import sign_in
from talehouse.lib import refusals
from talehouse.ops.doctoring import QUICK, examine
from talehouse.ops.forms import SetupForm, WelcomeForm
from talehouse.ops.preparing import spend_welcome, welcome_opens
from talehouse.site.house import current, set_up
from talehouse.site.mail import fault_of
from talehouse.stories.demo import has_demo, remove_demo
from talehouse.stories.models import Part, Story


def host_of(request: HttpRequest) -> Account:
    """The host who asks; for everybody else this page does not exist."""
    person: Person = request.person  # type: ignore[attr-defined]
    if not person.is_host or person.is_suspended:
        raise Http404
    assert isinstance(request.user, Account)  # a host has signed in
    return request.user


def _sent(request: HttpRequest) -> QueryDict | None:
    """What a form sent, even if that is nothing; None where none was sent."""
    return request.POST if request.method == "POST" else None


@never_cache
@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """The one-time link of the first start: it makes the host's account."""
    if not welcome_opens(token):
        return _no_longer(request)
    form = WelcomeForm(_sent(request))
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            if not spend_welcome(token):
                raise Http404
            account = make_host(**form.cleaned_data, language=get_language() or "")
        sign_in(request, account)
        return HttpResponseRedirect("/host/setup/")
    return render(request, "ops/welcome.html", {"form": form}, status=400 if form.errors else 200)


def _no_longer(request: HttpRequest) -> HttpResponse:
    """A link that opens nothing: while the house waits for its host, how to find the newer one."""
    if first_host() is not None:
        raise Http404
    return render(request, "ops/old_link.html", status=404)


@never_cache
@require_http_methods(["GET", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """Five things on one page; also later, to change them. The demo is asked about at first only: later it is
    removed by a button that asks once more.
    """
    host = host_of(request)
    again = current().set_up_at is not None
    demo = has_demo() and not again
    form = SetupForm(_sent(request), asks_for_demo=demo, initial=_answers(demo))
    if request.method == "POST" and form.is_valid():
        told = dict(form.cleaned_data)
        if told.pop("archive", "demo") == "empty":
            remove_demo(by=host)
        set_up(**told)
        messages.success(request, _("Kept.") if again else _("Your archive is set up."))
        return HttpResponseRedirect("/host/")
    context = {"form": form, "again": again}
    return render(request, "ops/setup.html", context, status=400 if form.errors else 200)


def _answers(demo: bool) -> dict[str, Any]:
    site = current()
    fields = (
        "name",
        "tagline",
        "sign_up",
        "approves_first_story",
        "ceiling",
        "mail_from",
        "smtp_host",
        "smtp_port",
        "smtp_security",
        "smtp_user",
    )
    return {**{field: getattr(site, field) for field in fields}, "archive": "demo" if demo else "empty"}


@never_cache
@require_GET
def host(request: HttpRequest) -> HttpResponse:
    """Health at a glance, and the ways on."""
    asking, house = host_of(request), current()
    context = {
        "health": [finding._asdict() for finding in examine(QUICK)],
        "has_demo": has_demo(),
        "set_up": house.set_up_at is not None,
        "has_mail_server": bool(house.smtp_host),
        "waiting": {
            "people": waiting().count(),
            "stories": Story.objects.waiting_for(asking).count(),
        },
        "numbers": {
            "stories": Story.objects.standing().count(),
            "parts": Part.objects.standing().count(),
            "accounts": Account.objects.filter(is_active=True, demo_since=None).count(),
        },
    }
    return render(request, "ops/host.html", context)


@require_POST
def mail_test(request: HttpRequest) -> HttpResponse:
    """A mail to the host, now: it arrives, or the page says what is wrong with the mail server."""
    asking = host_of(request)
    house = current().name
    subject = _("A test mail from %(house)s") % {"house": house}
    text = _("You have asked %(house)s for this mail. Now you know that its mails arrive.") % {"house": house}
    try:
        EmailMessage(subject, text, to=[asking.email]).send()
    except OSError as error:  # smtplib's errors are OSErrors
        messages.error(request, _not_taken(error, asking))
    else:
        messages.success(request, _("A mail to %(email)s is on its way.") % {"email": asking.email})
    return HttpResponseRedirect("/host/")


def _not_taken(error: OSError, asking: Account) -> str:
    if refusals.is_refusal(error):
        return _("The mail server takes no mail to %(email)s.") % {"email": asking.email}
    return _("No mail was sent. %(fault)s") % {"fault": fault_of(error).label}


@require_POST
def demo_remove(request: HttpRequest) -> HttpResponse:
    """One button: the demo archive is gone."""
    number = remove_demo(by=host_of(request))
    text = ngettext("%(n)d demo story is gone.", "%(n)d demo stories are gone.", number) % {"n": number}
    messages.success(request, text)
    return HttpResponseRedirect("/host/")


@never_cache
@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """For programs: 200 when the database answers, 503 when it does not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:  # whatever is wrong with the database, the answer is the same
        return JsonResponse({"ok": False}, status=503)
    return JsonResponse({"ok": True})
