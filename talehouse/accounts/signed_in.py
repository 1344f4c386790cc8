"""Where a person is signed in, and signing out there.

A row is written at each sign-in and goes with its session; nothing is written while pages are read. What ends
a session on purpose is told in the log, for what rooms above have given to it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.auth import login
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account
from talehouse.accounts.sessions import MARK, belongs, mark_in
from talehouse.activity.log import record

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
    found = [_place(rows[key], here) for key in _living(list(rows), account)]
    return sorted(found, key=lambda place: (place.is_here, place.since), reverse=True)


def _living(keys: list[str], account: Account) -> dict[str, str]:
    """Those of these sessions in which this account is signed in now, with what they hold."""
    living = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    told = living.values_list("session_key", "session_data")
    return {key: data for key, data in told if belongs(data, account)}


def mark_of(session: SessionBase) -> str:
    """What a session is called outside of it, by rooms above that give it something. It opens nothing, and
    stays the same when the session's key changes; it is made when it is first wanted."""
    if not session.get(MARK):
        session[MARK] = secrets.token_hex(16)
    return str(session[MARK])


def living_marks(account: Account) -> set[str]:
    """What the sessions are called in which this account is signed in now."""
    keys = list(UserSession.objects.filter(user=account).values_list("session_key", flat=True))
    return {mark for data in _living(keys, account).values() if (mark := mark_in(data))}


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
    if keys or numbers is None:
        others_ended(by)
    return ended


def others_ended(account: Account, *, here: str = "") -> None:
    """Tell that sessions of an account have ended on purpose; it belongs into the transaction that ends them.

    `here`: what a session is called that is about to be written anew: it lives, whatever it looks like.
    """
    record("sessions.ended", actor=account.pk, subject=account, here=here)


@transaction.atomic
def leave(session: SessionBase, *, by: Account) -> None:
    """I sign out here: what was known of where this was goes too."""
    UserSession.objects.filter(session_key=session.session_key or "").delete()
    if mark := session.get(MARK):
        record("session.left", actor=by.pk, subject=by, mark=mark)


def forget() -> int:
    """Delete sessions that have ended, and what was known of them; the worker calls it. Returns how many."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    living = Session.objects.filter(session_key=OuterRef("session_key"))
    gone: int = UserSession.objects.filter(~Exists(living)).delete()[0]
    return gone


def sentence(number: int) -> str:
    """What signing out elsewhere has done."""
    return _("You are signed out everywhere else.") if number else _("You were signed in nowhere else.")
