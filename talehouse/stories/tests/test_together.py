"""The same done to many parts at once: all or none, and with few questions."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import timedelta

import pytest
from django.utils import timezone

from talehouse.accounts.models import Account
from talehouse.activity.models import Event
from talehouse.stories import publishing, removing, together
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Part, Story
from talehouse.stories.sums import expected
from tests.cast import PROSE, Archive, Cast, story
from tests.test_queries import questions

Bulk = Callable[..., int]
BULKS: dict[str, Bulk] = {
    "publish": together.publish,
    "withdraw": together.withdraw,
    "put back": together.put_back,
    "delete": together.remove,
}


def order(made: Story) -> list[str]:
    """The titles of the parts that stand, and a proof that their positions are dense."""
    parts = list(made.parts.filter(deleted_at=None).order_by("position"))
    assert [part.position for part in parts] == list(range(1, len(parts) + 1))
    return [part.title for part in parts]


def ids(made: Story, *numbers: int) -> list[int]:
    return list(made.parts.filter(position__in=numbers).order_by("position").values_list("pk", flat=True))


def sound(made: Story) -> None:
    made.refresh_from_db()
    assert {name: getattr(made, name) for name in expected(made)} == expected(made)


def test_drafts_are_published_together(cast: Cast) -> None:
    made = story(cast, parts=1)
    for title in ("Second", "Third"):
        publishing.add_part(made, by=cast.writer, title=title, html=PROSE)
    assert together.publish(made, ids(made, 1, 2, 3), by=cast.writer) == 2
    sound(made)
    assert made.part_count == 3


def test_a_range_is_withdrawn_and_put_back(cast: Cast) -> None:
    made = story(cast, parts=4)
    Part.objects.filter(story=made).update(read_count=5)
    assert together.withdraw(made, ids(made, 2, 3), by=cast.writer) == 2
    assert together.withdraw(made, ids(made, 2), by=cast.writer) == 0
    sound(made)
    assert (made.part_count, made.read_count) == (2, 20)
    assert Part.objects.visible_to(cast.reader).filter(story=made).count() == 2
    assert together.put_back(made, ids(made, 1, 2, 3), by=cast.writer) == 2
    sound(made)
    assert made.part_count == 4 and not made.parts.exclude(withdrawn_by=None).exists()


def test_what_was_deleted_together_comes_back_to_its_places(cast: Cast) -> None:
    made = story(cast, parts=6)
    before, gone = order(made), ids(made, 2, 3, 5)
    assert together.remove(made, gone, by=cast.writer) == 3
    assert order(made) == ["Part 1", "Part 4", "Part 6"]
    sound(made)
    assert together.bring_back(made, gone, by=cast.writer) == 3
    assert order(made) == before
    sound(made)


def test_some_come_back_after_the_others_have_moved(cast: Cast) -> None:
    made = story(cast, parts=4)
    gone = ids(made, 1, 4)
    together.remove(made, gone, by=cast.writer)
    together.remove(made, ids(made, 1), by=cast.writer)
    together.bring_back(made, gone, by=cast.writer)
    assert order(made) == ["Part 1", "Part 3", "Part 4"]


@pytest.mark.parametrize("bulk", BULKS)
def test_one_that_is_not_there_stops_all(cast: Cast, bulk: str) -> None:
    made, other = story(cast, parts=2), story(cast, "Elsewhere")
    before = list(made.parts.order_by("pk").values())
    for wrong in ([], [*ids(made, 1), *ids(other, 1)], [*ids(made, 1), 10**9]):
        with pytest.raises(RuleError):
            BULKS[bulk](made, wrong, by=cast.writer)
    assert list(made.parts.order_by("pk").values()) == before


def test_nothing_is_brought_back_twice_or_after_a_month(cast: Cast) -> None:
    made = story(cast, parts=3)
    gone = ids(made, 1, 2)
    together.remove(made, gone, by=cast.writer)
    Part.objects.filter(pk=gone[0]).update(deleted_at=timezone.now() - timedelta(days=31))
    with pytest.raises(RuleError):
        together.bring_back(made, gone, by=cast.writer)
    assert order(made) == ["Part 3"]
    together.bring_back(made, gone[1:], by=cast.writer)
    with pytest.raises(RuleError):
        together.bring_back(made, gone[1:], by=cast.writer)


@pytest.mark.parametrize("bulk", [*BULKS, "bring back"])
@pytest.mark.parametrize("who", ["reader", "stranger", "beta", "editor", "suspended", "host"])
def test_nobody_else_may(cast: Cast, archive: Archive, who: str, bulk: str) -> None:
    by: Account = getattr(cast, who)
    do: Bulk = {**BULKS, "bring back": together.bring_back}[bulk]
    with pytest.raises(NotAllowedError):
        do(archive.public, ids(archive.public, 1), by=by)


def asked(made: Story, bulk: Callable[..., object], chosen: Collection[int], by: Account) -> int:
    with questions() as told:
        bulk(made, chosen, by=by)
    return len(told)


def test_the_number_of_questions_does_not_grow(cast: Cast) -> None:
    made = story(cast, parts=24)
    for bulk in (together.withdraw, together.put_back, together.remove):
        few = asked(made, bulk, ids(made, 1, 2), cast.writer)
        many = asked(made, bulk, ids(made, *range(3, 13)), cast.writer)
        assert many == few
    gone = list(made.parts.exclude(deleted_at=None).values_list("pk", flat=True))
    few = asked(made, together.bring_back, gone[:2], cast.writer)
    assert asked(made, together.bring_back, gone[2:], cast.writer) == few


def test_each_part_is_told_of(cast: Cast) -> None:
    made = story(cast, parts=3)
    together.withdraw(made, ids(made, 1, 3), by=cast.writer)
    told = Event.objects.filter(verb="part.withdrawn", actor_id=cast.writer.pk).order_by("pk")
    assert list(told.values_list("subject_id", flat=True)) == ids(made, 1, 3)


def test_the_old_rule_and_the_new_agree(cast: Cast) -> None:
    made = story(cast, parts=3)
    part = made.parts.get(position=2)
    together.remove(made, [part.pk], by=cast.writer)
    removing.undelete(part, by=cast.writer)
    assert order(made) == ["Part 1", "Part 2", "Part 3"]
