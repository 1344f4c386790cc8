"""Who hears of what: once, grouped, never of what they may not see, and followers in batches."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.utils import timezone

from talehouse.accounts import blocking, pen_names
from talehouse.accounts.models import Account
from talehouse.comments import deciding
from talehouse.comments.saying import Place, say
from talehouse.library import following
from talehouse.library.models import Follow
from talehouse.notifications import mailing, telling, wishes
from talehouse.notifications.models import FanOut, Kind, Notification, Pace, Quiet
from talehouse.notifications.showing import lines
from talehouse.notifications.wishes import Way
from talehouse.site import house
from talehouse.stories import approving, publishing, removing
from talehouse.stories.models import Part
from talehouse.votes import casting
from tests.cast import PROSE, Cast, first, story
from tests.delivering import deliver_now


def on(part: Part) -> Place:
    fresh = Part.objects.select_related("story", "published").get(pk=part.pk)
    return Place(story=fresh.story, part=fresh)


def told(account: Account) -> list[str]:
    """What this account reads on the page, the newest first."""
    return [line.text for line in lines(account.notifications.all(), account)]


@pytest.fixture(autouse=True)
def nothing_before(cast: Cast) -> None:
    deliver_now()


def test_a_comment_is_told_to_the_authors_and_an_answer_to_whom_it_answers(cast: Cast) -> None:
    part = first(story(cast))
    said = say(on(part), by=cast.reader, text="One.")
    say(on(part), by=cast.stranger, text="Two.", parent=said)
    deliver_now()
    assert told(cast.writer) == ["2 new comments on “Part 1”"]
    assert told(cast.reader) == ["Stranger has answered you on “Part 1”"]
    assert told(cast.stranger) == []


def test_nobody_is_told_of_their_own_deeds_or_twice_of_one_comment(cast: Cast) -> None:
    part = first(story(cast))
    said = say(on(part), by=cast.writer, text="My own.")
    say(on(part), by=cast.reader, text="@writer look!", parent=said)
    deliver_now()
    assert told(cast.writer) == ["Reader has answered you on “Part 1”"]


def test_votes_are_one_line_without_names(cast: Cast) -> None:
    part = first(story(cast))
    for who in (cast.reader, cast.stranger, cast.host):
        casting.cast(part, by=who)
    deliver_now()
    assert told(cast.writer) == ["3 people voted for “Open Water”"] or told(cast.writer)[0].startswith(
        "3 people"
    )
    assert cast.writer.notifications.get().actor_id is None


def test_an_event_that_comes_again_counts_once(cast: Cast) -> None:
    part = first(story(cast))
    casting.cast(part, by=cast.reader)
    deliver_now()
    row = cast.writer.notifications.get()
    news = telling.News(row.kind, row.group, row.subject_type, row.subject_id, row.last_event)
    telling.tell(news, [cast.writer.pk])
    row.refresh_from_db()
    assert row.count == 1


def test_whom_one_has_blocked_one_hears_nothing_of(cast: Cast) -> None:
    part = first(story(cast))
    said = say(on(part), by=cast.reader, text="One.")
    say(on(part), by=cast.stranger, text="Two.", parent=said)
    blocking.block(cast.pen("stranger"), by=cast.reader)
    deliver_now()
    assert told(cast.reader) == []


def test_nothing_is_told_of_what_one_may_not_see_any_more(cast: Cast) -> None:
    part = first(story(cast))
    said = say(on(part), by=cast.reader, text="One.")
    answer = say(on(part), by=cast.stranger, text="Two.", parent=said)
    deliver_now()
    deciding.hide(answer, by=cast.writer)
    assert told(cast.reader) == []
    deciding.unhide(answer, by=cast.writer)
    assert len(told(cast.reader)) == 1
    removing.withdraw(part, by=cast.writer)
    assert told(cast.reader) == []


def test_a_comment_that_waits_is_told_to_the_authors_alone(cast: Cast) -> None:
    made = story(cast)
    publishing.describe(made, by=cast.writer, comments_wait="all")
    said = say(on(first(made)), by=cast.reader, text="@stranger hello")
    deliver_now()
    assert told(cast.writer) == ["1 comment waits for you, on “Part 1”"]
    assert told(cast.stranger) == []
    deciding.approve(said, by=cast.writer)
    deliver_now()
    assert told(cast.stranger) == ["Reader names you in a comment on “Part 1”"]


def release(cast: Cast, made: Any, title: str) -> None:
    publishing.publish(publishing.add_part(made, by=cast.writer, title=title, html=PROSE), by=cast.writer)
    deliver_now()
    telling.fan_out()


def test_followers_of_story_and_writer_hear_of_a_new_part_once(cast: Cast) -> None:
    made = story(cast)
    deliver_now()
    telling.fan_out()
    following.follow(made, by=cast.reader)
    following.follow(cast.pen("writer"), by=cast.reader)
    following.follow(cast.pen("writer"), by=cast.stranger)
    following.follow(made, by=cast.writer)
    release(cast, made, "The Second")
    expected = [f"A new part of “{made.title}”: The Second"]
    assert told(cast.reader) == told(cast.stranger) == expected
    assert told(cast.writer) == [], "nobody follows themselves"
    release(cast, made, "The Third")
    assert told(cast.reader) == [f"2 new parts of “{made.title}”, the last: The Third"] or (
        cast.reader.notifications.get().count == 2
    )


def test_a_typo_that_is_mended_is_told_to_nobody(cast: Cast) -> None:
    made = story(cast)
    following.follow(made, by=cast.reader)
    publishing.edit(first(made), by=cast.writer, html=PROSE.replace("lamp", "lantern"))
    publishing.publish(first(made), by=cast.writer)
    deliver_now()
    telling.fan_out()
    assert told(cast.reader) == []


def crowd(number: int) -> list[Account]:
    """So many accounts with nothing but an address."""
    accounts = [Account(email=f"reader{n}@example.org", password="!") for n in range(number)]
    return Account.objects.bulk_create(accounts)


def test_a_fan_out_goes_on_where_a_crash_left_it(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    made = story(cast)
    deliver_now()
    telling.fan_out()
    people = crowd(250)
    Follow.objects.bulk_create([Follow(account=p, target="story", target_id=made.pk) for p in people])
    monkeypatch.setattr(telling, "BATCH", 100)
    publishing.publish(publishing.add_part(made, by=cast.writer, title="Next", html=PROSE), by=cast.writer)
    deliver_now()
    job = FanOut.objects.get(done_at=None)
    telling._next_batch(job.pk)
    assert Notification.objects.filter(kind=Kind.NEW_PART).count() == 100
    whole, calls = telling.tell, []

    def crash(news: telling.News, accounts: Any) -> int:
        calls.append(whole(news, accounts))
        raise KeyboardInterrupt

    monkeypatch.setattr(telling, "tell", crash)
    with pytest.raises(KeyboardInterrupt):
        telling.fan_out()
    monkeypatch.setattr(telling, "tell", whole)
    assert Notification.objects.filter(kind=Kind.NEW_PART).count() == 100, "the half batch is undone"
    telling.fan_out()
    assert telling.fan_out() == 0
    rows = Notification.objects.filter(kind=Kind.NEW_PART)
    assert rows.count() == rows.values("account").distinct().count() == 250
    assert not rows.exclude(count=1).exists()


def test_one_mail_for_all_that_is_due_and_never_again(cast: Cast) -> None:
    part = first(story(cast))
    for kind in (Kind.COMMENT, Kind.VOTES):
        wishes.choose(kind, Way(mail=Pace.AT_ONCE), by=cast.writer)
    say(on(part), by=cast.reader, text="One.")
    casting.cast(part, by=cast.reader)
    deliver_now()
    assert mailing.send_due() == 1
    assert mailing.send_due() == 0
    [sent] = mail.outbox
    assert sent.to == [cast.writer.email] and sent.subject.startswith("2 things are new")
    assert "Reader has commented" in sent.body and "/comments/" in sent.body
    secret = Quiet.objects.get(account=cast.writer).secret
    assert secret in sent.extra_headers["List-Unsubscribe"]
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_mail_of_a_refusal_says_why_and_its_subject_begins_on_its_line(cast: Cast) -> None:
    house.change(approves_first_story=True)
    wishes.choose(Kind.DECISION, Way(mail=Pace.AT_ONCE), by=cast.writer)
    title = "The Lighthouse Keeper’s Very Long Daughter of the Sea and of the Weir"
    approving.refuse(story(cast, title), by=cast.host, reason="Please add a summary.")
    deliver_now()
    assert mailing.send_due() == 1
    [sent] = mail.outbox
    assert sent.subject == f"The host has not approved “{title}”"
    assert "“Please add a summary.”" in sent.body
    raw = sent.message().as_bytes()
    assert b"\nSubject: =?utf-8?q?The_host" in raw
    assert str(message_from_bytes(raw, policy=default)["Subject"]) == sent.subject


def test_a_mail_tells_nothing_that_was_taken_back_before_it_went(cast: Cast) -> None:
    part = first(story(cast))
    wishes.choose(Kind.COMMENT, Way(mail=Pace.AT_ONCE), by=cast.writer)
    said = say(on(part), by=cast.reader, text="One.")
    deliver_now()
    deciding.take_back(said, by=cast.reader)
    assert mailing.send_due() == 0
    assert mail.outbox == []


def test_a_mail_server_that_refuses_is_asked_again_later(
    cast: Cast, time_machine: Any, settings: Any
) -> None:
    part = first(story(cast))
    wishes.choose(Kind.COMMENT, Way(mail=Pace.AT_ONCE), by=cast.writer)
    say(on(part), by=cast.reader, text="One.")
    deliver_now()
    settings.EMAIL_BACKEND = "talehouse.notifications.tests.test_telling.Refusing"
    assert mailing.send_due() == 0
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert mailing.send_due() == 0
    time_machine.move_to(timezone.now() + timedelta(minutes=11))
    assert mailing.send_due() == 1


class Refusing:
    """A mail server that is not there."""

    def __init__(self, **_options: Any) -> None:
        pass

    def send_messages(self, _messages: Any) -> int:
        raise ConnectionRefusedError


BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("pace", "now", "expected"),
    [
        (Pace.AT_ONCE, datetime(2026, 3, 4, 22, tzinfo=UTC), datetime(2026, 3, 4, 22, tzinfo=UTC)),
        (Pace.DAILY, datetime(2026, 3, 4, 22, tzinfo=UTC), datetime(2026, 3, 5, 7, tzinfo=UTC)),
        (Pace.DAILY, datetime(2026, 3, 4, 5, tzinfo=UTC), datetime(2026, 3, 4, 7, tzinfo=UTC)),
        (Pace.DAILY, datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 6, tzinfo=UTC)),
        (Pace.WEEKLY, datetime(2026, 3, 4, 12, tzinfo=UTC), datetime(2026, 3, 9, 7, tzinfo=UTC)),
        (Pace.WEEKLY, datetime(2026, 3, 9, 6, tzinfo=UTC), datetime(2026, 3, 9, 7, tzinfo=UTC)),
        (Pace.NEVER, datetime(2026, 3, 4, 12, tzinfo=UTC), None),
    ],
)
def test_when_a_mail_goes_out(pace: str, now: datetime, expected: datetime | None) -> None:
    assert wishes.due(pace, now, BERLIN) == expected


@pytest.mark.parametrize(
    ("begins", "ends", "hour", "expected"),
    [(22, 7, 23, 6), (22, 7, 3, 6), (22, 7, 12, 12), (9, 17, 10, 16), (9, 17, 20, 20)],
)
def test_quiet_hours_put_things_off(begins: int, ends: int, hour: int, expected: int) -> None:
    quiet = Quiet(begins=time(begins), ends=time(ends))
    now = datetime(2026, 1, 10, hour - 1, tzinfo=UTC)  # Berlin's clock is an hour ahead
    got = wishes.after_quiet(now, quiet, BERLIN)
    assert (got == now) if expected == hour else got.astimezone(BERLIN).hour == ends


def test_mails_wait_for_the_end_of_quiet_hours(cast: Cast, time_machine: Any) -> None:
    time_machine.move_to(datetime(2026, 1, 10, 23, tzinfo=UTC))
    part = first(story(cast))
    wishes.choose(Kind.COMMENT, Way(mail=Pace.AT_ONCE), by=cast.writer)
    wishes.choose_quiet(time(22), time(7), by=cast.writer)
    say(on(part), by=cast.reader, text="One.")
    deliver_now()
    assert mailing.send_due() == 0
    time_machine.move_to(datetime(2026, 1, 11, 7, 1, tzinfo=UTC))
    assert mailing.send_due() == 1


def test_mails_of_a_kind_are_ended_by_their_secret(cast: Cast) -> None:
    secret = wishes.quiet_of(cast.writer).secret
    assert wishes.end_mails(secret, Kind.COMMENT) == cast.writer
    assert wishes.all_of(cast.writer)[Kind.COMMENT].mail == Pace.NEVER
    assert wishes.all_of(cast.writer)[Kind.REPLY].mail == Pace.DAILY
    wishes.end_mails(secret, "all")
    assert {way.mail for way in wishes.all_of(cast.writer).values()} == {Pace.NEVER}
    assert wishes.end_mails("wrong", "all") is None


def test_a_second_pen_name_ties_nothing_together(cast: Cast) -> None:
    """Whoever is told sees the name that was signed with, never the account."""
    other = pen_names.add("Another Name", by=cast.reader)
    part = first(story(cast))
    say(on(part), by=cast.reader, text="One.", pen_name=other)
    deliver_now()
    assert told(cast.writer) == ["Another Name has commented on “Part 1”"]
