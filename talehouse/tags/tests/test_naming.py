"""Tags: one for all spellings of a name, and a page of its own for each."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from talehouse.tags import naming
from talehouse.tags.models import Tag
from talehouse.tags.vocabulary import CEILINGS, RATING_LEVEL, Rating, TagKind


@pytest.mark.parametrize(
    "other", ["slow burn", "SLOW BURN", "Ｓｌｏｗ　Ｂｕｒｎ", "  Slow   Burn ", "Slow\u200b Burn"]
)
def test_all_spellings_are_one_tag(db: None, other: str) -> None:
    first = naming.named("theme", "Slow Burn")
    assert first is not None and naming.named("theme", other) == first
    assert Tag.objects.get().name == "Slow Burn"


def test_each_kind_has_its_own(db: None) -> None:
    theme, fandom = naming.named("theme", "Lamps"), naming.named("fandom", "Lamps")
    assert theme is not None and fandom is not None and theme != fandom
    assert (theme.url, fandom.url) == ("/tags/theme/lamps/", "/tags/fandom/lamps/")


def test_names_that_differ_keep_pages_of_their_own(db: None) -> None:
    slugs = [tag.slug for name in ("A/B", "A B", "A & B") if (tag := naming.named("theme", name))]
    assert slugs == ["a-b", "a-b-2", "a-b-3"]


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "\u3164"])
def test_nothing_is_no_tag(db: None, name: str) -> None:
    assert naming.named("theme", name) is None
    assert not Tag.objects.exists()


@pytest.mark.parametrize("name", ["***", "<3", "紫式部", "خيال", "x" * 400, "ﷺ" * 100])
def test_any_other_name_is_one(db: None, name: str) -> None:
    tag = naming.named("theme", name)
    assert tag is not None and len(tag.name) <= naming.LONGEST
    assert naming.named("theme", name) == tag


def test_the_database_holds_what_the_rule_says(db: None) -> None:
    naming.named("theme", "Lamps")
    for wrong in (
        {"kind": "theme", "name": "LAMPS", "name_key": "lamps", "slug": "other"},
        {"kind": "theme", "name": "Other", "name_key": "other", "slug": "lamps"},
        {"kind": "mood", "name": "Lamps", "name_key": "lamps", "slug": "lamps"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Tag.objects.create(**wrong)


@given(st.text(max_size=300))
def test_tidying_twice_changes_nothing(name: str) -> None:
    tidy = naming.tidy(name)
    assert naming.tidy(tidy) == tidy and len(tidy) <= naming.LONGEST


def test_every_rating_has_its_height() -> None:
    assert RATING_LEVEL.keys() == set(Rating.values)
    assert sorted(CEILINGS, key=RATING_LEVEL.__getitem__) == list(CEILINGS)
    assert RATING_LEVEL["not-rated"] == RATING_LEVEL["mature"]


def test_no_kind_is_longer_than_its_column() -> None:
    longest = Tag._meta.get_field("kind").max_length
    assert longest is not None and max(len(kind) for kind in TagKind.values) <= longest
