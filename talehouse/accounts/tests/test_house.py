"""The account of the house: before there is a host, and how the first host takes its place."""

from __future__ import annotations

import pytest

from talehouse.accounts import house, pen_names
from talehouse.accounts.models import Account
from talehouse.stories import publishing
from tests.cast import Cast

HOST = {"email": "Host@Example.org", "password": "a long enough secret", "pen_name": "The Keeper"}


def test_the_first_host(db: None) -> None:
    made = house.welcome(**HOST)
    assert made.is_host and made.email == "host@example.org" and made.check_password(HOST["password"])
    assert made.pen_name is not None and made.pen_name.name == "The Keeper"
    assert house.host() == made == house.house_account()


def test_what_came_in_early_is_the_hosts(db: None) -> None:
    """An import from the command line before anybody has an account."""
    name = house.house_pen_name(otherwise="Charles Dickens")
    assert name is not None and house.host() is None
    story = publishing.create(by=name.account, pen_name=name, title="Early")
    host = house.welcome(**HOST)
    assert story.roles.get().pen_name.account == host
    assert sorted(host.pen_names.values_list("name", flat=True)) == ["Charles Dickens", "The Keeper"]
    assert Account.objects.count() == 1


def test_the_host_may_take_the_name_that_waits(db: None) -> None:
    house.house_pen_name(otherwise="The Keeper")
    host = house.welcome(**HOST)
    assert [name.name for name in host.pen_names.all()] == ["The Keeper"]


def test_nobody_signs_in_to_the_account_that_waits(db: None) -> None:
    assert not house.house_account().has_usable_password()


def test_an_import_is_signed_by_the_host_unless_asked_otherwise(cast: Cast) -> None:
    assert house.house_pen_name(otherwise="Charles Dickens") == cast.pen("host")
    assert house.house_pen_name("Writer") == cast.pen("writer")
    made = house.house_pen_name("Charles Dickens")
    assert made is not None and made.account == cast.host


def test_looking_makes_nothing(db: None) -> None:
    assert house.house_pen_name("Nobody", make=False) is None
    assert house.house_pen_name(otherwise="Nobody", make=False) is None
    assert not Account.objects.exists()


@pytest.mark.parametrize("writer", ["Anonymous", "", "***", "Admin"])
def test_a_book_whose_writer_cannot_be_a_pen_name_comes_in_all_the_same(db: None, writer: str) -> None:
    made = house.house_pen_name(otherwise=writer)
    assert made is not None and made.name == "Archive"


def test_a_name_that_cannot_be_is_refused_when_it_was_asked_for(db: None) -> None:
    with pytest.raises(pen_names.PenNameError, match="reserved"):
        house.house_pen_name("Anonymous")


def test_a_suspended_or_closed_account_is_not_the_host(cast: Cast) -> None:
    Account.objects.filter(pk=cast.host.pk).update(is_active=False)
    assert house.host() is None
