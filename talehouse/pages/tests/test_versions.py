"""Versions: bumped inside the rule's transaction, read by one query."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from talehouse.pages.models import Version
from talehouse.pages.versions import LONGEST_KEY, bump, numbers

pytestmark = pytest.mark.django_db


def test_a_key_starts_at_zero_and_rises_by_one() -> None:
    assert numbers(["story:1", "site"]) == {"story:1": 0, "site": 0}
    bump("story:1")
    bump("story:1", "site", "story:1")
    assert numbers(["site", "story:1", "tag:ü"]) == {"site": 1, "story:1": 2, "tag:ü": 0}


def test_many_keys_cost_one_statement_and_one_query() -> None:
    keys = [f"tag:{number}" for number in range(50)]
    with CaptureQueriesContext(connection) as queries:
        bump(*keys)
        assert set(numbers(keys).values()) == {1}
    assert len(queries) == 2


def test_nothing_costs_nothing() -> None:
    with CaptureQueriesContext(connection) as queries:
        bump()
        assert numbers([]) == {}
    assert len(queries) == 0


def test_a_rolled_back_rule_bumps_nothing() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        bump("story:1")
        raise ZeroDivisionError
    assert numbers(["story:1"]) == {"story:1": 0}


@pytest.mark.django_db(transaction=True)
def test_a_bump_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        bump("story:1")


@pytest.mark.parametrize("key", ["", "x" * (LONGEST_KEY + 1)])
def test_a_key_without_sense_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="1 to 80"):
        bump(key)


def test_a_number_below_one_cannot_be_stored() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.create(key="x", number=0)
