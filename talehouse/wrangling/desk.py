"""What stands on the desk: tags by use, a page at a time, each with its stories and what it may mean."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import QueryDict

from talehouse.tags.models import Tag
from talehouse.tags.suggesting import search_key
from talehouse.tags.vocabulary import Standing, TagKind
from talehouse.wrangling.effects import counted
from talehouse.wrangling.knowing import known
from talehouse.wrangling.suggesting import Meaning, meanings

SIZE = 50


class Line(NamedTuple):
    """A tag on the desk. `meaning` is there for unsorted ones only."""

    tag: Tag
    kind: str
    standing: str
    stories: int
    meaning: Meaning | None


class Asked(NamedTuple):
    """Which tags somebody wants to see, as the address has it."""

    standing: str
    kind: str
    words: str
    after: str

    @classmethod
    def of(cls, data: QueryDict) -> Asked:
        """Known values only: anything else is as if it were not there."""
        standing, kind = data.get("standing", ""), data.get("kind", "")
        return cls(
            standing if standing in Standing.values else Standing.UNSORTED,
            kind if kind in TagKind.values else "",
            data.get("q", "").strip()[:150],
            data.get("after", ""),
        )

    def url(self, **changes: str) -> str:
        """The address of this, with changes; a page always begins at the top of another list."""
        query = {"standing": self.standing, "kind": self.kind, "q": self.words, **changes}
        if query["standing"] == Standing.UNSORTED:
            query.pop("standing")
        told = urlencode({name: value for name, value in query.items() if value})
        return f"/wrangling/?{told}" if told else "/wrangling/"


class Sheet(NamedTuple):
    """One page of the desk."""

    lines: list[Line]
    next_url: str


def sheet(asked: Asked) -> Sheet:
    """The tags that are asked for, the most used first."""
    found = list(_ordered(_tags(asked), asked.after)[: SIZE + 1])
    shown, next_url = found[:SIZE], ""
    if len(found) > SIZE:
        last = shown[-1]
        next_url = asked.url(after=f"{last.use.stories}_{last.pk}")
    return Sheet(lines(shown), next_url)


def _tags(asked: Asked) -> QuerySet[Tag]:
    tags = known().filter(standing=asked.standing, use__isnull=False)
    if asked.kind:
        tags = tags.filter(kind=asked.kind)
    if key := search_key(asked.words):
        tags = tags.filter(use__key__contains=key)
    return tags.select_related("use", "merged_into")


def _ordered(tags: QuerySet[Tag], after: str) -> QuerySet[Tag]:
    stories, _line, pk = after.partition("_")
    if stories.isdecimal() and pk.isdecimal() and max(len(stories), len(pk)) <= 18:
        tags = tags.filter(
            Q(use__stories__lt=int(stories)) | Q(use__stories=int(stories), use__tag__gt=int(pk))
        )
    return tags.order_by("-use__stories", "use__tag")


def lines(tags: list[Tag]) -> list[Line]:
    """These tags with what is told of each."""
    stories = counted(tag.pk for tag in tags)
    meant = meanings([tag for tag in tags if tag.standing == Standing.UNSORTED])
    return [
        Line(
            tag,
            str(TagKind(tag.kind).label),
            str(Standing(tag.standing).label),
            stories.get(tag.pk, 0),
            meant.get(tag.pk),
        )
        for tag in tags
    ]
