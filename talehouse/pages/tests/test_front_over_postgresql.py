"""A whole front whose version numbers are in PostgreSQL."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from talehouse.pages.tests.running import House, until

pytestmark = pytest.mark.postgresql
VERSION = re.compile(rb"version (\d+)")


@pytest.fixture
def house(new_database: Callable[[], str]) -> Iterator[House]:
    """A house with a database of its own."""
    running = House(url=new_database())
    try:
        yield running.start()
        assert "unexpected" not in running.errors()
    finally:
        running.stop()


def version(house: House) -> int:
    """The version that a visitor sees."""
    response, body = house.get("/parts/one/")
    found = VERSION.search(body)
    assert response.status == 200 and found is not None
    return int(found.group(1))


def test_pages_are_kept_and_a_change_is_seen(house: House) -> None:
    with ThreadPoolExecutor(20) as clients:
        bodies = set(clients.map(lambda _: house.get("/parts/crowd/")[1], range(20)))
    assert len(bodies) == 1
    assert version(house) == 0
    house.bump()
    time.sleep(1.05)
    assert version(house) == 1
    for number in range(2, 6):
        assert house.ask("POST", "/change", b"x")[1] == b"changed"
        assert version(house) == number
    time.sleep(1.05)
    with ThreadPoolExecutor(20) as clients:
        assert set(clients.map(lambda _: version(house), range(40))) == {5}


def test_a_connection_that_the_database_ends_is_opened_again(house: House) -> None:
    kept = version(house)
    time.sleep(1.05)
    assert version(house) == kept
    with psycopg.connect(house.url, autocommit=True) as other:
        ended = other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%ANY%'"
        ).fetchall()
    assert ended
    house.bump()
    until(lambda: version(house) == kept + 1, "the change is never seen")
