"""Where a person is signed in, and signing out there.

A row is written at each sign-in and goes with its session; nothing is written while pages are read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.auth import login
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account
from talehouse.accounts.sessions import belongs

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass(frozen=True, slots=True)
class Place:
    """A browser in which somebody is signed in. `number` names it in the form that ends it."""

    number: int
    since: datetime
    address: str
    browser: str
    system: str
    is_here: bool


def sign_in(request: HttpRequest, account: Account) -> None:
    """Sign somebody in who has shown who they are by another way than the sign-in page."""
    login(request, account, backend=BACKEND)
    UserSession.objects.create_from_request(request)


def places(account: Account, *, here: str) -> list[Place]:
    """Where this account is signed in, this browser (of the session `here`) first; two queries."""
    rows = {row.session_key: row for row in UserSession.objects.filter(user=account)}
    living = Session.objects.filter(session_key__in=rows, expire_date__gt=timezone.now())
    found = [
        _place(rows[key], here)
        for key, data in living.values_list("session_key", "session_data")
        if belongs(data, account)
    ]
    return sorted(found, key=lambda place: (place.is_here, place.since), reverse=True)


def _place(row: UserSession, here: str) -> Place:
    browser, system = told_by(row.user_agent)
    return Place(row.pk, row.created_at, row.ip, browser, system, row.session_key == here)


BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Chromium", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def told_by(user_agent: str) -> tuple[str, str]:
    """Browser and system, as far as a browser says; "" for what it does not say."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    return browser, system


@transaction.atomic
def sign_out(numbers: list[int] | None, *, by: Account, here: str) -> int:
    """End these sessions of mine; None: all but this one. Returns how many ended."""
    rows = UserSession.objects.filter(user=by).exclude(session_key=here)
    if numbers is not None:
        rows = rows.filter(pk__in=numbers)
    keys = list(rows.values_list("session_key", flat=True))
    ended = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now()).delete()[0]
    rows.delete()
    return ended


def forget_one(session_key: str) -> None:
    """A session ends: what was known of where it was goes too."""
    UserSession.objects.filter(session_key=session_key).delete()


def forget() -> int:
    """Delete sessions that have ended, and what was known of them; the worker calls it. Returns how many."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    living = Session.objects.filter(session_key=OuterRef("session_key"))
    gone: int = UserSession.objects.filter(~Exists(living)).delete()[0]
    return gone


def sentence(number: int) -> str:
    """What signing out elsewhere has done."""
    return _("You are signed out everywhere else.") if number else _("You were signed in nowhere else.")
