"""Push ends with the session in which it was allowed, if somebody ends that: a lost phone hears nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from talehouse.accounts.models import Account
from talehouse.accounts.tests.signing import FIREFOX, PASSWORD, PHONE, here
from talehouse.notifications import pushing
from talehouse.notifications.models import Device, Kind
from talehouse.notifications.wishes import Way, choose
from talehouse.votes import casting
from tests.cast import Cast, first, story
from tests.delivering import deliver_now
from tests.receiving import Service, Subscriber

DEVICES = "/settings/notifications/devices/"
SESSIONS = "/accounts/sessions/"
BROWSER = Subscriber()
NEW = "another long secret"


@pytest.fixture
def writer(cast: Cast, settings: Any, box: Service) -> Account:
    """Somebody with a password, who wants votes to be pushed."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()  # how often somebody signed in before
    cast.writer.set_password(PASSWORD)
    cast.writer.save()
    EmailAddress.objects.create(user=cast.writer, email=cast.writer.email, primary=True, verified=True)
    choose(Kind.VOTES, Way(push=True), by=cast.writer)
    return cast.writer


def signs_in(box: Service, who: Account, name: str, browser: str = FIREFOX) -> Client:
    """A browser in which somebody has signed in and allowed push."""
    client = here(who.email, browser)
    given = {"endpoint": box.endpoint(name), "p256dh": BROWSER.p256dh, "auth": BROWSER.auth}
    assert client.post(DEVICES, given).status_code == 302
    return client


def number_of(client: Client) -> int:
    """By which the list of sessions names this one."""
    found: int = UserSession.objects.get(session_key=client.session.session_key).pk
    return found


def reached(box: Service, cast: Cast) -> set[str]:
    """Which browsers hear of something new."""
    deliver_now()
    box.posted.clear()
    casting.cast(first(story(cast)), by=cast.reader)
    deliver_now()
    pushing.send_due()
    return {posted.path.removeprefix("/send/") for posted in box.posted}


def test_signing_out_everywhere_else_ends_push_there(cast: Cast, writer: Account, box: Service) -> None:
    desk = signs_in(box, writer, "desk")
    signs_in(box, writer, "phone", PHONE)
    assert reached(box, cast) == {"desk", "phone"}
    desk.post(SESSIONS)
    assert reached(box, cast) == {"desk"}
    assert [device.endpoint for device in writer.devices.all()] == [box.endpoint("desk")]


def test_signing_out_in_one_place_ends_push_there(cast: Cast, writer: Account, box: Service) -> None:
    desk, phone = signs_in(box, writer, "desk"), signs_in(box, writer, "phone", PHONE)
    signs_in(box, writer, "tablet")
    desk.post(SESSIONS, {"number": number_of(phone)})
    assert reached(box, cast) == {"desk", "tablet"}


def test_signing_out_here_ends_push_here(cast: Cast, writer: Account, box: Service) -> None:
    desk = signs_in(box, writer, "desk")
    signs_in(box, writer, "phone", PHONE)
    desk.post("/accounts/logout/")
    assert reached(box, cast) == {"phone"}


def test_a_new_password_ends_push_elsewhere(cast: Cast, writer: Account, box: Service) -> None:
    desk, phone = signs_in(box, writer, "desk"), signs_in(box, writer, "phone", PHONE)
    changed = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert desk.post("/accounts/password/change/", changed).status_code == 302
    assert desk.get("/write/").status_code == 200 and phone.get("/write/").status_code == 302
    assert reached(box, cast) == {"desk"}


def test_a_browser_that_has_changed_the_password_is_still_known(
    cast: Cast, writer: Account, box: Service
) -> None:
    """Its session has another key since then."""
    phone = signs_in(box, writer, "phone", PHONE)
    phone.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert reached(box, cast) == {"phone"}
    desk = Client(headers={"user-agent": FIREFOX})
    desk.post("/accounts/login/", {"login": writer.email, "password": NEW})
    desk.post(SESSIONS, {"number": number_of(phone)})
    assert reached(box, cast) == set()


def test_a_forgotten_password_that_is_set_anew_ends_push_everywhere(
    cast: Cast, writer: Account, box: Service
) -> None:
    desk = signs_in(box, writer, "desk")
    signs_in(box, writer, "phone", PHONE)
    desk.post("/accounts/password/reset/", {"email": writer.email})
    link = re.search(r"/accounts/password/reset/key/\S+", str(mail.outbox[-1].body))
    assert link is not None
    form: Any = desk.get(link[0], follow=True)
    desk.post(form.request["PATH_INFO"], {"password1": NEW, "password2": NEW})
    assert desk.get("/write/").status_code == 302
    assert reached(box, cast) == set()


def test_a_session_that_ends_by_itself_takes_nothing_away(cast: Cast, writer: Account, box: Service) -> None:
    phone = signs_in(box, writer, "phone", PHONE)
    Session.objects.filter(session_key=phone.session.session_key).update(
        expire_date=timezone.now() - timedelta(seconds=1)
    )
    assert reached(box, cast) == {"phone"}


def test_a_browser_whose_session_is_over_goes_with_the_others(
    cast: Cast, writer: Account, box: Service
) -> None:
    """Nobody knows whether the session that is ended now is the one that followed it there."""
    phone, desk = signs_in(box, writer, "phone", PHONE), signs_in(box, writer, "desk")
    Session.objects.filter(session_key=phone.session.session_key).update(
        expire_date=timezone.now() - timedelta(seconds=1)
    )
    again = here(writer.email, PHONE)
    desk.post(SESSIONS, {"number": number_of(again)})
    assert reached(box, cast) == {"desk"}


def test_browsers_of_before_sessions_were_noted_end_too(cast: Cast, writer: Account, box: Service) -> None:
    desk = signs_in(box, writer, "desk")
    signs_in(box, writer, "old")
    Device.objects.filter(endpoint=box.endpoint("old")).update(session="")
    desk.post("/accounts/logout/")
    assert reached(box, cast) == {"old"}, "nobody has ended that"
    here(writer.email).post(SESSIONS)
    assert reached(box, cast) == set()


def test_nobody_ends_push_of_somebody_else(cast: Cast, writer: Account, box: Service) -> None:
    phone = signs_in(box, writer, "phone", PHONE)
    cast.stranger.set_password(PASSWORD)
    cast.stranger.save()
    strange = signs_in(box, cast.stranger, "strange")
    strange.post(SESSIONS, {"number": number_of(phone)})
    strange.post(SESSIONS)
    strange.post("/accounts/logout/")
    assert reached(box, cast) == {"phone"}


def test_who_signs_in_and_allows_meanwhile_is_told(cast: Cast, writer: Account, box: Service) -> None:
    """The log is read a moment later: what was allowed since then stays."""
    desk = signs_in(box, writer, "desk")
    desk.post(SESSIONS)
    signs_in(box, writer, "phone", PHONE)
    assert reached(box, cast) == {"desk", "phone"}


def test_the_log_names_no_key_of_a_session(cast: Cast, writer: Account, box: Service) -> None:
    desk, phone = signs_in(box, writer, "desk"), signs_in(box, writer, "phone", PHONE)
    keys = {desk.session.session_key, phone.session.session_key}
    devices = set(writer.devices.values_list("session", flat=True))
    assert len(devices) == 2 and not devices & keys
