"""What the worker does: little at once, much in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from talehouse.rankings import working
from talehouse.rankings.models import Alike, Rank
from talehouse.rankings.tests import crowds
from talehouse.rankings.tests.test_suggesting import finish
from tests.cast import Cast, story


def test_what_is_little_is_done_at_once(cast: Cast) -> None:
    made = [story(cast, title) for title in ("One", "Two")]
    crowds.read(made[0], 3)
    finish(made, crowds.people(6))
    assert working.is_little()
    working.ranks()
    working.alike()
    assert Rank.objects.filter(ranking="rising").count() == 1 and Alike.objects.count() == 2


def test_much_is_not_little(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    crowds.read(story(cast, "One"), 3)
    monkeypatch.setattr(working, "LITTLE", 0)
    assert not working.is_little()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_workers_write_the_same_one_after_the_other(cast: Cast) -> None:
    crowds.read(story(cast, "One"), 3)
    begun = threading.Event()

    def second() -> None:
        begun.set()
        try:
            working.ranks()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            working.ranks()
            done = other.submit(second)
            begun.wait(10)
            with pytest.raises(TimeoutError):
                done.result(1)
        assert done.exception(30) is None
    assert Rank.objects.filter(ranking="rising").count() == 1


def test_the_process_does_it(new_database: Callable[[], str]) -> None:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "TALEHOUSE_DATABASE_URL": new_database(),
    }
    subprocess.run([sys.executable, "-m", "django", "migrate", "-v0"], env=environment, check=True)
    for work in working.WORK:
        subprocess.run([sys.executable, "-m", "talehouse.rankings.child", work], env=environment, check=True)
