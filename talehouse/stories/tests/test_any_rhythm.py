"""Whatever authors do with a rhythm: slots stay in order, and each draft comes out once."""

from __future__ import annotations

from contextlib import suppress
from datetime import time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import time_machine as machine
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from talehouse.accounts.models import Account, Visitor
from talehouse.activity.models import Event
from talehouse.lib.clock import slots
from talehouse.stories import ordering, publishing, removing, rhythm
from talehouse.stories.errors import RuleError
from talehouse.stories.models import Part, Rhythm, Story
from talehouse.stories.tests.waiting import BERLIN, TUESDAYS_AND_FRIDAYS
from tests.cast import person

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
