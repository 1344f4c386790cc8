"""What a story is filed under, and its people: set by those who may, in their order, bounded."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from talehouse.accounts.models import Account
from talehouse.pages.versions import numbers
from talehouse.stories import describing
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Series, Story
from talehouse.tags.models import Tag
from tests.cast import Cast, story


def tags_of(made: Story) -> list[str]:
    return list(made.story_tags.values_list("tag__name", flat=True))


def test_tags_keep_the_writers_order(cast: Cast) -> None:
    made = story(cast)
    describing.set_tags(made, [("theme", "Rivers"), ("fandom", "Original"), ("theme", "Ash")], by=cast.writer)
    assert tags_of(made) == ["Rivers", "Original", "Ash"]
    describing.set_tags(made, [("theme", "Ash"), ("theme", "rivers"), ("theme", "RIVERS")], by=cast.writer)
    assert tags_of(made) == ["Ash", "Rivers"]
    assert Tag.objects.count() == 3


def test_unknown_kinds_and_empty_names_are_left_out(cast: Cast) -> None:
    made = story(cast)
    describing.set_tags(made, [("mood", "Sad"), ("theme", "  "), ("theme", "Ash")], by=cast.writer)
    assert tags_of(made) == ["Ash"]


def test_a_story_has_75_tags_at_most(cast: Cast) -> None:
    made = story(cast)
    describing.set_tags(made, [("theme", f"T{n}") for n in range(90)], by=cast.writer)
    assert tags_of(made) == [f"T{n}" for n in range(75)]


def test_the_pages_of_old_and_new_tags_end(cast: Cast) -> None:
    made = story(cast)
    describing.set_tags(made, [("theme", "Old")], by=cast.writer)
    old = Tag.objects.get()
    before = numbers([f"tag:{old.pk}"])[f"tag:{old.pk}"]
    describing.set_tags(made, [("theme", "New")], by=cast.writer)
    new = Tag.objects.get(name="New")
    assert numbers([f"tag:{old.pk}"])[f"tag:{old.pk}"] > before
    assert numbers([f"tag:{new.pk}"])[f"tag:{new.pk}"] > 0


def test_warnings_and_categories_are_of_the_lists(cast: Cast) -> None:
    made = story(cast)
    describing.set_warnings(made, ["violence", "chose-not"], by=cast.writer)
    describing.set_categories(made, ["gen"], by=cast.writer)
    with pytest.raises(RuleError, match="spoilers"):
        describing.set_warnings(made, ["violence", "spoilers"], by=cast.writer)
    with pytest.raises(RuleError, match="x-y"):
        describing.set_categories(made, ["x-y"], by=cast.writer)
    assert set(made.warnings.values_list("code", flat=True)) == {"violence", "chose-not"}
    assert list(made.categories.values_list("code", flat=True)) == ["gen"]


RULES: dict[str, Callable[[Story, Cast, Account], object]] = {
    "tags": lambda made, cast, by: describing.set_tags(made, [("theme", "Ash")], by=by),
    "warnings": lambda made, cast, by: describing.set_warnings(made, ["violence"], by=by),
    "categories": lambda made, cast, by: describing.set_categories(made, ["gen"], by=by),
    "series": lambda made, cast, by: describing.set_series(
        made, "S", owner=by.pen_name or cast.pen("host"), by=by
    ),
}


@pytest.mark.parametrize("who", ["reader", "stranger", "host", "suspended"])
@pytest.mark.parametrize("rule", RULES)
def test_others_change_nothing(cast: Cast, rule: str, who: str) -> None:
    made = story(cast)
    with pytest.raises(NotAllowedError):
        RULES[rule](made, cast, getattr(cast, who))
    assert not made.story_tags.exists() and made.roles.count() == 1 and not Series.objects.exists()


def places(made: Series) -> list[Decimal]:
    return list(made.entries.values_list("position", flat=True))


def test_a_series_gives_each_story_a_place(cast: Cast) -> None:
    owner = cast.pen("writer")
    for title, wanted in (("A", None), ("B", None), ("C", 1), ("D", 1.5), ("E", -3)):
        describing.set_series(story(cast, title), "The  Weirs", owner=owner, by=cast.writer, position=wanted)
    series = Series.objects.get()
    assert series.title == "The Weirs"
    assert places(series) == [Decimal(n) for n in ("1", "1.5", "2", "3", "4")]


def test_another_spelling_is_the_same_series_and_another_pen_name_has_its_own(cast: Cast) -> None:
    describing.set_series(story(cast), "The Weirs", owner=cast.pen("writer"), by=cast.writer)
    describing.set_series(story(cast), "the weirs", owner=cast.pen("writer"), by=cast.writer)
    other = story(cast, by="stranger")
    describing.set_series(other, "The Weirs", owner=cast.pen("stranger"), by=cast.stranger)
    assert sorted(series.entries.count() for series in Series.objects.all()) == [1, 2]


def test_a_story_leaves_its_series(cast: Cast) -> None:
    made = story(cast)
    describing.set_series(made, "One", owner=cast.pen("writer"), by=cast.writer)
    describing.set_series(made, "Two", owner=cast.pen("writer"), by=cast.writer)
    assert [series.entries.count() for series in Series.objects.order_by("title")] == [1, 0][::-1]
    assert describing.set_series(made, "", owner=cast.pen("writer"), by=cast.writer) is None
    assert not made.__class__.objects.filter(series_entry__isnull=False).exists()


def test_somebody_elses_series_is_closed(cast: Cast) -> None:
    with pytest.raises(NotAllowedError, match="somebody else"):
        describing.set_series(story(cast), "Theirs", owner=cast.pen("stranger"), by=cast.writer)
