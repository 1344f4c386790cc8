"""What the people of a story hear of one another: who has to agree, and what was answered."""

from __future__ import annotations

import pytest
from django.core import mail

from talehouse.accounts import blocking, pen_names
from talehouse.accounts.models import Account
from talehouse.notifications import forgetting, mailing, reading, wishes
from talehouse.notifications.models import Kind, Pace
from talehouse.notifications.showing import lines
from talehouse.notifications.wishes import Way
from talehouse.stories import consenting, people
from talehouse.stories.models import Proposal, Role, RoleKind, Story
from tests.cast import Cast, join, story
from tests.delivering import deliver_now

What = Proposal.What


def told(account: Account) -> list[str]:
    """What this account reads on the page, the newest first."""
    return [line.text for line in lines(account.notifications.order_by("-pk"), account)]


@pytest.fixture
def ours(cast: Cast) -> Story:
    """A story of three authors and an editor, who have read what was new."""
    made = story(cast)
    join(made, cast, co_writer=RoleKind.CO_AUTHOR, reader=RoleKind.CO_AUTHOR, editor=RoleKind.EDITOR)
    deliver_now()
    for who in ("writer", "co_writer", "reader", "editor"):
        getattr(cast, who).notifications.all().delete()
    return made


def role(made: Story, cast: Cast, who: str) -> Role:
    return made.roles.get(pen_name=cast.pen(who))


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        (What.DELETE, "Writer wants to delete “The Weir” and asks for your yes"),
        (What.ORPHAN, "Writer wants to leave “The Weir” to the archive and asks for your yes"),
    ],
)
def test_every_author_who_has_to_agree_is_told_until_they_have_answered(
    cast: Cast, ours: Story, what: What, sentence: str
) -> None:
    proposal = consenting.propose(ours, what, by=cast.writer)
    deliver_now()
    assert told(cast.co_writer) == told(cast.reader) == [sentence]
    assert told(cast.writer) == told(cast.editor) == []
    [line] = lines(cast.reader.notifications.all(), cast.reader)
    assert line.url == f"/write/stories/{ours.pk}/people/"
    consenting.consent(proposal, by=cast.reader)
    assert told(cast.reader) == [] and told(cast.co_writer) == [sentence]
    consenting.take_back(proposal, by=cast.writer)
    assert told(cast.co_writer) == []


def test_a_co_author_who_is_to_go_is_not_asked_the_author_is(cast: Cast, ours: Story) -> None:
    consenting.propose(ours, What.REMOVE, by=cast.writer, role=role(ours, cast, "reader"))
    deliver_now()
    assert told(cast.co_writer) == ["Writer wants to let Reader go from “The Weir” and asks for your yes"]
    assert told(cast.reader) == []
    consenting.propose(ours, What.REMOVE, by=cast.reader, role=role(ours, cast, "writer"))
    deliver_now()
    assert told(cast.writer) == ["Reader wants to let Writer go from “The Weir” and asks for your yes"]


def test_it_goes_out_by_mail_at_once_or_as_they_wish(cast: Cast, ours: Story) -> None:
    wishes.choose(Kind.PEOPLE, Way(mail=Pace.NEVER), by=cast.reader)
    consenting.propose(ours, What.DELETE, by=cast.writer)
    deliver_now()
    assert mailing.send_due() == 1
    [sent] = mail.outbox
    assert sent.to == [cast.co_writer.email] and sent.subject.startswith("Writer wants to delete")
    assert f"/write/stories/{ours.pk}/people/" in sent.body


def test_a_block_keeps_nobody_from_being_asked(cast: Cast, ours: Story) -> None:
    blocking.block(cast.pen("writer"), by=cast.reader)
    consenting.propose(ours, What.DELETE, by=cast.writer)
    deliver_now()
    assert len(told(cast.reader)) == 1


def test_what_a_sole_author_does_asks_nobody(cast: Cast) -> None:
    consenting.propose(story(cast), What.DELETE, by=cast.writer)
    deliver_now()
    assert not cast.writer.notifications.filter(kind=Kind.PEOPLE).exists()


def test_who_joins_meanwhile_is_told_what_is_being_decided(cast: Cast, ours: Story) -> None:
    consenting.propose(ours, What.DELETE, by=cast.writer)
    asked = people.ask(ours, cast.pen("stranger"), RoleKind.CO_AUTHOR, by=cast.co_writer)
    deliver_now()
    people.accept(asked, by=cast.stranger)
    deliver_now()
    assert told(cast.stranger) == ["Writer wants to delete “The Weir” and asks for your yes"]


def test_nothing_is_told_of_a_story_that_one_has_left_or_that_is_gone(cast: Cast, ours: Story) -> None:
    consenting.propose(ours, What.DELETE, by=cast.writer)
    deliver_now()
    people.leave(role(ours, cast, "reader"), by=cast.reader)
    assert told(cast.reader) == []
    Story.objects.filter(pk=ours.pk).update(deleted_at=ours.made_at)
    assert told(cast.co_writer) == []


def test_a_no_is_told_to_who_proposed_it(cast: Cast, ours: Story) -> None:
    proposal = consenting.propose(ours, What.DELETE, by=cast.writer)
    consenting.decline(proposal, by=cast.reader)
    deliver_now()
    assert told(cast.writer) == ["Reader has said no to your proposal for “The Weir”: it has ended"]
    assert told(cast.reader) == told(cast.co_writer) == []


def test_an_answer_is_told_to_who_invited(cast: Cast, ours: Story) -> None:
    first_asked = people.ask(ours, cast.pen("stranger"), RoleKind.BETA, by=cast.co_writer)
    second = people.ask(ours, cast.pen("beta"), RoleKind.BETA, by=cast.co_writer)
    people.accept(first_asked, by=cast.stranger)
    people.decline(second, by=cast.beta)
    deliver_now()
    assert told(cast.co_writer) == [
        "Beta has declined your invitation to “The Weir”",
        "Stranger has accepted your invitation to “The Weir”",
    ]
    assert told(cast.writer) == []
    people.leave(role(ours, cast, "co_writer"), by=cast.co_writer)
    assert told(cast.co_writer) == []


def test_an_offer_of_another_role_is_answered_to_who_made_it(cast: Cast, ours: Story) -> None:
    offered = people.change_kind(role(ours, cast, "editor"), RoleKind.CO_AUTHOR, by=cast.reader)
    people.decline(offered, by=cast.editor)
    deliver_now()
    assert told(cast.reader) == ["Editor has declined your invitation to “The Weir”"]
    assert told(cast.writer) == []


def test_an_answer_names_the_pen_name_that_was_asked(cast: Cast, ours: Story) -> None:
    other = pen_names.add("Another Name", by=cast.stranger)
    people.decline(people.ask(ours, other, RoleKind.BETA, by=cast.writer), by=cast.stranger)
    people.ask(ours, other, RoleKind.BETA, by=cast.writer)
    deliver_now()
    assert told(cast.writer) == ["Another Name has declined your invitation to “The Weir”"]


def test_a_name_that_left_for_good_is_no_longer_said(cast: Cast, ours: Story) -> None:
    consenting.decline(consenting.propose(ours, What.DELETE, by=cast.writer), by=cast.reader)
    deliver_now()
    forgetting.forget_writer(ours.pk, cast.reader)
    assert told(cast.writer) == ["Somebody has said no to your proposal for “The Weir”: it has ended"]
    assert reading.unread(cast.writer) == 1
