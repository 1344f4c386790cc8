"""The standing cast: who acts in tests, and the stories that they have.

One story of each kind of visibility, written through the same rules that people use.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from talehouse.accounts import pen_names
from talehouse.accounts.models import Account, PenName
from talehouse.stories import describing, people, publishing, removing
from talehouse.stories.models import Part, Role, RoleKind, Story

PROSE = (
    "<p>The lamp had been warm since the orchard.</p>"
    "<p>“Set it down,” said the keeper, “but not on the stone.”</p>"
    "<hr><p>Nobody spoke until the water did.</p>"
)


@dataclass
class Cast:
    """Everybody. A stranger has an account and nothing to do with anything; a visitor has none."""

    host: Account
    writer: Account
    co_writer: Account
    editor: Account
    beta: Account
    reader: Account
    stranger: Account
    suspended: Account

    def pen(self, who: str) -> PenName:
        """The pen name of one of them."""
        account: Account = getattr(self, who)
        assert account.pen_name is not None
        return account.pen_name

    def client(self, who: str) -> Client:
        """A browser in which this person has signed in; a visitor's has not."""
        client = Client()
        if who != "visitor":
            client.force_login(
                getattr(self, who), backend="allauth.account.auth_backends.AuthenticationBackend"
            )
        return client


def person(name: str, **fields: Any) -> Account:
    """An account with one pen name; without a password, as tests sign in by force."""
    account = Account.objects.create_user(f"{name}@example.org", **fields)
    pen_names.add(name.replace("_", " ").title(), by=account)
    return account


@pytest.fixture
def cast(db: None) -> Cast:
    """Everybody, each with a pen name."""
    now = timezone.now()
    made = {name: person(name) for name in ("writer", "co_writer", "editor", "beta", "reader", "stranger")}
    host = person("keeper", host_since=now)
    suspended = person("suspended", suspended_at=now)
    return Cast(host=host, suspended=suspended, **made)


def story(
    cast: Cast, title: str = "The Weir", *, by: str = "writer", parts: int = 1, **fields: object
) -> Story:
    """A story of this many published parts."""
    made = publishing.create(
        by=getattr(cast, by), pen_name=cast.pen(by), title=title, **{"rating": "general", **fields}
    )
    for number in range(1, parts + 1):
        part = publishing.add_part(made, by=getattr(cast, by), title=f"Part {number}", html=PROSE)
        publishing.publish(part, by=getattr(cast, by))
    made.refresh_from_db()
    return made


def join(made: Story, cast: Cast, **kinds: RoleKind) -> None:
    """The writer asks each of these (`reader=RoleKind.BETA`) to a story, and they accept."""
    for who, kind in kinds.items():
        people.accept(people.ask(made, cast.pen(who), kind, by=cast.writer), by=getattr(cast, who))


def first(story: Story) -> Part:
    """The first part of a story."""
    return story.parts.get(position=1)


@dataclass
class Archive:
    """One story of each visibility, all by the writer, the first with everybody's roles."""

    public: Story
    members: Story
    unlisted: Story
    private: Story
    draft: Story
    adult: Story
    hidden: Story
    scheduled: Part
    members_part: Part


@pytest.fixture
def archive(cast: Cast) -> Archive:
    """Stories for the gate to decide about."""
    public = story(cast, "Open Water", parts=3)
    for who, kind in (
        ("co_writer", RoleKind.CO_AUTHOR),
        ("editor", RoleKind.EDITOR),
        ("beta", RoleKind.BETA),
    ):
        role = people.ask(public, cast.pen(who), kind, by=cast.writer)
        people.accept(role, by=getattr(cast, who))
    Role.objects.create(
        story=public,
        pen_name=cast.pen("suspended"),
        kind=RoleKind.CO_AUTHOR,
        position=4,
        accepted_at=timezone.now(),
    )
    describing.set_tags(public, [("theme", "Lamps"), ("fandom", "Original Work")], by=cast.writer)
    describing.set_series(public, "The Keepers", owner=cast.pen("writer"), by=cast.writer, position=1)
    scheduled = publishing.add_part(public, by=cast.writer, title="Tomorrow", html=PROSE)
    publishing.schedule(scheduled, by=cast.writer, at=timezone.now() + timedelta(days=1))
    members_part = publishing.add_part(public, by=cast.writer, title="For members", html=PROSE)
    publishing.edit(members_part, by=cast.writer, visibility="members")
    publishing.publish(members_part, by=cast.writer)
    draft = publishing.create(by=cast.writer, pen_name=cast.pen("writer"), title="Unfinished")
    publishing.add_part(draft, by=cast.writer, title="One", html=PROSE)
    hidden = story(cast, "Out of Sight")
    removing.hide(hidden, by=cast.host)
    for thing in (public, scheduled, members_part, hidden):
        thing.refresh_from_db()
    return Archive(
        public=public,
        members=story(cast, "Members Only", visibility="members"),
        unlisted=story(cast, "By Letter", visibility="unlisted"),
        private=story(cast, "Mine Alone", visibility="private"),
        draft=draft,
        adult=story(cast, "After Dark", rating="explicit"),
        hidden=hidden,
        scheduled=scheduled,
        members_part=members_part,
    )
