"""Signing up and in, in tests: as the forms do it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import time_machine
from django.test import Client
from django.utils import timezone

from talehouse.accounts import spam

PASSWORD = "correct horse battery"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18 Safari/604"
SIGN_UP = {"email": "New@Example.org", "password1": PASSWORD, "pen_name": "Newcomer"}


def opened(seconds: float = 10.0) -> str:
    """The stamp of a form that was opened so many seconds ago."""
    with time_machine.travel(timezone.now() - timedelta(seconds=seconds), tick=False):
        return spam.stamp()


def sign_up(client: Client | None = None, **changes: str) -> Any:
    """The answer to the form, filled in well but for these changes."""
    return (client or Client()).post("/accounts/signup/", {**SIGN_UP, "opened": opened(), **changes})


def sign_in(email: str, browser: str = FIREFOX, **headers: str) -> tuple[Client, Any]:
    """A browser, and the answer to the sign-in form."""
    client = Client(headers={"user-agent": browser, **headers})
    return client, client.post("/accounts/login/", {"login": email, "password": PASSWORD})


def here(email: str, browser: str = FIREFOX) -> Client:
    """A browser in which somebody is signed in, and has just shown that it is still them."""
    client, answer = sign_in(email, browser)
    assert answer.headers["Location"] == "/"
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client
