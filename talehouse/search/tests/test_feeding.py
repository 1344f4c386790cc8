"""The index follows the archive: after a round it holds what the database says, whatever went wrong."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from talehouse.accounts.models import Account
from talehouse.activity.log import record
from talehouse.activity.models import Event
from talehouse.library.models import PartRead
from talehouse.reads import counting
from talehouse.search import cursors, engine, feeding, rebuilding, sources
from talehouse.search.columns import files
from talehouse.search.columns.folding import folded
from talehouse.search.columns.index import BROKEN, Index
from talehouse.search.columns.rows import Row
from talehouse.search.completing import complete
from talehouse.search.language.words import Word, Words
from talehouse.search.questions import IndexMissing, Question, Sort
from talehouse.stories import describing, publishing, removing
from talehouse.stories.models import Part, Story
from talehouse.tags.models import Tag
from talehouse.votes import casting
from tests.cast import Cast, story
from tests.delivering import deliver_now

pytestmark = pytest.mark.django_db(transaction=True)
ALL = frozenset({"general", "teen", "mature", "explicit", "not-rated"})


@pytest.fixture(autouse=True)
def own_folder(settings: Settings, tmp_path: Path) -> Path:
    """An index of this test alone."""
    settings.INDEX = tmp_path / "index"
    return tmp_path / "index" / "stories"


def round_of() -> int:
    """One round of the feeder of stories."""
    return feeding.Feeder(cursors.folder()).round()


def kept() -> list[Row]:
    """The rows that the index holds."""
    index = Index(cursors.folder())
    base, tail = index.refresh()
    rows = sources._rows(folded(base, tail))
    index.close()
    return sorted(rows, key=lambda row: row.story)


def true() -> list[Row]:
    """The rows that it should hold."""
    return sorted(sources._rows(sources.everything()), key=lambda row: row.story)


def everything(**wish: object) -> Question:
    """All that a member may meet."""
    return Question(member=True, ratings=ALL, **wish)  # type: ignore[arg-type]


def test_a_missing_index_is_built_in_the_first_round(cast: Cast) -> None:
    made = story(cast, parts=2)
    assert not engine.ready()
    with pytest.raises(IndexMissing):
        engine.find(everything())
    round_of()
    assert engine.ready()
    assert engine.find(everything()).stories == (made.pk,)
    assert kept() == true()


def test_only_what_somebody_may_meet_is_kept(cast: Cast) -> None:
    shown = [story(cast, "Shown"), story(cast, "For members", visibility="members")]
    story(cast, "Unlisted", visibility="unlisted")
    story(cast, "Private", visibility="private")
    story(cast, "Draft", parts=0)
    removing.withdraw(story(cast, "Withdrawn"), by=cast.writer)
    removing.hide(story(cast, "Hidden"), by=cast.host)
    removing.delete(story(cast, "Deleted"), by=cast.writer)
    round_of()
    assert {row.story for row in kept()} == {one.pk for one in shown}
    visitor = Question(member=False, ratings=ALL)
    assert engine.find(visitor).stories == (shown[0].pk,)


def _publishes(cast: Cast) -> None:
    story(cast, "A new one", parts=1)


def _tags(cast: Cast) -> None:
    describing.set_tags(
        Story.objects.get(title="First"),
        [("fandom", "Tides"), ("fandom", "Weirs"), ("relationship", "Ada/Bea"), ("theme", "Fog")],
        by=cast.writer,
    )


def _rates(cast: Cast) -> None:
    publishing.describe(Story.objects.get(title="First"), by=cast.writer, rating="mature", language="de")


def _withdraws(cast: Cast) -> None:
    removing.withdraw(Story.objects.get(title="First"), by=cast.writer)


def _hides(cast: Cast) -> None:
    removing.hide(Story.objects.get(title="First"), by=cast.host)


def _votes(cast: Cast) -> None:
    part = Story.objects.get(title="First").parts.get()
    casting.cast(part, by=cast.reader)


@pytest.mark.parametrize("act", [_publishes, _tags, _rates, _withdraws, _hides, _votes])
def test_what_happens_is_found_in_the_next_round(cast: Cast, act: Callable[[Cast], None]) -> None:
    story(cast, "First")
    story(cast, "Second")
    feeder = feeding.Feeder(cursors.folder())
    feeder.round()
    before = kept()
    act(cast)
    assert kept() == before
    assert feeder.round()
    assert kept() == true() != before
    assert feeder.round() == 0


def test_terms_of_a_story(cast: Cast) -> None:
    made = story(cast, "First", rating="teen", status="complete")
    _tags(cast)
    round_of()
    [row] = kept()
    tags = {one.tag.name: one.tag_id for one in made.story_tags.select_related("tag")}
    pen = cast.pen("writer").pk
    wanted = {"rating:teen", "audience:public", "status:complete", "language:en", "shape:crossover"}
    wanted |= {f"tag:{pk}" for pk in tags.values()} | {f"own:{pk}" for pk in tags.values()}
    wanted |= {f"main:{tags['Ada/Bea']}", f"pen:{pen}"}
    assert set(row.terms) == wanted
    fresh = Story.objects.get(pk=made.pk)
    assert fresh.updated_at is not None
    assert fresh.release_at is not None
    assert row.numbers[0] == fresh.word_count
    assert row.numbers[1:4] == (1, int(fresh.release_at.timestamp()), int(fresh.updated_at.timestamp()))


def test_facets_and_what_completes_what_is_typed(cast: Cast) -> None:
    story(cast, "First")
    story(cast, "Second")
    _tags(cast)
    round_of()
    answer = engine.find(everything(facets=("tag:fandom",), facet_size=1))
    assert [one.stories for one in answer.facets["tag:fandom"]] == [1]
    assert answer.more == {"tag:fandom"}
    assert [one.stories for one in complete(everything(), ["theme"], "FO")] == [1]
    assert complete(everything(include=("status:hiatus",)), ["theme"], "fo") == []
    assert complete(everything(), ["theme"], "") == []


def test_counters_that_tell_the_log_nothing_come_with_time(cast: Cast) -> None:
    made = story(cast, "First")
    feeder = feeding.Feeder(cursors.folder())
    feeder.round()
    reader = counting.Reader(cast.reader, "192.0.2.1", "a browser")
    assert counting.record(made.parts.get(), by=reader)
    assert feeder.round() == 0
    feeder._counted -= feeding.COUNTERS
    assert feeder.round() == 1
    assert kept() == true()
    assert engine.find(everything(sort=Sort.READS)).stories == (made.pk,)
    feeder._counted -= feeding.COUNTERS
    assert feeder.round() == 0


def test_a_story_with_a_synonym_and_what_it_means_follows_what_wranglers_do(cast: Cast) -> None:
    made = story(cast, "First")
    for kind, names in (("theme", ("Lamps", "Lanterns")), ("relationship", ("Ada/Bea", "Bea/Ada"))):
        describing.set_tags(made, [(kind, name) for name in names], by=cast.writer)
        facet = f"tag:{kind}"
        feeder = feeding.Feeder(cursors.folder())
        feeder.round()
        for standing, meant in (("synonym", names[1]), ("unsorted", "")):
            canonical = Tag.objects.filter(name=meant).first()
            Tag.objects.filter(name=names[0]).update(standing=standing, merged_into=canonical)
            with transaction.atomic():
                record("tag.wrangled", actor=None, subject=Tag.objects.get(name=names[0]))
            deliver_now()
            feeder.round()
            assert kept() == true()
            before = engine.find(everything(facets=(facet,))).facets
            assert len(before[facet]) == 2 - bool(meant)
            feeding.rebuild_now()
            assert engine.find(everything(facets=(facet,))).facets == before


def test_who_reaches_the_end_is_asked_of_the_last_part_that_readers_may_open(cast: Cast) -> None:
    made = story(cast, "First", parts=3)
    Part.objects.filter(story=made).update(release_at=timezone.now() - timedelta(days=60))
    first, second, last = made.parts.order_by("position")
    Part.objects.filter(pk=last.pk).update(visibility="private")
    readers = Account.objects.bulk_create(
        [Account(email=f"r{number}@example.org", password="!") for number in range(20)]
    )
    now = timezone.now()
    rows = [(one, part) for one in readers for part in (first, second)]
    PartRead.objects.bulk_create(
        [PartRead(account=one, part=part, read_at=now, finished_at=now) for one, part in rows]
    )
    assert sources.shares(lambda asked, _path: asked) == {made.pk: (0, sources.MILLION)}


# What goes wrong


def _latest(where: Path) -> Path:
    return where / files.current(where)


def test_a_torn_record_is_ignored_and_written_again(cast: Cast, own_folder: Path) -> None:
    story(cast, "First")
    round_of()
    _publishes(cast)
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
    _publishes(cast)
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
    _publishes(cast)
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
    _publishes(cast)

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
    _publishes(cast)
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
    _publishes(cast)
    with files.held(own_folder / "lock") as ours:
        assert ours
        assert round_of() == 0
    assert round_of() == 1


def test_one_process_builds(cast: Cast, own_folder: Path) -> None:
    with files.held(own_folder / "building"), pytest.raises(rebuilding.Busy):
        feeding.rebuild_now()


# Folding


def test_a_long_tail_is_folded_while_stories_come(
    cast: Cast, own_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story(cast, "First")
    feeder = feeding.Feeder(own_folder)
    feeder.round()
    monkeypatch.setattr(feeding, "FOLD_ROWS", 2)
    used = files.current(own_folder)
    for _number in range(4):
        _publishes(cast)
        feeder.round()
        assert kept() == true()
    _tags(cast)
    feeder.round()
    feeder.round()
    assert files.current(own_folder) > used
    assert kept() == true()


def test_what_came_while_it_was_folded_is_taken_along(cast: Cast, own_folder: Path) -> None:
    story(cast, "First")
    round_of()
    _publishes(cast)
    round_of()
    rebuilding.fold(own_folder)
    used = files.current(own_folder)
    _publishes(cast)
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
