"""Which tags the picks of an address mean."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef

from talehouse.accounts.models import Person, Visitor
from talehouse.search.addresses import Pick
from talehouse.stories.models import EffectiveTag, Story
from talehouse.tags.models import Tag
from talehouse.tags.vocabulary import TagKind


def tags_of(picks: Iterable[Pick]) -> dict[Pick, Tag]:
    """The tag of each pick of a kind of tags; of a synonym, the canonical tag. What is no tag is left out."""
    wanted = [pick for pick in picks if pick.kind in TagKind.values]
    if not wanted:
        return {}
    kinds, slugs = {pick.kind for pick in wanted}, {pick.slug for pick in wanted}
    tags = Tag.objects.filter(kind__in=kinds, slug__in=slugs).select_related("merged_into")
    found = {Pick(tag.kind, tag.slug): tag.merged_into or tag for tag in tags}
    return {pick: found[pick] for pick in wanted if pick in found}


def known_to(person: Person, tags: dict[Pick, Tag]) -> dict[Pick, Tag]:
    """Those of these tags that stand on a story in the archive, of whatever rating: a draft's are nobody's
    business."""
    if not tags:
        return tags
    anybody = Visitor("explicit", member=person.is_authenticated)
    anybody.house_limit = person.house_limit
    listed = Story.objects.listed_for(anybody).values("pk")
    carried = EffectiveTag.objects.filter(tag=OuterRef("pk"), story__in=listed)
    there = set(
        Tag.objects.filter(Exists(carried), pk__in={tag.pk for tag in tags.values()}).values_list(
            "pk", flat=True
        )
    )
    return {pick: tag for pick, tag in tags.items() if tag.pk in there}
