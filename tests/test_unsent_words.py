"""Nobody loses what they have written for a comment because they are signed out or because it is refused."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from talehouse.comments import deciding
from talehouse.comments.models import Comment
from talehouse.comments.saying import Place, say
from talehouse.stories import publishing
from talehouse.stories.models import Part
from tests.cast import Cast, first, story

WORDS = "Why a stone?\n<b>And</b> why so late?"


@pytest.fixture
def part(cast: Cast) -> Part:
    return first(story(cast))


def on(part: Part) -> Place:
    fresh = Part.objects.select_related("story", "published").get(pk=part.pk)
    return Place(story=fresh.story, part=fresh)


def sent(cast: Cast, who: str, path: str, status: int, **fields: str) -> str:
    """The page that answers these words."""
    answer: Any = cast.client(who).post(path, {"text": WORDS, **fields})
    assert answer.status_code == status
    return str(answer.content.decode()).partition("<main")[2]


def shown_words(page: str) -> str:
    """What stands in the field that can only be read."""
    found = re.search(r'<textarea id="unsent"[^>]* readonly[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert found, "the words are not on the page"
    return unescape(found[1])


def test_a_comment_that_somebody_sends_signed_out_is_shown_again(cast: Cast, part: Part) -> None:
    page = sent(cast, "visitor", f"/parts/{part.pk}/comments/", 400, block="2")
    assert shown_words(page) == WORDS and Comment.objects.count() == 0
    assert page.index('id="unsent"') < page.index("to say something here")


def test_so_it_is_in_the_sheet_and_when_it_is_looked_at_first(cast: Cast, part: Part) -> None:
    path = f"/parts/{part.pk}/comments/"
    answer: Any = cast.client("visitor").post(path, {"text": WORDS}, headers={"x-sheet": "1"})
    assert shown_words(answer.content.decode()) == WORDS
    assert shown_words(sent(cast, "visitor", path, 400, preview="1")) == WORDS


def test_so_it_is_where_comments_were_closed_meanwhile(cast: Cast, part: Part) -> None:
    deciding.close(part, by=cast.writer)
    page = sent(cast, "reader", f"/parts/{part.pk}/comments/", 403)
    assert shown_words(page) == WORDS and "Comments are closed here." in page


def test_so_it_is_where_the_part_is_not_for_visitors(cast: Cast, part: Part) -> None:
    """And the answer does not tell whether there is one."""
    publishing.describe(part.story, by=cast.writer, visibility="members")
    path = f"/parts/{part.pk}/comments/"
    page = sent(cast, "visitor", path, 404)
    assert shown_words(page) == WORDS and f"/accounts/login/?next={path}" in page
    nowhere = sent(cast, "visitor", "/parts/999999/comments/", 404)
    assert nowhere.replace("999999", str(part.pk)) == page
    assert 'id="unsent"' not in cast.client("visitor").post(path, {"text": " "}).content.decode()
    assert 'id="unsent"' not in cast.client("visitor").get(path).content.decode()


def test_a_page_without_words_shows_no_field_for_them(cast: Cast, part: Part) -> None:
    for path in (f"/parts/{part.pk}/comments/", f"/stories/{part.story_id}/comments/"):
        assert 'id="unsent"' not in cast.client("visitor").get(path).content.decode()


def test_a_change_that_somebody_sends_signed_out_is_shown_again(cast: Cast, part: Part) -> None:
    said = say(on(part), by=cast.reader, text="One.")
    path = f"/comments/{said.pk}/edit/"
    page = sent(cast, "visitor", path, 403)
    assert shown_words(page) == WORDS and f"/accounts/login/?next={path}" in page
    assert page.index('id="unsent"') < page.index(f"/accounts/login/?next={path}")
    assert "One." not in page
    opened: Any = cast.client("visitor").get(path)
    assert (opened.status_code, opened.headers["Location"]) == (302, f"/accounts/login/?next={path}")


def test_a_change_that_is_not_theirs_to_make_is_shown_again(cast: Cast, part: Part) -> None:
    said = say(on(part), by=cast.reader, text="One.")
    page = sent(cast, "stranger", f"/comments/{said.pk}/edit/", 403)
    assert shown_words(page) == WORDS and "This comment is not yours to change." in page
    said.refresh_from_db()
    assert said.text == "One."
    deciding.take_back(said, by=cast.reader)
    assert shown_words(sent(cast, "reader", f"/comments/{said.pk}/edit/", 404)) == WORDS
