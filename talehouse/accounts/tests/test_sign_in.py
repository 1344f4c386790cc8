"""Signing up, in and out through the pages, and what the pages refuse."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.test import Client

from talehouse.accounts.house import WAITING
from talehouse.accounts.models import Account
from talehouse.accounts.sessions import person_of
from talehouse.accounts.tests.signing import sign_up
from talehouse.site import house
from tests.cast import Cast


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_the_door_is_closed_until_the_host_opens_it(db: None) -> None:
    client = Client()
    page = client.get("/accounts/signup/")
    assert page.status_code == 200 and b'name="password1"' not in page.content
    sign_up(client)
    assert not Account.objects.exists() and not signed_in(client)


def test_no_field_of_the_doors_repeats_its_label_as_a_placeholder(cast: Cast) -> None:
    house.change(sign_up="open")
    visitor, reader = Client(), cast.client("reader")
    doors = [(visitor, door) for door in ("login", "signup", "password/reset")]
    for client, door in (*doors, (reader, "password/change"), (reader, "email")):
        page = client.get(f"/accounts/{door}/", follow=True).content.decode()
        assert re.search(r'<input type="(email|password)"', page), door
        assert "placeholder" not in page, door


def test_signing_up(db: None) -> None:
    house.change(sign_up="open")
    client = Client()
    assert b'name="pen_name"' in client.get("/accounts/signup/").content
    answer = sign_up(client)
    account = Account.objects.get()
    assert answer.status_code == 302 and signed_in(client)
    assert account.email == "new@example.org" and not account.is_host
    assert account.pen_name is not None and account.pen_name.name == "Newcomer"
    assert "sent a mail to new@example.org" in client.get(answer["Location"]).content.decode()


def refuse(self: object, messages: object) -> int:
    """What a mail server does that is not there."""
    raise ConnectionRefusedError


def test_a_mail_that_failed_is_not_told_to_be_sent(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    house.change(sign_up="open")
    client = Client()
    with monkeypatch.context() as fails:
        fails.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
        page = client.get(sign_up(client)["Location"]).content.decode()
    assert signed_in(client) and not mail.outbox
    assert page.count("could not be sent just now") == 1 and "in your settings under “Email address”" in page
    assert "sent a mail to" not in page
    cache.clear()
    again = {"action_send": "", "email": "new@example.org"}
    page = client.post("/accounts/email/", again, follow=True).content.decode()
    assert [letter.to for letter in mail.outbox] == [["new@example.org"]]
    assert "sent a mail to new@example.org" in page


def test_who_waits_is_not_sent_to_settings_that_do_not_open(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.change(sign_up="approval")
    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    client = Client()
    page = client.get(sign_up(client)["Location"], follow=True).content.decode()
    page += client.get("/accounts/login/").content.decode()
    assert "could not be sent just now. Try again later." in page and "in your settings" not in page


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Asia/Kathmandu", "Asia/Kathmandu"),
        ("Asia/Calcutta", "Asia/Calcutta"),
        ("UTC", "UTC"),
        ("", "UTC"),
        ("Middle/Earth", "UTC"),
        ("../etc/passwd", "UTC"),
        ("Europe/Berlin\0", "UTC"),
        ("x" * 500, "UTC"),
    ],
)
def test_a_new_account_goes_by_the_clocks_of_its_browser(db: None, sent: str, kept: str) -> None:
    house.change(sign_up="open")
    page = Client().get("/accounts/signup/").content.decode()
    assert re.search(r'<input type="hidden" name="time_zone"[^>]* data-time-zone', page)
    assert sign_up(time_zone=sent).status_code == 302
    assert Account.objects.get().time_zone == kept


@pytest.mark.parametrize("pen_name", ["Writer", "ｗｒｉｔｅｒ", "Writer!", "admin", "***", "", "A\x07b"])
def test_a_pen_name_that_cannot_be_taken_is_said_on_the_form(cast: Cast, pen_name: str) -> None:
    house.change(sign_up="open")
    before = Account.objects.count()
    answer = sign_up(pen_name=pen_name)
    assert answer.status_code == 200
    assert answer.context["form"].errors.keys() == {"pen_name"}
    assert Account.objects.count() == before


@pytest.mark.parametrize("password", ["short", "1234567890123", "password1234"[:9]])
def test_a_weak_password_is_refused(db: None, password: str) -> None:
    house.change(sign_up="open")
    answer = sign_up(password1=password)
    assert "password1" in answer.context["form"].errors
    assert not Account.objects.exists()


@pytest.fixture
def known(cast: Cast) -> Account:
    """A reader with a password."""
    cast.reader.set_password("correct horse battery")
    cast.reader.save()
    return cast.reader


def sign_in(client: Client, email: str, password: str = "correct horse battery", onward: str = "") -> str:
    """Where the sign-in form leads; "" if it comes again."""
    data = {"login": email, "password": password, **({"next": onward} if onward else {})}
    return str(client.post("/accounts/login/", data).headers.get("Location", ""))


def test_signing_in_and_out(known: Account) -> None:
    client = Client()
    assert sign_in(client, "READER@example.org") == "/"
    person = person_of(client.cookies["session"].value)
    assert person is not None and person.account_id == known.pk and person.name == "Reader"
    asked = client.get("/accounts/logout/")
    assert asked.status_code == 200 and signed_in(client)
    assert "What you keep offline on this device is removed from it." in asked.content.decode()
    assert client.post("/accounts/logout/").headers["Location"] == "/"
    assert not signed_in(client)


@pytest.mark.parametrize(
    ("email", "password"), [("reader@example.org", "wrong"), ("nobody@example.org", "wrong")]
)
def test_a_wrong_password_and_an_unknown_address_look_the_same(
    known: Account, email: str, password: str
) -> None:
    client = Client()
    answer = client.post("/accounts/login/", {"login": email, "password": password})
    assert answer.status_code == 200 and not signed_in(client)
    (errors,) = answer.context["form"].errors.values()
    assert "not correct" in errors[0]


@pytest.mark.parametrize(
    "onward", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_signing_in_leads_nowhere_else(known: Account, onward: str) -> None:
    assert sign_in(Client(), known.email, onward=onward) == "/"


def test_signing_in_leads_back(known: Account) -> None:
    assert sign_in(Client(), known.email, onward="/write/import/") == "/write/import/"


def test_a_new_password_ends_other_sessions(known: Account) -> None:
    client = Client()
    sign_in(client, known.email)
    key = client.cookies["session"].value
    known.set_password("another long secret")
    known.save()
    assert person_of(key) is None
    assert client.get("/write/").status_code == 302


@pytest.mark.parametrize("key", ["", "x" * 32, "%00", "\0", "a\0b"])
def test_a_session_that_is_none_is_nobodys(db: None, key: str) -> None:
    assert person_of(key) is None


def test_a_closed_account_is_nobody(known: Account) -> None:
    client = Client()
    sign_in(client, known.email)
    Account.objects.update(is_active=False)
    assert person_of(client.cookies["session"].value) is None


def test_a_suspended_account_still_signs_in(cast: Cast) -> None:
    cast.suspended.set_password("correct horse battery")
    cast.suspended.save()
    assert sign_in(Client(), cast.suspended.email) == "/"


def test_nobody_takes_the_address_of_the_account_that_waits_for_the_host(cast: Cast) -> None:
    house.change(sign_up="open")
    answer = sign_up(email=WAITING.title())
    assert answer.context["form"].errors.keys() == {"email"}
    reader = cast.client("reader")
    reader.post("/accounts/email/", {"action_add": "", "email": WAITING})
    assert not Account.objects.filter(email=WAITING).exists()
    assert not EmailAddress.objects.filter(email=WAITING).exists()


def test_who_tries_passwords_is_not_forgotten(known: Account) -> None:
    """Nor when a thousand others come in between."""
    cache.clear()
    for number in range(6):
        assert sign_in(Client(), known.email, f"wrong {number}") == ""
    for number in range(1000):
        cache.set(f"somebody-else-{number}", [1], 300)
    assert sign_in(Client(), known.email) == "", "the right password, but too soon"
    cache.clear()
    assert sign_in(Client(), known.email) == "/"


@pytest.mark.parametrize("email", ["reader@example.org", "nobody@example.org"])
def test_a_mail_begins_with_the_name_of_the_house(known: Account, email: str) -> None:
    house.change(name="Salt & Ink", sign_up="closed")
    cache.clear()
    assert Client().post("/accounts/password/reset/", {"email": email}).status_code == 302
    (letter,) = mail.outbox
    assert letter.body.startswith("Hello from Salt & Ink!") and "Salt & Ink" in letter.subject
    assert "do nothing" in letter.body and "/accounts/signup/" not in letter.body


def test_the_mail_of_signing_up_and_its_link(db: None) -> None:
    house.change(name="The Long Shelf", sign_up="open")
    cache.clear()
    client = Client()
    sign_up(client)
    (letter,) = mail.outbox
    assert letter.body.startswith("Hello from The Long Shelf!")
    (link,) = [line for line in letter.body.splitlines() if "/accounts/confirm-email/" in line]
    assert "new@example.org" in client.get(link).content.decode()
    assert client.post(link).status_code == 302
    assert EmailAddress.objects.get().verified


@pytest.mark.parametrize(("signed", "led"), [(True, "/library/"), (False, "/accounts/login/")])
def test_who_has_confirmed_reads_so_at_once_and_not_above_a_used_link(
    db: None, signed: bool, led: str
) -> None:
    house.change(sign_up="open")
    cache.clear()
    client = Client()
    client.get(sign_up(client)["Location"])
    (link,) = [line for line in mail.outbox[0].body.splitlines() if "/accounts/confirm-email/" in line]
    client = client if signed else Client()
    answer = client.post(link, follow=True)
    assert answer.redirect_chain == [(led, 302)]
    assert "new@example.org is confirmed." in answer.content.decode()
    again = client.get(link).content.decode()
    assert "This link no longer works" in again and "is confirmed" not in again


def test_a_second_account_with_one_address_is_refused_on_the_form(known: Account) -> None:
    EmailAddress.objects.create(user=known, email=known.email, primary=True, verified=True)
    house.change(sign_up="open")
    cache.clear()
    answer = sign_up(email=known.email)
    assert answer.context["form"].errors.keys() == {"email"} and mail.outbox == []


@pytest.mark.parametrize(
    ("rule", "offered"), [("open", True), ("approval", True), ("invitation", False), ("closed", False)]
)
def test_sign_in_offers_an_account_only_when_the_door_is_open(db: None, rule: str, offered: bool) -> None:
    house.change(sign_up=rule)
    page = Client().get("/accounts/login/").content.decode()
    assert ('href="/accounts/signup/"' in page) is offered


def test_a_link_for_a_new_password_that_is_spent_says_so(db: None) -> None:
    page = Client().get("/accounts/password/reset/key/1-spent/").content.decode()
    assert "This link no longer works" in page and "password1" not in page


@pytest.mark.parametrize(
    "path",
    [
        "login",
        "signup",
        "password/reset",
        "password/reset/done",
        "confirm-email",
        "inactive",
        "confirm-email/x",
    ],
)
def test_a_visitors_pages_stand(db: None, path: str) -> None:
    house.change(sign_up="open")
    page = Client().get(f"/accounts/{path}/")
    assert page.status_code == 200 and b"<h1>" in page.content


@pytest.mark.parametrize("path", ["logout", "password/change", "reauthenticate", "email"])
def test_a_persons_pages_stand(known: Account, path: str) -> None:
    client = Client()
    sign_in(client, known.email)
    page = client.get(f"/accounts/{path}/")
    assert page.status_code == 200 and b"<h1>" in page.content
