"""Searches that somebody keeps: under a name, followed, holding everywhere."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from talehouse.library.hiding import without_hidden
from talehouse.library.never import lines_of
from talehouse.search import addresses, saving
from talehouse.search.addresses import Pick, Wanted
from talehouse.search.models import SavedSearch
from talehouse.search.questions import Sort
from talehouse.stories import describing
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Story
from tests.cast import Cast, story
from tests.delivering import deliver_now

DEATH = Pick("warning", "death")
LAMPS = Pick("theme", "lamps")


def met(person: object) -> set[str]:
    listed = Story.objects.listed_for(person)  # type: ignore[arg-type]
    return set(without_hidden(listed, person).values_list("title", flat=True))  # type: ignore[arg-type]


@pytest.fixture
def stories(cast: Cast) -> dict[str, Story]:
    """One plain, one that warns, one with a tag, one in another language."""
    made = {name: story(cast, name) for name in ("Plain", "Warned", "Tagged", "Ajena")}
    describing.set_tags(made["Tagged"], [("theme", "Lamps")], by=cast.writer)
    describing.set_warnings(made["Warned"], ["death"], by=cast.writer)
    Story.objects.filter(pk=made["Ajena"].pk).update(language="es")
    deliver_now()
    return made


def test_a_search_is_kept_without_its_page(cast: Cast) -> None:
    kept = saving.keep(
        Wanted(typed="lamp", unwanted=(DEATH,), sort=Sort.VOTES, after="9_9", seed=3, more=("theme",)),
        "  Lamps,   no deaths ",
        by=cast.reader,
    )
    assert kept.name == "Lamps, no deaths"
    assert addresses.parse(kept.query) == Wanted(typed="lamp", unwanted=(DEATH,), sort=Sort.VOTES)
    assert kept.url == f"/browse/?{kept.query}"


def test_the_same_name_is_written_anew(cast: Cast) -> None:
    saving.keep(Wanted(typed="one"), "Mine", by=cast.reader)
    saving.keep(Wanted(typed="two"), "Mine", by=cast.reader)
    saving.keep(Wanted(typed="three"), "Mine", by=cast.stranger)
    assert SavedSearch.objects.get(account=cast.reader).query == "q=two"


@pytest.mark.parametrize(("wanted", "name"), [(Wanted(typed="x"), "   "), (Wanted(), "Everything")])
def test_a_name_and_something_to_ask_are_needed(cast: Cast, wanted: Wanted, name: str) -> None:
    with pytest.raises(RuleError):
        saving.keep(wanted, name, by=cast.reader)
    assert not SavedSearch.objects.exists()


def test_a_hundred_are_enough(cast: Cast) -> None:
    SavedSearch.objects.bulk_create(
        [SavedSearch(account=cast.reader, name=f"No. {number}", query="q=x") for number in range(saving.MOST)]
    )
    with pytest.raises(RuleError):
        saving.keep(Wanted(typed="x"), "One more", by=cast.reader)
    saving.keep(Wanted(typed="y"), "No. 7", by=cast.reader)


def test_a_suspended_account_keeps_and_follows_nothing_new(cast: Cast) -> None:
    kept = saving.keep(Wanted(typed="x"), "X", by=cast.reader)
    cast.reader.suspended_at = kept.made_at
    for act in (
        lambda: saving.keep(Wanted(typed="y"), "Y", by=cast.reader),
        lambda: saving.follow(kept, by=cast.reader),
    ):
        with pytest.raises(NotAllowedError):
            act()


def test_nobody_touches_the_search_of_another(cast: Cast) -> None:
    kept = saving.keep(Wanted(unwanted=(DEATH,)), "X", by=cast.reader)
    for act in (saving.follow, saving.unfollow, saving.make_default, saving.end_default, saving.remove):
        with pytest.raises(SavedSearch.DoesNotExist):
            act(kept, by=cast.stranger)


def test_following_and_no_longer(cast: Cast) -> None:
    kept = saving.keep(Wanted(typed="x"), "X", by=cast.reader)
    saving.follow(kept, by=cast.reader)
    assert SavedSearch.objects.get().followed_at
    saving.unfollow(kept, by=cast.reader)
    assert SavedSearch.objects.get().followed_at is None


def test_what_the_default_leaves_out_is_met_in_no_list(cast: Cast, stories: dict[str, Story]) -> None:
    kept = saving.keep(Wanted(unwanted=(DEATH, LAMPS)), "Gently", by=cast.reader)
    assert met(cast.reader) == set(stories)
    saving.make_default(kept, by=cast.reader)
    assert met(cast.reader) == {"Plain", "Ajena"}
    assert met(cast.stranger) == set(stories)
    assert Story.objects.visible_to(cast.reader).count() == 4
    saving.end_default(kept, by=cast.reader)
    assert met(cast.reader) == set(stories)


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        (Wanted(unwanted=(Pick("language", "es"),)), {"Plain", "Warned", "Tagged"}),
        (Wanted(wanted=(Pick("language", "es"),)), {"Ajena"}),
        (Wanted(unwanted=(Pick("rating", "general"),)), set()),
        (Wanted(unwanted=(Pick("status", "in-progress"),)), set()),
        (Wanted(unwanted=(Pick("category", "gen"),)), {"Plain", "Warned", "Tagged", "Ajena"}),
    ],
)
def test_each_kind_of_thing_can_be_left_out_everywhere(
    cast: Cast, stories: dict[str, Story], wanted: Wanted, left: set[str]
) -> None:
    Story.objects.update(rating="general", status="in-progress")
    saving.make_default(saving.keep(wanted, "Set", by=cast.reader), by=cast.reader)
    assert met(cast.reader) == left


def test_only_one_search_holds_everywhere(cast: Cast, stories: dict[str, Story]) -> None:
    first = saving.keep(Wanted(unwanted=(DEATH,)), "First", by=cast.reader)
    second = saving.keep(Wanted(unwanted=(LAMPS,)), "Second", by=cast.reader)
    saving.make_default(first, by=cast.reader)
    saving.make_default(second, by=cast.reader)
    assert met(cast.reader) == {"Plain", "Warned", "Ajena"}
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedSearch.objects.filter(account=cast.reader).update(default_at=first.made_at)


def test_changing_or_removing_the_default_changes_what_is_met(cast: Cast, stories: dict[str, Story]) -> None:
    saving.make_default(saving.keep(Wanted(unwanted=(DEATH,)), "Set", by=cast.reader), by=cast.reader)
    kept = saving.keep(Wanted(unwanted=(LAMPS,)), "Set", by=cast.reader)
    assert met(cast.reader) == {"Plain", "Warned", "Ajena"}
    saving.remove(kept, by=cast.reader)
    assert met(cast.reader) == set(stories) and lines_of(cast.reader) == []


def test_the_default_written_anew_without_leaving_anything_out_holds_no_longer(cast: Cast) -> None:
    saving.make_default(saving.keep(Wanted(unwanted=(DEATH,)), "Set", by=cast.reader), by=cast.reader)
    saving.keep(Wanted(typed="lamp"), "Set", by=cast.reader)
    assert SavedSearch.objects.get().default_at is None and lines_of(cast.reader) == []


def test_a_search_that_leaves_nothing_out_cannot_hold_everywhere(cast: Cast) -> None:
    kept = saving.keep(Wanted(typed="x"), "X", by=cast.reader)
    with pytest.raises(RuleError):
        saving.make_default(kept, by=cast.reader)
    assert SavedSearch.objects.get().default_at is None


def test_closing_an_account_forgets_them(cast: Cast) -> None:
    saving.keep(Wanted(typed="x"), "X", by=cast.reader)
    saving.keep(Wanted(typed="x"), "X", by=cast.stranger)
    saving.forget_all(cast.reader)
    assert SavedSearch.objects.get().account == cast.stranger
