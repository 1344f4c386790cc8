"""The front's version numbers from PostgreSQL: asked in rounds, and again after the connection has died."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

import psycopg
import pytest
from django.db import connection, transaction

from talehouse.pages import versions
from talehouse.pages.front.numbers import PostgresNumbers, numbers_of
from talehouse.pages.store import CannotCheck

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def url() -> str:
    """The test database as a URL."""
    given = connection.settings_dict
    sign_in = f"{quote(given['USER'])}:{quote(given['PASSWORD'])}@" if given["USER"] else ""
    return (
        f"postgresql://{sign_in}/{given['NAME']}?host={quote(given['HOST'], '')}&port={given['PORT'] or 5432}"
    )


def test_numbers_are_found_together() -> None:
    with transaction.atomic():
        versions.bump("story:1", "site")

    async def ask() -> None:
        numbers = numbers_of(url())
        assert isinstance(numbers, PostgresNumbers)
        assert numbers.at_once(("site",)) is None
        found = await asyncio.gather(
            *(numbers.later((key, "site")) for key in ("story:1", "story:2", "tag:ü"))
        )
        assert all(each["site"] == 1 for each in found)
        assert found[0]["story:1"] == 1
        assert "story:2" not in found[1]
        await numbers.close()

    asyncio.run(ask())


def test_a_change_is_seen_and_a_dead_connection_is_opened_again() -> None:
    async def ask() -> None:
        numbers = PostgresNumbers(url())
        assert await numbers.later(("site",)) == {}
        with psycopg.connect(url(), autocommit=True) as other:
            other.execute("INSERT INTO pages_version VALUES ('site', 5)")
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE query LIKE '%ANY%' AND pid <> pg_backend_pid()"
            )
        with pytest.raises(CannotCheck):
            await numbers.later(("site",))
        assert await numbers.later(("site",)) == {"site": 5}
        await numbers.close()

    asyncio.run(ask())


def test_a_database_that_is_away_is_said_to_be_away() -> None:
    async def ask() -> None:
        numbers = PostgresNumbers("postgresql://127.0.0.1:1/nothing")
        with pytest.raises(CannotCheck):
            await numbers.later(("site",))
        await numbers.close()

    asyncio.run(ask())
