"""The list of where somebody is signed in, and signing out there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from talehouse.accounts import signed_in
from talehouse.accounts.models import Account
from talehouse.accounts.tests.signing import FIREFOX, PASSWORD, PHONE, here
from talehouse.ops import preparing
from tests.cast import Cast


def test_the_list_of_sessions(known: Account) -> None:
    client = here(known.email)
    here(known.email, PHONE)
    page = client.get("/accounts/sessions/").content.decode()
    assert "Firefox on Linux" in page and "Safari on iPhone" in page
    assert page.count("this one") == 1 and page.index("this one") < page.index("iPhone")


def test_looking_at_the_list_writes_nothing_and_asks_little(known: Account) -> None:
    client = here(known.email)
    for _n in range(3):
        here(known.email, PHONE)
    Session.objects.exclude(session_key=client.session.session_key).first().delete()  # type: ignore[union-attr]
    before = UserSession.objects.count()
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/accounts/sessions/").status_code == 200
    wrote = [one["sql"] for one in asked if not one["sql"].lstrip().startswith("SELECT")]
    assert wrote == [] and len(asked) <= 8
    assert UserSession.objects.count() == before


def test_signing_out_everywhere_else(known: Account, cast: Cast) -> None:
    client, other, third = here(known.email), here(known.email, PHONE), here(known.email, PHONE)
    cast.writer.set_password(PASSWORD)
    cast.writer.save()
    writers = here(cast.writer.email)
    answer = client.post("/accounts/sessions/", follow=True)
    assert "signed out everywhere else" in answer.content.decode()
    assert client.get("/write/").status_code == 200 and writers.get("/write/").status_code == 200
    assert other.get("/write/").status_code == third.get("/write/").status_code == 302
    assert "nowhere else" in client.post("/accounts/sessions/", follow=True).content.decode()


def test_signing_out_in_one_place(known: Account, cast: Cast) -> None:
    client, other, third = here(known.email), here(known.email, PHONE), here(known.email, PHONE)
    number = UserSession.objects.get(session_key=other.session.session_key).pk
    cast.writer.set_password(PASSWORD)
    cast.writer.save()
    here(cast.writer.email).post("/accounts/sessions/", {"number": number})
    assert other.get("/write/").status_code == 200, "it is not the writer's to end"
    client.post("/accounts/sessions/", {"number": "all of them"})
    assert other.get("/write/").status_code == 200
    client.post("/accounts/sessions/", {"number": number})
    assert other.get("/write/").status_code == 302 and third.get("/write/").status_code == 200


def test_what_is_known_of_a_session_goes_with_it(known: Account) -> None:
    client, other = here(known.email), here(known.email, PHONE)
    assert UserSession.objects.count() == 2
    client.post("/accounts/logout/")
    assert UserSession.objects.count() == 1
    Session.objects.filter(session_key=other.session.session_key).update(
        expire_date=timezone.now() - timedelta(seconds=1)
    )
    assert signed_in.forget() == 1
    assert not UserSession.objects.exists() and not Session.objects.exists()


def test_a_new_password_ends_other_sessions_and_the_list_knows(known: Account) -> None:
    client, other = here(known.email), here(known.email, PHONE)
    new = {"oldpassword": PASSWORD, "password1": "another long secret", "password2": "another long secret"}
    assert client.post("/accounts/password/change/", new).status_code == 302
    assert client.get("/write/").status_code == 200 and other.get("/write/").status_code == 302
    page = client.get("/accounts/sessions/").content.decode()
    assert "iPhone" not in page and page.count("this one") == 1


def test_the_first_host_is_on_the_list_too(db: None) -> None:
    client = Client(headers={"user-agent": FIREFOX})
    account = {"email": "host@example.org", "password": PASSWORD, "pen_name": "The Keeper"}
    client.post(preparing.welcome_link(), account)
    assert "Firefox on Linux" in client.get("/accounts/sessions/").content.decode()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (FIREFOX, ("Firefox", "Linux")),
        (PHONE, ("Safari", "iPhone")),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/150.0 Safari/537.36 Edg/150.0", ("Edge", "Windows")),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/150.0 Mobile Safari/537.36", ("Chrome", "Android")),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15) Version/18 Safari/605", ("Safari", "macOS")),
        ("curl/8.0", ("", "")),
        ("", ("", "")),
    ],
)
def test_what_a_browser_says_of_itself(said: str, told: tuple[str, str]) -> None:
    assert signed_in.told_by(said) == told
