"""What authors decide together: everybody is asked, it happens once, and with the last yes."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.utils import timezone

from talehouse.accounts.models import Account
from talehouse.activity.models import Event
from talehouse.stories import consenting, orphaning, people, removing
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Consent, Proposal, Role, RoleKind, Story
from tests.cast import Cast, join, story

What = Proposal.What


@pytest.fixture
def ours(cast: Cast) -> Story:
    """A story of three authors and an editor."""
    made = story(cast)
    join(made, cast, co_writer=RoleKind.CO_AUTHOR, reader=RoleKind.CO_AUTHOR, editor=RoleKind.EDITOR)
    return made


def role(made: Story, cast: Cast, who: str) -> Role:
    return made.roles.get(pen_name=cast.pen(who))


def is_deleted(made: Story) -> bool:
    return Story.objects.get(pk=made.pk).deleted_at is not None


def test_one_no_ends_it(cast: Cast, ours: Story) -> None:
    proposal = consenting.propose(ours, What.DELETE, by=cast.writer)
    consenting.consent(proposal, by=cast.co_writer)
    assert list(consenting.unanswered_by(cast.reader)) == [proposal]
    consenting.decline(proposal, by=cast.reader)
    assert not consenting.open_proposals(ours).exists() and not is_deleted(ours)
    assert not consenting.unanswered_by(cast.reader).exists()
    for again in (consenting.decline, consenting.consent):
        with pytest.raises(RuleError):
            again(proposal, by=cast.co_writer)
    removal = consenting.propose(ours, What.REMOVE, by=cast.writer, role=role(ours, cast, "reader"))
    with pytest.raises(NotAllowedError):
        consenting.decline(removal, by=cast.reader)
    assert not consenting.unanswered_by(cast.reader).exists()


def test_a_sole_author_decides_at_once(cast: Cast) -> None:
    made = story(cast)
    proposal = consenting.propose(made, What.DELETE, by=cast.writer)
    assert proposal.done_at is not None and is_deleted(made)


def test_with_the_last_yes_it_happens(cast: Cast, ours: Story) -> None:
    proposal = consenting.propose(ours, What.DELETE, by=cast.co_writer)
    assert proposal.done_at is None and not is_deleted(ours)
    consenting.consent(proposal, by=cast.writer)
    assert not is_deleted(ours)
    assert consenting.consent(proposal, by=cast.reader).done_at is not None
    assert is_deleted(ours)
    removing.undelete(ours, by=cast.reader)
    with pytest.raises(NotAllowedError, match="Every author"):
        removing.delete(ours, by=cast.reader)


def test_deleting_alone_is_refused_until_all_others_have_agreed(cast: Cast, ours: Story) -> None:
    with pytest.raises(NotAllowedError, match="Every author"):
        removing.delete(ours, by=cast.writer)
    with pytest.raises(NotAllowedError, match="Every author"):
        orphaning.orphan_together(ours, by=cast.writer)
    assert not is_deleted(ours)


def test_proposing_again_is_saying_yes(cast: Cast, ours: Story) -> None:
    first = consenting.propose(ours, What.DELETE, by=cast.writer)
    assert consenting.propose(ours, What.DELETE, by=cast.writer).pk == first.pk
    assert consenting.propose(ours, What.DELETE, by=cast.reader).pk == first.pk
    assert first.consents.count() == 2 and consenting.open_proposals(ours).count() == 1


def test_who_joins_meanwhile_is_asked_too(cast: Cast, ours: Story) -> None:
    proposal = consenting.propose(ours, What.ORPHAN, by=cast.writer)
    consenting.consent(proposal, by=cast.co_writer)
    asked = people.ask(ours, cast.pen("stranger"), RoleKind.CO_AUTHOR, by=cast.writer)
    people.accept(asked, by=cast.stranger)
    consenting.consent(proposal, by=cast.reader)
    assert Story.objects.get(pk=ours.pk).orphaned_at is None
    consenting.consent(proposal, by=cast.stranger)
    assert Story.objects.get(pk=ours.pk).orphaned_at is not None
    assert people.authors(ours).count() == 0


def test_who_leaves_is_asked_no_longer(cast: Cast, ours: Story) -> None:
    proposal = consenting.propose(ours, What.DELETE, by=cast.writer)
    consenting.consent(proposal, by=cast.co_writer)
    people.leave(role(ours, cast, "reader"), by=cast.reader)
    assert not is_deleted(ours)
    consenting.consent(proposal, by=cast.writer)
    assert is_deleted(ours)


def test_a_co_author_is_let_go_by_the_others(cast: Cast, ours: Story) -> None:
    proposal = consenting.propose(ours, What.REMOVE, by=cast.co_writer, role=role(ours, cast, "reader"))
    with pytest.raises(NotAllowedError, match="other authors decide"):
        consenting.consent(proposal, by=cast.reader)
    assert proposal.done_at is None
    assert consenting.consent(proposal, by=cast.writer).done_at is not None
    assert not ours.roles.filter(pen_name=cast.pen("reader")).exists()
    assert not Story.objects.editable_by(cast.reader).exists()


def test_nobody_takes_a_story_from_the_one_who_began_it(cast: Cast, ours: Story) -> None:
    proposal = consenting.propose(ours, What.REMOVE, by=cast.co_writer, role=role(ours, cast, "writer"))
    consenting.consent(proposal, by=cast.reader)
    assert ours.roles.filter(pen_name=cast.pen("writer")).exists()
    consenting.consent(proposal, by=cast.writer)
    assert not ours.roles.filter(pen_name=cast.pen("writer")).exists()
    assert role(ours, cast, "co_writer").kind == RoleKind.AUTHOR


def test_only_authors_of_this_story_are_let_go_so(cast: Cast, ours: Story) -> None:
    other = story(cast, "Another", by="stranger").roles.get()
    for wrong in (role(ours, cast, "editor"), other, None):
        with pytest.raises(RuleError, match="which author"):
            consenting.propose(ours, What.REMOVE, by=cast.writer, role=wrong)
    with pytest.raises(RuleError, match="This is you"):
        consenting.propose(ours, What.REMOVE, by=cast.writer, role=role(ours, cast, "writer"))


def test_a_yes_can_be_taken_back(cast: Cast, ours: Story) -> None:
    proposal = consenting.propose(ours, What.DELETE, by=cast.writer)
    with pytest.raises(RuleError, match="have not said yes"):
        consenting.take_back(proposal, by=cast.co_writer)
    consenting.consent(proposal, by=cast.co_writer)
    consenting.take_back(proposal, by=cast.co_writer)
    consenting.consent(proposal, by=cast.reader)
    assert not is_deleted(ours)
    consenting.take_back(proposal, by=cast.writer)
    for again in (consenting.consent, consenting.take_back):
        with pytest.raises(RuleError, match="taken back|decided already"):
            again(proposal, by=cast.co_writer)
    assert consenting.propose(ours, What.DELETE, by=cast.reader).pk != proposal.pk
    assert not is_deleted(ours)


def test_when_the_proposer_has_left_anybody_ends_it(cast: Cast, ours: Story) -> None:
    proposal = consenting.propose(ours, What.DELETE, by=cast.writer)
    people.leave(role(ours, cast, "writer"), by=cast.writer)
    consenting.take_back(proposal, by=cast.reader)
    assert not consenting.open_proposals(ours).exists()


def test_the_yes_to_one_thing_is_no_yes_to_another(cast: Cast, ours: Story) -> None:
    deleting = consenting.propose(ours, What.DELETE, by=cast.writer)
    consenting.propose(ours, What.ORPHAN, by=cast.co_writer)
    consenting.propose(ours, What.ORPHAN, by=cast.reader)
    assert not is_deleted(ours) and deleting.consents.count() == 1


def test_the_archives_name_is_asked_nothing(cast: Cast, ours: Story) -> None:
    orphaning.orphan(ours, by=cast.co_writer)
    proposal = consenting.propose(ours, What.DELETE, by=cast.writer)
    consenting.consent(proposal, by=cast.reader)
    assert is_deleted(ours)


@pytest.mark.parametrize("who", ["editor", "stranger", "host", "suspended"])
def test_others_have_no_say(cast: Cast, ours: Story, who: str) -> None:
    proposal = consenting.propose(ours, What.DELETE, by=cast.writer)
    act = getattr(cast, who)
    for refused in (
        lambda: consenting.propose(ours, What.ORPHAN, by=act),
        lambda: consenting.consent(proposal, by=act),
        lambda: consenting.take_back(proposal, by=act),
    ):
        with pytest.raises(NotAllowedError):
            refused()
    assert Consent.objects.count() == 1


def test_a_suspended_author_is_waited_for(cast: Cast, ours: Story) -> None:
    Account.objects.filter(pk=cast.reader.pk).update(suspended_at=timezone.now())
    proposal = consenting.propose(ours, What.DELETE, by=cast.writer)
    consenting.consent(proposal, by=cast.co_writer)
    assert not is_deleted(ours)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", [What.DELETE, What.ORPHAN])
def test_two_who_say_yes_at_once_do_it_once(cast: Cast, ours: Story, what: Proposal.What) -> None:
    proposal = consenting.propose(ours, what, by=cast.writer)
    failures: list[BaseException] = []

    def agree(by: Account) -> None:
        try:
            consenting.consent(proposal, by=by)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=agree, args=(by,)) for by in (cast.co_writer, cast.reader)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert Event.objects.filter(verb="proposal.done").count() == 1
    assert Event.objects.filter(verb__in=("story.deleted", "story.orphaned")).count() == 1
    proposal.refresh_from_db()
    assert proposal.done_at is not None
