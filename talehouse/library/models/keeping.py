"""Shelves and lists of one's own, highlights and notes, and what one does not want to meet."""

from __future__ import annotations

import uuid
from urllib.parse import quote

from django.db import models
from django.db.models import Q
from django.utils import timezone

from talehouse.accounts.models import Account, PenName
from talehouse.stories.models import Anchored, Part, Story


class Shelf(models.Model):
    """A shelf of one's own beside the four that everybody has. Only its owner sees it."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="shelves")
    name = models.CharField(max_length=80)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "name"], name="shelf_name_once"),
            models.CheckConstraint(condition=~Q(name=""), name="shelf_has_name"),
        ]


class ShelfEntry(models.Model):
    """A story stands on a shelf of one's own; it may stand on several."""

    shelf = models.ForeignKey(Shelf, models.CASCADE, related_name="entries")
    story = models.ForeignKey(Story, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shelf", "story"], name="shelf_entry_once")]


class ReadingList(models.Model):
    """Stories in an order, with a word on each, signed by a pen name; public or for its owner alone."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(PenName, models.PROTECT, related_name="reading_lists")
    title = models.CharField(max_length=120)
    slug = models.CharField(max_length=80, editable=False)
    note = models.TextField(blank=True)
    is_public = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(title=""), name="list_has_title")]
        indexes = [models.Index(fields=["owner", "-changed_at"], name="list_of_owner")]

    def __str__(self) -> str:
        return self.title

    @property
    def url(self) -> str:
        """Its page."""
        return f"/lists/{self.pk}-{quote(self.slug)}/"


class ListEntry(models.Model):
    """A story in a reading list; `position` orders, and may have gaps."""

    list = models.ForeignKey(ReadingList, models.CASCADE, related_name="entries")
    story = models.ForeignKey(Story, models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()
    note = models.CharField(max_length=1000, blank=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "story"], name="list_entry_once")]
        indexes = [models.Index(fields=["list", "position", "id"], name="list_in_order")]


class Highlight(Anchored):
    """Words of a text that somebody marked, perhaps with a private note; nobody else ever sees it."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="highlights")
    story = models.ForeignKey(Story, models.PROTECT, related_name="+")
    part = models.ForeignKey(Part, models.PROTECT, related_name="highlights")
    note = models.TextField(blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["account", "part"], name="highlight_in_part"),
            models.Index(fields=["account", "-made_at", "-id"], name="highlight_list"),
            models.Index(fields=["part", "placed_on"], name="highlight_to_place"),
        ]


class NotForMe(models.Model):
    """A story that somebody does not want suggested. It stays in every list: that is what hiding is for."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="not_for_me")
    story = models.ForeignKey(Story, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "story"], name="not_for_me_once")]


class Hide(models.Model):
    """What an account does not want to meet in any list: a story, a tag, a writer. It changes no counter."""

    class Target(models.TextChoices):
        """What can be hidden."""

        STORY = "story"
        TAG = "tag"
        PEN_NAME = "penname"

    account = models.ForeignKey(Account, models.PROTECT, related_name="hides")
    target = models.CharField(max_length=10, choices=Target)
    target_id = models.BigIntegerField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "target", "target_id"], name="hide_once"),
            models.CheckConstraint(
                condition=Q(target__in=["story", "tag", "penname"]), name="hide_target_known"
            ),
        ]
