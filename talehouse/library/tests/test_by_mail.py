"""Following by mail: asked, confirmed, told once a day at most, ended; as a visitor sees the story."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMessage
from django.utils import timezone

from talehouse.lib import refusals
from talehouse.library import by_mail
from talehouse.library.models import MailFollow
from talehouse.stories import publishing, purging, removing
from talehouse.stories.models import Part, Story
from tests.cast import PROSE, Cast, story
from tests.delivering import deliver_now
from tests.mail_server import MailServer

ADDRESS = "reed@example.net"


def asked(one: Story, address: str = ADDRESS) -> MailFollow | None:
    by_mail.ask(one, address, language="en")
    return MailFollow.objects.filter(story=one, email=address).first()


def confirmed(one: Story) -> MailFollow:
    row = asked(one)
    assert row is not None
    by_mail.send_due()
    by_mail.confirm(row.secret)
    mail.outbox.clear()
    row.refresh_from_db()
    return row


def release(one: Story, cast: Cast, title: str = "Next") -> Part:
    part = publishing.add_part(one, by=cast.writer, title=title, html=PROSE)
    publishing.publish(part, by=cast.writer)
    deliver_now()
    return part


def sent() -> list[EmailMessage]:
    by_mail.send_due()
    return list(mail.outbox)


def later(**span: float) -> datetime:
    return timezone.now() + timedelta(**span)


def test_an_address_gets_one_letter_and_nothing_more_without_its_link(cast: Cast) -> None:
    weir = story(cast)
    row = asked(weir, " Reed@Example.net ")
    row = MailFollow.objects.get()
    assert row.email == ADDRESS and row.confirmed_at is None
    (letter,) = sent()
    assert (
        letter.to == [ADDRESS]
        and f"/by-mail/{row.secret}/" in str(letter.body)
        and "The Weir" in letter.subject
    )
    assert f"/by-mail/{row.secret}/end/" in letter.extra_headers["List-Unsubscribe"]
    release(weir, cast)
    assert len(sent()) == 1


def test_after_confirming_a_new_part_is_told_once(cast: Cast) -> None:
    weir = story(cast)
    row = confirmed(weir)
    assert sent() == []
    part = release(weir, cast)
    (news,) = sent()
    assert part.title in str(news.body) and part.url in str(news.body)
    assert "Part 1" not in str(news.body)
    assert news.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"/by-mail/{row.secret}/end/" in str(news.body)
    deliver_now()
    assert len(sent()) == 1


def test_one_mail_a_day_holds_all_that_came_out(cast: Cast) -> None:
    weir = story(cast)
    confirmed(weir)
    release(weir, cast, "One")
    assert len(sent()) == 1
    for title in ("Two", "Three"):
        release(weir, cast, title)
    assert len(sent()) == 1
    with time_machine.travel(later(days=1, minutes=1), tick=False):
        told = sent()
        assert len(told) == 2
        assert "Two" in str(told[1].body) and "Three" in str(told[1].body) and "One" not in str(told[1].body)
        assert len(sent()) == 2


def test_it_is_ended_by_its_link(cast: Cast) -> None:
    weir = story(cast)
    row = confirmed(weir)
    assert by_mail.end(row.secret) and not by_mail.end(row.secret)
    release(weir, cast)
    assert sent() == [] and not MailFollow.objects.exists()


def test_only_whoever_has_the_secret_confirms(cast: Cast) -> None:
    asked(story(cast))
    assert by_mail.confirm("guessed-guessed") is None
    assert MailFollow.objects.get().confirmed_at is None


@pytest.mark.parametrize("what", ["withdrawn", "hidden", "deleted", "members", "private", "unlisted"])
def test_nothing_is_told_of_what_a_visitor_may_not_see(cast: Cast, what: str) -> None:
    weir = story(cast)
    confirmed(weir)
    release(weir, cast)
    if what in ("members", "private", "unlisted"):
        publishing.describe(weir, by=cast.writer, visibility=what)
    elif what == "hidden":
        removing.hide(weir, by=cast.host)
    else:
        (removing.withdraw if what == "withdrawn" else removing.delete)(weir, by=cast.writer)
    assert sent() == []


def test_parts_for_members_are_not_told(cast: Cast) -> None:
    weir = story(cast)
    confirmed(weir)
    part = publishing.add_part(weir, by=cast.writer, title="For members", html=PROSE, visibility="members")
    publishing.publish(part, by=cast.writer)
    deliver_now()
    assert sent() == []
    release(weir, cast, "For all")
    (news,) = sent()
    assert "For members" not in str(news.body)


def test_an_adult_story_may_be_followed(cast: Cast) -> None:
    dark = story(cast, "After Dark", rating="explicit")
    confirmed(dark)
    release(dark, cast)
    assert len(sent()) == 1


def test_asking_again_sends_another_letter_an_hour_later(cast: Cast) -> None:
    weir = story(cast)
    asked(weir)
    assert len(sent()) == 1
    asked(weir)
    assert len(sent()) == 1
    with time_machine.travel(later(hours=2), tick=False):
        asked(weir)
        assert len(sent()) == 2


def test_whoever_follows_already_is_told_so_and_hears_of_the_rest_later(cast: Cast) -> None:
    weir = story(cast)
    confirmed(weir)
    with time_machine.travel(later(hours=2), tick=False):
        asked(weir)
        release(weir, cast)
        (letter,) = sent()
        assert "already" in str(letter.body)
    with time_machine.travel(later(hours=27), tick=False):
        assert "Next" in str(sent()[1].body)


def test_one_address_is_not_flooded(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(by_mail, "LETTERS", 2)
    for number in range(3):
        asked(story(cast, f"Story {number}"))
    assert len(sent()) == 2
    assert MailFollow.objects.count() == 2


def test_a_server_that_refuses_is_asked_again_and_nothing_is_lost(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    weir = story(cast)
    confirmed(weir)
    release(weir, cast)
    with monkeypatch.context() as broken:
        broken.setattr(EmailMessage, "send", _refuse)
        assert by_mail.send_due() == 0
    assert sent() == []
    with time_machine.travel(later(minutes=11), tick=False):
        assert "Next" in str(sent()[0].body)


def _refuse(_message: EmailMessage) -> None:
    raise SMTPException


WAITS = [10, 20, 40, 80, 160, 320, 640, 720, 720]


def refuse_until_given_up(server: MailServer, at: Any) -> None:
    """The receiver's server refuses ten times; before its time nothing is tried."""
    server.fails = {"RCPT": "550 no such mailbox"}
    before = server.asked
    for number, wait in enumerate(WAITS, start=1):
        assert by_mail.send_due() == 0 and server.asked == before + number
        at.shift(timedelta(minutes=wait - 1))
        by_mail.send_due()
        assert server.asked == before + number, f"it waits {wait} minutes"
        at.shift(timedelta(minutes=2))
    by_mail.send_due()
    assert server.asked == before + refusals.MOST
    at.shift(timedelta(days=100))
    by_mail.send_due()
    assert server.asked == before + refusals.MOST, "it is given up"


