"""Stories and what they are made of. Who may see them is asked in `visibility.py`, and only there."""

from __future__ import annotations

import secrets
import uuid
from typing import ClassVar
from urllib.parse import quote

from django.db import models
from django.db.models import Q
from django.utils import timezone

from talehouse.accounts.models import Account, PenName
from talehouse.stories.visibility import PartQuerySet, StoryQuerySet
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


class RoleKind(models.TextChoices):
    """What a person is to a story."""

    AUTHOR = "author"
    CO_AUTHOR = "co-author"
    EDITOR = "editor"
    BETA = "beta"


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

    `part_count` and `word_count` are those of the parts that have been released and stand.
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
    cover = models.ForeignKey("Picture", models.PROTECT, null=True, blank=True, related_name="+")
    cover_alt = models.CharField(max_length=300, blank=True)
    planned_parts = models.PositiveIntegerField(null=True, blank=True)
    source_url = models.URLField(max_length=500, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
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


class Role(models.Model):
    """What a pen name is to a story. It counts from `accepted_at` on."""

    story = models.ForeignKey(Story, models.CASCADE, related_name="roles")
    pen_name = models.ForeignKey(PenName, models.PROTECT, related_name="roles")
    kind = models.CharField(max_length=10, choices=RoleKind)
    position = models.PositiveSmallIntegerField(default=0)
    invited_at = models.DateTimeField(default=timezone.now)
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["story", "pen_name"], name="role_once_a_pen_name"),
            models.CheckConstraint(condition=Q(kind__in=RoleKind.values), name="role_kind_known"),
        ]


class Series(models.Model):
    """Stories in an order. Its owner is a pen name; a co-author's story may stand in it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(max_length=200)
    slug = models.CharField(max_length=80, editable=False)
    summary = models.TextField(blank=True)
    owner = models.ForeignKey(PenName, models.PROTECT, related_name="series")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return self.title

    @property
    def url(self) -> str:
        """The page of this series."""
        return f"/series/{self.pk}-{quote(self.slug)}/"


class SeriesEntry(models.Model):
    """The place of a story in a series: book 1, book 2, or 2.5 between them."""

    series = models.ForeignKey(Series, models.CASCADE, related_name="entries")
    story = models.OneToOneField(Story, models.CASCADE, related_name="series_entry")
    position = models.DecimalField(max_digits=6, decimal_places=2)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["series", "position"], name="series_position_once")]


class Part(Counters, TakenBack):
    """One instalment. `position` is dense and unique among the story's parts that are not deleted;
    `former_position` is where a deleted one goes back to.

    `published` is the revision that readers see from `release_at` on; `draft` the newest that they do not.
    `released_at` is set once, when what follows a release has been done.
    """

    class Kind(models.TextChoices):
        """An announcement does not count as a part in numbers and progress."""

        CHAPTER = "chapter"
        ANNOUNCEMENT = "announcement"

    class Visibility(models.TextChoices):
        """Stricter than the story's, never looser."""

        STORY = "story"
        MEMBERS = "members"
        PRIVATE = "private"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    story = models.ForeignKey(Story, models.PROTECT, related_name="parts")
    position = models.IntegerField(null=True, blank=True)
    former_position = models.PositiveIntegerField(null=True, blank=True)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.CHAPTER)
    title = models.CharField(max_length=200)
    slug = models.CharField(max_length=80, editable=False)
    note_before = models.TextField(blank=True)
    note_after = models.TextField(blank=True)
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.STORY)
    source_url = models.URLField(max_length=500, blank=True)
    next_block = models.PositiveIntegerField(default=1)
    draft = models.ForeignKey("Revision", models.PROTECT, null=True, blank=True, related_name="+")
    published = models.ForeignKey("Revision", models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    release_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[PartQuerySet] = PartQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["story", "position"], name="part_position_once"),
            models.CheckConstraint(
                condition=Q(deleted_at=None, position__isnull=False)
                | Q(deleted_at__isnull=False, position=None),
                name="part_position_unless_deleted",
            ),
        ]
        indexes = [
            models.Index(
                fields=["release_at"],
                name="part_due",
                condition=Q(released_at=None, release_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def url(self) -> str:
        """The reading page, without the key of an unlisted story."""
        return f"/parts/{self.pk}-{quote(self.slug)}/"


class Revision(models.Model):
    """One saved text, never changed afterwards: its blocks in order, each with its id."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    part = models.ForeignKey(Part, models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    html = models.TextField(blank=True)
    word_count = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["part", "number"], name="revision_number_once")]

    def __str__(self) -> str:
        return f"revision {self.number}"


class Block(models.Model):
    """The identity of a paragraph-level element of a published text.

    `key` stays while the words inside change; `position` is its place in the published revision, null once
    the block is gone, and then `last_position` tells where it stood.
    """

    part = models.ForeignKey(Part, models.CASCADE, related_name="blocks")
    key = models.CharField(max_length=12)
    position = models.PositiveIntegerField(null=True)
    last_position = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["part", "key"], name="block_key_once_a_part")]


class Picture(models.Model):
    """A picture of ours, addressed by its content (SHA-256, hexadecimal)."""

    sha256 = models.CharField(max_length=64, unique=True)
    extension = models.CharField(max_length=5)
    mime = models.CharField(max_length=20)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The file's name in the media storage and in its address."""
        return f"{self.sha256}.{self.extension}"

    @property
    def url(self) -> str:
        """The address, which asks the gate."""
        return f"/media/{self.name}"


class PictureUse(models.Model):
    """Where a picture is used: whoever may see the place may see the picture."""

    picture = models.ForeignKey(Picture, models.PROTECT, related_name="uses")
    story = models.ForeignKey(Story, models.CASCADE, related_name="picture_uses")
    part = models.ForeignKey(Part, models.CASCADE, null=True, blank=True, related_name="picture_uses")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["picture", "story"], condition=Q(part=None), name="cover_use_once"
            ),
            models.UniqueConstraint(
                fields=["picture", "part"], condition=Q(part__isnull=False), name="part_picture_use_once"
            ),
        ]
