"""The counters of comments (law 3): every one that a visitor may see, answers too.

They move in the transaction of whatever changes a comment, with the story's row held. A story shows the sum
of its parts; what is said on a story as a whole or on a series stands in their own lists and in no counter.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models import Count, F

from talehouse.comments.models import Comment
from talehouse.pages.versions import bump
from talehouse.stories.models import Part, Story


def is_counted(comment: Comment) -> bool:
    """Whether every visitor may see it."""
    return not (comment.held_at or comment.hidden_at or comment.deleted_at)


@contextmanager
def counted_again(comment: Comment) -> Iterator[None]:
    """Around a change of a comment that is saved inside: the counters follow it."""
    before = is_counted(comment)
    yield
    move(comment, is_counted(comment) - before)


def move(comment: Comment, step: int) -> None:
    """Count one more or one less, and let kept pages and bubbles know."""
    if comment.part_id is not None and step:
        more = F("comment_count") + step
        parts = Part.objects.filter(pk=comment.part_id)
        parts.update(comment_count=more)
        story_id = parts.values_list("story_id", flat=True).get()  # it may have moved, and the comment lags
        Story.objects.filter(pk=story_id, parts__in=parts.filter(deleted_at=None)).update(comment_count=more)
        bump(f"counts:{story_id}")
    if comment.part_id is not None:
        bump(f"comments:{comment.part_id}")


def wrong_likes() -> list[tuple[int, int, int]]:
    """Each comment whose likes are not what their rows say: its id, what it shows, and what is true."""
    counted = Comment.objects.annotate(true=Count("likes")).exclude(like_count=F("true"))
    return list(counted.order_by("pk").values_list("pk", "like_count", "true"))


def set_likes(pk: int, number: int) -> None:
    """Set the number of likes of a comment to what a recount found."""
    Comment.objects.filter(pk=pk).update(like_count=number)


def recount() -> dict[int, int]:
    """The comments of each part as the rows tell them: part id to number."""
    rows = Comment.objects.counted().filter(part__isnull=False)
    return dict(rows.values_list("part").annotate(n=Count("pk")).order_by())
