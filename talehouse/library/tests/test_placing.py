"""Places: the newest wins, whenever and from whatever clock it comes; only of what may be seen."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from talehouse.accounts.models import Account
from talehouse.library import history, placing, shelving, wishes
from talehouse.library.models import PartRead, Reading, Visit, Wishes
from talehouse.library.newest import PartRow, tell_parts
from talehouse.library.placing import MOST, Place, mark_read, mark_unread, note
from talehouse.stories import removing
from talehouse.stories.errors import RuleError
from talehouse.stories.models import Part
from tests.cast import Archive, Cast, first, story

DAY = timedelta(days=1)


def at(part: Part, moment: datetime, *, share: int = 100, **more: object) -> Place:
    """A place in a part."""
    return Place(part=part.pk, at=moment, block=f"b{share}", share=share, **more)  # type: ignore[arg-type]


def told(place: Place, by: Account, *, clock: timedelta = timedelta()) -> int:
    """Tell one place now, by a clock that is so far ahead of ours."""
    return note([place], by=by, device_now=timezone.now() + clock)


def share_of(account: Account, part: Part) -> int:
    """Where the account is in a part, and in the story."""
    share = PartRead.objects.get(account=account, part=part).share
    assert Reading.objects.get(account=account, story=part.story).share == share
    return share


def test_the_newest_place_wins_and_an_old_device_that_wakes_up_changes_nothing(cast: Cast) -> None:
    part, now = first(story(cast)), timezone.now()
    told(at(part, now - timedelta(hours=2), share=200), cast.reader)
    told(at(part, now - timedelta(hours=1), share=600), cast.reader)
    told(at(part, now - timedelta(days=3), share=900), cast.reader)
    assert share_of(cast.reader, part) == 600
    row = Reading.objects.get(account=cast.reader)
    assert (row.part_id, row.block, row.read_at) == (part.pk, "b600", PartRead.objects.get().read_at)


def test_going_back_in_the_text_is_a_newer_place(cast: Cast) -> None:
    part, now = first(story(cast)), timezone.now()
    told(at(part, now - timedelta(hours=2), share=900), cast.reader)
    told(at(part, now - timedelta(hours=1), share=100), cast.reader)
    assert share_of(cast.reader, part) == 100


@pytest.mark.parametrize("wrong", [DAY, -DAY], ids=["a day ahead", "a day behind"])
def test_a_clock_that_is_wrong_by_a_day_neither_wins_nor_loses(cast: Cast, wrong: timedelta) -> None:
    part, now = first(story(cast)), timezone.now()
    told(at(part, now - timedelta(minutes=20), share=500), cast.reader)
    told(at(part, now - timedelta(minutes=30) + wrong, share=300), cast.reader, clock=wrong)
    assert share_of(cast.reader, part) == 500, "it was read before, whatever its clock says"
    told(at(part, now - timedelta(minutes=10) + wrong, share=700), cast.reader, clock=wrong)
    assert share_of(cast.reader, part) == 700, "it was read after, whatever its clock says"
    told(at(part, timezone.now(), share=800), cast.reader)
    assert share_of(cast.reader, part) == 800


def test_what_is_still_to_come_counts_as_now(cast: Cast) -> None:
    part, now = first(story(cast)), timezone.now()
    told(at(part, now + DAY, share=500), cast.reader)
    assert PartRead.objects.get().read_at <= timezone.now()  # type: ignore[operator]
    told(at(part, timezone.now(), share=600), cast.reader)
    assert share_of(cast.reader, part) == 600


def test_times_that_no_calendar_holds_are_no_harm(cast: Cast) -> None:
    part = first(story(cast))
    for moment in (datetime.min, datetime.max):
        aware = moment.replace(tzinfo=timezone.get_current_timezone())
        assert note([at(part, aware)], by=cast.reader, device_now=timezone.now()) == 1
        assert note([at(part, timezone.now())], by=cast.reader, device_now=aware) == 1


def test_the_end_in_view_makes_a_part_read_and_a_later_place_leaves_it_read(cast: Cast) -> None:
    part, now = first(story(cast)), timezone.now()
    told(at(part, now - timedelta(hours=1), share=1000, finished=True), cast.reader)
    told(at(part, now, share=10), cast.reader)
    row = PartRead.objects.get()
    assert (row.share, row.finished_at is not None) == (10, True)


def test_marked_unread_by_hand_an_older_device_does_not_make_it_read_again(cast: Cast) -> None:
    part, now = first(story(cast)), timezone.now()
    told(at(part, now - timedelta(hours=2), share=1000, finished=True), cast.reader)
    mark_unread(part, by=cast.reader)
    assert PartRead.objects.get().finished_at is None
    told(at(part, now - timedelta(hours=1), share=1000, finished=True), cast.reader)
    assert PartRead.objects.get().finished_at is None
    told(at(part, timezone.now() + timedelta(seconds=9), share=1000, finished=True), cast.reader)
    assert PartRead.objects.get().finished_at is not None


def test_marking_by_hand_leaves_the_place(cast: Cast) -> None:
    made = story(cast, parts=4)
    parts = list(made.parts.order_by("position"))
    told(at(parts[1], timezone.now() - timedelta(hours=1), share=400), cast.reader)
    assert mark_read(parts[2], by=cast.reader, above=True) == 3
    rows = {row.part_id: row for row in PartRead.objects.filter(account=cast.reader)}
    assert [bool(row and row.finished_at) for row in map(rows.get, [part.pk for part in parts])] == [
        *[True] * 3,
        False,
    ]
    assert rows[parts[1].pk].share == 400
    assert rows[parts[0].pk].read_at is None
    assert mark_unread(parts[1], by=cast.reader, above=True) == 2
    assert PartRead.objects.filter(finished_at__isnull=False).get().part_id == parts[2].pk
    told(at(parts[0], timezone.now() - timedelta(days=2), share=300), cast.reader)
    assert PartRead.objects.get(part=parts[0]).share == 300, "an old place is better than none"


def test_nothing_is_noted_of_what_may_not_be_seen(cast: Cast, archive: Archive) -> None:
    now = timezone.now()
    removing.withdraw(story(cast, "Gone"), by=cast.writer)
    hidden = [archive.private, archive.draft, archive.hidden, archive.unlisted]
    places = [at(first(made), now) for made in hidden] + [at(archive.scheduled, now), Place(999_999, now)]
    assert note(places, by=cast.reader, device_now=now) == 0
    assert not PartRead.objects.exists() and not Reading.objects.exists() and not Visit.objects.exists()


def test_an_unlisted_story_is_noted_with_its_key_and_the_key_is_kept(cast: Cast, archive: Archive) -> None:
    part, now = first(archive.unlisted), timezone.now()
    assert told(at(part, now, key="wrong"), cast.reader) == 0
    other = first(archive.private)
    places = [at(part, now, key=archive.unlisted.key), at(other, now, key=archive.unlisted.key)]
    assert note(places, by=cast.reader, device_now=now) == 1, "a key opens its own story alone"
    assert Reading.objects.get().key == archive.unlisted.key
    assert placing.keys(cast.reader) == [archive.unlisted.key]


def test_the_people_of_a_story_keep_their_place_in_it_too(cast: Cast, archive: Archive) -> None:
    for who in (cast.writer, cast.beta, cast.suspended):
        assert told(at(first(archive.public), timezone.now()), who) == 1


def test_too_many_places_at_once_are_refused(cast: Cast) -> None:
    part, now = first(story(cast)), timezone.now()
    with pytest.raises(RuleError):
        note([at(part, now)] * (MOST + 1), by=cast.reader, device_now=now)
    assert note([at(part, now)] * MOST, by=cast.reader, device_now=now) == MOST


def test_one_never_learns_of_the_places_of_somebody_else(cast: Cast) -> None:
    part = first(story(cast))
    told(at(part, timezone.now()), cast.reader)
    assert [row.part_id for row in placing.known([part.pk], by=cast.reader)] == [part.pk]
    assert placing.known([part.pk], by=cast.stranger) == []


MOMENTS = st.integers(min_value=0, max_value=12)
PLACES = st.lists(
    st.tuples(st.integers(0, 1), MOMENTS, st.sampled_from([0, 250, 1000]), st.booleans()),
    unique_by=lambda one: one[1],
)
SLOW = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def parts(cast: Cast) -> list[Part]:
    """Two parts of one story."""
    return list(story(cast, parts=2).parts.order_by("position"))


def clear() -> None:
    """Nobody has read anything."""
    for table in (Visit, PartRead, Reading):
        table._default_manager.all().delete()


@SLOW
@given(PLACES, st.data())
def test_any_order_of_arrival_gives_the_same_place(
    cast: Cast, parts: list[Part], told: list[tuple[int, int, int, bool]], data: st.DataObject
) -> None:
    clear()
    now = timezone.now()
    places = [
        at(parts[which], now - timedelta(minutes=moment + 1), share=share, finished=finished)
        for which, moment, share, finished in told
    ]
    seen: list[list[Any]] = []
    for reader in (cast.reader, cast.stranger):
        left = data.draw(st.permutations(places))
        while left:
            cut = data.draw(st.integers(1, len(left)))
            note(left[:cut], by=reader, device_now=timezone.now())
            left = left[cut:]
        rows = PartRead.objects.filter(account=reader).order_by("part")
        mine = Reading.objects.filter(account=reader)
        seen.append(
            [*rows.values_list("part", "share", "block"), *mine.values_list("part", "share", "block")]
        )
        seen[-1] += [(row.part_id, row.finished_at is not None) for row in rows]
    assert seen[0] == seen[1]
    if places:
        newest = max(places, key=lambda place: place.at)
        assert Reading.objects.get(account=cast.reader).share == newest.share


@SLOW
@given(st.lists(st.tuples(st.sampled_from(["place", "end", "unread"]), MOMENTS), max_size=6), st.data())
def test_any_order_of_what_is_told_of_a_part_gives_the_same_row(
    cast: Cast, parts: list[Part], events: list[tuple[str, int]], data: st.DataObject
) -> None:
    clear()
    part, start = parts[0], timezone.now() - DAY

    def row(what: str, moment: int) -> PartRow:
        when = start + timedelta(minutes=moment)
        if what == "unread":
            return PartRow(part.pk, unread_at=when)
        return PartRow(part.pk, f"b{moment}", moment, when, when if what == "end" else None)

    seen = []
    for reader in (cast.reader, cast.stranger):
        for event in data.draw(st.permutations(events)):
            tell_parts(reader.pk, [row(*event)])
        rows = PartRead.objects.filter(account=reader, part=part)
        seen.append(list(rows.values_list("block", "share", "read_at", "finished_at", "unread_at")))
    assert seen[0] == seen[1]
    ends = [start + timedelta(minutes=moment) for what, moment in events if what == "end"]
    unread = [start + timedelta(minutes=moment) for what, moment in events if what == "unread"]
    after = [end for end in ends if not unread or end > max(unread)]
    assert (seen[0][0][3] if seen[0] else None) == max(after, default=None)


@pytest.mark.django_db(transaction=True)
def test_many_devices_at_once_leave_the_newest_place(cast: Cast) -> None:
    made = story(cast, parts=3)
    parts, now = list(made.parts.order_by("position")), timezone.now()
    errors: list[Exception] = []

    def device(number: int) -> None:
        try:
            for step in range(5):
                minutes = (number * 7 + step * 11) % 40 + 1
                places = [at(part, now - timedelta(minutes=minutes), share=1000 - minutes) for part in parts]
                note(places[:: -1 if number % 2 else 1], by=cast.reader, device_now=timezone.now())
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=device, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    newest = min((number * 7 + step * 11) % 40 + 1 for number in range(6) for step in range(5))
    shares = PartRead.objects.filter(account=cast.reader).values_list("share", flat=True)
    assert list(shares) == [1000 - newest] * 3
    assert Reading.objects.get().part_id == parts[2].pk


# The pace


def test_the_pace_is_measured_once_a_part_and_only_if_somebody_reads_so(cast: Cast) -> None:
    parts = list(story(cast, parts=3).parts.order_by("position"))
    Part.objects.filter(pk__in=[part.pk for part in parts]).update(word_count=3000)
    now = timezone.now()
    told(at(parts[0], now, finished=True, seconds=600), cast.reader)
    told(at(parts[0], now, finished=True, seconds=600), cast.reader)
    told(at(parts[1], now, finished=True, seconds=20), cast.reader)  # 9,000 words a minute
    told(at(parts[2], now, finished=True, seconds=20_000), cast.reader)  # 9
    row = Wishes.objects.get()
    assert (row.words, row.seconds) == (3000, 600)
    assert wishes.minutes(3000, "en", row) == 10
    assert wishes.minutes(2380, "en", None) == 10
    assert wishes.minutes(0, "en", row) == 0


def test_a_pace_is_believed_after_enough_words_and_follows_its_reader(cast: Cast) -> None:
    assert wishes.measure(500, 60, "en", by=cast.reader)
    assert wishes.minutes(2380, "en", wishes.wishes_of(cast.reader)) == 10
    for _ in range(300):
        assert wishes.measure(1000, 120, "en", by=cast.reader)
    row = wishes.wishes_of(cast.reader)
    assert row.words <= wishes.MUCH + 1000
    assert wishes.minutes(2000, "en", row) == 4
    assert wishes.minutes(2000, "ja", row) == 2, "letters are read faster than words"


# What follows


def test_shelves_move_only_where_the_reader_allowed_it(cast: Cast) -> None:
    made = story(cast, parts=2, status="complete")
    parts = list(made.parts.order_by("position"))
    told(at(parts[0], timezone.now()), cast.reader)
    assert Reading.objects.get().shelf == ""
    wishes.change(by=cast.reader, moves_shelves=True)
    told(at(parts[0], timezone.now()), cast.reader)
    assert Reading.objects.get().shelf == "reading"
    told(at(parts[0], timezone.now(), finished=True), cast.reader)
    assert Reading.objects.get().shelf == "reading"
    told(at(parts[1], timezone.now(), finished=True), cast.reader)
    assert Reading.objects.get().shelf == "finished"


def test_a_story_that_goes_on_is_not_finished_and_one_put_away_stays_there(cast: Cast) -> None:
    wishes.change(by=cast.reader, moves_shelves=True)
    going, dropped = story(cast, "Goes On"), story(cast, "Let Go", status="complete")
    told(at(first(going), timezone.now(), finished=True), cast.reader)
    assert Reading.objects.get(story=going).shelf == "reading"
    shelving.put(dropped, "dropped", by=cast.reader)
    told(at(first(dropped), timezone.now(), finished=True), cast.reader)
    assert Reading.objects.get(story=dropped).shelf == "dropped"
    shelving.put(going, "to-read", by=cast.reader)
    told(at(first(going), timezone.now() - timedelta(hours=1)), cast.reader)
    assert Reading.objects.get(story=going).shelf == "to-read", "it was read before it was put there"


def test_a_part_that_is_read_leaves_a_visit_unless_the_history_is_paused_or_was_cleared(cast: Cast) -> None:
    part, now = first(story(cast)), timezone.now()
    told(at(part, now - timedelta(hours=2)), cast.reader)
    told(at(part, now - timedelta(hours=3)), cast.reader)
    assert Visit.objects.get().at < now - timedelta(hours=1, minutes=59)
    assert history.clear(by=cast.reader) == 1
    told(at(part, now - timedelta(hours=1)), cast.reader)
    assert not Visit.objects.exists(), "a device brings nothing back"
    told(at(part, timezone.now() + DAY), cast.reader)
    assert Visit.objects.count() == 1
    history.clear(by=cast.reader)
    history.pause(by=cast.reader)
    told(at(part, timezone.now() + DAY), cast.reader)
    paused = timezone.now()
    history.resume(by=cast.reader)
    told(at(part, paused - timedelta(seconds=1)), cast.reader)
    assert not Visit.objects.exists()
    told(at(part, timezone.now() + DAY), cast.reader)
    assert Visit.objects.count() == 1
    assert PartRead.objects.count() == 1
