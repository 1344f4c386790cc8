"""Kept pages are shared: still everybody meets what is theirs, also those who have signed in."""

from __future__ import annotations

import pytest

from talehouse.accounts.models import Account
from talehouse.stories import describing, removing
from tests.cast import Archive, Cast, first
from tests.whole import Whole

LISTS = ["/", "/browse/", "/tags/theme/lamps/", "/people/writer/"]


@pytest.mark.parametrize("path", LISTS)
def test_a_member_meets_members_stories_in_lists(
    cast: Cast, archive: Archive, whole: Whole, path: str
) -> None:
    describing.set_tags(archive.members, [("theme", "Lamps")], by=cast.writer)
    assert "Members Only" not in whole.get(path).text
    assert "Members Only" in whole.get(path, "reader").text
    assert "Members Only" not in whole.get(path).text


def test_a_member_finds_members_parts_in_the_contents(cast: Cast, archive: Archive, whole: Whole) -> None:
    assert "For members" not in whole.get(archive.public.url).text
    assert "For members" in whole.get(archive.public.url, "reader").text
    assert "For members" not in whole.get(archive.public.url).text


def test_a_member_turns_the_page_to_a_members_part(cast: Cast, archive: Archive, whole: Whole) -> None:
    last = archive.public.parts.get(position=3)
    assert archive.members_part.url not in whole.get(last.url).text
    assert archive.members_part.url in whole.get(last.url, "reader").text


def test_the_writer_sees_the_text_of_an_adult_story_at_once(
    cast: Cast, archive: Archive, whole: Whole
) -> None:
    part = first(archive.adult)
    assert "data-part=" not in whole.get(part.url).text
    assert "data-part=" in whole.get(part.url, "writer").text
    assert "data-part=" not in whole.get(part.url, "reader").text


def test_what_is_hidden_is_gone_at_once_for_everybody_but_its_people(
    cast: Cast, archive: Archive, whole: Whole
) -> None:
    """The page layer asks the versions each time when no front stands before it."""
    part = first(archive.public)
    paths = (archive.public.url, part.url)
    assert [whole.get(path, who).status for path in paths for who in ("reader", "writer")] == [200] * 4
    removing.hide(archive.public, by=cast.host)
    assert [whole.get(path, "reader").status for path in paths] == [404, 404]
    assert [whole.get(path, "writer").status for path in paths] == [200, 200]
    assert archive.public.title not in whole.get("/browse/", "reader").text


def test_a_wish_for_another_rating_counts_at_once(cast: Cast, archive: Archive, whole: Whole) -> None:
    assert "After Dark" not in whole.get("/browse/", "reader").text
    Account.objects.filter(pk=cast.reader.pk).update(ceiling="explicit")
    assert "After Dark" in whole.get("/browse/", "reader").text
    assert "After Dark" not in whole.get("/browse/", "stranger").text


def test_the_bar_shows_each_their_own_name(cast: Cast, archive: Archive, whole: Whole) -> None:
    for path in (*LISTS, archive.public.url, first(archive.public).url):
        for who, name in (("reader", "Reader"), ("stranger", "Stranger")):
            other = {"Reader", "Stranger"} - {name}
            text = whole.get(path, who).text
            assert f"You: {name}" in text and not [one for one in other if f"You: {one}" in text], path
        assert "You: " not in whole.get(path).text
