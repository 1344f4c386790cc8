"""Holes that ask the database ask together."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from talehouse.pages.holes import Question, Row, asks, fill
from talehouse.pages.person import Person

ANA = Person(7, "en", "", "Ana")


def number(person: Person, argument: str) -> Question | None:
    """My number, and the one that is asked for."""
    if not argument.isdecimal():
        return None
    return Question(("SELECT %s + 0", "SELECT %s + 1"), (person.account_id, int(argument)))


@asks(number)
def counts(person: Person, argument: str, row: Row) -> str:
    mine, next_one = row
    return f"{person.name} {argument}: {mine} {next_one}"


def greets(person: Person, argument: str) -> str:
    return f"{person.name}{argument}"


@pytest.mark.django_db
def test_the_questions_of_a_page_are_one_query_and_each_gets_its_own_answer() -> None:
    with CaptureQueriesContext(connection) as asked:
        told, _none = fill([(counts, "3"), (greets, "!"), (counts, "bad"), (counts, "40")], ANA)
    assert told == ["Ana 3: 7 4", "Ana!", "", "Ana 40: 7 41"]
    assert len(asked) == 1


@pytest.mark.django_db
def test_a_page_whose_holes_ask_nothing_costs_no_query() -> None:
    with CaptureQueriesContext(connection) as asked:
        assert fill([(greets, ""), (counts, "bad")], ANA) == (["Ana", ""], ())
    assert len(asked) == 0


@pytest.mark.django_db
def test_what_is_asked_beside_the_holes_comes_along() -> None:
    beside = Question(("SELECT 5", "SELECT %s + 2"), (1,))
    with CaptureQueriesContext(connection) as asked:
        assert fill([(greets, ""), (counts, "1")], ANA, beside) == (["Ana", "Ana 1: 7 2"], (5, 3))
    assert len(asked) == 1


@pytest.mark.django_db
def test_a_hole_alone_asks_for_itself() -> None:
    assert counts(ANA, "3") == "Ana 3: 7 4"
