"""What goes wrong while the index follows the archive, and folding: nothing is lost, whatever happens."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from talehouse.activity.models import Event
from talehouse.search import cursors, engine, feeding, rebuilding
from talehouse.search.columns import files
from talehouse.search.columns.index import BROKEN, Index
from talehouse.search.language.words import Word, Words
from talehouse.search.questions import IndexMissing
from talehouse.search.tests.fed import a_new_one, everything, kept, more_tags, round_of, true
from talehouse.stories.models import Story
from tests.cast import Cast, story

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_folder")]


def _latest(where: Path) -> Path:
    return where / files.current(where)


def test_a_torn_record_is_ignored_and_written_again(cast: Cast, own_folder: Path) -> None:
    story(cast, "First")
    round_of()
    a_new_one(cast)
    round_of()
    path = _latest(own_folder) / files.TAIL
    for lost in (1, path.stat().st_size - 5):
        os.truncate(path, path.stat().st_size - lost)
        assert {row.story for row in kept()} < {row.story for row in true()}
        round_of()
        assert kept() == true()


def test_a_tail_that_was_cut_is_read_from_the_beginning(cast: Cast, own_folder: Path) -> None:
    """A record that rotted after it had been read is cut off by the writer, and its stories written again."""
    story(cast, "First")
    round_of()
    a_new_one(cast)
    round_of()
    reader = Index(own_folder)
    before = reader.find(everything())
    path = _latest(own_folder) / files.TAIL
    os.truncate(path, 0)
    assert reader.find(everything()).total == before.total - 1
    round_of()
    assert reader.find(everything()) == before


def test_a_damaged_index_of_texts_is_built_anew(cast: Cast) -> None:
    story(cast, "The Weir")
    feeding.feed()
    where = cursors.texts_folder()
    (where / files.current(where) / rebuilding.TEXTS / "meta.json").write_text("no")
    words = Words(wanted=(Word("weir"),))
    with pytest.raises(IndexMissing):
        engine.find(everything(words=words))
    feeding.feed()
    assert engine.find(everything(words=words)).total == 1
    assert not (where / BROKEN).exists()


def test_a_damaged_index_is_missing_until_it_has_been_built_anew(cast: Cast, own_folder: Path) -> None:
    story(cast, "First")
    feeder = feeding.Feeder(own_folder)
    feeder.round()
    for name in ("number-words.npy", "bitmaps.bin", files.META, "stories.npy", "terms-tag.npy"):
        path = _latest(own_folder) / name
        path.write_bytes(b"x" + path.read_bytes()[:-1])
        reader = Index(own_folder)
        with pytest.raises(IndexMissing):
            reader.find(everything())
        assert (own_folder / BROKEN).exists()
        for _round in range(2):
            feeding.Feeder(own_folder).round()
        assert kept() == true()
        assert not (own_folder / BROKEN).exists()


def test_a_file_that_is_gone_is_a_missing_index(cast: Cast, own_folder: Path) -> None:
    story(cast, "First")
    round_of()
    (_latest(own_folder) / "postings.bin").unlink()
    with pytest.raises(IndexMissing):
        Index(own_folder).find(everything())
    (own_folder / files.CURRENT).write_text("nonsense")
    with pytest.raises(IndexMissing):
        Index(own_folder).find(everything())
    round_of()
    round_of()
    assert kept() == true()


@pytest.mark.parametrize("step", ["seal", "switch", "sync"])
def test_a_build_that_dies_leaves_the_old_index(
    cast: Cast, own_folder: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    story(cast, "First")
    round_of()
    before = kept()

    def dies(*_what: object, **_ever: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(files, step, dies)
        feeding.rebuild_now()
    assert kept() == before
    a_new_one(cast)
    round_of()
    assert kept() == true()
    feeding.rebuild_now()
    assert kept() == true()
    assert not list(own_folder.glob("*.new"))


def test_a_round_that_dies_before_its_record_is_done_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    story(cast, "First")
    round_of()
    a_new_one(cast)

    def dies(*_what: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(feeding, "append", dies)
        round_of()
    assert round_of() == 1
    assert kept() == true()


def test_a_record_may_be_applied_twice(cast: Cast, own_folder: Path) -> None:
    story(cast, "First")
    round_of()
    a_new_one(cast)
    round_of()
    path = _latest(own_folder) / files.TAIL
    path.write_bytes(path.read_bytes() * 2)
    assert kept() == true()


def test_a_log_that_does_not_know_the_cursor_means_a_new_index(cast: Cast, own_folder: Path) -> None:
    story(cast, "First")
    round_of()
    Story.objects.filter(title="First").update(word_count=77)  # told by no event
    last = Event.objects.order_by("-pk")[0]
    Event.objects.filter(pk=last.pk).update(at=timezone.now() - timedelta(days=3))
    used = files.current(own_folder)
    round_of()
    round_of()
    assert files.current(own_folder) > used
    assert kept() == true()


def test_one_process_writes(cast: Cast, own_folder: Path) -> None:
    story(cast, "First")
    round_of()
    a_new_one(cast)
    with files.held(own_folder / "lock") as ours:
        assert ours
        assert round_of() == 0
    assert round_of() == 1


def test_one_process_builds(cast: Cast, own_folder: Path) -> None:
    with files.held(own_folder / "building"), pytest.raises(rebuilding.Busy):
        feeding.rebuild_now()


def test_a_long_tail_is_folded_while_stories_come(
    cast: Cast, own_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story(cast, "First")
    feeder = feeding.Feeder(own_folder)
    feeder.round()
    monkeypatch.setattr(feeding, "FOLD_ROWS", 2)
    used = files.current(own_folder)
    for _number in range(4):
        a_new_one(cast)
        feeder.round()
        assert kept() == true()
    more_tags(cast)
    feeder.round()
    feeder.round()
    assert files.current(own_folder) > used
    assert kept() == true()


def test_what_came_while_it_was_folded_is_taken_along(cast: Cast, own_folder: Path) -> None:
    story(cast, "First")
    round_of()
    a_new_one(cast)
    round_of()
    rebuilding.fold(own_folder)
    used = files.current(own_folder)
    a_new_one(cast)
    index = Index(own_folder)
    feeding.follow(index)
    assert files.current(own_folder) == used
    round_of()
    assert files.current(own_folder) > used
    assert kept() == true()
    assert [tail.size for tail in (Index(own_folder).refresh()[1],)] == [1]


def test_older_generations_go(cast: Cast, own_folder: Path) -> None:
    story(cast, "First")
    for _number in range(4):
        feeding.rebuild_now()
    assert len(files.generations(own_folder)) <= 2
