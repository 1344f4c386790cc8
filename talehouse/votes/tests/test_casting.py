"""Voting: one per account and part, taken back, never by those who may not; counters equal the rows."""

from __future__ import annotations

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from talehouse.accounts import blocking
from talehouse.accounts.models import Account
from talehouse.ops.recounting import check
from talehouse.stories import people, removing
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Part, RoleKind, Story
from talehouse.votes import casting
from talehouse.votes.models import Vote
from tests.cast import Archive, Cast, first, person, story


def counters(part: Part) -> tuple[int, int]:
    """The votes that the part and its story show."""
    part.refresh_from_db()
    return part.vote_count, Story.objects.get(pk=part.story_id).vote_count


def test_a_vote_counts_once_and_can_be_taken_back(cast: Cast) -> None:
    part = first(story(cast, parts=2))
    assert casting.cast(part, by=cast.reader)
    assert not casting.cast(part, by=cast.reader)
    assert counters(part) == (1, 1)
    assert casting.cast(part, by=cast.stranger)
    assert casting.take_back(part, by=cast.reader)
    assert not casting.take_back(part, by=cast.reader)
    assert counters(part) == (1, 1)
    assert check() == []


def test_a_story_shows_the_sum_of_its_parts(cast: Cast) -> None:
    made = story(cast, parts=2)
    for part in made.parts.all():
        casting.cast(part, by=cast.reader)
    made.refresh_from_db()
    assert made.vote_count == 2
    assert check() == []


@pytest.mark.parametrize("who", ["writer", "co_writer", "suspended"])
def test_authors_and_suspended_accounts_do_not_vote(cast: Cast, archive: Archive, who: str) -> None:
    with pytest.raises(NotAllowedError):
        casting.cast(first(archive.public), by=getattr(cast, who))
    assert counters(first(archive.public)) == (0, 0)


@pytest.mark.parametrize("who", ["editor", "beta", "reader", "host"])
def test_everybody_else_may(cast: Cast, archive: Archive, who: str) -> None:
    assert casting.cast(first(archive.public), by=getattr(cast, who))


def test_whom_an_author_has_blocked_does_not_vote(cast: Cast) -> None:
    part = first(story(cast))
    blocking.block(cast.pen("reader"), by=cast.writer)
    with pytest.raises(NotAllowedError):
        casting.cast(part, by=cast.reader)
    blocking.unblock(cast.pen("reader"), by=cast.writer)
    assert casting.cast(part, by=cast.reader)


def test_who_becomes_an_author_can_still_take_their_vote_back(cast: Cast) -> None:
    made = story(cast)
    casting.cast(first(made), by=cast.co_writer)
    role = people.ask(made, cast.pen("co_writer"), RoleKind.CO_AUTHOR, by=cast.writer)
    people.accept(role, by=cast.co_writer)
    assert casting.take_back(first(made), by=cast.co_writer)


def test_a_deleted_part_takes_no_vote(cast: Cast) -> None:
    part = first(story(cast, parts=2))
    removing.delete(part, by=cast.writer)
    with pytest.raises(RuleError):
        casting.cast(part, by=cast.reader)
    assert Vote.objects.count() == 0


def test_the_database_itself_takes_one_vote_only(cast: Cast) -> None:
    part = first(story(cast))
    Vote.objects.create(account=cast.reader, part=part)
    with pytest.raises(IntegrityError), transaction.atomic():
        Vote.objects.create(account=cast.reader, part=part)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_lose_no_vote(cast: Cast) -> None:
    part = first(story(cast))
    voters = [person(f"voter_{number}") for number in range(8)]
    errors: list[Exception] = []

    def act(account: Account) -> None:
        try:
            for _ in range(3):
                casting.cast(part, by=account)
                casting.take_back(part, by=account)
            casting.cast(part, by=account)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(account,)) for account in voters]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert counters(part) == (8, 8)
    assert check() == []
