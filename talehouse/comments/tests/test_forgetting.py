"""What somebody said, once their account is closed or they have left a story without their name."""

from __future__ import annotations

from talehouse.accounts.models import Visitor
from talehouse.comments import deciding, forgetting, saying
from talehouse.comments.models import Bar, Comment, CommentEdit
from talehouse.comments.saying import Place, say
from talehouse.ops.recounting import check
from talehouse.stories.models import Part
from tests.cast import Cast, first, story


def on(part: Part) -> Place:
    fresh = Part.objects.select_related("story", "published").get(pk=part.pk)
    return Place(story=fresh.story, part=fresh)


def test_comments_are_kept_and_nothing_else_is(cast: Cast) -> None:
    part = first(story(cast))
    said = say(on(part), by=cast.reader, text="Frist.")
    saying.edit(said, by=cast.reader, text="First.")
    naming = say(on(part), by=cast.stranger, text="@reader is right.")
    deciding.bar(naming, by=cast.writer)
    forgetting.forget_all(cast.reader, remove=False)
    forgetting.forget_all(cast.stranger, remove=False)
    said.refresh_from_db()
    naming.refresh_from_db()
    assert said.text == "First." and not CommentEdit.objects.exists()
    assert naming.text == "@reader is right." and "<a" not in naming.html and not naming.mentions.exists()
    assert not Bar.objects.exists()
    assert check() == []


def test_comments_are_removed_and_answers_stay(cast: Cast) -> None:
    part = first(story(cast))
    said = say(on(part), by=cast.reader, text="My words.")
    answer = say(on(part), by=cast.stranger, text="An answer.", parent=said)
    alone = say(on(part), by=cast.reader, text="More of my words.")
    forgetting.forget_all(cast.reader, remove=True)
    assert not Comment.objects.exclude(text="").filter(pen_name__account=cast.reader).exists()
    assert set(Comment.objects.visible_to(Visitor())) == {said, answer}
    assert not Comment.objects.visible_to(Visitor()).filter(pk=alone.pk).exists()
    part.refresh_from_db()
    assert part.comment_count == 1
    assert check() == []


def test_own_answers_on_a_story_that_was_left_are_signed_by_the_archive(cast: Cast) -> None:
    mine, other = first(story(cast)), first(story(cast, "Another"))
    here = say(on(mine), by=cast.writer, text="Thank you.")
    there = say(on(other), by=cast.writer, text="Thank you too.")
    forgetting.forget_writer(mine.story_id, cast.writer, nameless=cast.pen("host").pk)
    here.refresh_from_db()
    there.refresh_from_db()
    assert (here.pen_name, there.pen_name) == (cast.pen("host"), cast.pen("writer"))
