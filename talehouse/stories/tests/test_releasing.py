"""When a part comes out: once, at its time, and only before eyes that it is for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from talehouse.accounts.models import Visitor
from talehouse.activity.models import Event
from talehouse.stories import publishing, removing, rhythm, together
from talehouse.stories.errors import RuleError
from talehouse.stories.models import Part, Story
from tests.cast import PROSE, Cast, first, story

DAY = timedelta(days=1)


def scheduled(cast: Cast, made: Story | None = None, *, after: timedelta = DAY, title: str = "Soon") -> Part:
    """A part that comes out after so long."""
    part = publishing.add_part(made or story(cast), by=cast.writer, title=title, html=PROSE)
    return publishing.schedule(part, by=cast.writer, at=timezone.now() + after)


def releases(part: Part) -> int:
    """How often it was told that the part is out."""
    return Event.objects.filter(verb="part.released", subject_type="part", subject_id=part.pk).count()


def is_seen(part: Part) -> bool:
    return Part.objects.visible_to(Visitor()).filter(pk=part.pk).exists()


def test_what_is_withdrawn_at_its_time_is_released_when_it_is_put_back(cast: Cast, time_machine: Any) -> None:
    part = scheduled(cast)
    removing.withdraw(part, by=cast.writer)
    time_machine.move_to(timezone.now() + 2 * DAY)
    assert publishing.release_due() == 0 and releases(part) == 0
    removing.put_back(part, by=cast.writer)
    assert is_seen(part)
    assert [publishing.release_due(), publishing.release_due(), releases(part)] == [1, 0, 1]


@pytest.mark.parametrize("take", [removing.withdraw, removing.hide], ids=["withdrawn", "hidden"])
def test_nobody_is_told_of_a_part_of_a_story_that_is_not_there(
    cast: Cast, time_machine: Any, take: Callable[..., None]
) -> None:
    part = scheduled(cast)
    take(part.story, by=cast.host if take is removing.hide else cast.writer)
    time_machine.move_to(timezone.now() + 2 * DAY)
    assert publishing.release_due() == 0 and releases(part) == 0


def test_publishing_a_withdrawn_part_tells_nobody_yet(cast: Cast) -> None:
    part = publishing.add_part(story(cast), by=cast.writer, title="Later", html=PROSE)
    removing.withdraw(part, by=cast.writer)
    publishing.publish(part, by=cast.writer)
    assert not is_seen(part) and releases(part) == 0
    removing.put_back(part, by=cast.writer)
    assert publishing.release_due() == 1 and releases(part) == 1


def test_withdrawing_putting_back_and_editing_release_nothing_again(cast: Cast) -> None:
    part = first(story(cast))
    removing.withdraw(part, by=cast.writer)
    removing.put_back(part, by=cast.writer)
    publishing.edit(part, by=cast.writer, html="<p>Other words.</p>")
    publishing.publish(part, by=cast.writer)
    removing.delete(part, by=cast.writer)
    removing.undelete(part, by=cast.writer)
    assert publishing.release_due() == 0
    assert releases(part) == 1


def test_a_part_that_is_out_stays_out_although_no_worker_has_run(cast: Cast, time_machine: Any) -> None:
    part = scheduled(cast)
    at = part.release_at
    time_machine.move_to(timezone.now() + 2 * DAY)
    publishing.edit(part, by=cast.writer, html="<p>Other words, and more of them.</p>")
    publishing.publish(part, by=cast.writer, at=timezone.now() + DAY)
    part.refresh_from_db()
    assert is_seen(part) and part.release_at == at and part.edited_at is not None
    assert publishing.release_due() == 0 and releases(part) == 1


@pytest.mark.parametrize(
    "undo",
    [
        lambda part, by: removing.undelete(part, by=by),
        lambda part, by: together.bring_back(part.story, [part.pk], by=by),
    ],
    ids=["one", "many"],
)
def test_a_time_that_passed_while_it_was_deleted_has_passed(
    cast: Cast, time_machine: Any, undo: Callable[..., object]
) -> None:
    part = scheduled(cast)
    removing.delete(part, by=cast.writer)
    time_machine.move_to(timezone.now() + 2 * DAY)
    undo(part, cast.writer)
    part.refresh_from_db()
    assert not is_seen(part) and part.release_at is None and part.draft is not None
    assert part.revisions.filter(published_at__isnull=False).count() == 0


def test_a_time_that_is_still_to_come_is_kept_over_an_undo(cast: Cast) -> None:
    part = scheduled(cast)
    removing.delete(part, by=cast.writer)
    removing.undelete(part, by=cast.writer)
    again = Part.objects.get(pk=part.pk)
    assert again.release_at == part.release_at and again.published is not None


def test_publishing_all_drafts_leaves_what_has_its_time_or_waits(cast: Cast) -> None:
    made = story(cast)
    part = scheduled(cast, made)
    publishing.edit(part, by=cast.writer, html="<p>A newer draft of it.</p>")
    rhythm.set(made, by=cast.writer, days=[1], at=timezone.now().time(), zone="UTC")
    queued = publishing.add_part(made, by=cast.writer, title="In the queue", html=PROSE)
    rhythm.queue(queued, by=cast.writer)
    rhythm.pause(made, by=cast.writer)
    publishing.edit(first(made), by=cast.writer, html="<p>Changed.</p>")
    publishing.add_part(made, by=cast.writer, title="A draft", html=PROSE)
    assert publishing.publish_all(made, by=cast.writer) == 2
    assert not is_seen(part) and not is_seen(queued)


def test_what_cannot_be_scheduled(cast: Cast) -> None:
    out = first(story(cast))
    with pytest.raises(RuleError, match="already out"):
        publishing.schedule(out, by=cast.writer, at=timezone.now() + DAY)
    with pytest.raises(RuleError, match="already out"):
        publishing.unschedule(out, by=cast.writer)
    draft = publishing.add_part(story(cast, "Another"), by=cast.writer, title="Draft", html=PROSE)
    with pytest.raises(RuleError, match="not scheduled"):
        publishing.unschedule(draft, by=cast.writer)
    with pytest.raises(RuleError, match="not been published"):
        publishing.publish_changes(draft, by=cast.writer)


def test_another_time_for_what_is_scheduled(cast: Cast) -> None:
    part = scheduled(cast)
    at = timezone.now() + 5 * DAY
    publishing.schedule(part, by=cast.writer, at=at)
    assert Part.objects.get(pk=part.pk).release_at == at


def test_one_story_that_fails_holds_up_no_other(cast: Cast, time_machine: Any) -> None:
    """The rest of its own story waits, so that nothing is told out of order."""
    bad, good = story(cast, "Bad"), story(cast, "Good")
    parts = [scheduled(cast, made, after=DAY * n) for n in (1, 2) for made in (bad, good)]
    time_machine.move_to(timezone.now() + 3 * DAY)
    bad.parts.update(read_count=2**62)  # three of them are more than a database can hold: the sum fails
    assert publishing.release_due() == 2
    assert [releases(part) for part in parts] == [0, 1, 0, 1]
    bad.parts.update(read_count=0)
    assert publishing.release_due() == 2
    told = Event.objects.filter(verb="part.released", subject_id__in=[parts[0].pk, parts[2].pk])
    assert list(told.order_by("pk").values_list("subject_id", flat=True)) == [parts[0].pk, parts[2].pk]
