"""Web push: encrypted for one browser, once, by the gate, not in quiet hours; and what failures mean."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from talehouse.accounts.models import Account
from talehouse.comments import deciding
from talehouse.comments.saying import Place, say
from talehouse.notifications import house_key, mailing, pushing, reading, wishes
from talehouse.notifications.models import Kind, Notification, Pace
from talehouse.notifications.tests.happening import allow, comment, shown, vote
from talehouse.notifications.wishes import Way
from talehouse.site import house
from talehouse.stories import publishing, removing
from talehouse.stories.models import Part, Story
from tests.cast import Cast, first, story
from tests.delivering import deliver_now
from tests.receiving import Service, claims_of


def test_a_browser_reads_what_happened_and_nobody_between_does(cast: Cast, made: Story, box: Service) -> None:
    house.change(name="The Weir House", mail_from="host@example.org")
    allow(box, cast.writer)
    said = comment(cast, made)
    assert pushing.send_due() == 1
    [posted] = box.posted
    [told] = shown(box)
    assert told.pop("tag") == posted.headers["topic"]
    assert told == {
        "title": "The Weir House",
        "body": "Reader has commented on “Part 1”",
        "url": f"/comments/{said.pk}/",
        "lang": "en",
    }
    claims, key = claims_of(posted)
    assert (claims["aud"], claims["sub"]) == (box.origin, "mailto:host@example.org")
    assert timezone.now().timestamp() < claims["exp"] < (timezone.now() + timedelta(days=1)).timestamp()
    assert key == house_key.public()
    kept = {name: posted.headers[name] for name in ("content-encoding", "ttl", "urgency")}
    assert kept == {"content-encoding": "aes128gcm", "ttl": "86400", "urgency": "normal"}
    assert len(posted.headers["topic"]) == 32


def test_it_is_sent_once_and_to_each_browser(cast: Cast, made: Story, box: Service) -> None:
    allow(box, cast.writer)
    allow(box, cast.writer, "two")
    comment(cast, made)
    assert pushing.send_due() == 2
    assert pushing.send_due() == 0
    assert shown(box) == shown(box, "two") and len(box.posted) == 2


def test_votes_are_one_sentence_and_disturb_nobody(cast: Cast, made: Story, box: Service) -> None:
    allow(box, cast.writer)
    vote(cast, made, cast.reader, cast.stranger)
    assert pushing.send_due() == 1
    assert [told["body"] for told in shown(box)] == ["2 people voted for “The Weir”"]
    assert box.posted[0].headers["urgency"] == "low"
    vote(cast, made, cast.host)
    assert pushing.send_due() == 0, "it lies there unread already"


def test_several_things_are_one_message_that_leads_to_the_list(cast: Cast, made: Story, box: Service) -> None:
    allow(box, cast.writer)
    comment(cast, made)
    vote(cast, made, cast.reader)
    assert pushing.send_due() == 1
    [told] = shown(box)
    assert (told["title"], told["url"]) == ("2 things are new on Talehouse", "/notifications/")
    assert told["body"].splitlines() == ["1 person voted for “The Weir”", "Reader has commented on “Part 1”"]


def test_it_speaks_the_language_of_the_account(cast: Cast, made: Story, box: Service) -> None:
    Account.objects.filter(pk=cast.writer.pk).update(language="es")
    allow(box, cast.writer)
    comment(cast, made)
    pushing.send_due()
    assert shown(box)[0]["lang"] == "es"


def test_a_long_title_is_cut(cast: Cast, made: Story, box: Service) -> None:
    Story.objects.filter(pk=made.pk).update(title="é" * 200)
    allow(box, cast.writer)
    for number in range(4):
        other = story(cast, f"{number} " + "字" * 190)
        vote(cast, other, cast.reader)
    assert pushing.send_due() == 1
    [told] = shown(box)
    assert len(told["body"]) == pushing.LONGEST and told["body"].endswith("…")


def test_nothing_is_pushed_that_nobody_asked_for(cast: Cast, made: Story, box: Service) -> None:
    allow(box, cast.writer)
    wishes.choose(Kind.COMMENT, Way(), by=cast.writer)
    comment(cast, made)
    assert pushing.send_due() == 0
    assert box.posted == []


def test_without_a_browser_it_is_not_kept_for_one_that_comes_later(
    cast: Cast, made: Story, box: Service
) -> None:
    wishes.choose(Kind.COMMENT, Way(push=True), by=cast.writer)
    comment(cast, made)
    assert pushing.send_due() == 0
    allow(box, cast.writer)
    assert pushing.send_due() == 0


def test_nothing_is_pushed_of_what_one_may_not_see_any_more(cast: Cast, made: Story, box: Service) -> None:
    allow(box, cast.stranger)
    allow(box, cast.writer, "writers")
    part = Part.objects.select_related("story", "published").get(pk=first(made).pk)
    asked = say(Place(story=part.story, part=part), by=cast.stranger, text="Who?")
    answer = say(Place(story=part.story, part=part), by=cast.reader, text="She.", parent=asked)
    deliver_now()
    removing.withdraw(part, by=cast.writer)
    deciding.hide(answer, by=cast.writer)
    pushing.send_due()
    assert box.to("one") == []


def test_a_story_that_became_private_is_not_pushed(cast: Cast, made: Story, box: Service) -> None:
    allow(box, cast.reader)
    part = Part.objects.select_related("story", "published").get(pk=first(made).pk)
    asked = say(Place(story=part.story, part=part), by=cast.reader, text="Who?")
    say(Place(story=part.story, part=part), by=cast.stranger, text="She.", parent=asked)
    deliver_now()
    publishing.describe(made, by=cast.writer, visibility="private")
    assert pushing.send_due() == 0
    assert box.posted == []


def test_what_has_been_read_is_not_pushed(cast: Cast, made: Story, box: Service) -> None:
    allow(box, cast.writer)
    comment(cast, made)
    reading.mark_read(by=cast.writer)
    assert pushing.send_due() == 0


def test_what_was_opened_is_neither_pushed_nor_mailed(cast: Cast, made: Story, box: Service) -> None:
    allow(box, cast.writer)
    wishes.choose(Kind.COMMENT, Way(on_site=True, mail=Pace.AT_ONCE, push=True), by=cast.writer)
    comment(cast, made)
    told = cast.writer.notifications.get(kind=Kind.COMMENT)
    assert told.push_due_at and told.mail_due_at
    reading.read_one(told, by=cast.writer)
    assert pushing.send_due() == 0
    Notification.objects.update(mail_due_at=told.made_at)
    assert mailing.send_due() == 0


def test_quiet_hours_put_it_off(cast: Cast, made: Story, box: Service, time_machine: Any) -> None:
    time_machine.move_to(datetime(2026, 1, 10, 23, tzinfo=UTC))
    allow(box, cast.writer)
    wishes.choose_quiet(time(22), time(7), by=cast.writer)
    comment(cast, made)
    assert pushing.send_due() == 0
    time_machine.move_to(datetime(2026, 1, 11, 6, 59, tzinfo=UTC))
    assert pushing.send_due() == 0
    time_machine.move_to(datetime(2026, 1, 11, 7, 1, tzinfo=UTC))
    assert pushing.send_due() == 1


@pytest.mark.parametrize(
    "state", [{"is_active": False}, {"closed_at": timezone.now()}, {"suspended_at": timezone.now()}]
)
def test_an_account_that_is_closed_or_suspended_gets_nothing_then_or_later(
    cast: Cast, made: Story, box: Service, state: dict[str, Any]
) -> None:
    allow(box, cast.writer)
    comment(cast, made)
    Account.objects.filter(pk=cast.writer.pk).update(**state)
    assert pushing.send_due() == 0
    Account.objects.filter(pk=cast.writer.pk).update(is_active=True, closed_at=None, suspended_at=None)
    assert pushing.send_due() == 0
    assert box.posted == []
