"""What an act does to stories, in numbers: how many join a tag, how many leave it.

Only stories that somebody may meet in lists are counted, of whatever rating: drafts are nobody's business.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple, TypeVar

from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet

from talehouse.accounts.models import Visitor
from talehouse.stories.models import EffectiveTag, Story, StoryTag
from talehouse.tags.models import Above, Tag
from talehouse.wrangling.order import State

Rows = TypeVar("Rows", bound=Model)


class Effect(NamedTuple):
    """So many stories join this tag, and so many leave it."""

    tag: int
    joins: int
    leaves: int


def met() -> QuerySet[Story]:
    """The stories that some member may meet in lists."""
    return Story.objects.listed_for(Visitor("explicit", member=True))


def there(rows: QuerySet[Rows]) -> QuerySet[Rows]:
    """Rows of stories (with a column `story`) that some member may meet."""
    return rows.filter(Exists(met().filter(pk=OuterRef("story"))))


def counted(tags: Iterable[int]) -> dict[int, int]:
    """On how many stories each of these tags stands, as their writers wrote it. One question."""
    rows = there(StoryTag.objects.filter(tag__in=list(tags))).order_by().values("tag")
    return dict(rows.annotate(n=Count("pk")).values_list("tag", "n"))


def found_under(tag: int) -> int:
    """How many of the stories that some member may meet are found under this tag."""
    return _under(tag).count()


def _under(tag: int) -> QuerySet[EffectiveTag]:
    return there(EffectiveTag.objects.filter(tag=tag))


def _of_the_story(**conditions: Any) -> QuerySet[EffectiveTag]:
    return EffectiveTag.objects.filter(story=OuterRef("story"), **conditions)


def effects(tag: int, was: State, now: State) -> list[Effect]:
    """What becomes of the stories found under a tag whose own steps upward change so."""
    before, after = _steps(was), _steps(now)
    joined = [Effect(one, _joining(tag, one), 0) for one in sorted(after - before)]
    if now.merged_into:  # what stood above it stands above that one from now on
        before -= was.above
    return joined + [Effect(one, 0, _leaving(tag, one)) for one in sorted(before - after)]


def _steps(state: State) -> set[int]:
    return set(state.above) | ({state.merged_into} if state.merged_into else set())


def _joining(tag: int, other: int) -> int:
    return _under(tag).exclude(Exists(_of_the_story(tag=other))).count()


def _leaving(tag: int, other: int) -> int:
    """Found under `other` by this tag alone: not its own tag, and no other of its tags leads there."""
    leading = Q(tag__in=Above.objects.filter(above=other).exclude(tag=tag).values("tag")) | Q(
        tag__in=Tag.objects.filter(merged_into=other).exclude(pk=tag).values("pk")
    )
    inherits = _of_the_story(tag=other, inherited=True)
    return _under(tag).filter(Exists(inherits)).exclude(Exists(_of_the_story().filter(leading))).count()
