"""Which tags wranglers look at, and finding one by its name."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from talehouse.lib.slugs import name_key
from talehouse.stories.models import StoryTag
from talehouse.tags.models import Tag
from talehouse.tags.vocabulary import Standing
from talehouse.wrangling.effects import there


def known() -> QuerySet[Tag]:
    """Tags that somebody has sorted, and those on a story that some member may meet in lists.

    The tags of drafts, and of stories for few, are nobody's business.
    """
    carried = there(StoryTag.objects.filter(tag=OuterRef("pk")))
    return Tag.objects.filter(~Q(standing=Standing.UNSORTED) | Q(Exists(carried)))


def called(kind: str, name: str) -> Tag | None:
    """The known tag of this kind and name; of a synonym, what it means."""
    found = known().filter(kind=kind, name_key=name_key(name)[:200]).select_related("merged_into").first()
    return found.merged_into or found if found else None
