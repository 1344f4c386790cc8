"""Tags, stories and wranglers for the tests of this room."""

from __future__ import annotations

from django.utils import timezone

from talehouse.accounts.models import Account
from talehouse.stories import describing
from talehouse.stories.models import EffectiveTag, Story
from talehouse.tags.models import Tag
from talehouse.tags.naming import named
from tests.cast import Cast, story


def tag(name: str, kind: str = "theme") -> Tag:
    """The tag of this name as it is now, made if it is new."""
    made = named(kind, name)
    assert made is not None
    return made


def wrangler(cast: Cast) -> Account:
    """The stranger, whom a host has asked."""
    Account.objects.filter(pk=cast.stranger.pk).update(wrangler_since=timezone.now())
    cast.stranger.refresh_from_db()
    return cast.stranger


def tagged(cast: Cast, title: str, *names: str, kind: str = "theme", **fields: object) -> Story:
    """A published story with these tags."""
    made = story(cast, title, **fields)  # type: ignore[arg-type]
    describing.set_tags(made, [(kind, name) for name in names], by=cast.writer)
    return made


def found(one: Story) -> set[str]:
    """The names of the tags that a story is found under."""
    return set(EffectiveTag.objects.filter(story=one).values_list("tag__name", flat=True))


def above(name: str, kind: str = "theme") -> set[str]:
    """The names of what stands right above a tag."""
    return set(tag(name, kind).aboves.values_list("above__name", flat=True))


def members(name: str) -> list[str]:
    """Who belongs to a relationship."""
    return list(tag(name, "relationship").members.values_list("character__name", flat=True))
