"""Mails that a server refuses: they wait longer each time and are given up, and the person sees why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from talehouse.accounts.models import Account
from talehouse.lib import refusals
from talehouse.notifications import mailing, reading, wishes
from talehouse.notifications.models import Kind, Notification, Pace, Quiet
from talehouse.notifications.tests.happening import comment
from talehouse.notifications.wishes import Way
from talehouse.site import house
from talehouse.stories.models import Part
from tests.cast import Cast, first, story
from tests.delivering import deliver_now
from tests.mail_server import MailServer

SETTINGS = "/settings/notifications/"
NO = {"RCPT": "550 no such mailbox"}
WAITS = [10, 20, 40, 80, 160, 320, 640, 720, 720]


@pytest.fixture
def part(cast: Cast, mail_server: MailServer) -> Part:
    """A part whose writer wants to hear of comments at once."""
    made = first(story(cast))
    deliver_now()
    wishes.choose(Kind.COMMENT, Way(mail=Pace.AT_ONCE), by=cast.writer)
    return made


def something_new(cast: Cast, part: Part, text: str = "One.") -> None:
    """For the writer, who has read what there was before."""
    reading.mark_read(by=cast.writer)
    comment(cast, part, text)


def later(time_machine: Any, minutes: float) -> None:
    time_machine.move_to(timezone.now() + timedelta(minutes=minutes))


def refuse_until_given_up(server: MailServer, time_machine: Any) -> None:
    for wait in [*WAITS, 0]:
        mailing.send_due()
        later(time_machine, wait + 1)
    assert not Notification.objects.filter(mail_due_at__isnull=False).exists()


def page(cast: Cast) -> str:
    answer: Any = cast.client("writer").get(SETTINGS)
    return str(answer.content.decode())


@pytest.mark.parametrize("refusal", [NO, {"DATA": "554 no"}, {".": "552 too large"}], ids=str)
def test_it_waits_longer_each_time_and_is_given_up(
    cast: Cast, part: Part, mail_server: MailServer, time_machine: Any, refusal: dict[str, str]
) -> None:
    something_new(cast, part)
    mail_server.fails = refusal
    for number, wait in enumerate(WAITS, start=1):
        assert mailing.send_due() == 0 and mail_server.asked == number
        later(time_machine, wait - 1)
        mailing.send_due()
        assert mail_server.asked == number, f"it waits {wait} minutes"
        assert not mailing.is_refused(Account.objects.get(pk=cast.writer.pk))
        later(time_machine, 2)
    mailing.send_due()
    assert mail_server.asked == refusals.MOST
    later(time_machine, 100 * 24 * 60)
    mailing.send_due()
    assert mail_server.asked == refusals.MOST, "it is given up"
    assert mail_server.taken == []
    [news] = Notification.objects.filter(account=cast.writer)
    assert news.read_at is None and news.mailed_at is None
    shown: Any = cast.client("writer").get("/notifications/")
    assert "has commented on" in shown.content.decode(), "no news are lost"


def test_what_comes_after_that_is_tried_once(
    cast: Cast, part: Part, mail_server: MailServer, time_machine: Any
) -> None:
    something_new(cast, part)
    mail_server.fails = NO
    refuse_until_given_up(mail_server, time_machine)
    for number in (1, 2):
        later(time_machine, 12 * 60 + 1)
        something_new(cast, part, f"More {number}.")
        for _again in range(3):
            assert mailing.send_due() == 0
            later(time_machine, 12 * 60 + 1)
        assert mail_server.asked == refusals.MOST + number


def test_the_person_sees_it_until_a_mail_goes_out_again(
    cast: Cast, part: Part, mail_server: MailServer, time_machine: Any
) -> None:
    something_new(cast, part)
    assert "refused by its server" not in page(cast)
    mail_server.fails = NO
    mailing.send_due()
    assert "refused by its server" not in page(cast), "once may be chance"
    later(time_machine, 11)
    refuse_until_given_up(mail_server, time_machine)
    assert f"Mails to {cast.writer.email} are refused by its server" in page(cast)
    assert 'href="/accounts/email/"' in page(cast)
    mail_server.fails = {}
    later(time_machine, 12 * 60)
    something_new(cast, part, "Two.")
    assert mailing.send_due() == 1
    assert "refused by its server" not in page(cast)
    assert Quiet.objects.get(account=cast.writer).refused == 0


def test_a_mail_that_goes_out_begins_a_new_row(
    cast: Cast, part: Part, mail_server: MailServer, time_machine: Any
) -> None:
    something_new(cast, part)
    mail_server.fails = NO
    for wait in WAITS[:3]:
        mailing.send_due()
        later(time_machine, wait + 1)
    mail_server.fails = {}
    assert mailing.send_due() == 1
    mail_server.fails = NO
    something_new(cast, part, "Two.")
    mailing.send_due()
    later(time_machine, 11)
    mail_server.fails = {}
    assert mailing.send_due() == 1, "ten minutes again"


HOUSE_FAULTS = {
    "busy": {"": "421 come back later"},
    "gone at once": {"": ""},
    "the sender": {"MAIL": "553 not you"},
    "closing at the receiver": {"RCPT": "421 closing"},
    "closing at the mail": {".": "421 closing"},
    "gone at the end": {".": ""},
}


@pytest.mark.parametrize("fault", HOUSE_FAULTS)
def test_a_fault_of_the_house_counts_for_nobody(
    cast: Cast, part: Part, mail_server: MailServer, time_machine: Any, fault: str
) -> None:
    something_new(cast, part)
    mail_server.fails = HOUSE_FAULTS[fault]
    for _again in range(refusals.MOST + 2):
        assert mailing.send_due() == 0
        later(time_machine, 11)
    assert Quiet.objects.get(account=cast.writer).refused == 0
    mail_server.fails = {}
    assert mailing.send_due() == 1, "it is still tried"


def test_a_server_that_is_not_there_does_not_end_what_is_refused(
    cast: Cast, part: Part, mail_server: MailServer, time_machine: Any
) -> None:
    something_new(cast, part)
    mail_server.fails = NO
    refuse_until_given_up(mail_server, time_machine)
    something_new(cast, part, "Two.")
    house.change(smtp_port=1)
    for _again in range(3):
        later(time_machine, 12 * 60 + 1)
        assert mailing.send_due() == 0
    assert Quiet.objects.get(account=cast.writer).refused == refusals.MOST
    house.change(smtp_port=mail_server.port)
    mail_server.fails = {}
    later(time_machine, 11)
    assert mailing.send_due() == 1


def test_many_news_do_not_use_up_the_refusals(
    cast: Cast, part: Part, mail_server: MailServer, time_machine: Any
) -> None:
    something_new(cast, part)
    mail_server.fails = {"RCPT": "450 greylisted"}
    mailing.send_due()
    for number in range(5):
        later(time_machine, 1)
        something_new(cast, part, f"More {number}.")
        mailing.send_due()
    assert mail_server.asked == 1, "what happens meanwhile waits, too"
    mail_server.fails = {}
    later(time_machine, 6)
    assert mailing.send_due() == 1


def test_another_address_begins_anew(
    cast: Cast, part: Part, mail_server: MailServer, time_machine: Any
) -> None:
    something_new(cast, part)
    mail_server.fails = NO
    refuse_until_given_up(mail_server, time_machine)
    something_new(cast, part, "Two.")
    mailing.send_due()
    Account.objects.filter(pk=cast.writer.pk).update(email="elsewhere@example.org")
    assert "refused by its server" not in page(cast)
    later(time_machine, 12 * 60)
    mailing.send_due()
    assert Quiet.objects.get(account=cast.writer).refused == 1
    later(time_machine, 11)
    mail_server.fails = {}
    assert mailing.send_due() == 1
    assert mail_server.taken[0][1] == ["elsewhere@example.org"]
