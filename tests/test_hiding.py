"""What somebody hides is in none of their lists, through the kept pages too; others' stay as they are."""

from __future__ import annotations

import pytest

from talehouse.library import hiding, listing
from talehouse.reading import keyset
from talehouse.stories import describing
from talehouse.stories.models import Story
from talehouse.tags.models import Tag
from tests.cast import Archive, Cast, story
from tests.indexing import index_now
from tests.test_queries import questions
from tests.whole import Whole

OPEN, OTHER = "Open Water", "Still Water"


@pytest.fixture
def paths(cast: Cast, archive: Archive) -> list[str]:
    """Every page that lists stories, with two stories in each: one of them will be hidden."""
    other = story(cast, OTHER, status="complete")
    Story.objects.filter(pk__in=(archive.public.pk, other.pk)).update(status="complete", read_count=3)
    describing.set_tags(other, [("theme", "Lamps")], by=cast.writer)
    describing.set_series(other, "The Keepers", owner=cast.pen("writer"), by=cast.writer)
    shared = listing.make("Water", by=cast.stranger, is_public=True)
    for one in (archive.public, other):
        listing.add(shared, one, by=cast.stranger)
    lists = ["/", "/browse/", "/browse/?status=complete&sort=words", "/browse/?kind=theme&tag=lamps"]
    return [
        *lists,
        "/tags/theme/lamps/",
        "/people/writer/",
        archive.public.series_entry.series.url,
        shared.url,
    ]


def titles(whole: Whole, path: str, who: str) -> set[str]:
    text = whole.get(path, who).text
    return {title for title in (OPEN, OTHER) if title in text}


def test_a_hidden_story_is_in_no_list_of_mine(
    cast: Cast, archive: Archive, whole: Whole, paths: list[str]
) -> None:
    for path in paths:  # whatever is kept is kept before
        for who in ("visitor", "reader", "stranger"):
            assert titles(whole, path, who) == {OPEN, OTHER}, f"{path} as {who}"
    hiding.hide(archive.public, by=cast.reader)
    for path in paths:
        assert titles(whole, path, "reader") == {OTHER}, path
        for who in ("visitor", "stranger"):
            assert titles(whole, path, who) == {OPEN, OTHER}, f"{path} as {who}"
    hiding.unhide(archive.public, by=cast.reader)
    for path in paths:
        assert titles(whole, path, "reader") == {OPEN, OTHER}, path


@pytest.mark.parametrize("what", ["tag", "writer"])
def test_a_hidden_tag_or_writer_takes_all_of_theirs_along(
    cast: Cast, archive: Archive, whole: Whole, paths: list[str], what: str
) -> None:
    hiding.hide(Tag.objects.get(name="Lamps") if what == "tag" else cast.pen("writer"), by=cast.reader)
    for path in paths:
        assert whole.get(path, "reader").status == 200, path
        assert titles(whole, path, "reader") == set(), path
        assert titles(whole, path, "stranger") == {OPEN, OTHER}, path
    page = "/tags/theme/lamps/" if what == "tag" else "/people/writer/"
    assert "You hide this" in whole.get(page, "reader").text
    assert "You hide this" not in whole.get(page, "stranger").text


def test_a_hidden_story_opens_by_its_address_and_counts_as_before(
    cast: Cast, archive: Archive, whole: Whole, paths: list[str]
) -> None:
    said = '<p class="muted">2 stories</p>'
    before = whole.get("/tags/theme/lamps/", "stranger").text.count(said)
    hiding.hide(archive.public, by=cast.reader)
    got = whole.get(archive.public.url, "reader")
    assert got.status == 200 and "Show this story again" in got.text
    assert whole.get("/tags/theme/lamps/", "reader").text.count(said) == before == 1
    assert "1 story of this list is not shown to you" in whole.get(paths[-1], "reader").text


def test_a_hidden_tag_is_not_offered(cast: Cast, archive: Archive, whole: Whole) -> None:
    index_now()
    offered = "with=theme/lamps"
    assert offered in whole.get("/browse/", "reader").text
    hiding.hide(Tag.objects.get(name="Lamps"), by=cast.reader)
    assert offered not in whole.get("/browse/", "reader").text
    assert offered in whole.get("/browse/", "stranger").text


def test_pages_are_full_though_something_is_hidden(
    cast: Cast, whole: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyset, "SIZE", 3)
    made = [story(cast, f"Number {n}") for n in range(6)]
    for one in made[3:]:
        hiding.hide(one, by=cast.reader)
    text = whole.get("/browse/", "reader").text
    assert [n for n in range(6) if f"Number {n}" in text] == [0, 1, 2]
    assert 'rel="next"' not in text and 'rel="next"' in whole.get("/browse/", "stranger").text


def test_who_hides_costs_no_question_for_each_story(cast: Cast, paths: list[str]) -> None:
    """Their lists ask as often as those of somebody who has signed in and hides nothing, but once."""
    hiding.hide(story(cast, "Far Away"), by=cast.reader)
    hiding.hide(cast.pen("editor"), by=cast.reader)
    for path in paths:
        asked = {}
        for who in ("reader", "stranger"):
            client = cast.client(who)
            client.get(path)
            with questions() as found:
                client.get(path)
            asked[who] = len(found)
        assert asked["reader"] <= asked["stranger"] + 1, (path, asked)
