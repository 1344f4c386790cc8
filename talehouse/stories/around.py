"""What stands around stories in lists and feeds: who wrote them and what they are filed under."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import F, IntegerField, Value

from talehouse.stories.models import Role, StoryCategory, StoryTag, StoryWarning


class Around(NamedTuple):
    """One row of what stands around a story: an author, a tag, a warning or a category."""

    what: str
    name: str
    slug: str


def around(story_ids: Iterable[int]) -> dict[int, list[Around]]:
    """Authors, tags, warnings and categories of these stories, in order, by one query."""
    ids = list(story_ids)
    if not ids:
        return {}
    number: dict[str, Any] = {"place": F("position"), "row": F("pk")}
    authors: Any = Role.objects.filter(
        story__in=ids, kind__in=("author", "co-author"), accepted_at__isnull=False
    ).annotate(what=Value("author"), name=F("pen_name__name"), address=F("pen_name__slug"), **number)
    tags: Any = StoryTag.objects.filter(story__in=ids).annotate(
        what=F("tag__kind"), name=F("tag__name"), address=F("tag__slug"), **number
    )
    fixed: dict[str, Any] = {
        "address": Value(""),
        "place": Value(0, IntegerField()),
        "row": F("pk"),
        "name": F("code"),
    }
    warnings: Any = StoryWarning.objects.filter(story__in=ids).annotate(what=Value("warning"), **fixed)
    categories: Any = StoryCategory.objects.filter(story__in=ids).annotate(what=Value("category"), **fixed)
    columns = ("story_id", "what", "name", "address", "place", "row")
    rows: list[Any] = [
        part.order_by().values_list(*columns) for part in (authors, tags, warnings, categories)
    ]
    found: dict[int, list[Around]] = defaultdict(list)
    for story, what, name, address, _place, _row in (
        rows[0].union(*rows[1:], all=True).order_by("place", "row")
    ):
        found[story].append(Around(what, name, address))
    return found
