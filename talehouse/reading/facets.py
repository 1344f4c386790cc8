"""Facets as a page shows them: each value with its number of stories, and addresses that want it or not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from talehouse.search.addresses import Pick, Wanted
from talehouse.search.asking import Heard
from talehouse.search.questions import Answer, Counted
from talehouse.site.templatetags.look import language_name
from talehouse.tags.models import Tag
from talehouse.tags.vocabulary import Category, Rating, Status, TagKind, Warning

TITLES = {
    **dict(TagKind.choices),
    "rating": _("Rating"),
    "warning": _("Warnings"),
    "category": _("Pairing category"),
    "status": _("Status"),
    "language": _("Language"),
}
CODES = {"rating": Rating, "warning": Warning, "category": Category, "status": Status}
UNTOLD = (Pick("warning", Warning.CHOSE_NOT), Pick("warning", Warning.UNKNOWN))
"""Warnings that say nothing: whoever leaves one of the others out may want to leave these out, too."""


class Value(NamedTuple):
    """One value of a facet. `state`: "with", "without" or ""."""

    name: str
    stories: int
    state: str
    with_url: str
    without_url: str
    clear_url: str


@dataclass(frozen=True, slots=True)
class Facet:
    """One kind with its values. `more_url` shows all of them, `less_url` the first again."""

    kind: str
    title: str
    values: list[Value]
    more_url: str = ""
    less_url: str = ""
    chosen: int = 0

    @property
    def open(self) -> bool:
        """Whether it is unfolded from the start."""
        return bool(self.chosen) or bool(self.less_url)


class Chosen(NamedTuple):
    """A pick as a chip that can be taken away."""

    kind: str
    name: str
    wanted: bool
    url: str


def facets(answer: Answer, wanted: Wanted, heard: Heard) -> list[Facet]:
    """All facets that have something to choose; one question for the names of tags."""
    tags = _tags(answer, heard)
    return [
        facet
        for key, counted in answer.facets.items()
        if (facet := _facet(key.removeprefix("tag:"), counted, key in answer.more, wanted, tags)).values
    ]


def _tags(answer: Answer, heard: Heard) -> dict[int, Tag]:
    numbers = {
        int(one.term[4:])
        for counted in answer.facets.values()
        for one in counted
        if one.term.startswith("tag:")
    }
    found = Tag.objects.in_bulk(sorted(numbers))
    return found | {tag.pk: tag for tag in heard.tags.values()}


def _facet(
    kind: str, counted: Iterable[Counted], is_more: bool, wanted: Wanted, tags: Mapping[int, Tag]
) -> Facet:
    named = {Pick(tag.kind, tag.slug): tag for tag in tags.values()}
    values = [
        _value(pick, one.stories, wanted, named)
        for one in counted
        if (pick := _pick(kind, one, tags)) is not None
    ]
    at_length = kind in wanted.more
    more = replace(wanted.first(), more=(*wanted.more, kind)).address if is_more and not at_length else ""
    less = replace(wanted.first(), more=tuple(k for k in wanted.more if k != kind)).address
    chosen = sum(pick.kind == kind for pick in wanted.picks)
    return Facet(kind, str(TITLES[kind]), values, more, less if at_length else "", chosen)


def _pick(kind: str, one: Counted, tags: Mapping[int, Tag]) -> Pick | None:
    """What is picked by this term; None for a tag that is gone meanwhile."""
    _kind, _colon, code = one.term.partition(":")
    if kind not in TagKind.values:
        return Pick(kind, code)
    tag = tags.get(int(code))
    return Pick(tag.kind, tag.slug) if tag else None


def _value(pick: Pick, stories: int, wanted: Wanted, named: Mapping[Pick, Tag]) -> Value:
    state = "with" if pick in wanted.wanted else "without" if pick in wanted.unwanted else ""
    return Value(
        name_of(pick, named),
        stories,
        state,
        wanted.with_pick(pick).address,
        wanted.excluding(pick).address,
        wanted.without_pick(pick).address,
    )


def name_of(pick: Pick, tags: Mapping[Pick, Tag]) -> str:
    """What people call it."""
    if pick.kind in CODES:
        return str(CODES[pick.kind](pick.slug).label)
    if pick.kind == "language":
        return language_name(pick.slug)
    return tags[pick].name if pick in tags else pick.slug


def chosen(wanted: Wanted, heard: Heard) -> list[Chosen]:
    """What has been picked, wanted things first."""
    each = [(pick, True) for pick in wanted.wanted] + [(pick, False) for pick in wanted.unwanted]
    return [
        Chosen(
            str(TITLES[pick.kind]), name_of(pick, heard.tags), is_wanted, wanted.without_pick(pick).address
        )
        for pick, is_wanted in each
    ]


def named(wanted: Wanted, tags: Mapping[Pick, Tag]) -> list[Chosen]:
    """The same for a search that is kept, by the tags that its owner may know."""
    each = [(pick, True) for pick in wanted.wanted] + [(pick, False) for pick in wanted.unwanted]
    return [Chosen(str(TITLES[pick.kind]), name_of(pick, tags), is_wanted, "") for pick, is_wanted in each]


def offer(wanted: Wanted) -> str:
    """The address that also leaves out stories which do not say what they hold; "" if there is no need."""
    told = [pick for pick in wanted.unwanted if pick.kind == "warning" and pick not in UNTOLD]
    left = [pick for pick in UNTOLD if pick not in wanted.unwanted and pick not in wanted.wanted]
    if not told or not left:
        return ""
    for pick in left:
        wanted = wanted.excluding(pick)
    return wanted.address
