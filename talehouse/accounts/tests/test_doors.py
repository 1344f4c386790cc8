"""The door as the host set it: approval and invitations; and what keeps machines out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from talehouse.accounts import approving, invitations, pen_names, signing_up
from talehouse.accounts.errors import DoorError, NotForYouError
from talehouse.accounts.models import Account, Invitation, PenName
from talehouse.accounts.signing_up import Door
from talehouse.accounts.tests.signing import SIGN_UP, opened, sign_up
from talehouse.site import house
from tests.cast import Cast

PASSWORD = SIGN_UP["password1"]


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def newcomer() -> Account:
    """Who signed up."""
    return Account.objects.get(email="new@example.org")


def errors(answer: Any) -> dict[str, Any]:
    """What the form objects to."""
    return dict(answer.context["form"].errors)


# Approval


@pytest.fixture
def approval(db: None) -> None:
    """The host looks at new accounts."""
    house.change(sign_up="approval")


def test_who_signs_up_waits(approval: None) -> None:
    client = Client()
    assert "looks at new accounts" in client.get("/accounts/signup/").content.decode()
    answer = sign_up(client)
    assert answer.headers["Location"] == "/accounts/waiting/"
    assert "waits for the host" in client.get("/accounts/waiting/").content.decode()
    account = newcomer()
    assert not signed_in(client) and not account.is_active and account.waits_since is not None
    (letter,) = mail.outbox
    assert "/accounts/confirm-email/" in letter.body
    link = next(line for line in letter.body.splitlines() if "/confirm-email/" in line)
    assert client.post(link).status_code == 302
    assert approving.waiting().get().confirmed is True
    assert not signed_in(client)


def test_who_waits_cannot_sign_in_and_is_told_why(approval: None) -> None:
    sign_up()
    client = Client()
    answer = client.post("/accounts/login/", {"login": "new@example.org", "password": PASSWORD})
    assert answer.headers["Location"] == "/accounts/waiting/" and not signed_in(client)
    wrong = client.post("/accounts/login/", {"login": "new@example.org", "password": "wrong wrong"})
    assert wrong.status_code == 200, "nobody learns from outside that somebody waits"


def test_who_waits_is_nowhere_to_be_seen(approval: None) -> None:
    sign_up()
    assert Client().get("/people/newcomer/").status_code == 404


def test_who_waits_and_forgot_the_password_is_told_to_wait(approval: None) -> None:
    sign_up()
    mail.outbox.clear()
    Client().post("/accounts/password/reset/", {"email": "new@example.org"})
    (letter,) = mail.outbox
    assert "still waits" in letter.subject and "no account" not in letter.body


def test_whoever_is_let_in_gets_a_mail_and_signs_in(
    approval: None, cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    sign_up()
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        approving.approve(newcomer(), by=cast.host)
    (letter,) = mail.outbox
    assert letter.to == ["new@example.org"] and "/accounts/login/" in letter.body
    client = Client()
    client.post("/accounts/login/", {"login": "new@example.org", "password": PASSWORD})
    assert signed_in(client)
    assert Client().get("/people/newcomer/").status_code == 200
    with pytest.raises(DoorError, match="no longer waits"):
        approving.approve(newcomer(), by=cast.host)


def test_a_mail_server_that_fails_takes_nothing_back(
    approval: None, cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    sign_up()
    with (
        django_capture_on_commit_callbacks(execute=True),
        mock.patch("django.core.mail.backends.locmem.EmailBackend.send_messages", side_effect=OSError),
    ):
        approving.approve(newcomer(), by=cast.host)
    assert newcomer().is_active


def test_whoever_is_refused_leaves_nothing(approval: None, cast: Cast) -> None:
    sign_up()
    approving.refuse(newcomer(), by=cast.host)
    assert not Account.objects.filter(email="new@example.org").exists()
    assert not EmailAddress.objects.filter(email="new@example.org").exists()
    assert not PenName.objects.filter(name="Newcomer").exists()
    assert sign_up().headers["Location"] == "/accounts/waiting/", "address and name are free again"


def test_only_hosts_decide_and_only_about_who_waits(approval: None, cast: Cast) -> None:
    sign_up()
    for rule in (approving.approve, approving.refuse):
        with pytest.raises(NotForYouError):
            rule(newcomer(), by=cast.writer)
        with pytest.raises(DoorError, match="no longer waits"):
            rule(cast.reader, by=cast.host)
    assert Account.objects.filter(pk=cast.reader.pk, is_active=True).exists()


# Invitations


def test_an_invitation_opens_the_door_once(cast: Cast) -> None:
    house.change(sign_up="invitation")
    _made, token = invitations.make(by=cast.host, note=" For  Wren ")
    assert token not in str(list(Invitation.objects.values()))
    client = Client()
    assert "By invitation" in client.get("/accounts/signup/").content.decode()
    page = client.get(f"/accounts/signup/?invitation={token}").content.decode()
    assert f'name="invitation" value="{token}"' in page and 'name="pen_name"' in page
    assert sign_up(client, invitation=token).status_code == 302 and signed_in(client)
    made = Invitation.objects.get()
    assert made.used_by == newcomer() and made.used_at is not None and made.note == "For Wren"
    again = sign_up(email="second@example.org", pen_name="Second", invitation=token)
    assert "opens nothing" in again.content.decode()
    assert not Account.objects.filter(email="second@example.org").exists()


def test_a_form_that_failed_keeps_its_invitation(cast: Cast) -> None:
    house.change(sign_up="invitation")
    _made, token = invitations.make(by=cast.host)
    answer = sign_up(password1="short", invitation=token)
    assert errors(answer).keys() == {"password1"}
    page = answer.content.decode()
    assert f'value="{token}"' in page and 'value="new@example.org"' in page.lower()
    assert invitations.opens(token)


def test_who_is_invited_need_not_wait(approval: None, cast: Cast) -> None:
    _made, token = invitations.make(by=cast.host)
    client = Client()
    sign_up(client, invitation=token)
    assert signed_in(client) and newcomer().waits_since is None
    sign_up(email="second@example.org", pen_name="Second", invitation=token)
    assert Account.objects.get(email="second@example.org").waits_since is not None


def test_an_open_door_uses_an_invitation_up(cast: Cast) -> None:
    house.change(sign_up="open")
    _made, token = invitations.make(by=cast.host)
    sign_up(invitation=token)
    assert Invitation.objects.get().used_by == newcomer()
    sign_up(email="second@example.org", pen_name="Second", invitation=token)
    assert Account.objects.filter(email="second@example.org").exists(), "the door is open all the same"


def test_a_closed_house_lets_nobody_in(cast: Cast) -> None:
    house.change(sign_up="closed")
    _made, token = invitations.make(by=cast.host)
    sign_up(invitation=token)
    assert not Account.objects.filter(email="new@example.org").exists() and invitations.opens(token)


def test_an_invitation_ends_by_itself_or_by_a_host(cast: Cast) -> None:
    made, token = invitations.make(by=cast.host)
    assert timedelta(days=13, hours=23) < made.ends_at - timezone.now() <= timedelta(days=14)
    invitations.end(made, by=cast.host)
    assert not invitations.opens(token)
    with pytest.raises(DoorError, match="has ended"):
        invitations.end(made, by=cast.host)
    old, other = invitations.make(by=cast.host)
    Invitation.objects.filter(pk=old.pk).update(ends_at=timezone.now())
    assert not invitations.opens(other)
    house.change(sign_up="invitation")
    assert signing_up.door(house.current(), other) is Door.SHUT


def test_of_two_with_one_link_one_gets_in(cast: Cast) -> None:
    """Both have found the door open before either has signed up."""
    house.change(sign_up="invitation")
    _made, token = invitations.make(by=cast.host)
    sign_up(invitation=token)
    with (
        mock.patch.object(signing_up, "door", return_value=Door.INVITED),
        mock.patch("talehouse.accounts.adapter.door", return_value=Door.INVITED),
    ):
        answer = sign_up(email="second@example.org", pen_name="Second", invitation=token)
    assert errors(answer).keys() == {"__all__"} and "used already" in str(errors(answer))
    assert not Account.objects.filter(email="second@example.org").exists()


def test_only_hosts_invite_and_not_without_end(cast: Cast) -> None:
    with pytest.raises(NotForYouError):
        invitations.make(by=cast.writer)
    made, _token = invitations.make(by=cast.host)
    with pytest.raises(NotForYouError):
        invitations.end(made, by=cast.writer)
    with mock.patch.object(invitations, "MOST_OPEN", 1), pytest.raises(DoorError, match="1 open invitations"):
        invitations.make(by=cast.host)


def test_whoever_tries_out_invitations_is_slowed_down(db: None) -> None:
    house.change(sign_up="invitation")
    statuses = [Client().get(f"/accounts/signup/?invitation=guess-{n}").status_code for n in range(25)]
    assert statuses == [200] * 20 + [429] * 5
    elsewhere = Client(headers={"x-forwarded-for": "192.0.2.7"})
    assert elsewhere.get("/accounts/signup/?invitation=another").status_code == 200
    assert "A little slower" in Client().get("/accounts/signup/?invitation=more").content.decode()


# Machines


def test_a_form_of_three_fields(db: None) -> None:
    house.change(sign_up="open")
    page = Client().get("/accounts/signup/")
    seen = [field.name for field in page.context["form"].visible_fields()]
    assert seen == ["email", "password1", "pen_name"]
    told = page.content.decode()
    assert '<div class="trap" aria-hidden="true">' in told and 'name="remark"' in told
    assert 'tabindex="-1" autocomplete="off"' in told


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"opened": opened(24 * 3600 + 60)}, "more than a day"),
        ({"opened": ""}, "without its time stamp"),
        ({"opened": opened(10) + "x"}, "without its time stamp"),
        ({"remark": "https://pills.example/"}, "hidden from people"),
    ],
)
def test_what_a_machine_sends_is_asked_again(db: None, sent: dict[str, str], said: str) -> None:
    house.change(sign_up="open")
    answer = sign_up(None, **sent)
    assert errors(answer).keys() == {"__all__"} and said in str(errors(answer))
    page = answer.content.decode()
    assert 'value="new@example.org"' in page.lower() and 'value="Newcomer"' in page, "what was typed stays"
    assert 'value="https://pills' not in page
    assert not Account.objects.exists()


def test_a_form_sent_at_once_is_asked_again_and_then_taken(db: None) -> None:
    house.change(sign_up="open")
    client = Client()
    first = client.get("/accounts/signup/").context["form"].stamp
    assert "very quick" in str(errors(sign_up(client, opened=first)))
    assert sign_up(client).status_code == 302


def test_many_sign_ups_from_one_address_are_slowed_down(db: None) -> None:
    house.change(sign_up="open")
    statuses = [sign_up(password1="short").status_code for _n in range(22)]
    assert statuses == [200] * 20 + [429] * 2
    assert sign_up(Client(headers={"x-forwarded-for": "192.0.2.7"})).status_code == 302


# Two at once


def test_a_name_that_somebody_takes_in_between_is_said_on_the_form(db: None) -> None:
    house.change(sign_up="open")
    with mock.patch.object(pen_names, "add", side_effect=pen_names.PenNameError("Somebody was quicker.")):
        answer = sign_up()
    assert errors(answer) == {"pen_name": ["Somebody was quicker."]}
    assert not Account.objects.exists() and not EmailAddress.objects.exists()


def test_an_address_that_somebody_takes_in_between_is_said_on_the_form(db: None) -> None:
    house.change(sign_up="open")
    with mock.patch.object(signing_up, "settle", side_effect=IntegrityError):
        answer = sign_up()
    assert errors(answer).keys() == {"email"} and not Account.objects.exists()


def test_a_new_account_speaks_the_language_that_it_signed_up_in(db: None) -> None:
    house.change(sign_up="open")
    sign_up(Client(headers={"Accept-Language": "es"}))
    assert newcomer().language == "es"
