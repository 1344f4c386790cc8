"""Tags, stories and wranglers for the tests of this room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils import timezone

from talehouse.accounts.models import Account
from talehouse.stories import describing
from talehouse.stories.models import EffectiveTag, Story
from talehouse.tags.models import Tag
from talehouse.tags.naming import named
from talehouse.wrangling.models import Act, Change
from talehouse.wrangling.sorting import Wish, do
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


# The acts, by name


def _ids(tags: Tag | Iterable[Tag]) -> tuple[int, ...]:
    return (tags.pk,) if isinstance(tags, Tag) else tuple(tag.pk for tag in tags)


def make_canonical(tags: Tag | Iterable[Tag], *, by: Account) -> list[Change]:
    """These names stand for what they mean."""
    return do(Wish(Act.CANONICAL, _ids(tags)), by=by)


def make_synonym(tags: Tag | Iterable[Tag], of: Tag, *, by: Account) -> list[Change]:
    """These mean the same as that one."""
    return do(Wish(Act.SYNONYM, _ids(tags), of.pk), by=by)


def set_apart(tags: Tag | Iterable[Tag], *, by: Account) -> list[Change]:
    """These are unsorted again."""
    return do(Wish(Act.APART, _ids(tags)), by=by)


def set_aside(tags: Tag | Iterable[Tag], *, by: Account) -> list[Change]:
    """These are not a canonical matter."""
    return do(Wish(Act.ASIDE, _ids(tags)), by=by)


def put_under(tags: Tag | Iterable[Tag], above: Tag, *, by: Account) -> list[Change]:
    """These stand under that one."""
    return do(Wish(Act.UNDER, _ids(tags), above.pk), by=by)


def take_out(tags: Tag | Iterable[Tag], above: Tag, *, by: Account) -> list[Change]:
    """These stand under that one no more."""
    return do(Wish(Act.OUT, _ids(tags), above.pk), by=by)


def set_members(
    tag: Tag, characters: Sequence[Tag], *, by: Account, romantic: bool | None = None
) -> list[Change]:
    """These belong to the relationship."""
    wish = Wish(Act.MEMBERS, (tag.pk,), characters=_ids(characters), romantic=romantic)
    return do(wish, by=by)
