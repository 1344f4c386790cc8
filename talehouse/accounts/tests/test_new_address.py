"""Another address: beside a second step, before the first was confirmed, and when somebody is quicker."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.test import Client

from talehouse.accounts import new_address
from talehouse.accounts.models import Account
from talehouse.accounts.tests.signing import here, sign_in, sign_up
from talehouse.accounts.tests.test_keys import set_up_codes

NEW = "new@example.org"


def ask(client: Client, email: str = NEW) -> str:
    """The link that is mailed to the address that somebody asks for."""
    mail.outbox.clear()
    client.post("/accounts/email/", {"action_add": "", "email": email})
    return link_to(email)


def link_to(email: str) -> str:
    """The link in the only mail that is out, which went there."""
    (letter,) = mail.outbox
    assert letter.to == [email]
    return next(line for line in letter.body.splitlines() if "/confirm-email/" in line)


def addresses(account: Account) -> dict[str, bool]:
    """The addresses of an account, and whether each is confirmed."""
    return dict(EmailAddress.objects.filter(user=account).values_list("email", "verified"))


@pytest.fixture
def unconfirmed(known: Account) -> Account:
    """Somebody who has not opened the link of signing up."""
    EmailAddress.objects.update(verified=False)
    return known


def test_the_address_can_be_changed_beside_a_second_step(known: Account) -> None:
    client = here(known.email)
    set_up_codes(client)
    link = ask(client)
    known.refresh_from_db()
    assert known.email == "reader@example.org" and Authenticator.objects.exists()
    client.post(link)
    known.refresh_from_db()
    assert known.email == NEW and addresses(known) == {NEW: True}
    assert mail.outbox[-1].to == ["reader@example.org"] and f"is now {NEW}" in mail.outbox[-1].body
    assert sign_in(NEW)[1].headers["Location"] == "/accounts/2fa/authenticate/"


def test_beside_a_second_step_too_it_is_asked_whether_it_is_still_you(known: Account) -> None:
    client = here(known.email)
    set_up_codes(client)
    session = client.session
    del session["account_authentication_methods"]
    session.save()
    answer = client.post("/accounts/email/", {"action_add": "", "email": NEW})
    assert "reauthenticate" in answer.headers["Location"]
    assert addresses(known) == {known.email: True}


def test_a_second_step_is_not_set_up_while_an_address_waits(known: Account) -> None:
    client = here(known.email)
    ask(client)
    assert client.get("/accounts/2fa/totp/activate/").headers["Location"] == "/accounts/2fa/"
    assert not Authenticator.objects.exists()


def test_an_address_that_nobody_confirmed_counts_until_the_new_one_is(unconfirmed: Account) -> None:
    client = here(unconfirmed.email)
    link = ask(client)
    unconfirmed.refresh_from_db()
    assert unconfirmed.email == "reader@example.org"
    assert addresses(unconfirmed) == {"reader@example.org": False, NEW: False}
    page = client.get("/accounts/email/").content.decode()
    told = [
        page.index(f">{text}<") for text in ("Your address", "reader@example.org", "Your next address", NEW)
    ]
    assert told == sorted(told)
    client.post(link)
    unconfirmed.refresh_from_db()
    assert unconfirmed.email == NEW and addresses(unconfirmed) == {NEW: True}
    letter = mail.outbox[-1]
    assert letter.to == ["reader@example.org"] and f"is now {NEW}" in letter.body


def test_confirming_the_address_one_has_calls_off_no_change(unconfirmed: Account) -> None:
    client = here(unconfirmed.email)
    mail.outbox.clear()
    client.post("/accounts/email/", {"action_send": "", "email": unconfirmed.email})
    first = link_to(unconfirmed.email)
    link = ask(client)
    mail.outbox.clear()
    client.post(first)
    assert addresses(unconfirmed) == {"reader@example.org": True, NEW: False} and mail.outbox == []
    client.post(link)
    assert addresses(unconfirmed) == {NEW: True}


def test_a_second_wish_takes_the_place_of_the_first(unconfirmed: Account) -> None:
    client = here(unconfirmed.email)
    ask(client, "typo@example.org")
    ask(client)
    assert addresses(unconfirmed) == {"reader@example.org": False, NEW: False}


def test_before_it_is_confirmed_a_change_can_be_called_off_and_the_own_address_stays(
    unconfirmed: Account,
) -> None:
    client = here(unconfirmed.email)
    ask(client)
    client.post("/accounts/email/", {"action_remove": "", "email": unconfirmed.email})
    client.post("/accounts/email/", {"action_remove": "", "email": NEW})
    assert addresses(unconfirmed) == {"reader@example.org": False}


def test_ones_own_address_is_no_new_one(known: Account) -> None:
    answer = here(known.email).post("/accounts/email/", {"action_add": "", "email": known.email.title()})
    assert answer.context["form"].errors.keys() == {"email"}
    assert addresses(known) == {known.email: True}


def test_an_address_that_is_only_asked_for_keeps_nobody_out(known: Account) -> None:
    """Nor does the asking win once its owner has an account: the link says so, and breaks nothing."""
    asking = here(known.email)
    set_up_codes(asking)
    link = ask(asking)
    cache.clear()
    sign_up()
    owner = Account.objects.get(email=NEW)
    answer = asking.post(link, follow=True)
    page = answer.content.decode() + asking.get("/accounts/email/").content.decode()
    assert "There is an account with this address already." in page
    known.refresh_from_db()
    assert known.email == "reader@example.org" and addresses(known)["reader@example.org"]
    assert addresses(owner) == {NEW: False}
    assert not new_address.is_free(NEW) and new_address.is_free("other@example.org")
