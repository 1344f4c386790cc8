"""Reading lists: making, filling, ordering, sharing; and whose they are."""

from __future__ import annotations

import pytest

from talehouse.accounts import pen_names
from talehouse.library import following, listing, lists
from talehouse.library.models import Follow, ListEntry, ReadingList
from talehouse.stories import removing
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Story
from tests.cast import Archive, Cast, story


def titles(reading_list: ReadingList) -> list[str]:
    return list(reading_list.entries.order_by("position", "pk").values_list("story__title", flat=True))


def filled(cast: Cast, *names: str, is_public: bool = True) -> ReadingList:
    made = listing.make("Lamps", by=cast.reader, is_public=is_public)
    for name in names:
        listing.add(made, story(cast, name), by=cast.reader)
    return made


def test_a_list_is_made_and_says_what_it_is(cast: Cast) -> None:
    made = listing.make("  By  the lamp ", by=cast.reader, note="For the evening.\n", is_public=True)
    assert (made.title, made.slug, made.note) == ("By the lamp", "by-the-lamp", "For the evening.")
    assert made.owner == cast.pen("reader") and made.is_public
    changed = listing.describe(made, by=cast.reader, title="Nachts", note="", is_public=False)
    assert (changed.title, changed.slug, changed.is_public) == ("Nachts", "nachts", False)


def test_a_list_is_signed_by_a_name_of_ones_own_that_is_in_use(cast: Cast) -> None:
    other = pen_names.add("Lark", by=cast.reader)
    assert listing.make("One", by=cast.reader, pen_name=other).owner == other
    pen_names.retire(other, by=cast.reader)
    other.refresh_from_db()
    for wrong in (other, cast.pen("writer")):
        with pytest.raises(RuleError):
            listing.make("Two", by=cast.reader, pen_name=wrong)


@pytest.mark.parametrize(("title", "note"), [("", ""), (" \u200b", ""), ("A", "x" * 5_001)])
def test_what_a_list_cannot_say(cast: Cast, title: str, note: str) -> None:
    with pytest.raises(RuleError):
        listing.make(title, by=cast.reader, note=note)
    assert not ReadingList.objects.exists()


def test_stories_are_added_once_with_a_word_on_each(cast: Cast) -> None:
    made, weir = listing.make("Lamps", by=cast.reader), story(cast)
    entry = listing.add(made, weir, by=cast.reader, note=" Cold. ")
    assert listing.add(made, weir, by=cast.reader).pk == entry.pk
    assert listing.add(made, weir, by=cast.reader, note="Colder.").note == "Colder."
    assert ListEntry.objects.get().note == "Colder."
    with pytest.raises(RuleError):
        listing.annotate(entry, "x" * 1_001, by=cast.reader)
    listing.remove(entry, by=cast.reader)
    assert titles(made) == []


def test_the_order_changes_by_steps_and_as_a_whole(cast: Cast) -> None:
    made = filled(cast, "A", "B", "C", "D")
    entries = {entry.story.title: entry for entry in made.entries.select_related("story")}
    listing.step(entries["C"], by=cast.reader, down=False)
    assert titles(made) == ["A", "C", "B", "D"]
    listing.step(entries["C"], by=cast.reader, down=True)
    listing.step(entries["A"], by=cast.reader, down=False)
    listing.step(entries["D"], by=cast.reader, down=True)
    assert titles(made) == ["A", "B", "C", "D"]
    listing.remove(entries["B"], by=cast.reader)
    listing.step(entries["C"], by=cast.reader, down=False)
    assert titles(made) == ["C", "A", "D"]
    listing.reorder(made, [entries[name].pk for name in "DAC"], by=cast.reader)
    assert titles(made) == ["D", "A", "C"]


def test_one_page_of_a_long_list_is_put_in_order_where_it_stands(cast: Cast) -> None:
    made = filled(cast, "A", "B", "C", "D")
    ids = dict(made.entries.values_list("story__title", "pk"))
    listing.reorder(made, [ids["C"], ids["B"]], by=cast.reader)
    assert titles(made) == ["A", "C", "B", "D"]


@pytest.mark.parametrize("order", ["AA", "AX"])
def test_an_order_of_what_is_not_there_is_refused(cast: Cast, order: str) -> None:
    made, other = filled(cast, "A", "B"), filled(cast, "X")
    ids = dict(ListEntry.objects.filter(list__in=(made, other)).values_list("story__title", "pk"))
    with pytest.raises(RuleError):
        listing.reorder(made, [ids[name] for name in order], by=cast.reader)
    assert titles(made) == ["A", "B"]


