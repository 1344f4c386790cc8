"""The story itself: what it says of itself, what it is filed under, its sums."""

from __future__ import annotations

import secrets
import uuid
from typing import ClassVar
from urllib.parse import quote

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from talehouse.accounts.models import Account
from talehouse.stories.visibility import StoryQuerySet
from talehouse.tags.models import Tag
from talehouse.tags.vocabulary import Category, Rating, Status, Warning


class Visibility(models.TextChoices):
    """Who may see a story once it is published (law 4)."""

    PUBLIC = "public"
    MEMBERS = "members"
    UNLISTED = "unlisted"
    PRIVATE = "private"


class Download(models.TextChoices):
    """Whom the writer allows to take the story away as a file."""

    EVERYONE = "everyone"
    MEMBERS = "members"
    NOBODY = "nobody"


class Feed(models.TextChoices):
    """How much of a part stands in a feed."""

    FULL = "full", _("The whole text")
    EXCERPT = "excerpt", _("The beginning")
    NONE = "none", _("The title alone")


class CommentsWait(models.TextChoices):
    """Whose comments wait for the writer before others see them."""

    NEVER = "never", _("Nobody’s")
    FIRST = "first", _("The first of each person")
    ALL = "all", _("All")


class CommentsFrom(models.TextChoices):
    """Who may comment; a guest's comment waits for the writer's approval."""

    EVERYONE = "everyone", _("Everyone, guests too")
    MEMBERS = "members", _("People with an account")
    NOBODY = "nobody", _("Nobody")


def new_key() -> str:
    """A secret for the address of an unlisted story (128 bits)."""
    return secrets.token_urlsafe(16)


class Counters(models.Model):
    """The counters that a part and a story show, and those that they had elsewhere.

    `read_count`, `vote_count`, `comment_count` equal a recount of the rows; only the room that owns the rows
    moves them. The `elsewhere_…` came with an import and are never added to ours.
    """

    word_count = models.PositiveIntegerField(default=0)
    read_count = models.PositiveBigIntegerField(default=0)
    vote_count = models.PositiveBigIntegerField(default=0)
    comment_count = models.PositiveBigIntegerField(default=0)
    elsewhere_reads = models.PositiveBigIntegerField(default=0)
    elsewhere_votes = models.PositiveBigIntegerField(default=0)
    elsewhere_comments = models.PositiveBigIntegerField(default=0)

    class Meta:
        abstract = True


