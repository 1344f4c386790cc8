"""The log: written with what it tells of, handed on exactly once, whatever fails in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from pytest_django import Settings

from talehouse.activity import log
from talehouse.activity.models import Cursor, Event
from talehouse.site.models import Site

SUBJECT = Site(pk=1)


class Diary:
    """A consumer whose effects are rows: the tagline of the one site row."""

    def __init__(self, *, fails: int = 0) -> None:
        self.fails = fails

    def __call__(self, events: Sequence[Event]) -> None:
        """Write down the batch; fail afterwards as often as was asked."""
        site, _made = Site.objects.get_or_create(pk=1)
        site.tagline += "".join(f"{event.data['n']} " for event in events)
        site.save()
        if self.fails:
            self.fails -= 1
            raise RuntimeError("the consumer fell over")

    @property
    def written(self) -> list[int]:
        """What stands there."""
        return [int(word) for word in Site.objects.get(pk=1).tagline.split()]


def happen(*numbers: int) -> None:
    """Things happen, each in its own transaction."""
    for number in numbers:
        with transaction.atomic():
            log.record("thing.done", actor=None, subject=SUBJECT, n=number)


@pytest.mark.django_db(transaction=True)
def test_nothing_is_recorded_outside_a_transaction() -> None:
    with pytest.raises(RuntimeError, match="inside the transaction"):
        log.record("thing.done", actor=None, subject=SUBJECT)
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_undone_is_not_told() -> None:
    with pytest.raises(ValueError, match="undone"), transaction.atomic():
        log.record("thing.done", actor=None, subject=SUBJECT, n=1)
        raise ValueError("undone")
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_event_says_what_happened_to_what() -> None:
    with transaction.atomic():
        event = log.record("thing.done", actor=7, subject=SUBJECT, n=1)
    event.refresh_from_db()
    assert (event.verb, event.actor_id, event.subject_type, event.subject_id) == ("thing.done", 7, "site", 1)
    assert event.data == {"n": 1}
    assert (event.transaction is None) == (connection.vendor == "sqlite")


@pytest.mark.django_db(transaction=True)
def test_each_event_is_handed_on_once_in_order() -> None:
    diary = Diary()
    happen(1, 2, 3)
    assert log.deliver("diary", diary) == 3
    happen(4)
    assert log.deliver("diary", diary) == 1
    assert log.deliver("diary", diary) == 0
    assert diary.written == [1, 2, 3, 4]


@pytest.mark.django_db(transaction=True)
def test_a_batch_has_a_size() -> None:
    diary = Diary()
    happen(*range(5))
    assert [log.deliver("diary", diary, batch=2) for _ in range(3)] == [2, 2, 1]
    assert log.deliver("diary", diary, batch=2) == 0
    assert diary.written == [0, 1, 2, 3, 4]


@pytest.mark.django_db(transaction=True)
def test_each_consumer_has_its_own_place() -> None:
    first, second = Diary(), Diary()
    happen(1)
    assert log.deliver("first", first) == 1
    happen(2)
    assert log.deliver("first", first) == 1
    assert log.deliver("second", second) == 2


@pytest.mark.django_db(transaction=True)
def test_a_consumer_that_fails_leaves_nothing_and_is_told_again() -> None:
    diary = Diary(fails=1)
    happen(1, 2)
    with pytest.raises(RuntimeError, match="fell over"):
        log.deliver("diary", diary)
    assert not Site.objects.exists()
    assert Cursor.objects.get(consumer="diary").position == 0
    assert log.deliver("diary", diary) == 2
    assert diary.written == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_the_settings_name_the_consumers(settings: Settings) -> None:
    settings.ACTIVITY_CONSUMERS = {"diary": "talehouse.activity.tests.test_log.DIARY"}
    happen(1)
    assert log.deliver_all() == 1
    assert log.deliver_all() == 0
    assert DIARY.written == [1]


DIARY = Diary()


@pytest.mark.django_db(transaction=True)
def test_every_named_consumer_can_be_called() -> None:
    assert log.consumers().keys() == django_settings.ACTIVITY_CONSUMERS.keys()
    assert all(callable(consumer) for consumer in log.consumers().values())


@contextmanager
def another() -> Iterator[Any]:
    """A cursor of another connection, in a transaction that has its number."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT pg_current_xact_id()")
            yield cursor
    finally:
        other.close()


def insert(cursor: Any, number: int) -> None:
    """What `record` writes, by another connection."""
    cursor.execute(
        "INSERT INTO activity_event (at, verb, subject_type, subject_id, data, transaction) VALUES "
        "(now(), 'thing.done', 'site', 1, %s, pg_current_xact_id()::text::bigint)",
        [f'{{"n": {number}}}'],
    )


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_an_older_open_transaction_holds_newer_events_back() -> None:
    """Numbers commit out of order there: what commits late must not be skipped."""
    diary = Diary()
    with another() as cursor:
        insert(cursor, 1)
        happen(2)
        assert log.deliver("diary", diary) == 0
        cursor.execute("COMMIT")
    assert log.deliver("diary", diary) == 2
    assert diary.written == [1, 2]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_what_is_open_in_another_database_holds_nothing_back(new_database: Callable[[], str]) -> None:
    diary = Diary()
    with psycopg.connect(new_database()) as elsewhere:
        elsewhere.execute("SELECT pg_current_xact_id()")
        happen(1)
        assert log.deliver("diary", diary) == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_an_older_transaction_may_write_after_a_younger_one_that_is_open() -> None:
    """Its event has the higher number and is handed on first; the lower number still follows."""
    diary = Diary()
    with another() as older, another() as younger:
        insert(younger, 2)
        insert(older, 1)
        older.execute("COMMIT")
        assert log.deliver("diary", diary) == 1
        younger.execute("COMMIT")
        assert log.deliver("diary", diary) == 1
    assert diary.written == [1, 2]
    assert list(Event.objects.order_by("pk").values_list("data__n", flat=True)) == [2, 1]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_batch_may_end_inside_a_transaction() -> None:
    diary = Diary()
    with transaction.atomic():
        for number in range(3):
            log.record("thing.done", actor=None, subject=SUBJECT, n=number)
    assert [log.deliver("diary", diary, batch=2) for _ in range(2)] == [2, 1]
    assert log.deliver("diary", diary, batch=2) == 0
    assert diary.written == [0, 1, 2]
