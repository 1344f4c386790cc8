"""The gate: who may open what, and who may meet it in lists."""

from __future__ import annotations

import pytest
from django.utils import timezone

from talehouse.accounts.models import Account, Person, Visitor
from talehouse.stories import people
from talehouse.stories.models import Part, RoleKind, Story
from talehouse.stories.powers import Power
from talehouse.stories.visibility import needs_notice, ratings_up_to
from tests.cast import Archive, Cast, first

EVERYBODY = {"visitor", "reader", "stranger", "suspended", "host", "writer", "co_writer", "editor", "beta"}
MEMBERS = EVERYBODY - {"visitor"}
PEOPLE = {"writer", "co_writer", "editor", "beta", "suspended"}

OPENED = {
    "public": EVERYBODY,
    "members": MEMBERS,
    "unlisted": {"writer"},
    "private": {"writer"},
    "draft": {"writer"},
    "adult": EVERYBODY,
    "hidden": {"writer"},
}
LISTED = {
    "public": EVERYBODY,
    "members": MEMBERS,
    "unlisted": set(),
    "private": set(),
    "draft": set(),
    "adult": set(),
    "hidden": set(),
}


def someone(cast: Cast, who: str) -> Person:
    if who == "visitor":
        return Visitor()
    account: Account = getattr(cast, who)
    return account


@pytest.mark.parametrize("kind", OPENED)
def test_stories_open_for(cast: Cast, archive: Archive, kind: str) -> None:
    made = getattr(archive, kind)
    opened = {
        who for who in EVERYBODY if Story.objects.visible_to(someone(cast, who)).filter(pk=made.pk).exists()
    }
    assert opened == OPENED[kind]


@pytest.mark.parametrize("kind", OPENED)
def test_parts_open_as_their_story(cast: Cast, archive: Archive, kind: str) -> None:
    part = first(getattr(archive, kind))
    opened = {
        who for who in EVERYBODY if Part.objects.visible_to(someone(cast, who)).filter(pk=part.pk).exists()
    }
    assert opened == OPENED[kind]


@pytest.mark.parametrize("kind", LISTED)
def test_stories_are_listed_for(cast: Cast, archive: Archive, kind: str) -> None:
    made = getattr(archive, kind)
    listed = {
        who for who in EVERYBODY if Story.objects.listed_for(someone(cast, who)).filter(pk=made.pk).exists()
    }
    assert listed == LISTED[kind]


def test_a_scheduled_part_is_for_the_storys_people(cast: Cast, archive: Archive) -> None:
    found = {
        who
        for who in EVERYBODY
        if Part.objects.visible_to(someone(cast, who)).filter(pk=archive.scheduled.pk).exists()
    }
    assert found == PEOPLE


def test_a_part_may_be_stricter_than_its_story(cast: Cast, archive: Archive) -> None:
    found = {
        who
        for who in EVERYBODY
        if Part.objects.visible_to(someone(cast, who)).filter(pk=archive.members_part.pk).exists()
    }
    assert found == MEMBERS


def test_the_key_opens_an_unlisted_story_and_nothing_else(archive: Archive) -> None:
    key = archive.unlisted.key
    assert Story.objects.visible_to(Visitor(), key=key).filter(pk=archive.unlisted.pk).exists()
    assert Part.objects.visible_to(Visitor(), key=key).filter(story=archive.unlisted).exists()
    assert not Story.objects.visible_to(Visitor(), key="").filter(pk=archive.unlisted.pk).exists()
    assert not Story.objects.visible_to(Visitor(), key="x" + key).filter(pk=archive.unlisted.pk).exists()
    assert not Story.objects.visible_to(Visitor(), key=key).filter(pk=archive.private.pk).exists()


def test_who_asked_for_more_meets_more(archive: Archive) -> None:
    assert Story.objects.listed_for(Visitor("explicit")).filter(pk=archive.adult.pk).exists()
    assert not Story.objects.listed_for(Visitor("mature")).filter(pk=archive.adult.pk).exists()


def test_the_house_limits_what_anybody_asked_for(archive: Archive) -> None:
    visitor = Visitor("explicit")
    visitor.house_limit = lambda: "teen"
    assert not Story.objects.listed_for(visitor).filter(pk=archive.adult.pk).exists()


def test_an_invitation_is_no_role_yet(cast: Cast, archive: Archive) -> None:
    people.ask(archive.private, cast.pen("reader"), RoleKind.BETA, by=cast.writer)
    assert not Story.objects.visible_to(cast.reader).filter(pk=archive.private.pk).exists()


@pytest.mark.parametrize(
    ("rating", "ceiling", "notice"),
    [
        ("general", "general", False),
        ("teen", "general", False),
        ("mature", "teen", True),
        ("not-rated", "teen", True),
        ("not-rated", "mature", False),
        ("explicit", "mature", True),
        ("explicit", "explicit", False),
    ],
)
def test_which_texts_show_a_notice_first(rating: str, ceiling: str, notice: bool) -> None:
    assert needs_notice(rating, ceiling) is notice


def test_not_rated_is_gated_like_mature() -> None:
    assert "not-rated" not in ratings_up_to("teen")
    assert "not-rated" in ratings_up_to("mature")


def test_a_suspended_writer_changes_nothing(cast: Cast, archive: Archive) -> None:
    Account.objects.filter(pk=cast.writer.pk).update(suspended_at=timezone.now())
    cast.writer.refresh_from_db()
    assert Story.objects.visible_to(cast.writer).filter(pk=archive.private.pk).exists()
    assert not Story.objects.editable_by(cast.writer).exists()
    assert not Story.objects.allowing(cast.writer, Power.RELEASE).exists()
