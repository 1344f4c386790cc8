"""A statement that is remembered asks the same as it did the first time."""

from __future__ import annotations

import pytest
from django.db import connection

from talehouse.lib.sqlite import base

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]


def asked(statement: str, values: list[int] | dict[str, int]) -> tuple[object, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row: tuple[object, ...] = cursor.fetchone()
    return row


def test_equal_statements_take_other_values() -> None:
    for number in range(3):
        assert asked("SELECT %s, '100%%', %s + 1", [number, number]) == (number, "100%", number + 1)
    assert "SELECT %s, '100%%', %s + 1" in base.Cursor._known


def test_values_by_name_are_not_mixed_up_with_values_in_order() -> None:
    assert asked("SELECT %(one)s", {"one": 1}) == (1,)
    assert asked("SELECT %s", [2]) == (2,)


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "REMEMBERED", 2)
    monkeypatch.setattr(base.Cursor, "_known", {})
    for number in range(5):
        assert asked(f"SELECT %s + {number}", [1]) == (number + 1,)
        assert len(base.Cursor._known) <= 2
    long = f"SELECT %s -- {'x' * base.REMEMBERED_UP_TO}"
    assert asked(long, [1]) == (1,)
    assert long not in base.Cursor._known
