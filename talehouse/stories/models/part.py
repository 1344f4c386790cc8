"""The parts of a story, their texts, and what keeps their paragraphs apart."""

from __future__ import annotations

import uuid
from typing import ClassVar
from urllib.parse import quote

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from talehouse.accounts.models import Account
from talehouse.stories.models.story import Counters, Story, TakenBack
from talehouse.stories.visibility import PartQuerySet


class Part(Counters, TakenBack):
    """One instalment. `position` is dense and unique among the story's parts that are not deleted;
    `former_position` is where a deleted one goes back to.

    `published` is the revision that readers see from `release_at` on; `draft` the newest that they do not.
    `released_at` is set once, when what follows a release has been done. `queued_at`: it waits its turn in
    the story's rhythm, in the order of positions.
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
    comments_closed_at = models.DateTimeField(null=True, blank=True)
    queued_at = models.DateTimeField(null=True, blank=True)
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
            models.Index(fields=["-release_at", "-id"], name="part_newest"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def url(self) -> str:
        """The reading page, without the key of an unlisted story."""
        return f"/parts/{self.pk}-{quote(self.slug)}/"


class Revision(models.Model):
    """One saved text, never changed afterwards: its blocks in order, each with its id.

    `title`, `note_before` and `note_after` go with it: readers see them when it is published. Null: as the
    part had them. `tab` names the editor's window that saved it, so that a window does not quarrel with
    itself when an answer got lost.
    """

    class Kind(models.TextChoices):
        """How it came to be. Only automatic ones are thinned, and never one that was published or named.

        One set aside was saved against an older text than the newest: it is kept, and is nobody's draft;
        `settled_at` is when somebody decided between the two.
        """

        SAVED = "saved", _("Saved")
        AUTO = "auto", _("Saved by itself")
        RESTORED = "restored", _("Restored")
        IMPORTED = "imported", _("Brought in")
        ASIDE = "aside", _("Set aside")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    part = models.ForeignKey(Part, models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.SAVED)
    name = models.CharField(max_length=120, blank=True)
    html = models.TextField(blank=True)
    title = models.CharField(max_length=200, null=True, blank=True)
    note_before = models.TextField(null=True, blank=True)
    note_after = models.TextField(null=True, blank=True)
    word_count = models.PositiveIntegerField(default=0)
    tab = models.CharField(max_length=40, blank=True)
    restored_from = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    sealed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["part", "number"], name="revision_number_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["saved", "auto", "restored", "imported", "aside"]),
                name="revision_kind_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["made_at"],
                name="revision_to_thin",
                condition=Q(kind="auto", name="", published_at=None),
            ),
        ]

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


class Rhythm(models.Model):
    """On which days and at what time the drafts that wait in the queue come out, one each time.

    `days` are ISO weekdays as digits (1 is Monday); `at` is a time by the clock of `time_zone`.
    """

    story = models.OneToOneField(Story, models.CASCADE, related_name="rhythm")
    days = models.CharField(max_length=7)
    at = models.TimeField()
    time_zone = models.CharField(max_length=50)
    made_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    paused_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(days=""), name="rhythm_has_days")]
