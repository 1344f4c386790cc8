"""Hiding: one reader's wish, applied in the query, for stories, tags and writers."""

from __future__ import annotations

import pytest

from talehouse.accounts.models import Visitor
from talehouse.library import hiding
from talehouse.library.models import Hide
from talehouse.stories import describing
from talehouse.stories.errors import RuleError
from talehouse.stories.models import Part, Story
from talehouse.tags.models import Tag
from tests.cast import Cast, story


def met(person: object) -> set[str]:
    listed = Story.objects.listed_for(person)  # type: ignore[arg-type]
    return set(hiding.without_hidden(listed, person).values_list("title", flat=True))  # type: ignore[arg-type]


@pytest.fixture
def three(cast: Cast) -> dict[str, Story]:
    """One of the writer's, one with a tag, one by somebody else."""
    made = {
        "plain": story(cast, "Plain"),
        "tagged": story(cast, "Tagged", by="stranger"),
        "theirs": story(cast, "Theirs", by="stranger"),
    }
    describing.set_tags(made["tagged"], [("theme", "Lamps"), ("genre", "Quiet")], by=cast.stranger)
    return made


def test_a_story_is_hidden_and_shown_again(cast: Cast, three: dict[str, Story]) -> None:
    for _twice in range(2):
        hiding.hide(three["plain"], by=cast.reader)
    assert met(cast.reader) == {"Tagged", "Theirs"}
    assert hiding.hides(three["plain"], by=cast.reader) and not hiding.hides(three["theirs"], by=cast.reader)
    hiding.unhide(three["plain"], by=cast.reader)
    assert met(cast.reader) == {"Plain", "Tagged", "Theirs"}


def test_a_tag_hides_every_story_that_carries_it(cast: Cast, three: dict[str, Story]) -> None:
    hiding.hide(Tag.objects.get(name="Lamps"), by=cast.reader)
    assert met(cast.reader) == {"Plain", "Theirs"}


def test_a_writer_is_hidden_with_all_that_they_signed(cast: Cast, three: dict[str, Story]) -> None:
    hiding.hide(cast.pen("stranger"), by=cast.reader)
    assert met(cast.reader) == {"Plain"}


def test_it_is_the_wish_of_one_reader(cast: Cast, three: dict[str, Story]) -> None:
    for thing in (three["plain"], Tag.objects.get(name="Lamps"), cast.pen("stranger")):
        hiding.hide(thing, by=cast.reader)
    assert met(cast.reader) == set()
    assert met(cast.stranger) == met(Visitor()) == {"Plain", "Tagged", "Theirs"}
    assert Story.objects.visible_to(cast.reader).count() == 3
    assert not hiding.hides(three["plain"], by=Visitor())


def test_numbers_of_other_things_hide_nothing(cast: Cast, three: dict[str, Story]) -> None:
    """A story, a tag and a pen name may have the same number."""
    tag = Tag.objects.get(name="Lamps")
    Hide.objects.create(account=cast.reader, target="tag", target_id=three["plain"].pk + 10_000)
    Hide.objects.create(account=cast.reader, target="story", target_id=tag.pk + 10_000)
    assert met(cast.reader) == {"Plain", "Tagged", "Theirs"}
    for one in three.values():
        Hide.objects.create(account=cast.stranger, target="penname", target_id=one.pk + 10_000)
    assert met(cast.stranger) == {"Plain", "Tagged", "Theirs"}


def test_parts_are_left_out_by_their_story(cast: Cast, three: dict[str, Story]) -> None:
    hiding.hide(three["plain"], by=cast.reader)
    parts = hiding.without_hidden(Part.objects.listed_for(cast.reader), cast.reader, story="story_id")
    assert {part.story.title for part in parts} == {"Tagged", "Theirs"}


def test_the_list_of_what_i_hide_names_what_may_be_named(cast: Cast, three: dict[str, Story]) -> None:
    secret = story(cast, "Secret", visibility="private")
    for thing in (secret, Tag.objects.get(name="Lamps"), cast.pen("stranger"), three["plain"]):
        hiding.hide(thing, by=cast.reader)
    lines = hiding.mine(cast.reader)
    assert [line.name for line in lines] == ["Plain", "Stranger", "Lamps", ""]
    assert [bool(line.url) for line in lines] == [True, True, True, False]
    hiding.end(lines[3].hide, by=cast.stranger)
    assert Hide.objects.count() == 4
    hiding.end(lines[3].hide, by=cast.reader)
    assert Hide.objects.count() == 3


def test_so_much_may_be_hidden(cast: Cast, three: dict[str, Story], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hiding, "MOST", 1)
    hiding.hide(three["plain"], by=cast.reader)
    with pytest.raises(RuleError, match="1 things"):
        hiding.hide(three["theirs"], by=cast.reader)
