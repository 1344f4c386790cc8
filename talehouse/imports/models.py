"""Imports under way, and where imported stories came from."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from talehouse.accounts.models import Account, PenName
from talehouse.stories.models import Part, Story


class Import(models.Model):
    """Files that somebody brought at once: first read, then shown, then written if they say yes."""

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", _("Waiting to be read")
        READY = "ready", _("Ready to look at")
        AGREED = "agreed", _("Being written")
        DONE = "done", _("Done")
        FAILED = "failed", _("Could not be read")
        DISCARDED = "discarded", _("Discarded")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(Account, models.PROTECT, related_name="imports")
    pen_name = models.ForeignKey(PenName, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    message = models.TextField(blank=True)
    preview = models.JSONField(default=list)
    language = models.CharField(max_length=20, blank=True)
    rating = models.CharField(max_length=10, blank=True)
    publish = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    stories = models.ManyToManyField(Story, related_name="+")

    class Meta:
        ordering = ("-made_at",)

    def __str__(self) -> str:
        return f"import {self.uuid}"

    @property
    def url(self) -> str:
        """The page of this import, for its owner only."""
        return f"/write/import/{self.uuid}/"


class ImportFile(models.Model):
    """One file of an import, kept in the data folder until the import has ended."""

    job = models.ForeignKey(Import, models.CASCADE, related_name="files")
    name = models.CharField(max_length=255)
    path = models.CharField(max_length=300)
    size = models.PositiveBigIntegerField()


class Source(models.Model):
    """Where a story came from, so that the same book finds the same story again."""

    owner = models.ForeignKey(Account, models.PROTECT, related_name="+")
    identifier = models.CharField(max_length=300)
    story = models.ForeignKey(Story, models.CASCADE, related_name="sources")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "identifier"], name="source_once")]


class SourcePart(models.Model):
    """Which chapter of the source a part is."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="parts")
    key = models.CharField(max_length=300)
    part = models.ForeignKey(Part, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="source_part_once")]
