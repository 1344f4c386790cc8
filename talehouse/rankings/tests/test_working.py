"""What the worker does: little at once, much in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

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


def test_the_process_does_it(new_database: Callable[[], str]) -> None:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "TALEHOUSE_DATABASE_URL": new_database(),
    }
    subprocess.run([sys.executable, "-m", "django", "migrate", "-v0"], env=environment, check=True)
    for work in working.WORK:
        subprocess.run([sys.executable, "-m", "talehouse.rankings.child", work], env=environment, check=True)
