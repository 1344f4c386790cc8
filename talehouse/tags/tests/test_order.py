"""The rows of order among tags: what the tables themselves refuse."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from talehouse.tags.models import Above, Member, Tag
from talehouse.tags.naming import named
from talehouse.tags.vocabulary import Standing, TagKind, may_stand_above

pytestmark = pytest.mark.django_db


def tag(name: str, kind: str = "theme") -> Tag:
    made = named(kind, name)
    assert made is not None
    return made


def change(one: Tag, **columns: object) -> None:
    with transaction.atomic():
        Tag.objects.filter(pk=one.pk).update(**columns)


def test_a_synonym_means_a_tag_and_nothing_else_does() -> None:
    lamps, lights = tag("Lamps"), tag("Lights")
    assert lamps.standing == Standing.UNSORTED
    change(lights, standing="synonym", merged_into=lamps)
    assert list(lamps.synonyms.all()) == [lights]
    for columns in (
        {"standing": "synonym", "merged_into": None},
        {"standing": "canonical", "merged_into": lamps},
        {"standing": "synonym", "merged_into": lights},
        {"standing": "lost", "merged_into": None},
    ):
        with pytest.raises(IntegrityError):
            change(lights, **columns)


def test_a_tag_stands_once_under_another_and_never_under_itself() -> None:
    lamps, light = tag("Lamps"), tag("Light")
    Above.objects.create(tag=lamps, above=light)
    for one in (light, lamps):
        with pytest.raises(IntegrityError), transaction.atomic():
            Above.objects.create(tag=lamps, above=one)


def test_a_character_belongs_once_to_a_relationship() -> None:
    pair, mira = tag("Mira/Orlan", "relationship"), tag("Mira", "character")
    Member.objects.create(relationship=pair, character=mira)
    for one in (mira, pair):
        with pytest.raises(IntegrityError), transaction.atomic():
            Member.objects.create(relationship=pair, character=one)


ALLOWED = {
    *((kind, kind) for kind in TagKind),
    ("fandom", "character"),
    ("fandom", "relationship"),
    ("fandom", "theme"),
    ("character", "relationship"),
}


@pytest.mark.parametrize("below", TagKind)
@pytest.mark.parametrize("above", TagKind)
def test_which_kind_may_stand_above_which(above: TagKind, below: TagKind) -> None:
    assert may_stand_above(above, below) is ((above, below) in ALLOWED)
