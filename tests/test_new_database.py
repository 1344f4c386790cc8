"""A test that starts a process of its own gets an empty database for it, of the kind under test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from config import environment


def test_each_is_another(new_database: Callable[[], str]) -> None:
    assert new_database() != new_database()


@pytest.mark.sqlite
def test_it_is_a_file_that_does_not_exist_yet(new_database: Callable[[], str]) -> None:
    described = environment.database(new_database())
    assert not Path(described["NAME"]).exists()
    assert Path(described["NAME"]).parent.is_dir()


@pytest.mark.postgresql
def test_it_is_there_and_has_no_table(new_database: Callable[[], str]) -> None:
    with psycopg.connect(new_database()) as connection:
        row = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert row == (0,)


@pytest.mark.postgresql
def test_the_settings_understand_its_address(new_database: Callable[[], str]) -> None:
    url = new_database()
    described = environment.database(url)
    with psycopg.connect(
        host=described["HOST"], user=described["USER"], dbname=described["NAME"]
    ) as connection:
        assert connection.info.dbname == described["NAME"]
    assert described["NAME"] in url