def test_nobody_else_changes_a_list(cast: Cast) -> None:
    made = filled(cast, "A", "B")
    entry = made.entries.order_by("position")[0]
    for refused in (
        lambda: listing.describe(made, by=cast.stranger, title="Mine", note="", is_public=True),
        lambda: listing.add(made, story(cast, "C"), by=cast.stranger),
        lambda: listing.annotate(entry, "No.", by=cast.stranger),
        lambda: listing.remove(entry, by=cast.stranger),
        lambda: listing.step(entry, by=cast.stranger, down=True),
        lambda: listing.reorder(made, [entry.pk], by=cast.stranger),
        lambda: listing.drop(made, by=cast.stranger),
    ):
        with pytest.raises(NotAllowedError):
            refused()
    made.refresh_from_db()
    assert (made.title, titles(made)) == ("Lamps", ["A", "B"])


def test_a_suspended_account_takes_away_and_makes_nothing(cast: Cast) -> None:
    with pytest.raises(NotAllowedError):
        listing.make("Mine", by=cast.suspended)
    theirs = ReadingList.objects.create(owner=cast.pen("suspended"), title="Before", slug="before")
    entry = ListEntry.objects.create(list=theirs, story=story(cast), position=1)
    with pytest.raises(NotAllowedError):
        listing.annotate(entry, "Word.", by=cast.suspended)
    listing.remove(entry, by=cast.suspended)
    listing.drop(theirs, by=cast.suspended)
    assert not ReadingList.objects.exists()


def test_lists_and_their_stories_are_bounded(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST_LISTS", 2)
    monkeypatch.setattr(listing, "MOST_ENTRIES", 1)
    made = filled(cast, "A")
    with pytest.raises(RuleError, match="1 stories"):
        listing.add(made, story(cast, "B"), by=cast.reader)
    filled(cast)
    with pytest.raises(RuleError, match="2 lists"):
        filled(cast)
    assert listing.make("Theirs", by=cast.stranger).pk


def test_deleting_a_list_ends_who_follows_it(cast: Cast) -> None:
    made, other = filled(cast, "A"), filled(cast, "B")
    for one in (made, other):
        following.follow(one, by=cast.stranger)
    listing.drop(made, by=cast.reader)
    assert list(Follow.objects.values_list("target_id", flat=True)) == [other.pk]
    assert Story.objects.filter(title="A").exists()


def test_a_private_list_is_its_owners_alone(cast: Cast) -> None:
    made, shared = filled(cast, is_public=False), filled(cast)
    assert set(lists.visible_to(cast.reader)) == {made, shared}
    assert list(lists.visible_to(cast.stranger)) == [shared]
    assert list(lists.signed_by(cast.pen("reader"), cast.reader)) == [shared]


def test_a_list_shows_what_may_be_met_and_counts_the_rest(cast: Cast, archive: Archive) -> None:
    made = listing.make("All", by=cast.writer, is_public=True)
    for one in (archive.public, archive.members, archive.private, archive.adult):
        listing.add(made, one, by=cast.writer)
    page = lists.page(made, cast.reader)
    assert [entry.story for entry in page.entries] == [archive.public, archive.members]
    assert (page.total, page.left_out) == (4, 2)
    removing.withdraw(archive.public, by=cast.writer)
    assert lists.page(made, cast.reader).left_out == 3
    (counted,) = lists.signed_by(cast.pen("writer"), cast.reader)
    assert counted.number == 1


def test_a_long_list_is_paged_by_key(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "SIZE", 2)
    made = filled(cast, *"ABCDE")
    met, after = [], ""
    while True:
        page = lists.page(made, cast.stranger, after=after)
        met += [entry.story.title for entry in page.entries]
        after = page.following
        if not after:
            break
    assert met == list("ABCDE")
    assert [entry.story.title for entry in lists.page(made, cast.stranger, after="nonsense").entries] == [
        *"AB"
    ]


def test_what_is_new_in_lists_that_i_follow(cast: Cast, archive: Archive) -> None:
    made = filled(cast, "A")
    following.follow(made, by=cast.stranger)
    since = ListEntry.objects.get().made_at
    for one in (archive.public, archive.adult):
        listing.add(made, one, by=cast.reader)
    assert [row.story for row in lists.new_in_followed(cast.stranger, since)] == [archive.public]
    assert not lists.new_in_followed(cast.writer, since)
    listing.describe(made, by=cast.reader, title="Lamps", note="", is_public=False)
    assert not lists.new_in_followed(cast.stranger, since)
