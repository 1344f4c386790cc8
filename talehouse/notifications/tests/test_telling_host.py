"""What the host hears: accounts and first stories that wait, one line for each, however many wait."""

from __future__ import annotations

from typing import Any

from django.core import mail

from talehouse.accounts import approving as people_rules
from talehouse.accounts.models import Account
from talehouse.accounts.tests.signing import sign_up
from talehouse.notifications import mailing, reading, wishes
from talehouse.notifications.models import Kind, Pace
from talehouse.notifications.showing import lines
from talehouse.notifications.wishes import Way
from talehouse.site import house
from talehouse.stories import approving, publishing, removing
from tests.cast import Cast, first, story
from tests.delivering import deliver_now

SETTINGS = "/settings/notifications/"


def told(account: Account) -> list[tuple[str, str]]:
    """What this account reads on the page and where it leads, the newest first."""
    return [(line.text, line.url) for line in lines(account.notifications.order_by("-pk"), account)]


def newcomers(*names: str) -> list[Account]:
    """These have signed up, and wait."""
    house.change(sign_up="approval")
    for name in names:
        answer = sign_up(email=f"{name}@example.org", pen_name=name.title())
        assert answer.headers["Location"] == "/accounts/waiting/"
    deliver_now()
    return [Account.objects.get(email=f"{name}@example.org") for name in names]


def test_accounts_that_wait_are_one_line_for_the_host_alone(cast: Cast) -> None:
    one, two = newcomers("wren", "teal")
    assert told(cast.host) == [("2 accounts wait for your approval", "/host/people/")]
    assert all(told(who) == [] for who in (cast.writer, cast.reader, one))
    people_rules.approve(one, by=cast.host)
    assert told(cast.host) == [("1 account waits for your approval", "/host/people/")]
    people_rules.refuse(two, by=cast.host)
    assert told(cast.host) == []


def test_what_was_read_begins_anew_and_stays_one_line(cast: Cast) -> None:
    newcomers("wren")
    reading.mark_read(by=cast.host)
    newcomers("teal")
    assert told(cast.host) == [("2 accounts wait for your approval", "/host/people/")]
    assert reading.unread(cast.host) == 1


def test_an_open_door_tells_nothing(cast: Cast) -> None:
    house.change(sign_up="open")
    assert sign_up().status_code == 302
    deliver_now()
    assert told(cast.host) == []


def test_first_stories_that_wait_are_one_line(cast: Cast) -> None:
    house.change(approves_first_story=True)
    one, two = story(cast, "One", parts=2), story(cast, "Two", by="stranger")
    deliver_now()
    assert told(cast.host) == [("2 first stories wait for your approval", "/host/stories/")]
    assert told(cast.writer) == []
    removing.withdraw(two, by=cast.stranger)
    assert told(cast.host) == [("1 first story waits for your approval", "/host/stories/")]
    approving.refuse(one, by=cast.host, reason="Too short.")
    assert told(cast.host) == []
    reading.mark_read(by=cast.host)
    publishing.publish(first(one), by=cast.writer)
    deliver_now()
    assert told(cast.host) == [("1 first story waits for your approval", "/host/stories/")]


def test_a_private_story_waits_for_nobody_until_it_opens(cast: Cast) -> None:
    house.change(approves_first_story=True)
    made = story(cast, visibility="private")
    deliver_now()
    assert not cast.host.notifications.exists()
    publishing.describe(made, by=cast.writer, visibility="public")
    deliver_now()
    assert told(cast.host) == [("1 first story waits for your approval", "/host/stories/")]


def test_it_goes_out_by_mail_at_once_or_as_they_wish(cast: Cast) -> None:
    newcomers("wren")
    mail.outbox.clear()
    assert mailing.send_due() == 1
    [sent] = mail.outbox
    assert sent.to == [cast.host.email] and "/host/people/" in sent.body
    wishes.choose(Kind.WAITING, Way(mail=Pace.NEVER), by=cast.host)
    reading.mark_read(by=cast.host)
    newcomers("teal")
    mail.outbox.clear()
    assert mailing.send_due() == 0 and len(told(cast.host)) == 1


def test_who_is_no_host_any_more_is_told_nothing(cast: Cast) -> None:
    house.change(approves_first_story=True)
    story(cast)
    newcomers("wren")
    assert len(told(cast.host)) == 2
    cast.host.host_since = None
    cast.host.save()
    assert told(cast.host) == []


def test_the_host_alone_chooses_how_to_hear_of_it(cast: Cast) -> None:
    label = "Accounts and first stories that wait for the host"
    assert label in cast.client("host").get(SETTINGS).content.decode()
    page: Any = cast.client("reader").get(SETTINGS)
    assert label not in page.content.decode() and len(page.context["form"].kinds()) == len(Kind) - 1
    sent = {f"mail-{kind}": "weekly" for kind in Kind.values}
    for who in ("host", "reader"):
        assert cast.client(who).post(SETTINGS, sent).status_code == 302
    assert wishes.all_of(cast.host)[Kind.WAITING] == Way(on_site=False, mail=Pace.WEEKLY)
    assert not cast.reader.notification_wishes.filter(kind=Kind.WAITING).exists()
    wishes.end_mails(wishes.quiet_of(cast.host).secret, Kind.WAITING)
    assert wishes.all_of(cast.host)[Kind.WAITING].mail == Pace.NEVER
    secret = wishes.quiet_of(cast.reader).secret
    assert wishes.end_mails(secret, Kind.WAITING) == cast.reader
