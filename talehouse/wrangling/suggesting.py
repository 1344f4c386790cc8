"""What a wrangler may want to do with a tag: what it may mean, what may stand above it, who belongs to it.

Three reasons: the names are the same but for case, accents, signs and the order of words; the names are
similar (Levenshtein's ratio by `rapidfuzz`); the tags are used together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from math import ceil
from typing import NamedTuple

from django.db.models import Count
from rapidfuzz import fuzz, process

from talehouse.stories.models import EffectiveTag, TagUse
from talehouse.tags.models import Tag
from talehouse.tags.relationships import parsed
from talehouse.tags.vocabulary import PARENTS, Standing, TagKind
from talehouse.wrangling.effects import there
from talehouse.wrangling.knowing import called, known

SIMILAR = 86.0
"""Names whose ratio (0 to 100) is at least this are similar: one letter in eight may differ."""
LOOKED_AT = 1_000
"""Stories of a tag, the newest, in which is looked for what it is used together with."""
TOGETHER, FEWEST = 0.8, 3
"""What stands on so large a part of a tag's stories may stand above it, if those are so many at least."""


class Meaning(NamedTuple):
    """A tag that this one may mean, and why: "same" or "similar"."""

    tag: Tag
    why: str


class Company(NamedTuple):
    """A tag that may stand above, and on how many of the looked-at stories it stands, in percent."""

    tag: Tag
    percent: int


def meanings(tags: Collection[Tag]) -> dict[int, Meaning]:
    """For each tag, by its id, the one that it may mean: the same before a similar one."""
    found = _same(tags)
    for kind in sorted({tag.kind for tag in tags}):
        rest = [tag for tag in tags if tag.kind == kind and tag.pk not in found]
        found |= _similar(kind, rest)
    return found


def _same(tags: Collection[Tag]) -> dict[int, Meaning]:
    keys = {use.tag_id: (use.kind, use.same) for use in TagUse.objects.filter(tag__in=tags).exclude(same="")}
    uses = TagUse.objects.filter(
        kind__in={k for k, _s in keys.values()}, same__in={s for _k, s in keys.values()}
    )
    groups: dict[tuple[str, str], list[TagUse]] = {}
    for use in uses.filter(tag__in=known()).select_related("tag__merged_into").order_by("-stories", "tag"):
        if use.tag.standing != Standing.ASIDE:
            groups.setdefault((use.kind, use.same), []).append(use)
    found: dict[int, Meaning] = {}
    for pk, key in keys.items():
        if best := _best(pk, groups.get(key, [])):
            found[pk] = Meaning(best, "same")
    return found


def _best(pk: int, uses: list[TagUse]) -> Tag | None:
    """The canonical tag of a group; where there is none, the one that is used most."""
    sorted_ones = [use.tag.merged_into or use.tag for use in uses if use.tag.standing != Standing.UNSORTED]
    tags = [tag for tag in (*sorted_ones, *(use.tag for use in uses)) if tag.standing != Standing.SYNONYM]
    return tags[0] if tags and tags[0].pk != pk else None


def _similar(kind: str, tags: Iterable[Tag]) -> dict[int, Meaning]:
    """By their names; a romance is never taken for a friendship."""
    wanted = list(TagUse.objects.filter(tag__in=tags).values_list("tag_id", "key", "tag__romantic"))
    if not wanted:
        return {}
    uses = TagUse.objects.filter(kind=kind, tag__standing=Standing.CANONICAL).order_by()
    names: dict[bool | None, dict[int, str]] = {}
    for pk, key, romantic in uses.values_list("tag_id", "key", "tag__romantic"):
        names.setdefault(romantic, {})[pk] = key
    near = {
        pk: other for pk, key, romantic in wanted if (other := _nearest(pk, key, names.get(romantic, {})))
    }
    rows = Tag.objects.in_bulk(near.values())
    return {pk: Meaning(rows[other], "similar") for pk, other in near.items()}


def _nearest(pk: int, key: str, names: dict[int, str]) -> int | None:
    others = {other: name for other, name in names.items() if other != pk} if pk in names else names
    best = process.extractOne(key, others, scorer=fuzz.ratio, score_cutoff=SIMILAR)
    return int(best[2]) if best else None


def company(tag: Tag) -> list[Company]:
    """What is used together with a tag so often that it may stand above it, the most often first."""
    kinds = PARENTS.get(TagKind(tag.kind), frozenset())
    under = there(EffectiveTag.objects.filter(tag=tag)).order_by("-story")
    stories = list(under.values_list("story_id", flat=True)[:LOOKED_AT])
    if not kinds or len(stories) < FEWEST:
        return []
    above = set(tag.aboves.values_list("above_id", flat=True))
    rows = (
        EffectiveTag.objects.filter(story__in=stories, tag__kind__in=kinds, tag__standing=Standing.CANONICAL)
        .exclude(tag__in=above)
        .values("tag")
        .annotate(n=Count("pk"))
        .filter(n__gte=ceil(TOGETHER * len(stories)))
        .order_by("-n", "tag")[:5]
    )
    numbers = {row["tag"]: row["n"] for row in rows}
    tags = Tag.objects.in_bulk(numbers)
    return [Company(tags[pk], round(100 * n / len(stories))) for pk, n in numbers.items()]


def people(tag: Tag) -> list[tuple[str, Tag | None]]:
    """Who belongs to a relationship by its name, each with its canonical character, if there is one."""
    pairing = parsed(tag.name) if tag.kind == TagKind.RELATIONSHIP else None
    each = [(name, called(TagKind.CHARACTER, name)) for name in (pairing.names if pairing else ())]
    return [(name, one if one and one.standing == Standing.CANONICAL else None) for name, one in each]
