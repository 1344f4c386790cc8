"""Lists of comments lose none: not behind a hidden one, not in a long thread, not when a part moves."""

from __future__ import annotations

import pytest

from talehouse.accounts import blocking
from talehouse.accounts.models import Person, Visitor
from talehouse.comments import deciding, listing
from talehouse.comments.listing import Asking, Shown
from talehouse.comments.models import Comment
from talehouse.comments.saying import Place, say
from talehouse.ops.recounting import check
from talehouse.stories import moving, publishing
from talehouse.stories.models import Part
from tests.cast import Cast, first, story
from tests.delivering import deliver_now


def on(part: Part) -> Place:
    fresh = Part.objects.select_related("story", "published").get(pk=part.pk)
    return Place(story=fresh.story, part=fresh)


def threads(part: Part, person: Person, *, decides: bool = False) -> list[Shown]:
    return listing.page_of(Comment.objects.filter(part=part), Asking(person, decides=decides)).threads


def test_answers_to_a_hidden_comment_stay_below_its_empty_place(cast: Cast) -> None:
    part = first(story(cast))
    root = say(on(part), by=cast.reader, text="Rude.")
    answer = say(on(part), by=cast.stranger, text="Please be kind.", parent=root)
    deciding.hide(root, by=cast.writer)
    (place,) = threads(part, Visitor())
    assert place.is_empty and [one.comment for one in place.flat()] == [answer]
    for person, decides in ((cast.reader, False), (cast.writer, True)):
        (place,) = threads(part, person, decides=decides)
        assert not place.is_empty
    deciding.take_back(answer, by=cast.stranger)
    assert threads(part, Visitor()) == []
    assert check() == []


def test_a_hidden_answer_keeps_its_place_only_for_those_who_answered_it(cast: Cast) -> None:
    part = first(story(cast))
    root = say(on(part), by=cast.reader, text="One.")
    middle = say(on(part), by=cast.stranger, text="Two.", parent=root)
    last = say(on(part), by=cast.reader, text="Three.", parent=middle)
    deciding.hide(middle, by=cast.writer)
    (thread,) = threads(part, Visitor())
    assert [(one.comment, one.is_empty) for one in thread.flat()] == [(middle, True), (last, False)]
    deciding.take_back(last, by=cast.reader)
    (thread,) = threads(part, Visitor())
    assert list(thread.flat()) == []


def test_an_answer_that_waits_below_a_deleted_comment_is_found_by_the_writer(cast: Cast) -> None:
    made = story(cast)
    part = first(made)
    root = say(on(part), by=cast.reader, text="One.")
    publishing.describe(made, by=cast.writer, comments_wait="all")
    waiting = say(on(part), by=cast.stranger, text="Two.", parent=root)
    deciding.take_back(root, by=cast.reader)
    (thread,) = threads(part, cast.writer, decides=True)
    assert [one.comment for one in thread.flat()] == [waiting]
    assert threads(part, Visitor()) == []


def test_what_is_said_below_a_muted_name_is_counted_as_hidden(cast: Cast) -> None:
    part = first(story(cast))
    root = say(on(part), by=cast.stranger, text="One.")
    say(on(part), by=cast.writer, text="Two.", parent=root)
    blocking.mute(cast.pen("stranger"), by=cast.reader)
    page = listing.page_of(Comment.objects.filter(part=part), Asking(cast.reader))
    assert (page.threads, page.hidden.muted) == ([], 2)


def test_the_rest_of_a_long_thread_stands_on_its_own_page(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "ANSWERS", 3)
    part = first(story(cast))
    root = say(on(part), by=cast.reader, text="One.")
    answers = [say(on(part), by=cast.writer, text=f"Answer {n}.", parent=root) for n in range(5)]
    (thread,) = threads(part, Visitor())
    assert ([one.comment for one in thread.flat()], thread.more) == (answers[:3], 2)
    listed = cast.client("reader").get(f"/parts/{part.pk}/comments/").content.decode()
    assert "2 more answers" in listed and "Answer 4." not in listed
    whole = cast.client("reader").get(f"/comments/{root.pk}/", follow=True).content.decode()
    assert "Answer 4." in whole


def test_the_address_of_a_comment_shows_it_on_whatever_page_it_stands(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "THREADS", 2)
    part = first(story(cast))
    said = [say(on(part), by=cast.reader, text=f"Number {n}.") for n in range(5)]
    answer = cast.client("visitor").get(f"/comments/{said[0].pk}/", follow=True).content.decode()
    assert f'id="c-{said[0].pk}"' in answer and answer.count('class="comment"') == 3
    newest = cast.client("visitor").get(f"/comments/{said[4].pk}/", follow=True).content.decode()
    assert newest.count(f'id="c-{said[4].pk}"') == 1 and newest.count('class="comment"') == 2
    assert "at=" not in newest.partition("after=")[2].partition('"')[0]


def test_more_pinned_comments_than_a_page_has_room_for_are_listed_too(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "THREADS", 2)
    part = first(story(cast))
    said = [say(on(part), by=cast.reader, text=f"Number {n}.") for n in range(5)]
    for one in said[:4]:
        deciding.pin(one, by=cast.writer)
    rows, found, after = Comment.objects.filter(part=part), [], None
    while after != "":
        page = listing.page_of(rows, Asking(Visitor()), after=after or "")
        found += [thread.comment.pk for thread in page.threads]
        after = page.following
    assert sorted(found) == [one.pk for one in said]


def test_comments_go_with_a_part_that_moves_to_another_story(cast: Cast) -> None:
    made, other = story(cast, parts=2), story(cast, "Elsewhere")
    part = first(made)
    said = say(on(part), by=cast.reader, text="One.")
    stale = on(part)
    moving.move(made, [part.pk], to=other, by=cast.writer)
    deciding.hide(said, by=cast.writer)
    deciding.unhide(said, by=cast.writer)
    late = say(stale, by=cast.reader, text="Two.")
    assert late.story == other
    assert check() == []
    deliver_now()
    said.refresh_from_db()
    assert said.story == other
    other.refresh_from_db()
    assert other.comment_count == 2
