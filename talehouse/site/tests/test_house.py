"""The rules of the house: one row, whose change ends every kept page."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from talehouse.pages.versions import numbers
from talehouse.site import house
from talehouse.site.models import Site


def test_asking_writes_nothing(db: None) -> None:
    assert house.current().name == "Talehouse" and house.current().sign_up == "closed"
    assert not Site.objects.exists()


def test_a_change_counts_and_ends_kept_pages(db: None) -> None:
    before = numbers(["site"])["site"]
    house.change(name="The Long Shelf")
    house.change(tagline="Slow stories")
    assert (house.current().name, house.current().tagline) == ("The Long Shelf", "Slow stories")
    assert numbers(["site"])["site"] == before + 2
    assert "The Long Shelf" in Client().get("/about/").content.decode()


def test_there_is_one_row(db: None) -> None:
    house.change(name="One")
    with pytest.raises(IntegrityError), transaction.atomic():
        Site.objects.create(pk=2)
    assert Site.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 81},
        {"sign_up": "perhaps"},
        {"smtp_security": "ssl3"},
        {"mail_from": "me"},
    ],
)
def test_a_wrong_value_changes_nothing(db: None, wrong: dict[str, str]) -> None:
    house.change(name="Before")
    version = numbers(["site"])
    with pytest.raises(ValidationError):
        house.change(**wrong)
    assert house.current().name == "Before" and house.current().sign_up == "closed"
    assert numbers(["site"]) == version


def test_setting_up_is_remembered(db: None) -> None:
    assert house.current().set_up_at is None
    house.set_up(name="Mine")
    assert house.current().set_up_at is not None
