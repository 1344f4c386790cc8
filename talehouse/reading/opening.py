"""Opening a story or a part by its address: who asks, with which key, and how long the answer may be kept."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account, Person
from talehouse.lib.rates import Rate
from talehouse.stories.models import Part, Role, Story, Visibility


def person_of(request: HttpRequest) -> Person:
    """Who asks."""
    person: Person = request.person  # type: ignore[attr-defined]
    return person


def account_of(request: HttpRequest) -> Account:
    """Who asks, where only people who have signed in come."""
    account: Account = person_of(request)  # type: ignore[assignment]  # who has signed in is an account
    return account


def sender_of(request: HttpRequest, rate: Rate) -> Account | JsonResponse:
    """Who sends a message from a script, or what it is answered: 401 without an account, 429 if it sends too
    many.
    """
    if not person_of(request).is_authenticated:
        return JsonResponse({"message": _("Please sign in first.")}, status=401)
    account = account_of(request)
    if rate.allows(str(account.pk)):
        return account
    return JsonResponse({"message": _("A little slower, please.")}, status=429, headers={"Retry-After": "60"})


def onward(request: HttpRequest, default: str) -> str:
    """Where the form wants to lead (`next`), if that is here."""
    wanted = request.POST.get("next", "")
    own = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if own else default


def key_of(request: HttpRequest) -> str:
    """The key of an unlisted story, as it stands in the address."""
    return request.GET.get("key", "")[:40]


def suffix(story: Story, key: str) -> str:
    """What the addresses of an unlisted story carry along."""
    return f"?key={quote(key)}" if key and story.visibility == Visibility.UNLISTED else ""


def moved(request: HttpRequest, url: str) -> HttpResponse:
    """To the right slug, with the same query."""
    query = request.META.get("QUERY_STRING", "")
    return HttpResponseRedirect(f"{url}?{query}" if query else url)


def is_out(part: Part) -> bool:
    """Whether its time has come."""
    return part.release_at is not None and part.release_at <= timezone.now()


def has_role(person: Person, story: Story) -> bool:
    """Whether this person belongs to the story."""
    if person.pk is None:
        return False
    roles = Role.objects.filter(story=story, pen_name__account=person.pk, accepted_at__isnull=False)
    return roles.exists()


def keep(
    request: HttpRequest, story: Story, releases: list[datetime | None], *, visitors_only: bool = False
) -> None:
    """Keep the page if it looks the same to everybody; it ends at the next scheduled release."""
    if story.visibility != Visibility.PUBLIC or story.hidden_at or story.withdrawn_at or story.held_at:
        return
    now = timezone.now()
    until = min((at for at in releases if at is not None and at > now), default=None)
    entry = getattr(story, "series_entry", None)
    depends = ["site", f"story:{story.pk}", *([f"series:{entry.series_id}"] if entry else [])]
    request.page.keep(  # type: ignore[attr-defined]
        depends=depends, counts=[f"counts:{story.pk}"], until=until, visitors_only=visitors_only
    )
