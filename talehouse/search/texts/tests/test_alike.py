"""Stories that are like one."""

from __future__ import annotations

from collections.abc import Callable

from talehouse.search.texts.alike import similar
from talehouse.search.texts.asking import Reader
from talehouse.search.texts.tests.conftest import Texts
from talehouse.search.texts.tests.test_texts import written
from talehouse.stories import describing, publishing
from talehouse.stories.models import Story
from tests.cast import Cast

Built = Callable[[], Texts]


def alike(texts: Texts, one: Story, *, member: bool = False) -> list[int]:
    """The numbers of stories that are like it."""
    return [found.story for found in similar(Reader(texts.folder), one.pk, member=member)]


def test_stories_with_its_peculiar_words_are_like_it_and_say_so(cast: Cast, built: Built) -> None:
    one = written(cast, "One", "<p>The sluices of the weir were shut, and the weir sang.</p>")
    near = written(cast, "Two", "<p>Every sluice sings above the weir.</p>")
    written(cast, "Three", "<p>The train was late.</p>")
    (found,) = similar(Reader(built().folder), one.pk, member=False)
    assert found.story == near.pk and set(found.words) == {"weir", "sluices"} and found.tags == ()


def test_rare_tags_count_more_than_frequent_ones(cast: Cast, built: Built) -> None:
    one, rare, frequent, other = (written(cast, name, "<p>x</p>") for name in ("One", "Two", "Three", "Four"))
    describing.set_tags(one, [("theme", "Sluices"), ("fandom", "Original Work")], by=cast.writer)
    describing.set_tags(rare, [("theme", "Sluices")], by=cast.writer)
    for story in (frequent, other):
        describing.set_tags(story, [("fandom", "Original Work")], by=cast.writer)
    texts = built()
    assert alike(texts, one)[0] == rare.pk
    assert similar(Reader(texts.folder), one.pk, member=False)[0].tags == ("Sluices",)
    assert set(alike(texts, one)) == {rare.pk, frequent.pk, other.pk}


def test_what_only_members_may_meet_is_like_nothing_for_a_visitor(cast: Cast, built: Built) -> None:
    one = written(cast, "One", "<p>open</p>", "<p>sluices and weirs</p>")
    publishing.edit(one.parts.get(position=2), by=cast.writer, visibility="members")
    public = written(cast, "Two", "<p>sluices and weirs</p>")
    members = written(cast, "Three", "<p>sluices and weirs</p>", visibility="members")
    texts = built()
    assert alike(texts, one) == [] and alike(texts, members) == []
    assert set(alike(texts, one, member=True)) == {public.pk, members.pk}
    assert alike(texts, public) == []
