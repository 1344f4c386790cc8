"""Inviting, accepting, leaving, handing over: who may, and what becomes of names."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.utils import timezone

from talehouse.accounts import pen_names
from talehouse.accounts.house import orphan_pen_name
from talehouse.accounts.models import Account, PenName
from talehouse.stories import describing, people, removing
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Role, RoleKind, Story
from tests.cast import Cast, person, story


def joined(cast: Cast, made: Story, who: str, kind: RoleKind) -> Role:
    """One of the cast, invited and accepted."""
    role = people.ask(made, cast.pen(who), kind, by=cast.writer)
    return people.accept(role, by=getattr(cast, who))


def kinds(made: Story) -> dict[str, str]:
    """Who is on the story, accepted, in order."""
    roles = made.roles.filter(accepted_at__isnull=False)
    return dict(roles.values_list("pen_name__name", "kind"))


def test_who_is_invited_belongs_once_they_accept(cast: Cast) -> None:
    made = story(cast, visibility="private")
    role = people.invite(made, "  co   WRITER ", RoleKind.CO_AUTHOR, by=cast.writer)
    assert role.accepted_at is None and role.invited_by == cast.pen("writer")
    assert not Story.objects.visible_to(cast.co_writer).exists()
    assert list(people.invitations_of(cast.co_writer)) == [role]
    assert people.accept(role, by=cast.co_writer).accepted_at is not None
    assert Story.objects.editable_by(cast.co_writer).get() == made
    assert not people.invitations_of(cast.co_writer).exists()
    assert people.accept(role, by=cast.co_writer).kind == RoleKind.CO_AUTHOR


def test_an_answer_is_for_who_was_asked(cast: Cast) -> None:
    made = story(cast)
    role = people.ask(made, cast.pen("beta"), RoleKind.BETA, by=cast.writer)
    for answer in (people.accept, people.decline):
        with pytest.raises(NotAllowedError, match="somebody else"):
            answer(role, by=cast.stranger)
    Account.objects.filter(pk=cast.beta.pk).update(suspended_at=timezone.now())
    with pytest.raises(NotAllowedError):
        people.accept(role, by=Account.objects.get(pk=cast.beta.pk))


def test_who_declines_is_forgotten_and_may_be_asked_again(cast: Cast) -> None:
    made = story(cast)
    role = people.ask(made, cast.pen("beta"), RoleKind.BETA, by=cast.writer)
    people.decline(role, by=cast.beta)
    assert kinds(made) == {"Writer": "author"} and made.roles.count() == 1
    with pytest.raises(RuleError, match="taken back"):
        people.accept(role, by=cast.beta)
    joined(cast, made, "beta", RoleKind.BETA)
    with pytest.raises(RuleError, match="accepted this already"):
        people.decline(made.roles.get(kind="beta"), by=cast.beta)


def test_an_invitation_can_be_taken_back_until_it_is_answered(cast: Cast) -> None:
    made = story(cast)
    role = people.ask(made, cast.pen("beta"), RoleKind.BETA, by=cast.writer)
    people.take_back(role, by=cast.writer)
    with pytest.raises(RuleError, match="taken back"):
        people.accept(role, by=cast.beta)
    role = joined(cast, made, "beta", RoleKind.BETA)
    with pytest.raises(RuleError, match="accepted already"):
        people.take_back(role, by=cast.writer)


@pytest.mark.parametrize("name", ["Nobody Here", "", "Orphan", "Waiting"])
def test_names_under_which_nobody_answers(cast: Cast, name: str) -> None:
    orphan_pen_name()
    closed = person("waiting")
    Account.objects.filter(pk=closed.pk).update(closed_at=timezone.now())
    with pytest.raises(RuleError, match="Nobody here writes"):
        people.invite(story(cast), name, RoleKind.BETA, by=cast.writer)


def test_a_retired_name_is_not_invited(cast: Cast) -> None:
    PenName.objects.filter(pk=cast.pen("beta").pk).update(retired_at=timezone.now())
    with pytest.raises(RuleError, match="no longer in use"):
        people.invite(story(cast), "beta", RoleKind.BETA, by=cast.writer)


def test_nobody_is_invited_twice_nor_oneself(cast: Cast) -> None:
    made = story(cast)
    role = people.ask(made, cast.pen("beta"), RoleKind.BETA, by=cast.writer)
    with pytest.raises(RuleError, match="Beta has been invited already"):
        people.ask(made, cast.pen("beta"), RoleKind.EDITOR, by=cast.writer)
    people.accept(role, by=cast.beta)
    with pytest.raises(RuleError, match="Beta has a role"):
        people.ask(made, cast.pen("beta"), RoleKind.EDITOR, by=cast.writer)
    with pytest.raises(RuleError, match="This is you"):
        people.invite(made, "Writer", RoleKind.EDITOR, by=cast.writer)
    with pytest.raises(RuleError, match="co-authors, editors"):
        people.ask(made, cast.pen("reader"), RoleKind.AUTHOR, by=cast.writer)


def test_twenty_invitations_at_most_are_open(cast: Cast) -> None:
    made = story(cast)
    for number in range(people.MOST_INVITATIONS):
        people.ask(made, pen_names.add(f"Friend {number}", by=cast.stranger), RoleKind.BETA, by=cast.writer)
    with pytest.raises(RuleError, match="Too many invitations"):
        people.ask(made, cast.pen("beta"), RoleKind.BETA, by=cast.writer)
    people.decline(made.roles.filter(accepted_at=None)[0], by=cast.stranger)
    people.ask(made, cast.pen("beta"), RoleKind.BETA, by=cast.writer)


def test_an_account_has_one_role_and_only_its_owner_learns_why(cast: Cast) -> None:
    made = story(cast)
    joined(cast, made, "co_writer", RoleKind.CO_AUTHOR)
    other = pen_names.add("Marguerite", by=cast.co_writer)
    role = people.ask(made, other, RoleKind.BETA, by=cast.writer)
    with pytest.raises(RuleError, match="under the name Co Writer"):
        people.accept(role, by=cast.co_writer)
    assert kinds(made) == {"Writer": "author", "Co Writer": "co-author"}


def test_an_editor_becomes_a_beta_reader_at_once_and_a_co_author_by_saying_yes(cast: Cast) -> None:
    made = story(cast)
    role = joined(cast, made, "editor", RoleKind.EDITOR)
    people.change_kind(role, RoleKind.BETA, by=cast.writer)
    assert not Story.objects.editable_by(cast.editor).exists()
    people.change_kind(role, RoleKind.CO_AUTHOR, by=cast.writer)
    assert kinds(made)["Editor"] == "beta"
    assert [one.offered for one in people.invitations_of(cast.editor)] == ["co-author"]
    people.decline(role, by=cast.editor)
    assert kinds(made)["Editor"] == "beta" and not people.invitations_of(cast.editor).exists()
    people.change_kind(role, RoleKind.CO_AUTHOR, by=cast.writer)
    people.take_back(role, by=cast.writer)
    assert kinds(made)["Editor"] == "beta"
    people.change_kind(role, RoleKind.CO_AUTHOR, by=cast.writer)
    people.accept(role, by=cast.editor)
    assert kinds(made)["Editor"] == "co-author"
    with pytest.raises(RuleError, match="Nobody else changes"):
        people.change_kind(role, RoleKind.BETA, by=cast.writer)


def test_helpers_are_let_go_and_authors_are_not(cast: Cast) -> None:
    made = story(cast)
    editor = joined(cast, made, "editor", RoleKind.EDITOR)
    author = joined(cast, made, "co_writer", RoleKind.CO_AUTHOR)
    people.let_go(editor, by=cast.co_writer)
    assert "Editor" not in kinds(made)
    with pytest.raises(RuleError, match="all authors together"):
        people.let_go(author, by=cast.writer)
    with pytest.raises(RuleError, match="not so any more"):
        people.let_go(editor, by=cast.writer)


def test_everybody_leaves_but_the_last_author(cast: Cast) -> None:
    made = story(cast)
    beta = joined(cast, made, "beta", RoleKind.BETA)
    joined(cast, made, "co_writer", RoleKind.CO_AUTHOR)
    with pytest.raises(NotAllowedError, match="somebody else"):
        people.leave(beta, by=cast.writer)
    people.leave(beta, by=cast.beta)
    people.leave(made.roles.get(kind="author"), by=cast.writer)
    assert kinds(made) == {"Co Writer": "author"}
    with pytest.raises(RuleError, match="last author"):
        people.leave(made.roles.get(), by=cast.co_writer)


def test_the_order_of_names(cast: Cast) -> None:
    made = story(cast)
    second = joined(cast, made, "co_writer", RoleKind.CO_AUTHOR)
    first = made.roles.get(kind="author")
    people.order_authors(made, [second.pk, first.pk], by=cast.co_writer)
    assert list(kinds(made)) == ["Co Writer", "Writer"]
    for wrong in ([first.pk], [first.pk, first.pk, second.pk], [first.pk, 0]):
        with pytest.raises(RuleError, match="every author once"):
            people.order_authors(made, wrong, by=cast.writer)


def test_handing_over_takes_the_series_along(cast: Cast) -> None:
    made, other = story(cast), story(cast, "Another")
    joined(cast, made, "co_writer", RoleKind.CO_AUTHOR)
    joined(cast, made, "beta", RoleKind.BETA)
    for one, place in ((made, 1), (other, 2)):
        describing.set_series(one, "The Weirs", owner=cast.pen("writer"), by=cast.writer, position=place)
    for nobody in ("beta", "stranger", "writer"):
        with pytest.raises(RuleError, match="other authors only"):
            people.hand_over(made, by=cast.writer, to=cast.pen(nobody))
    people.hand_over(made, by=cast.writer, to=cast.pen("co_writer"))
    assert kinds(made) == {"Co Writer": "author", "Beta": "beta"}
    made.refresh_from_db()
    assert made.series_entry.series.owner == cast.pen("co_writer")
    assert (made.series_entry.series.title, int(made.series_entry.position)) == ("The Weirs", 1)
    assert other.series_entry.series.owner == cast.pen("writer")


def test_nobody_joins_a_story_that_is_gone(cast: Cast) -> None:
    made = story(cast)
    role = people.ask(made, cast.pen("beta"), RoleKind.BETA, by=cast.writer)
    removing.delete(made, by=cast.writer)
    with pytest.raises(RuleError, match="taken back"):
        people.accept(role, by=cast.beta)
    assert not people.invitations_of(cast.beta).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_last_authors_who_leave_at_once_one_stays(cast: Cast) -> None:
    made = story(cast)
    joined(cast, made, "co_writer", RoleKind.CO_AUTHOR)
    refused: list[str] = []

    def go(role: Role, by: Account) -> None:
        try:
            people.leave(role, by=by)
        except RuleError as refusal:
            refused.append(str(refusal))
        finally:
            connection.close()

    roles = list(made.roles.select_related("pen_name__account"))
    threads = [threading.Thread(target=go, args=(role, role.pen_name.account)) for role in roles]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1 and "last author" in refused[0]
    assert list(kinds(made).values()) == ["author"]