class TakenBack(models.Model):
    """States that someone causes: a time and who did it."""

    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    purged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class Story(Counters, TakenBack):
    """A story. `release_at` is the earliest release of its parts: null while all of it is a draft.

    `part_count` and `word_count` are those of the parts that have been released and stand. `note_before` and
    `note_after` stand in each new part until it has notes of its own. `held_at`: it waits for the host's
    approval, being its writer's first, and until then only its people and hosts see it; `refusal`: the host
    said no, and why; only its people see it until they ask again. `held_words`, one a line, hold a comment
    that has one of them. `old_revisions_open`: readers may open the revision that a comment was on. `ranked`:
    it may stand in rankings, and be offered to readers of others.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(max_length=200)
    slug = models.CharField(max_length=80, editable=False)
    summary = models.TextField(blank=True)
    language = models.CharField(max_length=20, default="en")
    rating = models.CharField(max_length=10, choices=Rating, default=Rating.NOT_RATED)
    status = models.CharField(max_length=12, choices=Status, default=Status.IN_PROGRESS)
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.PUBLIC)
    key = models.CharField(max_length=30, default=new_key)
    download = models.CharField(max_length=10, choices=Download, default=Download.EVERYONE)
    feed = models.CharField(max_length=8, choices=Feed, default=Feed.EXCERPT)
    old_revisions_open = models.BooleanField(default=False)
    ranked = models.BooleanField(default=True, db_default=True)
    comments_wait = models.CharField(max_length=6, choices=CommentsWait, default=CommentsWait.NEVER)
    comments_closed_at = models.DateTimeField(null=True, blank=True)
    held_words = models.TextField(blank=True)
    comments_from = models.CharField(max_length=10, choices=CommentsFrom, default=CommentsFrom.MEMBERS)
    note_before = models.TextField(blank=True)
    note_after = models.TextField(blank=True)
    cover = models.ForeignKey("Picture", models.PROTECT, null=True, blank=True, related_name="+")
    cover_alt = models.CharField(max_length=300, blank=True)
    planned_parts = models.PositiveIntegerField(null=True, blank=True)
    source_url = models.URLField(max_length=500, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    held_at = models.DateTimeField(null=True, blank=True)
    refusal = models.CharField(max_length=500, blank=True)
    orphaned_at = models.DateTimeField(null=True, blank=True)
    release_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(null=True, blank=True)
    part_count = models.PositiveIntegerField(default=0)
    tags = models.ManyToManyField(Tag, through="StoryTag", related_name="stories")

    objects: ClassVar[StoryQuerySet] = StoryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="story_title_not_empty"),
            models.CheckConstraint(condition=Q(rating__in=Rating.values), name="story_rating_known"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="story_status_known"),
            models.CheckConstraint(condition=Q(visibility__in=Visibility.values), name="story_visible_known"),
        ]
        indexes = [
            models.Index(fields=["-updated_at", "-id"], name="story_newest"),
            models.Index(fields=["-read_count", "-id"], name="story_most_read"),
            models.Index(fields=["-word_count", "-id"], name="story_longest"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def url(self) -> str:
        """The page of this story, without the key of an unlisted one."""
        return f"/stories/{self.pk}-{quote(self.slug)}/"


class StoryTag(models.Model):
    """A tag on a story, in the writer's order."""

    story = models.ForeignKey(Story, models.CASCADE, related_name="story_tags")
    tag = models.ForeignKey(Tag, models.PROTECT, related_name="story_tags")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["story", "tag"], name="story_tag_once")]


class TagUse(models.Model):
    """How a tag is found while somebody types: its name without case and accents, and the number of stories
    that carry it. `same` is equal for names that only differ by case, accents, signs, and the order of words.
    Derived from the tags of stories.
    """

    tag = models.OneToOneField(Tag, models.CASCADE, related_name="use")
    kind = models.CharField(max_length=12)
    key = models.CharField(max_length=200)
    same = models.CharField(max_length=200, default="")
    stories = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["kind", "same"], name="tag_use_same"),
            models.Index(fields=["-stories", "tag"], name="tag_use_most"),
            models.Index(
                fields=["kind", "key", "stories", "tag"],
                name="tag_use_found",
                opclasses=["text_ops", "text_pattern_ops", "int4_ops", "int8_ops"],
            ),
        ]


class TagWord(models.Model):
    """How a tag is found by a word inside its name: what follows from that word on, as `TagUse.key` has it.

    The whole name stands in `TagUse`. Derived; `stories` is that of `TagUse`, so that one index answers.
    """

    tag = models.ForeignKey(Tag, models.CASCADE, related_name="words", db_index=False)
    kind = models.CharField(max_length=12)
    rest = models.CharField(max_length=60)
    stories = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tag", "rest"], name="tag_word_once")]
        indexes = [
            models.Index(
                fields=["kind", "rest", "stories", "tag"],
                name="tag_word_found",
                opclasses=["text_ops", "text_pattern_ops", "int4_ops", "int8_ops"],
            ),
        ]


class StoryWarning(models.Model):
    """A content warning on a story."""

    story = models.ForeignKey(Story, models.CASCADE, related_name="warnings")
    code = models.CharField(max_length=12, choices=Warning)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["story", "code"], name="story_warning_once"),
            models.CheckConstraint(condition=Q(code__in=Warning.values), name="story_warning_known"),
        ]


class StoryCategory(models.Model):
    """A pairing category of a story."""

    story = models.ForeignKey(Story, models.CASCADE, related_name="categories")
    code = models.CharField(max_length=6, choices=Category)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["story", "code"], name="story_category_once"),
            models.CheckConstraint(condition=Q(code__in=Category.values), name="story_category_known"),
        ]
