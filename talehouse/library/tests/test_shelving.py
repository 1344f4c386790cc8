"""Shelves: one tap on, one off, own ones up to fifty; and how far one is in what stands there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from talehouse.library import placing, shelving
from talehouse.library.models import PartRead, Reading, Shelf, ShelfEntry
from talehouse.library.placing import Place, mark_read, note
from talehouse.library.progress import Progress, goals, progress, sentence
from talehouse.stories import moving, publishing, removing
from talehouse.stories.errors import RuleError
from talehouse.stories.models import Part
from tests.cast import PROSE, Archive, Cast, first, story


def test_a_story_stands_on_one_of_the_four_at_most(cast: Cast) -> None:
    made = story(cast)
    for shelf in ("to-read", "reading", "reading"):
        shelving.put(made, shelf, by=cast.reader)
    row = Reading.objects.get()
    assert (row.shelf, row.shelved_at is not None, row.part) == ("reading", True, None)
    assert [(one.value, one.size) for one in shelving.shelves(cast.reader)][:2] == [
        ("to-read", 0),
        ("reading", 1),
    ]
    assert shelving.take_off(made.pk, by=cast.reader)
    assert not shelving.take_off(made.pk, by=cast.reader)
    assert shelving.shelves(cast.reader)[1].size == 0


def test_a_shelf_that_is_not_there_is_refused(cast: Cast) -> None:
    with pytest.raises(RuleError):
        shelving.put(story(cast), "attic", by=cast.reader)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reading.objects.create(account=cast.reader, story=story(cast), shelf="attic")


def test_taking_a_story_off_leaves_the_place_and_out_of_the_library_what_is_read(cast: Cast) -> None:
    made = story(cast)
    note([Place(first(made).pk, timezone.now(), "1", 500, True)], by=cast.reader, device_now=timezone.now())
    shelving.put(made, "reading", by=cast.reader)
    own = shelving.make("Rain", by=cast.reader)
    shelving.add(made, own, by=cast.reader)
    shelving.take_off(made.pk, by=cast.reader)
    assert Reading.objects.get().share == 500
    shelving.remove_story(made.pk, by=cast.reader)
    assert not Reading.objects.exists() and not ShelfEntry.objects.exists()
    assert PartRead.objects.get().finished_at is not None


def test_own_shelves_are_named_once_and_counted(cast: Cast) -> None:
    rain = shelving.make("  For   rain ", by=cast.reader)
    assert rain.name == "For rain"
    for name in ("For rain", " ", "x" * 81, "\u202e\x00"):
        with pytest.raises(RuleError):
            shelving.make(name, by=cast.reader)
    shelving.make("For rain", by=cast.stranger)
    snow = shelving.make("For snow", by=cast.reader)
    with pytest.raises(RuleError):
        shelving.rename(snow, "For rain", by=cast.reader)
    shelving.rename(snow, "For snow", by=cast.reader)
    shelving.rename(snow, "For ice", by=cast.reader)
    made = story(cast)
    assert shelving.add(made, rain, by=cast.reader) and not shelving.add(made, rain, by=cast.reader)
    assert [(one.name, one.size) for one in shelving.own(cast.reader)] == [("For ice", 0), ("For rain", 1)]
    assert [(one.name, one.size) for one in shelving.shelves(cast.reader)][4:] == [
        ("For ice", 0),
        ("For rain", 1),
    ]
    shelving.remove(rain, by=cast.reader)
    assert [shelf.name for shelf in Shelf.objects.filter(account=cast.reader)] == ["For ice"]


def test_a_shelf_of_somebody_else_is_out_of_reach(cast: Cast) -> None:
    theirs, made = shelving.make("Mine", by=cast.stranger), story(cast)
    with pytest.raises(RuleError):
        shelving.add(made, theirs, by=cast.reader)
    shelving.add(made, theirs, by=cast.stranger)
    assert not shelving.drop(made.pk, theirs, by=cast.reader)
    shelving.rename(theirs, "Yours", by=cast.reader)
    shelving.remove(theirs, by=cast.reader)
    assert [(one.name, one.size) for one in shelving.own(cast.stranger)] == [("Mine", 1)]
    assert shelving.drop(made.pk, theirs, by=cast.stranger)


def test_fifty_own_shelves_at_most(cast: Cast) -> None:
    for number in range(shelving.MOST):
        shelving.make(f"Shelf {number}", by=cast.reader)
    with pytest.raises(RuleError):
        shelving.make("One more", by=cast.reader)


# How far, and where on


def here(account: object, story_id: int) -> Part | None:
    """The part where reading goes on."""
    goal = goals(account.pk, [story_id]).get(story_id)  # type: ignore[attr-defined]
    return Part.objects.get(pk=goal.part) if goal else None


def test_reading_goes_on_in_the_part_that_is_begun_else_in_the_next_that_is_not_read(cast: Cast) -> None:
    made, now = story(cast, parts=4), timezone.now()
    parts, me = list(made.parts.order_by("position")), cast.reader
    assert here(me, made.pk) == parts[0]
    note([Place(parts[1].pk, now - timedelta(hours=2), "2", 400)], by=me, device_now=now)
    assert here(me, made.pk) == parts[1]
    goal = goals(me.pk, [made.pk])[made.pk]
    assert (goal.address(), goal.here, goal.share, goal.number) == (f"{parts[1].url}#b-2", True, 400, 2)
    note([Place(parts[1].pk, now, "3", 1000, True)], by=me, device_now=now)
    assert here(me, made.pk) == parts[2]
    assert goals(me.pk, [made.pk])[made.pk].address() == parts[2].url
    mark_read(parts[3], by=me)
    mark_read(parts[2], by=me)
    assert here(me, made.pk) is None
    assert here(cast.stranger, made.pk) == parts[0]


def test_progress_counts_chapters_that_are_out_and_says_what_is_new(cast: Cast) -> None:
    made, me = story(cast, parts=3), cast.reader
    parts, now = list(made.parts.order_by("position")), timezone.now()
    Part.objects.filter(pk__in=[part.pk for part in parts]).update(
        word_count=1000, release_at=now - timedelta(days=2)
    )
    note([Place(parts[0].pk, now - timedelta(days=1), "1", 1000, True)], by=me, device_now=now)
    assert progress(me.pk, [made.pk]) == {made.pk: Progress(3, 1, 0, 2000)}
    more = publishing.add_part(made, by=cast.writer, title="News", html=PROSE, kind=Part.Kind.ANNOUNCEMENT)
    publishing.publish(more, by=cast.writer)
    publishing.add_part(made, by=cast.writer, title="A draft", html=PROSE)
    fourth = publishing.publish(
        publishing.add_part(made, by=cast.writer, title="4", html=PROSE), by=cast.writer
    )
    Part.objects.filter(pk=fourth.pk).update(word_count=500)
    assert progress(me.pk, [made.pk]) == {made.pk: Progress(4, 1, 1, 2500)}
    removing.withdraw(made, by=cast.writer)
    assert progress(me.pk, [made.pk]) == {}


def test_the_sentence_says_it_plainly() -> None:
    assert sentence(Progress(11, 5, 2, 9000), 38) == "5 of 11 read, 2 new, about 38 min left"
    assert sentence(Progress(11, 5, 0, 9000), 200) == "5 of 11 read, about 3 hours left"
    assert sentence(Progress(11, 11, 0, 0), 0) == "all 11 parts are read"
    assert sentence(Progress(1, 1, 0, 0), 0) == "its only part is read"
    assert sentence(Progress(), 0) == ""


def test_a_part_that_moves_to_another_story_is_still_read_and_misleads_nobody(cast: Cast) -> None:
    made, other, me = story(cast, parts=3), story(cast, "Other"), cast.reader
    parts, now = list(made.parts.order_by("position")), timezone.now()
    note([Place(parts[1].pk, now, "1", 1000, True)], by=me, device_now=now)
    moving.move(made, [parts[1].pk], to=other, by=cast.writer)
    assert progress(me.pk, [made.pk, other.pk])[other.pk].read == 1
    assert here(me, made.pk) == parts[0]


def test_an_unlisted_story_goes_on_for_whoever_holds_its_key(cast: Cast, archive: Archive) -> None:
    made, me = archive.unlisted, cast.reader
    shelving.put(made, "reading", by=me, key=made.key)
    assert placing.keys(me) == [made.key]
    assert goals(me.pk, [made.pk], keys=[made.key])[made.pk].address(made.key).endswith(f"?key={made.key}")
    assert not goals(me.pk, [made.pk], keys=["wrong"])
