"""The page of publishing says whom a part reaches, and how to go on where that is nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from talehouse.site import house
from talehouse.stories import approving, publishing, removing
from talehouse.stories.models import Part, Story
from tests.cast import PROSE, Cast, first, story

LINK = "A link to share"


def told(cast: Cast, part: Part) -> str:
    """The page, in one line."""
    answer = cast.client("writer").get(f"/write/parts/{part.pk}/publish/")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def heading(page: str) -> str:
    """What its heading says, without the part's title."""
    return page.partition("<h1>")[2].partition("<")[0]


def withdraw_part(cast: Cast, made: Story) -> None:
    removing.withdraw(first(made), by=cast.writer)


def withdraw_story(cast: Cast, made: Story) -> None:
    removing.withdraw(made, by=cast.writer)


def hide_story(cast: Cast, made: Story) -> None:
    removing.hide(made, by=cast.host)


def make_private(cast: Cast, made: Story) -> None:
    publishing.describe(made, by=cast.writer, visibility="private")


def make_part_private(cast: Cast, made: Story) -> None:
    publishing.edit(first(made), by=cast.writer, visibility="private")


CASES: dict[str, tuple[Callable[[Cast, Story], None], str, str]] = {
    "a withdrawn part": (withdraw_part, "Withdrawn", "This part is withdrawn."),
    "a withdrawn story": (withdraw_story, "Withdrawn", "The story is withdrawn."),
    "a hidden story": (hide_story, "Hidden by the host", "readers see nothing of it"),
    "a private story": (make_private, "It is private", "The story is private"),
    "a private part": (make_part_private, "It is private", "This part is private"),
}


@pytest.mark.parametrize("visibility", ["public", "members", "unlisted"])
def test_what_is_out_has_a_link_to_share(cast: Cast, visibility: str) -> None:
    page = told(cast, first(story(cast, visibility=visibility)))
    assert heading(page) == "It is out" and LINK in page


@pytest.mark.parametrize("case", CASES)
def test_what_others_do_not_see_is_not_called_out(cast: Cast, case: str) -> None:
    act, title, sentence = CASES[case]
    made = story(cast)
    act(cast, made)
    page = told(cast, first(made))
    assert heading(page) == title and page.count(sentence) == 1
    assert LINK not in page and "What readers see" not in page


@pytest.mark.parametrize("case", CASES)
def test_now_promises_no_more_than_it_does(cast: Cast, case: str) -> None:
    made = story(cast)
    act = CASES[case][0]
    act(cast, made)
    part = publishing.add_part(made, by=cast.writer, title="Next", html=PROSE)
    own = case in ("a withdrawn part", "a private part")
    assert ("Readers see it at once" in told(cast, part)) is own, "those are about the other part"
    answer = cast.client("writer").post(
        f"/write/parts/{part.pk}/publish/", {"do": "publish", "when": "now"}, follow=True
    )
    said = "“Next” is out." if own else "“Next” is published."
    assert said in answer.content.decode()


def test_a_part_is_put_back_where_it_says_so(cast: Cast) -> None:
    part = first(story(cast))
    removing.withdraw(part, by=cast.writer)
    assert "Put it back" in told(cast, part)
    cast.client("writer").post(f"/write/parts/{part.pk}/publish/", {"do": "put-back"})
    assert heading(told(cast, part)) == "It is out"


def test_a_story_is_put_back_or_shown_to_others_from_there(cast: Cast) -> None:
    made = story(cast)
    removing.withdraw(made, by=cast.writer)
    path = f"/write/stories/{made.pk}/withdraw/"
    assert f'action="{path}"' in told(cast, first(made))
    cast.client("writer").post(path, {"back": "1"})
    make_private(cast, made)
    assert f'href="/write/stories/{made.pk}/#seen"' in told(cast, first(made))


def test_a_first_story_says_before_and_after_that_the_host_looks_first(cast: Cast) -> None:
    house.change(approves_first_story=True)
    made = publishing.create(by=cast.writer, pen_name=cast.pen("writer"), title="The Weir")
    part = publishing.add_part(made, by=cast.writer, title="One", html=PROSE)
    before = told(cast, part)
    assert "The host looks at it first." in before and "Readers see it at once" not in before
    answer = cast.client("writer").post(
        f"/write/parts/{part.pk}/publish/", {"do": "publish", "when": "now"}, follow=True
    )
    after = answer.content.decode()
    assert heading(after) == "Waits for the host" and LINK not in after
    assert after.count("This story waits for the host") == 1 and "is out" not in after
    approving.approve(made, by=cast.host)
    assert heading(told(cast, part)) == "It is out"


def test_a_withdrawn_part_does_not_come_out_at_its_time(cast: Cast) -> None:
    part = publishing.add_part(story(cast), by=cast.writer, title="Next", html=PROSE)
    publishing.schedule(part, by=cast.writer, at=timezone.now() + timedelta(days=1))
    assert heading(told(cast, part)) == "It comes out"
    removing.withdraw(part, by=cast.writer)
    assert heading(told(cast, part)) == "Withdrawn"
