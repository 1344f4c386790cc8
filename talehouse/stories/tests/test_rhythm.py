"""The rhythm and its queue: what waits has the next free slots in the order of positions, always."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from talehouse.accounts.models import Visitor
from talehouse.activity.models import Event
from talehouse.lib.clock import slots
from talehouse.stories import drafting, ordering, publishing, removing, rhythm
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Part, Rhythm
from talehouse.stories.tests.waiting import (
    BERLIN,
    TUESDAYS_AND_FRIDAYS,
    coming,
    one,
    seen,
    times,
    waiting_story,
)
from tests.cast import PROSE, Cast, first, story


def test_drafts_in_the_queue_have_the_next_slots_in_order(cast: Cast) -> None:
    made = waiting_story(cast)
    assert list(times(made).items()) == list(zip(["Draft 0", "Draft 1", "Draft 2"], coming(3), strict=True))
    part = one(made, "Draft 0")
    assert part.published is not None and part.draft is None
    assert not Part.objects.visible_to(Visitor()).filter(pk=part.pk).exists()


def test_they_come_out_by_the_clock_alone(cast: Cast, time_machine: Any) -> None:
    made = waiting_story(cast)
    soon, later, _last = coming(3)
    time_machine.move_to(soon + timedelta(seconds=1))
    assert seen(made) == ["Part 1", "Draft 0"]
    time_machine.move_to(later)
    assert seen(made) == ["Part 1", "Draft 0", "Draft 1"], "from its second on"
    assert publishing.release_due() == 2
    part = one(made, "Draft 0")
    assert part.release_at == soon and part.queued_at is None
    assert times(made) == {"Draft 2": coming(1)[0]}


def test_a_part_that_is_out_keeps_its_time_although_no_worker_ran(cast: Cast, time_machine: Any) -> None:
    made = waiting_story(cast)
    soon = coming(1)[0]
    time_machine.move_to(soon + timedelta(hours=1))
    rhythm.pause(made, by=cast.writer)
    rhythm.resume(made, by=cast.writer)
    assert one(made, "Draft 0").release_at == soon
    assert times(made) == {"Draft 0": soon, "Draft 1": coming(2)[0], "Draft 2": coming(2)[1]}


def test_another_order_gives_the_slots_to_others(cast: Cast) -> None:
    made = waiting_story(cast)
    order = [first(made).pk, *(one(made, f"Draft {n}").pk for n in (2, 0, 1))]
    ordering.reorder(made, by=cast.writer, order=order)
    assert list(times(made).items()) == list(zip(["Draft 2", "Draft 0", "Draft 1"], coming(3), strict=True))


def test_a_pause_keeps_the_queue_and_takes_the_times(cast: Cast) -> None:
    made = waiting_story(cast)
    rhythm.pause(made, by=cast.writer)
    assert set(times(made).values()) == {None}
    assert made.parts.filter(queued_at__isnull=False, draft__isnull=False, published=None).count() == 3
    rhythm.pause(made, by=cast.writer)
    rhythm.resume(made, by=cast.writer)
    assert list(times(made).values()) == coming(3)
    verbs = list(Event.objects.filter(verb__startswith="story.rhythm").values_list("verb", flat=True))
    assert verbs == ["story.rhythm-set", "story.rhythm-paused", "story.rhythm-resumed"]


def test_a_new_rhythm_gives_new_times(cast: Cast) -> None:
    made = waiting_story(cast)
    rhythm.set(made, by=cast.writer, days=[7], at=time(9, 30), zone="Asia/Tokyo")
    expected = slots([7], time(9, 30), ZoneInfo("Asia/Tokyo"), timezone.now(), 3)
    assert list(times(made).values()) == expected
    assert Rhythm.objects.get(story=made).made_by == cast.writer


def test_the_end_of_the_rhythm_makes_drafts_of_them(cast: Cast) -> None:
    made = waiting_story(cast)
    rhythm.end(made, by=cast.writer)
    assert set(times(made).values()) == {None}
    assert not made.parts.filter(queued_at__isnull=False).exists()
    assert rhythm.rhythm_of(made) is None


def test_the_newest_text_comes_out_of_the_queue(cast: Cast, time_machine: Any) -> None:
    made = waiting_story(cast)
    part = one(made, "Draft 0")
    drafting.save(part, by=cast.writer, html="<p>Better words.</p>", base=1, title="Better", tab="a")
    publishing.edit(one(made, "Draft 1"), by=cast.writer, html="<p>By the editor.</p>")
    time_machine.move_to(coming(2)[1])
    part.refresh_from_db()
    assert part.published is not None and "Better words." in part.published.html
    assert (part.title, part.draft, part.word_count) == ("Better", None, 2)
    other = one(made, "Draft 1")
    assert other.published is not None and "By the editor." in other.published.html


def test_a_text_that_nobody_saw_leaves_no_trace_of_having_been_published(cast: Cast) -> None:
    made = waiting_story(cast)
    part = one(made, "Draft 0")
    drafting.save(part, by=cast.writer, html="<p>Wholly other words.</p>", base=1)
    told = dict(part.revisions.values_list("number", "published_at"))
    assert told[1] is None and told[2] is not None
    assert not part.blocks.filter(position=None).exists()


def test_what_is_set_aside_does_not_come_out(cast: Cast) -> None:
    made = waiting_story(cast)
    part = one(made, "Draft 0")
    drafting.save(part, by=cast.writer, html="<p>First.</p>", base=1, tab="a")
    saved = drafting.save(part, by=cast.writer, html="<p>Second.</p>", base=1, tab="b")
    part.refresh_from_db()
    assert saved.is_aside and part.published_id == saved.newest.pk


def test_a_part_with_a_time_of_its_own_takes_no_slot_but_its_minute(cast: Cast) -> None:
    made = waiting_story(cast)
    special = publishing.add_part(made, by=cast.writer, title="Special", html=PROSE)
    publishing.schedule(special, by=cast.writer, at=coming(1)[0] + timedelta(minutes=1))
    assert [times(made)[f"Draft {n}"] for n in range(3)] == coming(3)
    publishing.schedule(special, by=cast.writer, at=coming(1)[0] + timedelta(seconds=20))
    assert [times(made)[f"Draft {n}"] for n in range(3)] == coming(4)[1:]
    publishing.unschedule(special, by=cast.writer)
    assert [times(made)[f"Draft {n}"] for n in range(3)] == coming(3)


@pytest.mark.parametrize("how", ["publish", "schedule", "unschedule", "leave", "delete", "withdraw", "hide"])
def test_the_others_move_up(cast: Cast, how: str) -> None:
    made = waiting_story(cast)
    part, by = one(made, "Draft 0"), cast.writer
    rules: dict[str, Callable[[], object]] = {
        "publish": lambda: publishing.publish(part, by=by),
        "schedule": lambda: publishing.schedule(part, by=by, at=timezone.now() + timedelta(days=90)),
        "unschedule": lambda: publishing.unschedule(part, by=by),
        "leave": lambda: rhythm.leave_queue(part, by=by),
        "delete": lambda: removing.delete(part, by=by),
        "withdraw": lambda: removing.withdraw(part, by=by),
        "hide": lambda: removing.hide(part, by=cast.host),
    }
    rules[how]()
    assert [times(made)[f"Draft {n}"] for n in (1, 2)] == coming(2)
    part.refresh_from_db()
    assert (part.queued_at is None) == (how in ("publish", "schedule", "unschedule", "leave"))


def test_what_comes_back_has_its_turn_again(cast: Cast) -> None:
    made = waiting_story(cast)
    part = one(made, "Draft 1")
    for take, bring in ((removing.delete, removing.undelete), (removing.withdraw, removing.put_back)):
        take(part, by=cast.writer)
        part.refresh_from_db()
        assert part.release_at is None and part.published is None
        bring(part, by=cast.writer)
        assert list(times(made).values()) == coming(3)


def test_a_withdrawn_story_waits_as_a_whole(cast: Cast) -> None:
    made = waiting_story(cast)
    removing.withdraw(made, by=cast.writer)
    assert set(times(made).values()) == {None}
    removing.put_back(made, by=cast.writer)
    assert list(times(made).values()) == coming(3)


def test_many_parts_get_times_from_a_day_on(cast: Cast) -> None:
    made = waiting_story(cast, 0)
    parts = [publishing.add_part(made, by=cast.writer, title=f"No. {n}", html=PROSE) for n in range(3)]
    start = timezone.now().astimezone(ZoneInfo("Asia/Tokyo")).date() + timedelta(days=10)
    rhythm.schedule_from(
        made, reversed(parts), by=cast.writer, start=start, days=range(1, 8), at=time(7), zone="Asia/Tokyo"
    )
    tokyo = ZoneInfo("Asia/Tokyo")
    told = [at.astimezone(tokyo) for at in times(made).values() if at]
    assert [(at.date() - start).days for at in told] == [0, 1, 2]
    assert {at.time() for at in told} == {time(7)}
    assert not made.parts.filter(queued_at__isnull=False).exists()


def test_what_was_scheduled_together_leaves_the_queue(cast: Cast) -> None:
    made = waiting_story(cast)
    start = timezone.now().date() + timedelta(days=100)
    rhythm.schedule_from(
        made, [one(made, "Draft 0")], by=cast.writer, start=start, days=[1], at=time(7), zone="UTC"
    )
    assert [times(made)[f"Draft {n}"] for n in (1, 2)] == coming(2)


def test_a_day_that_has_passed_or_a_part_that_is_out_schedules_none(cast: Cast) -> None:
    made = story(cast)
    part = publishing.add_part(made, by=cast.writer, title="Draft", html=PROSE)
    today = timezone.now().date()
    wishes: dict[str, Any] = {"by": cast.writer, "days": [1], "at": time(7), "zone": "UTC"}
    with pytest.raises(RuleError, match="day has passed"):
        rhythm.schedule_from(made, [part], start=today - timedelta(days=1), **wishes)
    with pytest.raises(RuleError, match="already out"):
        rhythm.schedule_from(made, [part, first(made)], start=today, **wishes)
    with pytest.raises(RuleError, match="one story"):
        rhythm.schedule_from(story(cast, "Another"), [part], start=today, **wishes)
    with pytest.raises(RuleError, match="at least one day"):
        rhythm.schedule_from(made, [part], start=today, **{**wishes, "days": []})
    assert times(made) == {"Draft": None}


def test_a_rhythm_needs_days_and_a_zone_that_exist(cast: Cast) -> None:
    made = story(cast)
    for days in ([], [0], [9]):
        with pytest.raises(RuleError, match="day"):
            rhythm.set(made, by=cast.writer, days=days, at=time(18), zone=BERLIN)
    for zone in ("Mars/Olympus", "", "../../etc/passwd"):
        with pytest.raises(RuleError, match="time zone"):
            rhythm.set(made, by=cast.writer, days=[1], at=time(18), zone=zone)
    for rule in (rhythm.pause, rhythm.resume, rhythm.end):
        with pytest.raises(RuleError, match="no rhythm"):
            rule(made, by=cast.writer)


def test_what_cannot_wait_in_the_queue(cast: Cast) -> None:
    made = story(cast)
    draft = publishing.add_part(made, by=cast.writer, title="Draft", html=PROSE)
    with pytest.raises(RuleError, match="no rhythm"):
        rhythm.queue(draft, by=cast.writer)
    rhythm.set(made, by=cast.writer, **TUESDAYS_AND_FRIDAYS)  # type: ignore[arg-type]
    with pytest.raises(RuleError, match="already out"):
        rhythm.queue(first(made), by=cast.writer)
    with pytest.raises(RuleError, match="not in the queue"):
        rhythm.leave_queue(draft, by=cast.writer)
    empty = Part.objects.create(story=made, position=9, title="Empty", slug="empty")
    with pytest.raises(RuleError, match="no text"):
        rhythm.queue(empty, by=cast.writer)
    removing.delete(draft, by=cast.writer)
    with pytest.raises(RuleError, match="deleted"):
        rhythm.queue(draft, by=cast.writer)
    assert rhythm.queue_drafts(made, by=cast.writer) == 0


def test_a_part_whose_text_is_emptied_in_the_queue_waits_for_another(cast: Cast) -> None:
    made = story(cast)
    rhythm.set(made, by=cast.writer, **TUESDAYS_AND_FRIDAYS)  # type: ignore[arg-type]
    draft = publishing.add_part(made, by=cast.writer, title="Draft", html=PROSE)
    assert rhythm.queue(draft, by=cast.writer).release_at is not None
    emptied = publishing.edit(draft, by=cast.writer, html="")
    emptied.refresh_from_db()
    assert emptied.release_at is None and emptied.queued_at is not None
    publishing.edit(draft, by=cast.writer, html=PROSE)
    draft.refresh_from_db()
    assert draft.release_at is not None


@pytest.mark.parametrize("who", ["reader", "stranger", "editor", "beta", "suspended", "host"])
def test_only_authors_release(cast: Cast, archive: Any, who: str) -> None:
    made, by = archive.public, getattr(cast, who)
    rhythm.set(made, by=cast.co_writer, **TUESDAYS_AND_FRIDAYS)  # type: ignore[arg-type]
    part = publishing.add_part(made, by=cast.writer, title="Draft", html=PROSE)
    rhythm.queue(part, by=cast.co_writer)
    for rule in (
        lambda: rhythm.set(made, by=by, **TUESDAYS_AND_FRIDAYS),  # type: ignore[arg-type]
        lambda: rhythm.pause(made, by=by),
        lambda: rhythm.resume(made, by=by),
        lambda: rhythm.end(made, by=by),
        lambda: rhythm.queue(part, by=by),
        lambda: rhythm.queue_drafts(made, by=by),
        lambda: rhythm.leave_queue(part, by=by),
        lambda: rhythm.schedule_from(
            made, [part], by=by, start=date(2099, 1, 1), days=[1], at=time(7), zone="UTC"
        ),
        lambda: publishing.schedule(part, by=by, at=datetime(2099, 1, 1, tzinfo=UTC)),
        lambda: publishing.unschedule(part, by=by),
        lambda: publishing.publish_changes(part, by=by),
    ):
        with pytest.raises(NotAllowedError):
            rule()


def test_settling_without_a_queue_asks_one_question(cast: Cast, django_assert_num_queries: Any) -> None:
    made = story(cast, parts=3)
    with django_assert_num_queries(1):
        rhythm.settle(made, by=cast.writer)
