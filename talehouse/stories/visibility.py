"""The one gate (law 4): every page, list, file, picture and answer asks here who may see what.

`visible_to(person)`: may open it by its address. `listed_for(person)`: may meet it in lists, feeds and
counts. Objects are found through these, never by a bare key.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from talehouse.stories.powers import POWERS, Power
from talehouse.tags.vocabulary import CEILINGS, RATING_LEVEL

if TYPE_CHECKING:
    from talehouse.accounts.models import Person
    from talehouse.stories.models import Part, Story  # noqa: F401  (named in strings below)


def ratings_up_to(ceiling: str) -> list[str]:
    """The ratings at or below what a person asked for; an unknown word counts as teen."""
    level = RATING_LEVEL[ceiling] if ceiling in CEILINGS else RATING_LEVEL["teen"]
    return [rating for rating, height in RATING_LEVEL.items() if height <= level]


def needs_notice(rating: str, ceiling: str) -> bool:
    """Whether a text of this rating shows a notice first to somebody who asked for `ceiling`.

    Only adult texts have one: general and teen open for everybody.
    """
    return RATING_LEVEL[rating] >= RATING_LEVEL["mature"] and rating not in ratings_up_to(ceiling)


def _has_role(person: Person, *, story: str, power: Power = Power.READ) -> Q:
    """Whether the account holds an accepted role with this power.

    `story` is the path of the story's key from the row.
    """
    if person.pk is None:
        return Q(pk__in=[])
    roles = apps.get_model("stories", "Role").objects.filter(
        story=OuterRef(story), pen_name__account=person.pk, accepted_at__isnull=False
    )
    return Q(Exists(roles.filter(kind__in=POWERS[power])))


def _open(person: Person, keys: Collection[str], prefix: str = "") -> Q:
    """The story stands, has been released, and is for this person (roles apart).

    A key is a secret of one story, so that of another opens nothing.
    """

    def q(**conditions: object) -> Q:
        return Q(**{prefix + name: value for name, value in conditions.items()})

    audience = q(visibility="public")
    if person.is_authenticated:
        audience |= q(visibility="members")
    if held := [key for key in keys if key]:
        audience |= q(visibility="unlisted", key__in=held)
    return q(hidden_at=None, withdrawn_at=None, held_at=None, release_at__lte=timezone.now()) & audience


def _judged_by(person: Person, prefix: str = "") -> Q:
    """The story waits for the approval of this person, who is a host. One that its writer keeps private is
    nobody's business.
    """
    if not person.is_host or person.is_suspended:
        return Q(pk__in=[])
    waits = {"held_at__isnull": False, "refusal": "", "hidden_at": None, "withdrawn_at": None}
    asked = {**waits, "release_at__isnull": False, "visibility__in": ("public", "members", "unlisted")}
    return Q(**{prefix + name: value for name, value in asked.items()})


class StoryQuerySet(models.QuerySet["Story"]):
    """Questions about stories."""

    def standing(self) -> StoryQuerySet:
        """Those that nobody has deleted."""
        return self.filter(deleted_at=None)

    def visible_to(self, person: Person, *, key: str = "", keys: Collection[str] = ()) -> StoryQuerySet:
        """May be opened by its address; `key` is the one in the address of an unlisted story, `keys` are
        those that this person holds.
        """
        seen = _open(person, [key, *keys]) | _has_role(person, story="pk") | _judged_by(person)
        return self.standing().filter(seen)

    def waiting_for(self, person: Person) -> StoryQuerySet:
        """First stories that this host has to look at before others see them."""
        return self.standing().filter(_judged_by(person))

    def listed_for(self, person: Person) -> StoryQuerySet:
        """May be met in lists: never unlisted ones, never above the rating that the person asked for.

        Roles play no part: a draft of mine is on my desk, not in the archive's lists.
        """
        return self.standing().filter(
            _open(person, ()), rating__in=ratings_up_to(person.limit), part_count__gt=0
        )

    def listed_for_somebody(self) -> StoryQuerySet:
        """May be met in lists by a visitor or a member, whatever they asked for: what an index may hold."""
        return self.standing().filter(
            hidden_at=None,
            withdrawn_at=None,
            held_at=None,
            release_at__lte=timezone.now(),
            visibility__in=("public", "members"),
            part_count__gt=0,
        )

    def allowing(self, person: Person, power: Power) -> StoryQuerySet:
        """On which this person has this power. A suspended account has none but to look."""
        if person.is_suspended and power is not Power.READ:
            return self.none()
        return self.filter(_has_role(person, story="pk", power=power))

    def editable_by(self, person: Person) -> StoryQuerySet:
        """Whose text this person may change."""
        return self.standing().allowing(person, Power.WRITE)


class PartQuerySet(models.QuerySet["Part"]):
    """Questions about parts."""

    def standing(self) -> PartQuerySet:
        """Those that nobody has deleted, in stories that nobody has deleted."""
        return self.filter(deleted_at=None, story__deleted_at=None)

    def released(self) -> PartQuerySet:
        """Out, whether or not the worker has done what follows: the time itself is the question."""
        return self.filter(
            published__isnull=False, release_at__lte=timezone.now(), hidden_at=None, withdrawn_at=None
        )

    def visible_to(self, person: Person, *, key: str = "", keys: Collection[str] = ()) -> PartQuerySet:
        """May be opened by its address: the story's people always, others what is released to them, a host
        also what is to come out in a story that waits for approval. `key`, `keys`: as for stories.
        """
        stricter = ["story", "members"] if person.is_authenticated else ["story"]
        there = Q(published__isnull=False, hidden_at=None, withdrawn_at=None, visibility__in=stricter)
        everyone = _open(person, [key, *keys], "story__") & there & Q(release_at__lte=timezone.now())
        judged = _judged_by(person, "story__") & there
        return self.standing().filter(everyone | judged | _has_role(person, story="story_id"))

    def listed_for(self, person: Person) -> PartQuerySet:
        """May be met in lists, sitemaps and feeds."""
        stricter = ["story", "members"] if person.is_authenticated else ["story"]
        return (
            self.standing()
            .released()
            .filter(
                _open(person, (), "story__"),
                visibility__in=stricter,
                story__rating__in=ratings_up_to(person.limit),
            )
        )

    def allowing(self, person: Person, power: Power) -> PartQuerySet:
        """On whose story this person has this power. A suspended account has none but to look."""
        if person.is_suspended and power is not Power.READ:
            return self.none()
        return self.filter(_has_role(person, story="story_id", power=power))

    def editable_by(self, person: Person) -> PartQuerySet:
        """Whose text this person may change."""
        return self.standing().allowing(person, Power.WRITE)
