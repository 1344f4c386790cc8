"""A writer's first story waits for the host, where the host wants to see it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from talehouse.accounts.models import Account, Visitor
from talehouse.activity.models import Event
from talehouse.reads import counting
from talehouse.site import house
from talehouse.stories import approving, holding, publishing, removing, rhythm
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Part, Story
from tests.cast import PROSE, Cast, first, story


@pytest.fixture(autouse=True)
def the_host_looks_first(db: None) -> Iterator[None]:
    """The rule of the house that all of this is about."""
    house.change(approves_first_story=True)
    yield


def released() -> int:
    """How often something was told to have come out."""
    return Event.objects.filter(verb="part.released").count()


def sees(person: Any, made: Story) -> bool:
    """Whether this person opens the story, and its parts; never just one of both."""
    opens = {
        Story.objects.visible_to(person).filter(pk=made.pk).exists(),
        Part.objects.visible_to(person).filter(story=made).exists(),
    }
    assert len(opens) == 1
    return opens.pop()


def test_a_first_story_waits_and_nobody_hears_of_it(cast: Cast) -> None:
    made = story(cast, parts=2)
    assert made.held_at is not None and made.refusal == ""
    assert [part.released_at for part in made.parts.all()] == [None, None]
    assert released() == 0 and Event.objects.filter(verb="part.held").count() == 2
    assert sees(cast.writer, made) and sees(cast.host, made)
    assert not sees(cast.reader, made) and not sees(Visitor(), made)
    for person in (cast.writer, cast.host, cast.reader):
        assert not Story.objects.listed_for(person).exists()
        assert not Part.objects.listed_for(person).exists()
    assert "waits for the host" in holding.told(made)
    assert publishing.release_due() == 0 and released() == 0


def test_once_approved_it_comes_out_once_and_later_ones_at_once(cast: Cast) -> None:
    made = story(cast, parts=2)
    before = timezone.now()
    made = approving.approve(made, by=cast.host)
    assert made.held_at is None and holding.told(made) == ""
    assert sees(Visitor(), made) and Story.objects.listed_for(Visitor()).exists()
    assert released() == 2 and publishing.release_due() == 0
    assert all(
        part.release_at and part.release_at >= before and part.released_at for part in made.parts.all()
    )
    assert made.updated_at is not None and made.updated_at >= before
    cast.writer.refresh_from_db()
    assert cast.writer.writes_since is not None
    assert story(cast, "The Second").held_at is None and released() == 3


def test_the_order_of_parts_is_the_order_in_which_they_come_out(cast: Cast) -> None:
    made = approving.approve(story(cast, parts=3), by=cast.host)
    told = Event.objects.filter(verb="part.released").order_by("pk").values_list("subject_id", flat=True)
    assert list(told) == list(made.parts.order_by("position").values_list("pk", flat=True))


def test_what_is_scheduled_waits_too_and_keeps_its_time(cast: Cast) -> None:
    made = publishing.create(by=cast.writer, pen_name=cast.pen("writer"), title="Later")
    part = publishing.add_part(made, by=cast.writer, title="One", html=PROSE)
    at = timezone.now() + timedelta(days=2)
    publishing.schedule(part, by=cast.writer, at=at)
    assert Story.objects.waiting_for(cast.host).get() == made
    assert sees(cast.host, made)
    approving.approve(made, by=cast.host)
    part.refresh_from_db()
    assert part.release_at == at and part.released_at is None and released() == 0


def test_the_queue_is_no_way_around(cast: Cast) -> None:
    made = publishing.create(by=cast.writer, pen_name=cast.pen("writer"), title="By and by")
    part = publishing.add_part(made, by=cast.writer, title="One", html=PROSE)
    rhythm.set(made, by=cast.writer, days=[1, 2, 3, 4, 5, 6, 7], at=time(12), zone="UTC")
    rhythm.queue(part, by=cast.writer)
    made.refresh_from_db()
    assert made.held_at is not None


def test_a_date_is_no_way_around(cast: Cast) -> None:
    made = publishing.create(by=cast.writer, pen_name=cast.pen("writer"), title="By date")
    part = publishing.add_part(made, by=cast.writer, title="One", html=PROSE)
    tomorrow = timezone.now().date() + timedelta(days=1)
    rhythm.schedule_from(made, [part], by=cast.writer, start=tomorrow, days=[1, 4], at=time(12), zone="UTC")
    made.refresh_from_db()
    assert made.held_at is not None


def test_a_private_story_is_nobodys_business_until_it_is_not(cast: Cast) -> None:
    made = story(cast, visibility="private")
    assert made.held_at is not None and not sees(cast.host, made)
    assert not Story.objects.waiting_for(cast.host).exists()
    publishing.describe(made, by=cast.writer, visibility="public")
    assert Story.objects.waiting_for(cast.host).get() == made
    assert not sees(cast.reader, made)


def test_drafts_of_a_story_that_waits_stay_its_peoples(cast: Cast) -> None:
    made = story(cast)
    draft = publishing.add_part(made, by=cast.writer, title="Half a page", html=PROSE)
    secret = publishing.add_part(made, by=cast.writer, title="To myself", html=PROSE, visibility="private")
    publishing.publish(secret, by=cast.writer)
    seen = Part.objects.visible_to(cast.host).filter(story=made)
    assert draft not in seen and secret not in seen and seen.get() == first(made)


def test_hosts_and_whoever_had_something_out_do_not_wait(cast: Cast) -> None:
    assert story(cast, by="host").held_at is None
    house.change(approves_first_story=False)
    assert story(cast, by="writer").held_at is None
    house.change(approves_first_story=True)
    assert story(cast, "The Next", by="writer").held_at is None
    assert story(cast, by="stranger").held_at is not None


def test_another_story_in_the_meantime_waits_as_well(cast: Cast) -> None:
    one, other = story(cast, "One"), story(cast, "Other")
    assert other.held_at is not None
    approving.approve(one, by=cast.host)
    other.refresh_from_db()
    assert other.held_at is not None, "the host has not looked at this one"


def test_a_refusal_has_its_reason_and_the_writer_asks_again(cast: Cast) -> None:
    made = story(cast)
    with pytest.raises(RuleError, match="Say why"):
        approving.refuse(made, by=cast.host, reason="  ")
    with pytest.raises(RuleError, match="at most 500"):
        approving.refuse(made, by=cast.host, reason="x" * 501)
    made = approving.refuse(made, by=cast.host, reason="It is\n an advertisement.")
    assert "“It is an advertisement.”" in holding.told(made)
    assert sees(cast.writer, made) and not sees(cast.host, made) and not sees(cast.reader, made)
    with pytest.raises(RuleError, match="no longer waits"):
        approving.approve(made, by=cast.host)
    publishing.edit(first(made), by=cast.writer, html=PROSE + "<p>And a real end.</p>")
    publishing.publish(first(made), by=cast.writer)
    made.refresh_from_db()
    assert made.refusal == "" and sees(cast.host, made) and released() == 0
    made = approving.approve(made, by=cast.host)
    assert released() == 1 and first(made).edited_at is None


def test_a_writer_asks_again_whatever_was_changed(cast: Cast) -> None:
    made = story(cast)
    with pytest.raises(RuleError, match="has not refused"):
        holding.ask_again(made, by=cast.writer)
    approving.refuse(made, by=cast.host, reason="Please add a summary.")
    made = publishing.describe(made, by=cast.writer, summary="<p>A keeper and a lamp.</p>")
    assert holding.is_refused(made)
    made = holding.ask_again(made, by=cast.writer)
    assert not holding.is_refused(made) and sees(cast.host, made) and not sees(cast.reader, made)
    with pytest.raises(RuleError, match="waits for the host again already"):
        holding.ask_again(made, by=cast.writer)
    made = approving.approve(made, by=cast.host)
    assert released() == 1 and sees(cast.reader, made)


def test_nothing_published_is_nothing_to_look_at(cast: Cast) -> None:
    made = publishing.create(by=cast.writer, pen_name=cast.pen("writer"), title="The Weir")
    part = publishing.add_part(made, by=cast.writer, title="Part 1", html=PROSE)
    publishing.schedule(part, by=cast.writer, at=timezone.now() + timedelta(days=1))
    approving.refuse(made, by=cast.host, reason="No.")
    publishing.unschedule(part, by=cast.writer)
    with pytest.raises(RuleError, match="Nothing of this story is published"):
        holding.ask_again(made, by=cast.writer)


@pytest.mark.parametrize("who", ["writer", "reader"])
def test_only_a_host_decides(cast: Cast, who: str) -> None:
    made = story(cast)
    person: Account = getattr(cast, who)
    with pytest.raises(NotAllowedError):
        approving.approve(made, by=person)
    with pytest.raises(NotAllowedError):
        approving.refuse(made, by=person, reason="No.")
    assert not Story.objects.waiting_for(person).exists()


def test_a_suspended_host_decides_and_sees_nothing(cast: Cast) -> None:
    made = story(cast)
    cast.host.suspended_at = timezone.now()
    cast.host.save()
    assert not sees(cast.host, made)
    with pytest.raises(NotAllowedError):
        approving.approve(made, by=cast.host)


def test_what_was_decided_or_taken_back_is_decided_once(cast: Cast) -> None:
    made = story(cast)
    approving.approve(made, by=cast.host)
    with pytest.raises(RuleError, match="no longer waits"):
        approving.refuse(made, by=cast.host, reason="No.")
    other = story(cast, by="stranger")
    removing.withdraw(other, by=cast.stranger)
    with pytest.raises(RuleError, match="no longer waits"):
        approving.approve(other, by=cast.host)


def test_the_hosts_look_is_no_read(cast: Cast) -> None:
    part = first(story(cast))
    reader = counting.Reader(cast.host, "127.0.0.1", "Mozilla/5.0 (X11) Firefox/150.0")
    assert counting.record(part, by=reader) is False
    approving.approve(part.story, by=cast.host)
    assert counting.record(part, by=reader) is True
