"""A base of a large archive is built by a process of its own, while the old one serves."""

from __future__ import annotations

import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection
from pytest_django import Settings

from talehouse.search import cursors, engine, feeding, rebuilding
from talehouse.search.questions import Question
from tests.cast import Cast, story

PATIENCE = 120
ALL = Question(member=True, ratings=frozenset({"general", "teen", "mature", "explicit", "not-rated"}))


@pytest.fixture
def own_data(settings: Settings, tmp_path: Path) -> None:
    """A data folder of this test alone, and the test's database under the name that a process can use."""
    name = str(connection.settings_dict["NAME"])
    settings.DATA, settings.INDEX = tmp_path, tmp_path / "index"
    path = name if connection.vendor == "sqlite" else f"/{name}"
    url = urlsplit(settings.DATABASE_URL)
    settings.DATABASE_URL = (
        f"sqlite:///{path}" if connection.vendor == "sqlite" else url._replace(path=path).geturl()
    )


@pytest.mark.django_db(transaction=True)
def test_the_worker_has_it_built_and_takes_it_over(
    cast: Cast, own_data: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = story(cast)
    monkeypatch.setattr(rebuilding, "SMALL", -1)
    feeder = feeding.Feeder(cursors.folder())
    assert feeder.round() == 0
    child = feeder.builder._child
    assert child is not None
    assert not engine.ready()
    feeder.builder.start("rebuild")
    assert feeder.builder._child is child
    late = story(cast, "While it is built")
    assert child.wait(PATIENCE) == 0
    feeder.round()
    assert set(engine.find(ALL).stories) == {made.pk, late.pk}


@pytest.mark.django_db(transaction=True)
def test_a_build_that_is_killed_is_tried_again_later(
    cast: Cast, own_data: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = story(cast)
    monkeypatch.setattr(rebuilding, "SMALL", -1)
    feeder = feeding.Feeder(cursors.folder())
    feeder.round()
    first = feeder.builder._child
    assert first is not None
    first.kill()
    first.wait(PATIENCE)
    feeder.round()
    assert feeder.builder._child is first  # not again and again
    feeder.builder._not_before = time.monotonic()
    feeder.round()
    again = feeder.builder._child
    assert again is not None
    assert again is not first
    assert again.wait(PATIENCE) == 0
    feeder.round()
    assert engine.find(ALL).stories == (made.pk,)