def test_what_is_refused_is_given_up_and_stands_in_the_next_mail(cast: Cast, mail_server: MailServer) -> None:
    weir = story(cast)
    row = confirmed(weir)
    mail_server.taken.clear()
    with time_machine.travel(timezone.now(), tick=False) as at:
        release(weir, cast, "One")
        refuse_until_given_up(mail_server, at)
        release(weir, cast, "Two")
        by_mail.send_due()
        assert mail_server.asked == 1 + refusals.MOST + 1, "the next part is tried once"
        at.shift(timedelta(days=1))
        by_mail.send_due()
        assert mail_server.asked == 1 + refusals.MOST + 1
        mail_server.fails = {}
        release(weir, cast, "Three")
        assert by_mail.send_due() == 1
    words = str(mail_server.taken[0][2].get_content())
    assert all(title in words for title in ("One", "Two", "Three"))
    row.refresh_from_db()
    assert row.refused == 0


def test_a_letter_that_is_refused_is_given_up_and_goes_out_when_it_is_asked_for_anew(
    cast: Cast, mail_server: MailServer
) -> None:
    weir = story(cast)
    with time_machine.travel(timezone.now(), tick=False) as at:
        asked(weir)
        refuse_until_given_up(mail_server, at)
        mail_server.fails = {}
        asked(weir)
        assert by_mail.send_due() == 1


@pytest.mark.parametrize("fault", [{"": ""}, {"MAIL": "553 not you"}, {"RCPT": "421 closing"}], ids=str)
def test_a_fault_of_the_house_counts_for_no_follower(
    cast: Cast, mail_server: MailServer, fault: dict[str, str]
) -> None:
    weir = story(cast)
    row = confirmed(weir)
    with time_machine.travel(timezone.now(), tick=False) as at:
        release(weir, cast)
        mail_server.fails = fault
        for _again in range(refusals.MOST + 2):
            assert by_mail.send_due() == 0
            at.shift(timedelta(minutes=11))
        row.refresh_from_db()
        assert row.refused == 0
        mail_server.fails = {}
        assert by_mail.send_due() == 1


def test_wishes_that_nobody_confirmed_go_after_a_week(cast: Cast) -> None:
    kept, other = story(cast), story(cast, "Other")
    confirmed(kept)
    asked(other)
    assert by_mail.forget() == 0
    with time_machine.travel(later(days=7, minutes=1), tick=False):
        assert by_mail.forget() == 1
    assert MailFollow.objects.get().story == kept


def test_followers_of_a_deleted_story_are_forgotten_with_it(cast: Cast) -> None:
    weir = story(cast)
    confirmed(weir)
    removing.delete(weir, by=cast.writer)
    assert by_mail.forget() == 0
    with time_machine.travel(later(days=31), tick=False):
        purging.purge_due()
        assert by_mail.forget() == 1


def test_each_mail_is_in_the_language_of_whoever_asked(cast: Cast) -> None:
    by_mail.ask(story(cast), ADDRESS, language="es")
    assert re.search(r"/by-mail/[\w-]+/", str(sent()[0].body))
    assert MailFollow.objects.get().language == "es"
