"""Comments and their threads, their anchors in a text, likes, history, and whom a writer has barred."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from talehouse.accounts.models import Account, PenName
from talehouse.comments.showing import CommentQuerySet
from talehouse.stories.models import Anchored, Part, Series, Story


class Comment(Anchored):
    """What somebody said. `root` is the thread's first comment (null on that one itself), `parent` what it
    answers, `depth` how deep it stands (0 for the first).

    It is on a series, or on a story; on a part of the story; on a block (`quoted_block`), or on words of it
    (`quote`). A guest's has no pen name but `guest_name`. A held one waits for the writer (`held_for` says
    why); it and a hidden one are seen by who sent it and by the story's authors. A deleted one with answers
    stays as an empty place.
    """

    class Held(models.TextChoices):
        """Why a comment waits for the writer."""

        FIRST = "first"
        ALL = "all"
        GUEST = "guest"
        WORD = "word"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    series = models.ForeignKey(Series, models.PROTECT, null=True, blank=True, related_name="comments")
    story = models.ForeignKey(Story, models.PROTECT, null=True, blank=True, related_name="comments")
    part = models.ForeignKey(Part, models.PROTECT, null=True, blank=True, related_name="comments")
    root = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="thread")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="answers")
    depth = models.PositiveSmallIntegerField(default=0)
    pen_name = models.ForeignKey(PenName, models.PROTECT, null=True, blank=True, related_name="comments")
    guest_name = models.CharField(max_length=60, blank=True)
    guest_key = models.CharField(max_length=64, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    held_for = models.CharField(max_length=6, choices=Held, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    pinned_at = models.DateTimeField(null=True, blank=True)
    frozen_at = models.DateTimeField(null=True, blank=True)
    like_count = models.PositiveIntegerField(default=0)

    objects: ClassVar[CommentQuerySet] = CommentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(series__isnull=False, story=None, part=None)
                | Q(series=None, story__isnull=False),
                name="comment_on_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(root=None, parent=None, depth=0)
                | Q(root__isnull=False, parent__isnull=False, depth__gt=0),
                name="comment_in_a_thread",
            ),
            models.CheckConstraint(
                condition=Q(pen_name__isnull=False, guest_name="") | (Q(pen_name=None) & ~Q(guest_name="")),
                name="comment_signed_once",
            ),
            models.CheckConstraint(
                condition=Q(deleted_at__isnull=False) | ~Q(text=""), name="comment_not_empty"
            ),
        ]
        indexes = [
            models.Index(fields=["part", "root", "made_at"], name="comment_of_part"),
            models.Index(fields=["part", "order"], name="comment_by_place", condition=~Q(quoted_block="")),
            models.Index(fields=["story", "part", "made_at"], name="comment_of_story"),
            models.Index(
                fields=["series", "made_at"], name="comment_of_series", condition=Q(series__isnull=False)
            ),
            models.Index(fields=["root", "made_at"], name="comment_thread"),
            models.Index(fields=["pen_name", "made_at"], name="comment_of_pen_name"),
            models.Index(
                fields=["story", "held_at"], name="comment_waiting", condition=Q(held_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"comment {self.pk}"


class CommentEdit(models.Model):
    """What a comment said before it was edited; moderators see it."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="edits")
    text = models.TextField()
    until = models.DateTimeField(default=timezone.now)


class Like(models.Model):
    """An account likes a comment."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="likes")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comment", "account"], name="like_once")]


class Mention(models.Model):
    """A pen name that a comment names."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="mentions")
    pen_name = models.ForeignKey(PenName, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comment", "pen_name"], name="mention_once")]


class Bar(models.Model):
    """A writer has barred an account from commenting on their stories; `through` is the name they saw."""

    by = models.ForeignKey(Account, models.PROTECT, related_name="bars")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    through = models.ForeignKey(PenName, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["by", "through"], name="bar_once_a_name")]
