"""Push where a browser, its service, the network or the house fails: nothing twice, nothing for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from talehouse.comments import deciding
from talehouse.lib import fetch
from talehouse.notifications import pushing
from talehouse.notifications.forgetting import forget_all
from talehouse.notifications.models import Device, HouseKey, Kind, Notification
from talehouse.notifications.tests.happening import allow, comment, shown, vote
from talehouse.stories.models import Story
from tests.cast import Cast, first, story
from tests.receiving import Service


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
