"""What is suggested to whom: the reason, what is never suggested, and whose reading counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from talehouse.accounts import blocking
from talehouse.accounts.models import Account
from talehouse.library import following, hiding, shelving, suggestions, wishes
from talehouse.library.models import Reading
from talehouse.pages.versions import numbers
from talehouse.rankings.alike import suggesting
from talehouse.rankings.alike.computing import recompute
from talehouse.rankings.models import Alike
from talehouse.rankings.tests import crowds
from talehouse.stories import describing, publishing
from talehouse.stories.effective import rebuild
from talehouse.stories.models import Story
from talehouse.stories.tagging import count_uses
from talehouse.tags.models import Above, Tag
from tests.cast import Cast, story
from tests.indexing import index_now

Suggested = list[tuple[str, str, str]]


def finish(stories: list[Story], readers: list[Account]) -> None:
    """They have put these on their shelf of what they finished."""
    now = timezone.now()
    Reading.objects.bulk_create(
        Reading(account=one, story=of, shelf="finished", shelved_at=now, read_at=now)
        for of in stories
        for one in readers
    )


def told(account: Account) -> Suggested:
    return [(one.story.title, one.how, one.title) for one in suggesting.for_you(account)]


@pytest.fixture
def three(cast: Cast) -> list[Story]:
    """Ten readers finished the first two, six the first and the third; the reader the first alone."""
    made = [story(cast, title) for title in ("Weir", "Lamp", "Mill")]
    crowd = crowds.people(16)
    finish(made[:2], crowd[:10])
    finish([made[0], made[2]], crowd[10:])
    shelving.put(made[0], "finished", by=cast.reader)
    recompute()
    return made


def test_readers_who_finished_this_also_finished(cast: Cast, three: list[Story]) -> None:
    assert told(cast.reader) == [("Lamp", "finished", "Weir"), ("Mill", "finished", "Weir")]
    assert [one.title for one in suggesting.beside(three[0], cast.reader)] == ["Lamp", "Mill"]
    assert [one.title for one in suggesting.beside(three[1], cast.reader)] == [], "the reader knows it"


def test_what_is_only_begun_tells_less_and_says_so(cast: Cast, three: list[Story]) -> None:
    shelving.put(three[0], "reading", by=cast.reader)
    assert told(cast.reader)[0] == ("Lamp", "reading", "Weir")
    shelving.put(three[0], "to-read", by=cast.reader)
    assert told(cast.reader)[0] == ("Lamp", "shelf", "Weir")
    shelving.put(three[0], "dropped", by=cast.reader)
    assert told(cast.reader) == []


def test_having_read_the_last_part_is_having_finished(cast: Cast, three: list[Story]) -> None:
    shelving.put(three[0], "reading", by=cast.reader)
    crowds.finish(three[0], [cast.reader])
    assert told(cast.reader)[0] == ("Lamp", "finished", "Weir")


NEVER: dict[str, Callable[[Cast, Story], object]] = {
    "finished": lambda cast, it: shelving.put(it, "finished", by=cast.reader),
    "dropped": lambda cast, it: shelving.put(it, "dropped", by=cast.reader),
    "to read": lambda cast, it: shelving.put(it, "to-read", by=cast.reader),
    "begun": lambda cast, it: crowds.begin(it, [cast.reader]),
    "hidden": lambda cast, it: hiding.hide(it, by=cast.reader),
    "its tag hidden": lambda cast, it: hiding.hide(_tagged(cast, it), by=cast.reader),
    "its writer hidden": lambda cast, it: hiding.hide(cast.pen("writer"), by=cast.reader),
    "its writer muted": lambda cast, it: blocking.mute(cast.pen("writer"), by=cast.reader),
    "declined": lambda cast, it: suggestions.decline(it, by=cast.reader),
    "above the rating": lambda cast, it: publishing.describe(it, by=cast.writer, rating="mature"),
    "private": lambda cast, it: publishing.describe(it, by=cast.writer, visibility="private"),
    "unlisted": lambda cast, it: publishing.describe(it, by=cast.writer, visibility="unlisted"),
    "taken out of ranks": lambda cast, it: publishing.describe(it, by=cast.writer, ranked=False),
}


def _tagged(cast: Cast, it: Story) -> Tag:
    describing.set_tags(it, [("theme", "Lamps")], by=cast.writer)
    rebuild()
    return Tag.objects.get()


@pytest.mark.parametrize("how", NEVER)
def test_what_is_never_suggested(cast: Cast, three: list[Story], how: str) -> None:
    NEVER[how](cast, three[1])
    assert "Lamp" not in [title for title, _how, _because in told(cast.reader)]
    assert "Lamp" not in [one.title for one in suggesting.beside(three[0], cast.reader)]


def test_a_story_of_ones_own_is_not_suggested(cast: Cast, three: list[Story]) -> None:
    shelving.put(three[0], "finished", by=cast.writer)
    assert told(cast.writer) == []


def test_declining_can_be_taken_back(cast: Cast, three: list[Story]) -> None:
    suggestions.decline(three[1], by=cast.reader)
    suggestions.decline(three[1], by=cast.reader)
    assert [one.title for one in suggestions.told(cast.reader)] == ["Lamp"]
    assert suggestions.take_back(three[1].pk, by=cast.reader)
    assert not suggestions.take_back(three[1].pk, by=cast.reader)
    assert "Lamp" in [title for title, _how, _because in told(cast.reader)]


def test_switched_off_nothing_is_suggested(cast: Cast, three: list[Story]) -> None:
    wishes.change(by=cast.reader, suggests=False)
    assert told(cast.reader) == []


def test_the_reading_of_some_does_not_count(cast: Cast) -> None:
    weir, lamp = story(cast, "Weir"), story(cast, "Lamp")
    old, new = crowds.people(6), crowds.people(6, name="new", days=3)
    finish([weir, lamp], [*old[:4], *new])
    recompute()
    assert not Alike.objects.exists(), "new accounts do not count"
    finish([weir, lamp], old[4:])
    recompute()
    assert Alike.objects.count() == 2
    wishes.change(by=old[0], suggests=False)
    Account.objects.filter(pk=old[1].pk).update(suspended_at=timezone.now())
    recompute()
    assert not Alike.objects.exists()


def test_the_same_rows_give_the_same_and_nothing_is_written_twice(cast: Cast, three: list[Story]) -> None:
    rows = list(Alike.objects.order_by("pk").values_list())
    before = numbers([f"alike:{one.pk}" for one in three])
    assert recompute() == 0 and list(Alike.objects.order_by("pk").values_list()) == rows
    finish([three[1]], crowds.people(5, name="more"))
    assert recompute(timezone.now() + timedelta(minutes=1)) == 2
    after = numbers(before)
    assert [key for key in before if before[key] != after[key]] == [f"alike:{pk.pk}" for pk in three[:2]]


def test_like_this_one_by_its_tags_the_rare_one_first(cast: Cast) -> None:
    common = [("genre", "Fantasy")]
    for number in range(6):
        describing.set_tags(story(cast, f"Other {number}"), common, by=cast.writer)
    for title in ("Weir", "Lamp"):
        describing.set_tags(story(cast, title), [*common, ("theme", "Lamps")], by=cast.writer)
    describing.set_tags(story(cast, "Apart"), [("theme", "Snow")], by=cast.writer)
    rebuild()
    weir = Story.objects.get(title="Weir")
    found = [one.title for one in suggesting.like(weir, cast.reader)]
    assert found[0] == "Lamp" and len(found) == 7 and "Apart" not in found


def test_a_tag_that_nobody_writes_and_that_only_stands_above_leads_nowhere(cast: Cast) -> None:
    for title, tag in (("Weir", "Lamps"), ("Ice", "Snow")):
        describing.set_tags(story(cast, title), [("theme", tag)], by=cast.writer)
    above = Tag.objects.create(kind="theme", name="Everything", name_key="everything", slug="everything")
    for below in Tag.objects.exclude(pk=above.pk):
        Above.objects.create(tag=below, above=above)
    count_uses([above.pk])
    rebuild()
    assert suggesting.like(Story.objects.get(title="Weir"), cast.reader) == []


def test_a_new_reader_is_suggested_what_has_the_tags_of_her_shelf_or_that_she_follows(cast: Cast) -> None:
    for title, tag in (("Weir", "Lamps"), ("Lamp", "Lamps"), ("Ice", "Snow")):
        describing.set_tags(story(cast, title), [("theme", tag)], by=cast.writer)
    rebuild()
    assert told(cast.stranger) == []
    following.follow(Tag.objects.get(name="Snow"), by=cast.stranger)
    assert told(cast.stranger) == [("Ice", "follows", "")]
    shelving.put(Story.objects.get(title="Weir"), "to-read", by=cast.stranger)
    assert told(cast.stranger) == [("Lamp", "tags", "")]


def test_stories_with_the_same_rare_words_are_akin_and_the_words_are_told(cast: Cast) -> None:
    lamp = "<p>The ferrywoman trimmed the carbide lantern above the millrace and waited.</p>"
    first = story(cast, "First")
    for title, text in (("Second", lamp), ("Third", "<p>Nothing of the kind, only rain on a roof.</p>")):
        other = story(cast, title)
        publishing.publish(
            publishing.add_part(other, by=cast.writer, title="More", html=text), by=cast.writer
        )
    publishing.publish(publishing.add_part(first, by=cast.writer, title="More", html=lamp), by=cast.writer)
    index_now()
    ((akin, words),) = [one for one in suggesting.akin(first, cast.reader) if one[0].title != "Third"]
    assert akin.title == "Second"
    assert {"ferrywoman", "millrace"} & set(words)
    hiding.hide(akin, by=cast.reader)
    assert "Second" not in {one.title for one, _words in suggesting.akin(first, cast.reader)}


def test_without_an_index_nothing_is_akin(cast: Cast) -> None:
    assert suggesting.akin(story(cast, "Alone"), cast.reader) == []
