"""Saying something: where, by whom, what waits, and counters that equal the rows."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from talehouse.accounts import blocking
from talehouse.accounts.models import Account, Visitor
from talehouse.comments import deciding, saying
from talehouse.comments.models import Comment
from talehouse.comments.saying import Guest, Place, say
from talehouse.ops.recounting import check
from talehouse.stories import describing, publishing, removing
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Part, Story
from talehouse.stories.quoting import Quote
from tests.cast import Cast, first, person, story


def on(part: Part) -> Place:
    """A place on the whole part, as its row is now."""
    fresh = Part.objects.select_related("story", "published").get(pk=part.pk)
    return Place(story=fresh.story, part=fresh)


def at(part: Part, block: str, quote: Quote | None = None) -> Place:
    """A place at a block of the part."""
    place = on(part)
    return Place(story=place.story, part=place.part, block=block, quote=quote)


def counters(part: Part) -> tuple[int, int]:
    part.refresh_from_db()
    return part.comment_count, Story.objects.get(pk=part.story_id).comment_count


def test_a_comment_on_a_part_counts(cast: Cast) -> None:
    part = first(story(cast, parts=2))
    said = say(on(part), by=cast.reader, text="  The water *did* answer.\r\n")
    assert (said.text, said.pen_name) == ("The water *did* answer.", cast.pen("reader"))
    assert said.html == "<p>The water <em>did</em> answer.</p>"
    assert counters(part) == (1, 1)
    assert check() == []


def test_an_answer_stands_in_its_thread_at_any_depth(cast: Cast) -> None:
    part = first(story(cast))
    parent = root = say(on(part), by=cast.reader, text="One.")
    for depth in range(1, 6):
        parent = say(on(part), by=cast.writer, text=f"Deeper {depth}.", parent=parent)
        assert (parent.root, parent.depth) == (root, depth)
    assert counters(part) == (6, 6)


def test_words_are_remembered_with_what_stands_around_them(cast: Cast) -> None:
    part = first(story(cast))
    said = say(at(part, "2", Quote("on the stone", 50)), by=cast.reader, text="Why not?")
    assert (said.quote, said.quoted_block, said.block, said.order) == ("on the stone", "2", "2", 1)
    assert said.quote_prefix.endswith("but not ") and said.quote_suffix == ".”"
    assert said.revision == said.placed_on == part.published
    assert said.end - said.start == len("on the stone")


def test_of_equal_words_the_nearest_are_meant(cast: Cast) -> None:
    part = first(story(cast))
    publishing.edit(part, by=cast.writer, html="<p>No. No. No.</p>")
    publishing.publish(part, by=cast.writer)
    fresh = Part.objects.select_related("published").get(pk=part.pk)
    assert fresh.published is not None
    block = fresh.published.html.partition('id="b-')[2].partition('"')[0]
    assert say(at(part, block, Quote("No.", 5)), by=cast.reader, text="The second.").quote_start == 4


@pytest.mark.parametrize("quote", [Quote("words that nobody wrote"), Quote("x" * 700)])
def test_words_that_are_not_there_are_refused(cast: Cast, quote: Quote) -> None:
    part = first(story(cast))
    with pytest.raises(RuleError):
        say(at(part, "1", quote), by=cast.reader, text="Where?")
    with pytest.raises(RuleError):
        say(at(part, "zz"), by=cast.reader, text="Where?")
    assert not Comment.objects.exists()


@pytest.mark.parametrize("text", ["", "   \n ", "x" * 5001])
def test_no_words_and_too_many_are_refused(cast: Cast, text: str) -> None:
    with pytest.raises(RuleError):
        say(on(first(story(cast))), by=cast.reader, text=text)


def test_a_story_and_a_series_have_comments_of_their_own(cast: Cast) -> None:
    made = story(cast)
    entry = describing.set_series(made, "The Keepers", owner=cast.pen("writer"), by=cast.writer)
    assert entry is not None
    say(Place(story=made), by=cast.reader, text="All of it.")
    say(Place(series=entry.series), by=cast.reader, text="All of them.")
    assert counters(first(made)) == (0, 0)
    assert check() == []


def refused(cast: Cast, part: Part, who: str = "reader", **more: Any) -> None:
    before = Comment.objects.count()
    with pytest.raises(NotAllowedError):
        say(on(part), by=getattr(cast, who), text="May I?", **more)
    assert Comment.objects.count() == before


def test_who_may_not(cast: Cast) -> None:
    made = story(cast)
    part = first(made)
    refused(cast, part, "suspended")
    blocking.block(cast.pen("stranger"), by=cast.writer)
    refused(cast, part, "stranger")
    describing_closed(made, cast, comments_from="nobody")
    refused(cast, part)
    describing_closed(made, cast, comments_from="members")
    deciding.close(part, by=cast.writer)
    refused(cast, part)
    deciding.close(part, by=cast.writer, on=False)
    deciding.close(made, by=cast.writer)
    refused(cast, part)
    deciding.close(made, by=cast.writer, on=False)
    with pytest.raises(NotAllowedError):
        say(on(part), by=Guest("Passing by", "key"), text="Hello?")
    assert say(on(part), by=cast.reader, text="Now I may.")


def describing_closed(made: Story, cast: Cast, **fields: str) -> None:
    publishing.describe(made, by=cast.writer, **fields)


def test_nobody_signs_with_the_name_of_another(cast: Cast) -> None:
    refused(cast, first(story(cast)), pen_name=cast.pen("writer"))


def test_whom_somebody_blocked_cannot_answer_them(cast: Cast) -> None:
    part = first(story(cast))
    said = say(on(part), by=cast.reader, text="One.")
    blocking.block(cast.pen("stranger"), by=cast.reader)
    refused(cast, part, "stranger", parent=said)
    assert say(on(part), by=cast.stranger, text="To everybody.")


def test_a_frozen_thread_takes_no_answer(cast: Cast) -> None:
    part = first(story(cast))
    root = say(on(part), by=cast.reader, text="One.")
    answer = say(on(part), by=cast.stranger, text="Two.", parent=root)
    deciding.freeze(answer, by=cast.writer)
    refused(cast, part, parent=answer)
    deciding.freeze(root, by=cast.writer, on=False)
    assert say(on(part), by=cast.reader, text="Three.", parent=answer)


def test_a_barred_account_comments_on_none_of_the_writers_stories(cast: Cast) -> None:
    part, other = first(story(cast)), first(story(cast, "Another"))
    said = say(on(part), by=cast.stranger, text="Rude.")
    deciding.bar(said, by=cast.writer)
    refused(cast, part, "stranger")
    refused(cast, other, "stranger")
    deciding.unbar(cast.writer.bars.get(), by=cast.writer)
    assert say(on(part), by=cast.stranger, text="Sorry.")


def test_an_answer_belongs_to_the_place_of_its_parent(cast: Cast) -> None:
    made = story(cast, parts=2)
    said = say(on(first(made)), by=cast.reader, text="One.")
    with pytest.raises(RuleError):
        say(on(made.parts.get(position=2)), by=cast.reader, text="Two.", parent=said)


def waits(cast: Cast, part: Part, text: str = "Hello.") -> Comment:
    said = say(on(part), by=cast.reader, text=text)
    said.refresh_from_db()
    return said


def test_comments_that_wait_are_seen_by_sender_and_authors_and_count_later(cast: Cast) -> None:
    made = story(cast)
    part = first(made)
    publishing.describe(made, by=cast.writer, comments_wait="all")
    said = waits(cast, part)
    assert (said.held_for, counters(part)) == ("all", (0, 0))
    seen = Comment.objects.filter(part=part)
    assert list(seen.visible_to(cast.reader)) == [said]
    assert list(seen.visible_to(cast.writer, decides=True)) == [said]
    assert not seen.visible_to(cast.stranger).exists() and not seen.visible_to(Visitor()).exists()
    deciding.approve(said, by=cast.writer)
    assert counters(part) == (1, 1)
    assert list(seen.visible_to(Visitor())) == [said]
    assert check() == []


def test_only_the_first_comment_waits_where_that_is_asked(cast: Cast) -> None:
    made = story(cast)
    publishing.describe(made, by=cast.writer, comments_wait="first")
    said = waits(cast, first(made))
    assert said.held_for == "first" and waits(cast, first(made)).held_for == "first"
    deciding.approve(said, by=cast.writer)
    assert waits(cast, first(made)).held_for == ""
    assert say(on(first(made)), by=cast.writer, text="My own never waits.").held_at is None


def test_held_words_hold_a_comment_as_whole_words(cast: Cast) -> None:
    made = story(cast)
    publishing.describe(made, by=cast.writer, held_words="Spoiler\nhow it ends\n")
    assert waits(cast, first(made), "SPOILER: she lives").held_for == "word"
    assert waits(cast, first(made), "spoilers everywhere").held_for == ""
    assert waits(cast, first(made), "I know how it ends!").held_for == "word"


def test_a_guest_always_waits(cast: Cast) -> None:
    made = story(cast)
    publishing.describe(made, by=cast.writer, comments_from="everyone")
    said = say(on(first(made)), by=Guest("  Passing   by ", "k1"), text="Lovely.")
    assert (said.held_for, said.guest_name, said.pen_name) == ("guest", "Passing by", None)
    assert list(Comment.objects.visible_to(Visitor(), guest_key="k1")) == [said]
    assert not Comment.objects.visible_to(Visitor(), guest_key="k2").exists()
    deciding.approve(said, by=cast.writer)
    assert counters(first(made)) == (1, 1)


def test_editing_keeps_what_was_said_and_has_its_window(cast: Cast, time_machine: Any) -> None:
    part = first(story(cast))
    said = say(on(part), by=cast.reader, text="Frist.")
    with pytest.raises(NotAllowedError):
        saying.edit(said, by=cast.writer, text="Mine now.")
    edited = saying.edit(said, by=cast.reader, text="First.")
    assert edited.edited_at is not None and edited.html == "<p>First.</p>"
    assert [edit.text for edit in said.edits.all()] == ["Frist."]
    time_machine.move_to(timezone.now() + timedelta(hours=25))
    with pytest.raises(RuleError):
        saying.edit(said, by=cast.reader, text="Too late.")
    assert check() == []


def test_an_edit_with_a_held_word_waits_again(cast: Cast) -> None:
    made = story(cast)
    publishing.describe(made, by=cast.writer, held_words="spoiler")
    said = waits(cast, first(made), "Nice.")
    saying.edit(said, by=cast.reader, text="Spoiler!")
    assert counters(first(made)) == (0, 0)
    assert check() == []


def test_a_deleted_comment_with_answers_leaves_its_place(cast: Cast) -> None:
    part = first(story(cast))
    root = say(on(part), by=cast.reader, text="One.")
    answer = say(on(part), by=cast.stranger, text="Two.", parent=root)
    deciding.take_back(root, by=cast.reader)
    seen = Comment.objects.filter(part=part)
    assert set(seen.visible_to(Visitor())) == {root, answer}
    assert counters(part) == (1, 1)
    deciding.take_back(answer, by=cast.stranger)
    assert list(seen.visible_to(Visitor())) in ([], [root])
    assert counters(part) == (0, 0)
    assert check() == []


def test_a_hidden_comment_is_seen_by_its_sender_and_counts_no_more(cast: Cast) -> None:
    part = first(story(cast))
    said = say(on(part), by=cast.reader, text="One.")
    with pytest.raises(NotAllowedError):
        deciding.hide(said, by=cast.stranger)
    deciding.hide(said, by=cast.writer)
    deciding.hide(said, by=cast.writer)
    assert counters(part) == (0, 0)
    assert list(Comment.objects.visible_to(cast.reader)) == [said]
    assert not Comment.objects.visible_to(cast.stranger).exists()
    deciding.unhide(said, by=cast.writer)
    assert counters(part) == (1, 1)
    deciding.hide(said, by=cast.host)
    with pytest.raises(NotAllowedError):
        deciding.unhide(said, by=cast.writer)


def test_a_mute_hides_one_name_in_the_question_and_changes_no_counter(cast: Cast) -> None:
    part = first(story(cast))
    said = say(on(part), by=cast.stranger, text="One.")
    blocking.mute(cast.pen("stranger"), by=cast.reader)
    seen = Comment.objects.filter(part=part).visible_to(cast.reader)
    assert not seen.not_muted_by(cast.reader).exists()
    assert list(seen.not_muted_by(cast.writer)) == [said]
    assert counters(part) == (1, 1)


def test_likes_count_once_and_never_ones_own(cast: Cast) -> None:
    said = say(on(first(story(cast))), by=cast.reader, text="One.")
    assert deciding.like(said, by=cast.writer) and not deciding.like(said, by=cast.writer)
    with pytest.raises(NotAllowedError):
        deciding.like(said, by=cast.reader)
    said.refresh_from_db()
    assert said.like_count == 1
    assert deciding.unlike(said, by=cast.writer) and not deciding.unlike(said, by=cast.writer)
    said.refresh_from_db()
    assert said.like_count == 0


def test_mentions_name_people_and_lead_to_them(cast: Cast) -> None:
    said = say(on(first(story(cast))), by=cast.reader, text="Look, @writer and @nobody, mail me@writer.")
    assert [mention.pen_name for mention in said.mentions.all()] == [cast.pen("writer")]
    assert said.html.count('class="mention"') == 1 and "@nobody" in said.html


def test_the_counters_of_a_deleted_part_stay_out_of_the_storys_sum(cast: Cast) -> None:
    made = story(cast, parts=2)
    part = first(made)
    said = say(on(part), by=cast.reader, text="One.")
    removing.delete(part, by=cast.writer)
    deciding.hide(said, by=cast.writer)
    assert check() == []
    removing.undelete(part, by=cast.writer)
    deciding.unhide(said, by=cast.writer)
    assert counters(part) == (1, 1)
    assert check() == []


@pytest.mark.django_db(transaction=True)
def test_many_at_once_lose_no_comment(cast: Cast) -> None:
    part = first(story(cast))
    speakers = [person(f"speaker_{number}") for number in range(6)]
    errors: list[Exception] = []

    def act(account: Account) -> None:
        try:
            said = [say(on(part), by=account, text=f"Number {n}") for n in range(4)]
            deciding.take_back(said[0], by=account)
            deciding.hide(said[1], by=cast.writer)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(account,)) for account in speakers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert counters(part) == (12, 12)
    assert check() == []
