"""Who hears of a private note: the authors and whoever wrote beside the part before, in one line a part."""

from __future__ import annotations

import pytest
from django.core import mail

from talehouse.accounts.models import Account
from talehouse.notifications import forgetting, mailing, wishes
from talehouse.notifications.models import Kind, Notification, Pace
from talehouse.notifications.showing import lines
from talehouse.notifications.wishes import Way
from talehouse.stories import people, publishing, removing
from talehouse.stories.models import Part, RoleKind
from talehouse.writing import noting
from talehouse.writing.models import DraftNote
from tests.cast import PROSE, Cast, join
from tests.delivering import deliver_now


def told(account: Account) -> list[str]:
    """What this account reads on the page, the newest first."""
    return [line.text for line in lines(account.notifications.order_by("-pk"), account)]


@pytest.fixture
def part(cast: Cast) -> Part:
    """A draft of two authors with an editor and a beta reader; nothing is new to anybody."""
    made = publishing.create(by=cast.writer, pen_name=cast.pen("writer"), title="The Weir")
    join(made, cast, co_writer=RoleKind.CO_AUTHOR, editor=RoleKind.EDITOR, beta=RoleKind.BETA)
    deliver_now()
    Notification.objects.all().delete()
    return publishing.add_part(made, by=cast.writer, title="One", html=PROSE)


def test_a_note_is_told_to_the_authors_and_leads_there(cast: Cast, part: Part) -> None:
    noting.write(part, "Why water?", by=cast.beta)
    deliver_now()
    assert told(cast.writer) == told(cast.co_writer) == ["Beta has written a private note beside “One”"]
    [line] = lines(cast.writer.notifications.all(), cast.writer)
    assert line.url == f"/write/parts/{part.pk}/notes/"
    assert told(cast.beta) == told(cast.editor) == told(cast.reader) == []


def test_an_answer_is_told_to_who_wrote_there_before(cast: Cast, part: Part) -> None:
    note = noting.write(part, "Why water?", by=cast.beta)
    noting.answer(note, "Because.", by=cast.writer)
    deliver_now()
    assert told(cast.beta) == ["Writer has written a private note beside “One”"]
    assert told(cast.writer) == ["Beta has written a private note beside “One”"]
    assert told(cast.editor) == []


def test_several_notes_on_one_part_are_one_line(cast: Cast, part: Part) -> None:
    other = publishing.add_part(part.story, by=cast.writer, title="Two", html=PROSE)
    for where in (part, part, other):
        noting.write(where, "Hm.", by=cast.beta)
    deliver_now()
    assert told(cast.writer) == [
        "Beta has written a private note beside “Two”",
        "2 new private notes beside “One”",
    ]


def test_who_may_not_read_the_notes_any_more_is_told_nothing(cast: Cast, part: Part) -> None:
    publishing.publish(part, by=cast.writer)
    noting.write(part, "Why water?", by=cast.beta)
    noting.write(part, "Because.", by=cast.writer)
    deliver_now()
    assert len(told(cast.beta)) == 1
    people.let_go(part.story.roles.get(pen_name=cast.pen("beta")), by=cast.writer)
    assert told(cast.beta) == [], "the part is out, but its notes are for the story's people"
    noting.write(part, "And so on.", by=cast.writer)
    deliver_now()
    assert cast.beta.notifications.get(kind=Kind.NOTE).count == 1
    assert len(told(cast.co_writer)) == 1
    removing.delete(part, by=cast.writer)
    assert told(cast.co_writer) == []


def test_notes_go_out_by_mail_once_a_day_or_as_they_wish(cast: Cast, part: Part) -> None:
    wishes.choose(Kind.NOTE, Way(mail=Pace.AT_ONCE), by=cast.co_writer)
    noting.write(part, "Why water?", by=cast.beta)
    deliver_now()
    assert wishes.all_of(cast.writer)[Kind.NOTE] == Way(mail=Pace.DAILY)
    assert cast.writer.notifications.get(kind=Kind.NOTE).mail_due_at is not None
    assert mailing.send_due() == 1
    [sent] = mail.outbox
    assert sent.to == [cast.co_writer.email] and f"/write/parts/{part.pk}/notes/" in sent.body


def test_a_name_that_left_for_good_is_no_longer_said(cast: Cast, part: Part) -> None:
    noting.write(part, "Mine.", by=cast.co_writer)
    deliver_now()
    forgetting.forget_writer(part.story_id, cast.co_writer)
    assert told(cast.writer) == ["Somebody has written a private note beside “One”"]


def test_the_table_of_parts_says_how_many_notes_are_open(cast: Cast, part: Part) -> None:
    settled = noting.write(part, "Done.", by=cast.beta)
    noting.answer(noting.write(part, "Why water?", by=cast.beta), "Because.", by=cast.writer)
    noting.settle(settled, by=cast.writer)
    path = f"/write/stories/{part.story_id}/parts/"
    link = f'href="/write/parts/{part.pk}/notes/">1 open note<span'
    for who in ("writer", "beta"):
        assert link in cast.client(who).get(path).content.decode()
    noting.settle(DraftNote.objects.get(text="Why water?"), by=cast.writer)
    text = cast.client("writer").get(path).content.decode()
    assert "open note" not in text and f'href="/write/parts/{part.pk}/notes/">Notes<span' in text
