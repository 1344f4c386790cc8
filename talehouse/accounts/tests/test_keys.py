"""Codes, recovery codes, the list of sessions, change of address, and the mails about all of them."""

from __future__ import annotations

import base64
import re
import time
from typing import Any

import pytest
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.test import Client

from config import settings as ours
from talehouse.accounts.models import Account
from talehouse.accounts.tests.signing import FIREFOX, PASSWORD, here, opened, sign_in


def code(secret: str, steps: int = 0) -> str:
    """What an app shows now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps)))


def set_up_codes(client: Client) -> str:
    """An app for codes; its secret."""
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    assert "data:image/svg+xml;base64," in page
    found = re.search(r'class="secret">([A-Z2-7]+)<', page)
    assert found
    answer = client.post("/accounts/2fa/totp/activate/", {"code": code(found[1])})
    assert answer.headers["Location"] == "/accounts/2fa/recovery-codes/"
    return found[1]


# A second step


def test_a_second_step_by_an_app(known: Account) -> None:
    secret = set_up_codes(here(known.email))
    client, answer = sign_in(known.email)
    assert answer.headers["Location"] == "/accounts/2fa/authenticate/"
    assert "_auth_user_id" not in client.session
    assert "does not match" in client.post(answer.headers["Location"], {"code": "000000"}).content.decode()
    assert client.post(answer.headers["Location"], {"code": code(secret, 1)}).headers["Location"] == "/"
    assert "_auth_user_id" in client.session


def test_a_recovery_code_works_once(known: Account) -> None:
    first = here(known.email)
    set_up_codes(first)
    page = first.get("/accounts/2fa/recovery-codes/").content.decode()
    codes = re.findall(r"<li>(\d{8})</li>", page)
    assert len(codes) == 10
    assert codes[0] in first.get("/accounts/2fa/recovery-codes/download/").content.decode()
    client, answer = sign_in(known.email)
    assert client.post(answer.headers["Location"], {"code": codes[0]}).headers["Location"] == "/"
    client, answer = sign_in(known.email)
    assert client.post(answer.headers["Location"], {"code": codes[0]}).status_code == 200
    assert client.post(answer.headers["Location"], {"code": codes[1]}).headers["Location"] == "/"


def test_new_codes_and_no_more_app(known: Account) -> None:
    client = here(known.email)
    set_up_codes(client)
    before = client.get("/accounts/2fa/recovery-codes/").content
    assert client.post("/accounts/2fa/recovery-codes/generate/").status_code == 302
    assert client.get("/accounts/2fa/recovery-codes/").content != before
    assert client.post("/accounts/2fa/totp/deactivate/").status_code == 302
    assert not Authenticator.objects.exists()
    assert sign_in(known.email)[1].headers["Location"] == "/"


def test_codes_cannot_be_tried_out(known: Account) -> None:
    set_up_codes(here(known.email))
    client, answer = sign_in(known.email)
    said = [client.post(answer.headers["Location"], {"code": f"00000{n}"}).content.decode() for n in range(7)]
    assert "does not match" in said[0] and "does not match" not in said[6]


def test_who_has_not_confirmed_an_address_sets_nothing_up(known: Account) -> None:
    EmailAddress.objects.update(verified=False)
    client = here(known.email)
    assert client.get("/accounts/2fa/totp/activate/").headers["Location"] == "/accounts/2fa/"
    assert "Confirm your email address first" in client.get("/accounts/2fa/").content.decode()


@pytest.mark.parametrize("page", ["totp/activate/", "webauthn/add/", "recovery-codes/generate/"])
def test_it_is_asked_whether_it_is_still_you(known: Account, page: str) -> None:
    client, _answer = sign_in(known.email)
    assert client.get(f"/accounts/2fa/{page}").headers["Location"].startswith("/accounts/reauthenticate/")
    assert "Is it still you?" in client.get("/accounts/reauthenticate/").content.decode()


# Keys: the ceremony itself is in tests/browser/test_doors.py


def test_what_a_key_is_told(known: Account) -> None:
    page = here(known.email).get("/accounts/2fa/webauthn/add/")
    told = page.context["js_data"]["creation_options"]["publicKey"]
    assert told["rp"] == {"id": "testserver", "name": "The Long Shelf"}
    assert told["user"]["name"] == known.email
    assert base64.urlsafe_b64decode(told["user"]["id"] + "==") == known.uuid.bytes


def test_a_key_that_is_nobodys_signs_nobody_in(known: Account) -> None:
    client = Client()
    options = client.get("/accounts/2fa/webauthn/login/", headers={"accept": "application/json"}).json()
    assert options["request_options"]["publicKey"]["userVerification"] == "required"
    for credential in ("", "{}", "[]", '{"id": "x", "response": {}}', '{"response": {"userHandle": "AAAA"}}'):
        answer = client.post("/accounts/2fa/webauthn/login/", {"credential": credential})
        assert answer.headers["Location"] == "/accounts/login/" and "_auth_user_id" not in client.session


@pytest.mark.parametrize("credential", ["", "{}", "[]", "1", '{"id": "x", "rawId": "x", "response": {}}'])
def test_what_is_no_key_is_refused_like_a_wrong_one(known: Account, credential: str) -> None:
    client = here(known.email)
    for path in ("/accounts/2fa/webauthn/add/", "/accounts/2fa/webauthn/reauthenticate/"):
        assert client.post(path, {"credential": credential}).status_code in (200, 302)
    set_up_codes(client)
    other, answer = sign_in(known.email)
    assert other.post(answer.headers["Location"], {"credential": credential}).status_code == 200
    assert "_auth_user_id" not in other.session
    assert Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN).count() == 0


def test_a_mail_server_that_fails_is_said_and_takes_nothing_back(
    known: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: object, messages: object) -> int:
        raise ConnectionRefusedError

    client = here(known.email)
    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", fail)
    new = {"oldpassword": PASSWORD, "password1": "another long secret", "password2": "another long secret"}
    answer = client.post("/accounts/password/change/", new, follow=True)
    assert answer.status_code == 200 and "could not be sent" in answer.content.decode()
    known.refresh_from_db()
    assert known.check_password("another long secret")


def test_signing_in_offers_a_passkey(known: Account) -> None:
    page = Client().get("/accounts/login/").content.decode()
    assert 'data-passkey="get"' in page and "data-failed=" in page


# A new address


def test_a_new_address_counts_once_it_is_confirmed_and_the_old_one_hears_of_it(known: Account) -> None:
    client = here(known.email)
    mail.outbox.clear()
    client.post("/accounts/email/", {"action_add": "", "email": "new@example.org"})
    (letter,) = mail.outbox
    assert letter.to == ["new@example.org"]
    page = client.get("/accounts/email/").content.decode()
    assert "Your next address" in page and "reader@example.org" in page
    known.refresh_from_db()
    assert known.email == "reader@example.org"
    link = next(line for line in letter.body.splitlines() if "/confirm-email/" in line)
    client.post(link)
    known.refresh_from_db()
    assert known.email == "new@example.org"
    assert EmailAddress.objects.get(user=known).email == "new@example.org"
    told = mail.outbox[-1]
    assert told.to == ["reader@example.org"] and "is now new@example.org" in told.body
    assert "127.0.0.1" in told.body and "choose a new password" in told.body


def test_a_change_of_address_can_be_called_off(known: Account) -> None:
    client = here(known.email)
    client.post("/accounts/email/", {"action_add": "", "email": "new@example.org"})
    client.post("/accounts/email/", {"action_remove": "", "email": "new@example.org"})
    assert EmailAddress.objects.get().email == "reader@example.org"


def test_the_page_of_the_address_asks_whether_it_is_still_you_before_it_changes(known: Account) -> None:
    client, _answer = sign_in(known.email)
    answer = client.post("/accounts/email/", {"action_add": "", "email": "new@example.org"})
    assert answer.headers["Location"].startswith("/accounts/reauthenticate/")
    assert not EmailAddress.objects.filter(email="new@example.org").exists()


def test_an_account_whose_address_nobody_ever_confirmed_hears_too(known: Account) -> None:
    EmailAddress.objects.all().delete()
    new = {"oldpassword": PASSWORD, "password1": "another long secret", "password2": "another long secret"}
    client = here(known.email)
    mail.outbox.clear()
    client.post("/accounts/password/change/", new)
    assert [letter.to for letter in mail.outbox] == [["reader@example.org"]]


# Mails and passwords

CHANGES = (
    "account/email/email_changed",
    "account/email/email_deleted",
    "account/email/password_changed",
    "account/email/password_set",
    "account/email/password_reset",
    "mfa/email/totp_activated",
    "mfa/email/totp_deactivated",
    "mfa/email/recovery_codes_generated",
    "mfa/email/webauthn_added",
    "mfa/email/webauthn_removed",
)


@pytest.mark.parametrize("prefix", CHANGES)
def test_every_mail_about_a_change_says_where_when_and_what_to_do(
    known: Account, prefix: str, rf: Any
) -> None:
    request = rf.get("/", headers={"user-agent": FIREFOX})
    told = {"from_email": "old@example.org", "to_email": "new@example.org", "deleted_email": "x@example.org"}
    with context.request_context(request):
        get_adapter().send_notification_mail(prefix, known, told)
    letter = mail.outbox[-1]
    assert letter.body.startswith("Hello from The Long Shelf!") and "The Long Shelf" in letter.subject
    assert "/accounts/sessions/" in letter.body and FIREFOX in letter.body and "\n\n\n" not in letter.body


def test_setting_up_an_app_and_taking_it_away_are_told_by_mail(
    known: Account, django_capture_on_commit_callbacks: Any
) -> None:
    client = here(known.email)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        set_up_codes(client)
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/2fa/recovery-codes/generate/")
    client.post("/accounts/2fa/totp/deactivate/")
    assert [letter.subject for letter in mail.outbox] == [
        "A second step protects your account at The Long Shelf",
        "New recovery codes at The Long Shelf",
        "The second step at The Long Shelf is off",
    ]


def test_passwords_are_kept_by_argon2() -> None:
    assert ours.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")


@pytest.mark.parametrize("password", ["1234567890", "qwertyuiop", "password123", "reader@example"])
def test_common_passwords_are_refused(known: Account, password: str) -> None:
    sent = {"email": "reader@example.com", "password1": password, "pen_name": "Somebody", "opened": opened()}
    answer = Client().post("/accounts/signup/", sent)
    assert answer.context["form"].errors.keys() == {"password1"}


# How often


def test_a_password_can_be_asked_for_only_so_often(known: Account) -> None:
    """By the address that is typed, whoever types it, and by where it comes from."""
    for n in range(7):
        client = Client(headers={"x-forwarded-for": f"192.0.2.{n}"})
        client.post("/accounts/password/reset/", {"email": known.email})
    assert len(mail.outbox) == 5
    statuses = [
        Client().post("/accounts/password/reset/", {"email": f"nobody{n}@example.org"}).status_code
        for n in range(22)
    ]
    assert statuses[:20] == [302] * 20 and statuses[20:] == [429] * 2


def test_signing_in_from_one_address_has_its_limit(known: Account) -> None:
    statuses = [sign_in(f"nobody{n}@example.org")[1].status_code for n in range(31)]
    assert statuses[:30] == [200] * 30 and statuses[30] == 429


def test_one_account_is_not_tried_from_many_addresses(known: Account) -> None:
    for n in range(5):
        client = Client(headers={"x-forwarded-for": f"192.0.2.{n}"})
        client.post("/accounts/login/", {"login": known.email, "password": "wrong"})
    client, answer = sign_in(known.email, **{"x-forwarded-for": "192.0.2.200"})
    assert answer.status_code == 200 and "_auth_user_id" not in client.session


def test_passkeys_from_one_address_have_their_limit(known: Account) -> None:
    statuses = [
        Client().post("/accounts/2fa/webauthn/login/", {"credential": "{}"}).status_code for _n in range(12)
    ]
    assert statuses == [302] * 10 + [429] * 2


def test_a_new_password_is_asked_for_in_our_words(known: Account) -> None:
    page = here(known.email).get("/accounts/password/change/").content.decode()
    for words in ("Your password until now", "New password", "The new password again", "At least 10 char"):
        assert words in page
    assert "Current Password" not in page
