"""What the doctor says of the index, and the command that builds it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from talehouse.activity.log import record
from talehouse.activity.models import Event
from talehouse.ops import doctoring
from talehouse.search import cursors, engine, feeding, feeding_texts, looking_after, rebuilding
from talehouse.search.columns import files
from talehouse.search.language.words import Word, Words
from talehouse.search.looking_after import Health
from talehouse.search.questions import IndexMissing, Question
from talehouse.stories import describing, publishing
from talehouse.tags.models import Tag
from tests.cast import Cast, story
from tests.delivering import deliver_now

ALL = frozenset({"general", "teen", "mature", "explicit", "not-rated"})
WEIR = Words(wanted=(Word("weir"),))
TITLED = Question(member=True, ratings=ALL, words=WEIR)


@pytest.fixture(autouse=True)
def own_folder(settings: Settings, tmp_path: Path) -> None:
    """An index of this test alone."""
    settings.INDEX = tmp_path / "index"


def index_now() -> int:
    """Build both indexes, inside the transaction of a test too; returns how many stories."""
    stories = feeding.rebuild_now()
    feeding_texts.rebuild_now()
    return stories


def told() -> tuple[str, str]:
    """What the doctor says of the search."""
    finding = doctoring._search()
    return finding.state, finding.text


@pytest.mark.django_db
def test_missing_then_fine(cast: Cast) -> None:
    story(cast)
    assert looking_after.of_stories() is Health.MISSING
    assert looking_after.of_texts() is Health.MISSING
    assert told()[0] == "warn"
    assert index_now() == 1
    assert looking_after.of_stories() is looking_after.of_texts() is Health.FINE
    assert told()[0] == "ok"


@pytest.mark.django_db
def test_damaged(cast: Cast) -> None:
    story(cast)
    index_now()
    where = cursors.folder()
    (where / files.current(where) / "stories.npy").write_bytes(b"no")
    assert looking_after.of_stories() is Health.BROKEN
    assert told()[0] == "warn"
    where = cursors.texts_folder()
    (where / files.current(where) / rebuilding.CURSOR).unlink()
    assert looking_after.of_texts() is Health.BROKEN


@pytest.mark.django_db(transaction=True)
def test_late_only_when_a_story_waits(cast: Cast) -> None:
    made = story(cast)
    index_now()
    long_ago = timezone.now() - timedelta(hours=1)
    publishing.add_part(made, by=cast.writer, title="Two", html="<p>More</p>")
    Event.objects.filter(verb="part.created").update(verb="part.saved", at=long_ago)
    assert looking_after.of_stories() is Health.FINE
    publishing.describe(made, by=cast.writer, title="Other")
    assert looking_after.of_stories() is Health.FINE
    Event.objects.filter(verb="story.described").update(at=long_ago)
    assert looking_after.of_stories() is Health.LATE
    assert looking_after.of_texts() is Health.LATE
    feeding.feed()
    assert looking_after.of_stories() is looking_after.of_texts() is Health.FINE


@pytest.mark.django_db
def test_the_command_builds_both(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    made = story(cast, "The Weir")
    call_command("reindex", "--json")
    assert json.loads(capsys.readouterr().out)["stories"] == 1
    assert engine.find(TITLED).stories == (made.pk,)
    call_command("reindex")
    assert "1 stories" in capsys.readouterr().out


@pytest.mark.django_db
def test_the_command_says_that_another_one_builds(cast: Cast) -> None:
    with files.held(cursors.folder() / "building"), pytest.raises(CommandError) as refused:
        call_command("reindex")
    assert refused.value.returncode == 1


@pytest.mark.django_db
def test_words_without_an_index_of_texts_are_a_missing_index(cast: Cast) -> None:
    story(cast)
    feeding.rebuild_now()
    with pytest.raises(IndexMissing):
        engine.find(TITLED)
    assert engine.passages(Words(wanted=(Word("lamp"),)), [1], person=cast.reader) == {}
    feeding_texts.rebuild_now()
    assert engine.find(TITLED).total == 1


@pytest.mark.django_db(transaction=True)
def test_words_are_found_in_the_round_after(cast: Cast) -> None:
    story(cast, "First")
    feeding.feed()
    assert engine.find(TITLED).total == 0
    made = story(cast, "The Weir")
    assert feeding.feed()
    assert engine.find(TITLED).stories == (made.pk,)
    publishing.describe(made, by=cast.writer, visibility="private")
    feeding.feed()
    assert engine.find(TITLED).total == 0
    assert feeding.feed() == 0


@pytest.mark.django_db(transaction=True)
def test_a_tag_on_many_stories_is_told_to_the_texts_in_turns(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        describing.set_tags(story(cast, f"Story {number}"), [("theme", "Lamps")], by=cast.writer)
    deliver_now()
    feeding.feed()
    monkeypatch.setattr(feeding_texts, "TURN", 2)
    monkeypatch.setattr(feeding_texts, "PATIENCE", -1.0)
    story(cast, "A Weir")
    lamps = Tag.objects.get(name="Lamps")
    with transaction.atomic():
        named = {"name": "Weir", "name_key": "weir", "slug": "weir"}
        weir = Tag.objects.create(kind="theme", standing="synonym", merged_into=lamps, **named)
        record("tag.wrangled", actor=None, subject=weir)
    feeder, found = feeding_texts.TextsFeeder(cursors.texts_folder()), []
    while feeder.round():
        found.append(len(engine._reader().match(WEIR, member=True).stories))
    assert found == [3, 5, 6]
    assert looking_after.of_texts() is Health.FINE and feeder._left is None
