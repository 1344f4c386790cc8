"""Web push: encrypted for one browser, once, by the gate, not in quiet hours; and what failures mean."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from talehouse.accounts.models import Account
from talehouse.comments import deciding
from talehouse.comments.saying import Place, say
from talehouse.lib import fetch
from talehouse.notifications import devices, house_key, pushing, reading, wishes
from talehouse.notifications.forgetting import forget_all
from talehouse.notifications.models import Device, HouseKey, Kind, Notification
from talehouse.notifications.wishes import Way
from talehouse.site import house
from talehouse.stories import publishing, removing
from talehouse.stories.models import Part, Story
from talehouse.votes import casting
from tests.cast import Cast, first, story
from tests.delivering import deliver_now
from tests.receiving import Service, Subscriber, claims_of, service


@pytest.fixture
def box(settings: Any, cast: Cast) -> Iterator[Service]:
    """The service of all browsers here."""
    settings.FETCH_NEAR = True
    deliver_now()
    with service() as made:
        yield made


@pytest.fixture
def made(cast: Cast) -> Story:
    return story(cast)


BROWSER = Subscriber()


def allow(box: Service, by: Account, name: str = "one") -> Device:
    """A browser of this account, to which everything is pushed."""
    device = devices.subscribe(box.endpoint(name), BROWSER.p256dh, BROWSER.auth, by=by)
    for kind in Kind.values:
        wishes.choose(kind, Way(push=True), by=by)
    return device


def shown(box: Service, name: str = "one") -> list[dict[str, str]]:
    """What this browser has been told to show."""
    return [json.loads(BROWSER.read(posted.body)) for posted in box.to(name)]


def comment(cast: Cast, made: Story, text: str = "One.") -> Any:
    part = Part.objects.select_related("story", "published").get(pk=first(made).pk)
    said = say(Place(story=part.story, part=part), by=cast.reader, text=text)
    deliver_now()
    return said


def vote(cast: Cast, made: Story, *who: Account) -> None:
    for one in who:
        casting.cast(first(made), by=one)
    deliver_now()


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


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(cast: Cast, made: Story, box: Service, status: int) -> None:
    allow(box, cast.writer)
    stays = allow(box, cast.writer, "two")
    box.statuses["/send/one"] = status
    comment(cast, made)
    assert pushing.send_due() == 1
    assert list(Device.objects.all()) == [stays]
    assert Notification.objects.get().pushed_at is not None


@pytest.mark.parametrize("status", [302, 400, 403, 413, 429, 500, 503])
def test_a_service_that_fails_is_asked_again_for_that_browser_alone(
    cast: Cast, made: Story, box: Service, status: int, time_machine: Any
) -> None:
    failing = allow(box, cast.writer)
    allow(box, cast.writer, "two")
    box.statuses["/send/one"] = status
    comment(cast, made)
    assert pushing.send_due() == 1
    failing.refresh_from_db()
    assert failing.failed_at is not None and failing.tries == 1
    assert pushing.send_due() == 0
    time_machine.move_to(timezone.now() + timedelta(minutes=2))
    box.statuses.clear()
    assert pushing.send_due() == 1
    well = Device.objects.filter(failed_at=None, retry_at=None, retry_from=None, tries=0)
    assert failing in well
    assert (len(box.to("one")), len(box.to("two"))) == (2, 1)
    assert shown(box)[0] == shown(box)[1], "the same tag, so that the second takes the place of the first"
    time_machine.move_to(timezone.now() + timedelta(days=1))
    assert pushing.send_due() == 0


def test_what_happens_meanwhile_comes_along_and_what_was_read_does_not(
    cast: Cast, made: Story, box: Service, time_machine: Any
) -> None:
    allow(box, cast.writer)
    box.statuses["/send/one"] = 500
    said = comment(cast, made)
    pushing.send_due()
    vote(cast, made, cast.reader)
    assert pushing.send_due() == 0
    assert len(box.posted) == 1, "a service that failed is left in peace"
    Notification.objects.filter(subject_id=said.pk, kind=Kind.COMMENT).update(read_at=timezone.now())
    box.statuses.clear()
    time_machine.move_to(timezone.now() + timedelta(minutes=2))
    assert pushing.send_due() == 1
    assert shown(box)[-1]["body"] == "1 person voted for “The Weir”"


def test_what_may_not_be_seen_any_more_is_not_tried_again(
    cast: Cast, made: Story, box: Service, time_machine: Any
) -> None:
    allow(box, cast.writer)
    box.statuses["/send/one"] = 500
    said = comment(cast, made)
    pushing.send_due()
    deciding.take_back(said, by=cast.reader)
    time_machine.move_to(timezone.now() + timedelta(minutes=2))
    assert pushing.send_due() == 0
    assert len(box.posted) == 1


def test_tries_have_an_end(cast: Cast, made: Story, box: Service, time_machine: Any) -> None:
    device = allow(box, cast.writer)
    box.statuses["/send/one"] = 500
    comment(cast, made)
    for _try in range(len(pushing.AGAIN) + 3):
        pushing.send_due()
        time_machine.move_to(timezone.now() + timedelta(hours=7))
    assert len(box.posted) == 1 + len(pushing.AGAIN)
    device.refresh_from_db()
    assert device.retry_at is None and device.failed_at is not None


def test_a_browser_of_which_nothing_was_heard_for_a_month_is_forgotten(
    cast: Cast, made: Story, box: Service
) -> None:
    device = allow(box, cast.writer)
    Device.objects.filter(pk=device.pk).update(failed_at=timezone.now() - timedelta(days=31))
    box.statuses["/send/one"] = 500
    comment(cast, made)
    pushing.send_due()
    assert not Device.objects.exists()


@pytest.mark.parametrize(
    ("asked", "minutes"), [("600", 10), ("nonsense", 1), ("9" * 30, 1), ("9999999", 1440)]
)
def test_a_service_may_ask_to_be_left_in_peace(
    cast: Cast, made: Story, box: Service, asked: str, minutes: int, time_machine: Any
) -> None:
    time_machine.move_to(datetime(2026, 1, 10, 12, tzinfo=UTC), tick=False)
    device = allow(box, cast.writer)
    box.statuses["/send/one"], box.extra = 429, {"Retry-After": asked}
    comment(cast, made)
    pushing.send_due()
    device.refresh_from_db()
    assert device.retry_at == timezone.now() + timedelta(minutes=minutes)


def test_a_service_that_is_not_there_is_asked_once_in_a_round(
    cast: Cast, made: Story, box: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two", "three"):
        allow(box, cast.writer, name)
    comment(cast, made)
    asked = []

    def nobody(url: str, **_how: Any) -> None:
        asked.append(url)
        raise fetch.TooSlowError("nobody")

    monkeypatch.setattr(pushing, "AT_ONCE", 1)
    monkeypatch.setattr(fetch, "fetch", nobody)
    assert pushing.send_due() == 0
    assert len(asked) == 1
    assert Device.objects.filter(tries=1, retry_at__isnull=False).count() == 3


def test_a_private_network_is_not_asked(cast: Cast, made: Story, box: Service, settings: Any) -> None:
    """Even when such an address has come to stand among the devices."""
    device = allow(box, cast.writer)
    settings.FETCH_NEAR = False
    comment(cast, made)
    assert pushing.send_due() == 0
    assert box.posted == []
    device.refresh_from_db()
    assert device.failed_at is not None


def test_a_crash_loses_a_message_rather_than_sending_it_twice(
    cast: Cast, made: Story, box: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow(box, cast.writer)
    comment(cast, made)
    settle = pushing._settle
    monkeypatch.setattr(pushing, "_settle", lambda *_arguments: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        pushing.send_due()
    monkeypatch.setattr(pushing, "_settle", settle)
    assert pushing.send_due() == 0
    assert len(box.posted) == 1


def test_many_accounts_are_served_in_one_call(
    cast: Cast, box: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pushing, "ACCOUNTS", 2)
    part = first(story(cast))
    people = (cast.reader, cast.stranger, cast.editor, cast.beta, cast.host)
    for number, one in enumerate(people):
        allow(box, one, str(number))
        Notification.objects.create(
            account=one,
            kind=Kind.NEW_PART,
            group="new-part:1",
            subject_type="part",
            subject_id=part.pk,
            last_event=1,
            push_due_at=timezone.now(),
        )
    assert pushing.send_due() == 5
    topics = {posted.headers["topic"] for posted in box.posted}
    assert len(topics) == 5, "nothing that is the same for two accounts leaves the house"


def test_no_secret_is_logged(cast: Cast, made: Story, box: Service, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    device = allow(box, cast.writer, "a-capability")
    box.statuses["/send/a-capability"] = 500
    comment(cast, made)
    pushing.send_due()
    assert "127.0.0.1 did not take 1 web push" in caplog.text
    secrets = (device.endpoint, "a-capability", device.auth, device.p256dh, HouseKey.objects.get().private)
    assert [secret for secret in secrets if secret in caplog.text] == []


def test_nothing_is_left_of_an_account_that_closes(cast: Cast, box: Service) -> None:
    allow(box, cast.writer)
    allow(box, cast.reader, "two")
    forget_all(cast.writer)
    assert [device.account for device in Device.objects.all()] == [cast.reader]
