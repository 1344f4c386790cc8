"""What the tests of this room share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from pytest_django import Settings

from talehouse.accounts import adapter
from talehouse.accounts.models import Account
from talehouse.accounts.tests.signing import PASSWORD
from talehouse.lib.rates import Rate
from talehouse.site import house
from tests.cast import Cast


@pytest.fixture(autouse=True)
def nobody_has_tried_anything(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The counts of other tests play no part, nor do these in theirs."""
    cache.clear()
    monkeypatch.setattr(adapter, "GUESSES", Rate(limit=20, seconds=3600))
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def quick_hashes(settings: Settings) -> None:
    """The real ones are slow on purpose."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def known(cast: Cast) -> Account:
    """A reader with a password and a confirmed address."""
    cast.reader.set_password(PASSWORD)
    cast.reader.save()
    EmailAddress.objects.create(user=cast.reader, email=cast.reader.email, primary=True, verified=True)
    house.change(name="The Long Shelf", sign_up="open")
    return cast.reader
