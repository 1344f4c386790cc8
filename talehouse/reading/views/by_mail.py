"""Following a story by mail without an account: asking, confirming, ending."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from talehouse.accounts.models import Visitor
from talehouse.lib.rates import Rate
from talehouse.library import by_mail
from talehouse.library.forms import MailForm
from talehouse.library.models import MailFollow
from talehouse.reads.views import reader_of
from talehouse.stories.models import Story

RATE = Rate(limit=10, seconds=3600)
"""Addresses that may be typed in from one place in an hour."""


@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """One field. The answer is the same whatever is known of the address."""
    out = Story.objects.visible_to(Visitor()).filter(release_at__isnull=False)
    story: Story = get_object_or_404(out, pk=pk)
    form = MailForm(request.POST or None)
    context: dict[str, Any] = {"story": story, "form": form}
    if request.method == "GET":
        return render(request, "library/mail_ask.html", context)
    if not form.is_valid():
        return render(request, "library/mail_ask.html", context, status=400)
    if not RATE.allows(reader_of(request).address):
        form.add_error(None, _("These were many addresses in a short time. Please wait an hour."))
        return render(request, "library/mail_ask.html", context, status=429)
    by_mail.ask(story, form.cleaned_data["email"], language=get_language() or "")
    return render(request, "library/mail_ask.html", {**context, "sent": form.cleaned_data["email"]})


@never_cache
@require_http_methods(["GET", "POST"])
def follow(request: HttpRequest, secret: str) -> HttpResponse:
    """The link in the first mail: a button, as programs that look over mails open links; POST confirms."""
    found = by_mail.found(secret)
    if found is None:
        raise Http404
    confirmed = found.confirmed_at is not None
    if request.method == "POST":
        by_mail.confirm(secret)
    context = {
        **_told(found),
        "confirmed": confirmed or request.method == "POST",
        "fresh": not confirmed,
        "secret": secret,
    }
    return render(request, "library/mail_follow.html", context)


def _told(found: MailFollow) -> dict[str, str]:
    """What may be said of the story, as a visitor sees it."""
    seen = Story.objects.visible_to(Visitor()).filter(pk=found.story_id).exists()
    return {"title": found.story.title, "url": found.story.url} if seen else {"title": "", "url": ""}


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, secret: str) -> HttpResponse:
    """No more mails, by the link in each (RFC 8058): mail programs send a bare POST, people have a button."""
    if request.method == "POST":
        by_mail.end(secret)
        return render(request, "library/mail_follow.html", {"ended": True})
    found = by_mail.found(secret)
    if found is None:
        return render(request, "library/mail_follow.html", {"ended": True})
    return render(request, "library/mail_end.html", _told(found))
