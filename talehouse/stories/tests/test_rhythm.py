"""The rhythm and its queue: what waits has the next free slots in the order of positions, always."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine as machine
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from talehouse.accounts.models import Account, Visitor
from talehouse.activity.models import Event
from talehouse.lib.clock import slots
from talehouse.stories import drafting, ordering, publishing, removing, rhythm
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Part, Rhythm, Story
from tests.cast import PROSE, Cast, first, person, story

BERLIN = "Europe/Berlin"
TUESDAYS_AND_FRIDAYS = {"days": [2, 5], "at": time(18), "zone": BERLIN}


def waiting_story(cast: Cast, drafts: int = 3, *, out: int = 1) -> Story:
    """A story with its rhythm and so many drafts in the queue."""
    made = story(cast, parts=out)
    rhythm.set(made, by=cast.writer, **TUESDAYS_AND_FRIDAYS)  # type: ignore[arg-type]
    for number in range(drafts):
        publishing.add_part(made, by=cast.writer, title=f"Draft {number}", html=PROSE)
    if drafts:
        assert rhythm.queue_drafts(made, by=cast.writer) == drafts
    return made


def coming(count: int) -> list[datetime]:
    """The next slots of the usual rhythm."""
    return slots([2, 5], time(18), ZoneInfo(BERLIN), timezone.now(), count)


def times(made: Story) -> dict[str, datetime | None]:
    """When what has not come out comes out, by title, in the order of positions."""
    parts = made.parts.filter(deleted_at=None, released_at=None).order_by("position")
    return dict(parts.values_list("title", "release_at"))


def seen(made: Story) -> list[str]:
    """What a visitor may open."""
    parts = Part.objects.visible_to(Visitor()).filter(story=made).order_by("position")
    return list(parts.values_list("title", flat=True))


def one(made: Story, title: str) -> Part:
    return made.parts.get(title=title)


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


STEPS = (
    "add",
    "queue",
    "leave",
    "delete",
    "undelete",
    "withdraw",
    "put back",
    "write",
    "reorder",
    "pause",
    "resume",
    "set",
    "end",
    "by hand",
    "publish",
    "unschedule",
    "later",
)


class AnySequence(TestCase):
    """Hypothesis chooses what happens to one story; the queue is right after every step."""

    @given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 11)), max_size=25))
    def test_the_queue_is_always_right(self, steps: list[tuple[str, int]]) -> None:
        writer = person(f"w{Account.objects.count()}")
        pen_name = writer.pen_name
        assert pen_name is not None
        made = publishing.create(by=writer, pen_name=pen_name, title="Steps")
        rhythm.set(made, by=writer, **TUESDAYS_AND_FRIDAYS)  # type: ignore[arg-type]
        start = timezone.now()
        with machine.travel(start, tick=False) as clock:
            for what, number in steps:
                with suppress(RuleError):  # a plain refusal is an answer
                    act(made, writer, what, number, clock)
                judge(made)


def act(made: Story, writer: Account, what: str, number: int, clock: Any) -> None:
    """One step."""
    standing = list(made.parts.filter(deleted_at=None).order_by("position"))
    part = standing[number % len(standing)] if standing else None
    gone = list(made.parts.filter(deleted_at__isnull=False).order_by("pk"))
    if what == "add":
        publishing.add_part(made, by=writer, title=f"Part {number}", html=f"<p>Words {number}.</p>")
    elif what == "undelete" and gone:
        removing.undelete(gone[number % len(gone)], by=writer)
    elif what == "reorder":
        ordering.reorder(made, by=writer, order=[one.pk for one in standing[number:] + standing[:number]])
    elif what == "set":
        rhythm.set(made, by=writer, days=[1 + number % 7, 3], at=time(number), zone=BERLIN)
    elif what in ("pause", "resume", "end"):
        getattr(rhythm, what)(made, by=writer)
    elif what == "later":
        clock.shift(timedelta(days=number, hours=7))
        if number % 2:
            publishing.release_due()
    elif part is not None:
        act_on(part, writer, what, number)


def act_on(part: Part, writer: Account, what: str, number: int) -> None:
    """One step with one part."""
    soon = timezone.now() + timedelta(days=number)
    next_slot = slots([2, 5], time(18), ZoneInfo(BERLIN), soon, 1)[0]
    rules: dict[str, Any] = {
        "queue": lambda: rhythm.queue(part, by=writer),
        "leave": lambda: rhythm.leave_queue(part, by=writer),
        "delete": lambda: removing.delete(part, by=writer),
        "withdraw": lambda: removing.withdraw(part, by=writer),
        "put back": lambda: removing.put_back(part, by=writer),
        "write": lambda: publishing.edit(part, by=writer, html=f"<p>New {number}.</p>"),
        "by hand": lambda: publishing.schedule(part, by=writer, at=next_slot),
        "publish": lambda: publishing.publish(part, by=writer),
        "unschedule": lambda: publishing.unschedule(part, by=writer),
    }
    if what in rules:
        rules[what]()


def judge(made: Story) -> None:
    """The whole law, worked out from the rows alone."""
    now = timezone.now()
    kept = Rhythm.objects.filter(story=made).first()
    parts = list(made.parts.order_by("position").select_related("published", "draft"))
    waiting = [part for part in parts if part.queued_at and not (part.release_at and part.release_at <= now)]
    assert kept is not None or not waiting, "no queue without a rhythm"
    ready = [part for part in waiting if not part.deleted_at and not part.withdrawn_at]
    if kept is None or kept.paused_at:
        ready = []
    by_hand = {
        part.release_at.replace(second=0, microsecond=0)
        for part in parts
        if part.release_at
        and part.release_at > now
        and not part.queued_at
        and not part.deleted_at
        and not part.withdrawn_at
    }
    if kept:
        days = [int(day) for day in kept.days]
        free = slots(days, kept.at, ZoneInfo(kept.time_zone), now, len(ready) + len(by_hand))
        free = [at for at in free if at not in by_hand]
        assert [part.release_at for part in ready] == free[: len(ready)]
    for part in ready:
        newest = part.revisions.exclude(kind="aside").order_by("-number").first()
        assert part.published == newest and part.draft is None
        assert not Part.objects.visible_to(Visitor()).filter(pk=part.pk).exists()
    for part in waiting:
        if part not in ready:
            assert (part.release_at, part.published) == (None, None) and part.draft is not None
    released = Event.objects.filter(verb="part.released").values_list("subject_id", flat=True)
    assert len(released) == len(frozenset(released)), "a part is released once"
