"""Mails by a real SMTP server on this machine: what arrives, the click that ends them, servers that fail."""

from __future__ import annotations

import re
from datetime import timedelta
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from talehouse.comments.saying import Place, say
from talehouse.notifications import mailing, wishes
from talehouse.notifications.models import Kind, Notification, Pace
from talehouse.notifications.tests.happening import comment
from talehouse.notifications.wishes import Way
from talehouse.site import house
from talehouse.stories.models import Part
from talehouse.votes import casting
from tests.cast import Cast, first, story
from tests.delivering import deliver_now
from tests.mail_server import MailServer


@pytest.fixture
def server(mail_server: MailServer) -> MailServer:
    """The host's mail server."""
    return mail_server


@pytest.fixture
def part(cast: Cast, server: MailServer) -> Part:
    """A part whose writer wants to hear of comments and votes at once."""
    part = first(story(cast, "Überfahrt – “Nachts”"))
    deliver_now()
    for kind in (Kind.COMMENT, Kind.VOTES):
        wishes.choose(kind, Way(mail=Pace.AT_ONCE), by=cast.writer)
    return part


def words_of(message: EmailMessage) -> str:
    """The text of a mail, with plain line ends."""
    return str(message.get_content()).replace("\r\n", "\n")


def test_a_mail_arrives_as_it_was_meant(cast: Cast, part: Part, server: MailServer) -> None:
    comment(cast, part)
    assert mailing.send_due() == 1
    [(sender, receivers, message)] = server.taken
    assert (sender, receivers) == ("house@example.org", [cast.writer.email])
    assert message["To"] == cast.writer.email and message["From"] == "house@example.org"
    assert message["Subject"] == "Reader has commented on “Part 1”"
    assert message.get_content_type() == "text/plain"
    words = words_of(message)
    assert words.startswith("Reader has commented on “Part 1”\nhttp://")
    assert re.search(r"^http://\S+/comments/\d+/$", words, re.MULTILINE)
    assert message["Auto-Submitted"] == "auto-generated"


def test_many_things_are_one_mail_in_every_script(cast: Cast, part: Part, server: MailServer) -> None:
    comment(cast, part)
    casting.cast(part, by=cast.reader)
    deliver_now()
    assert mailing.send_due() == 1
    [(_sender, _receivers, message)] = server.taken
    assert message["Subject"].startswith("2 things are new on")
    assert "1 person voted for “Überfahrt – “Nachts””" in words_of(message)


def one_click(message: EmailMessage) -> str:
    """The address that a mail program posts to (RFC 8058)."""
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    found = re.fullmatch(r"<(https?://[^>]+)>", message["List-Unsubscribe"].strip())
    assert found is not None
    return urlsplit(found[1]).path


def test_one_click_ends_such_mails_and_no_others(cast: Cast, part: Part, server: MailServer) -> None:
    comment(cast, part)
    mailing.send_due()
    path = one_click(server.taken[0][2])
    assert path in words_of(server.taken[0][2]), "people without such a program find it too"
    program = Client(enforce_csrf_checks=True)
    answer = program.post(path, "List-Unsubscribe=One-Click", "application/x-www-form-urlencoded")
    assert answer.status_code == 200
    Notification.objects.update(read_at=timezone.now())
    comment(cast, part, "Two.")
    assert mailing.send_due() == 0
    casting.cast(part, by=cast.reader)
    deliver_now()
    assert mailing.send_due() == 1
    assert "voted" in server.taken[1][2]["Subject"]


def test_one_click_in_a_mail_of_several_kinds_ends_all(cast: Cast, part: Part, server: MailServer) -> None:
    comment(cast, part)
    casting.cast(part, by=cast.reader)
    deliver_now()
    mailing.send_due()
    answer = Client(enforce_csrf_checks=True).post(one_click(server.taken[0][2]))
    assert answer.status_code == 200
    assert {way.mail for way in wishes.all_of(cast.writer).values()} == {Pace.NEVER}


FAILURES = {
    "busy from the beginning": {"": "421 come back later"},
    "gone at once": {"": ""},
    "the sender is refused": {"MAIL": "451 not now"},
    "the receiver is refused for now": {"RCPT": "450 greylisted"},
    "the receiver is refused": {"RCPT": "550 no such mailbox"},
    "no mail wanted": {"DATA": "554 no"},
    "the mail is refused": {".": "552 too large"},
    "closed in the middle": {"MAIL": ""},
    "closed at the end": {".": ""},
}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_server_that_fails_gets_the_mail_later_and_once(
    cast: Cast, part: Part, server: MailServer, time_machine: Any, failure: str
) -> None:
    comment(cast, part)
    server.fails = FAILURES[failure]
    assert mailing.send_due() == 0
    assert mailing.send_due() == 0, "it is left in peace for a while"
    assert server.taken == []
    server.fails = {}
    time_machine.move_to(timezone.now() + timedelta(minutes=11))
    assert mailing.send_due() == 1
    assert mailing.send_due() == 0
    time_machine.move_to(timezone.now() + timedelta(days=2))
    assert mailing.send_due() == 0
    assert len(server.taken) == 1


def test_a_server_that_is_not_there_is_asked_again(
    cast: Cast, part: Part, server: MailServer, time_machine: Any
) -> None:
    comment(cast, part)
    house.change(smtp_port=1)
    assert mailing.send_due() == 0
    house.change(smtp_port=server.port)
    time_machine.move_to(timezone.now() + timedelta(minutes=11))
    assert mailing.send_due() == 1
    assert len(server.taken) == 1


@pytest.mark.parametrize("farewell", ["", "421 closing", "500 what?"])
def test_a_mail_that_was_taken_is_not_sent_again(
    cast: Cast, part: Part, server: MailServer, time_machine: Any, farewell: str
) -> None:
    """However rudely the server takes its leave afterwards."""
    comment(cast, part)
    server.fails = {"QUIT": farewell}
    assert mailing.send_due() == 1
    server.fails = {}
    time_machine.move_to(timezone.now() + timedelta(hours=1))
    assert mailing.send_due() == 0
    assert len(server.taken) == 1 and server.spoken[-1] == "QUIT"


def test_one_receiver_who_is_refused_holds_nobody_else_up(cast: Cast, part: Part, server: MailServer) -> None:
    wishes.choose(Kind.REPLY, Way(mail=Pace.AT_ONCE), by=cast.reader)
    comment(cast, part)
    root = cast.pen("reader").comments.get()
    fresh = Part.objects.select_related("story", "published").get(pk=part.pk)
    say(Place(story=fresh.story, part=fresh), by=cast.stranger, text="Two.", parent=root)
    deliver_now()
    server.fails = {"RCPT": "550 no such mailbox"}
    assert mailing.send_due() == 0
    refused = server.spoken.count("RCPT")
    assert refused == 2, "both were tried"
