"""Stories in an order."""

from __future__ import annotations

import uuid
from typing import ClassVar
from urllib.parse import quote

from django.db import models
from django.utils import timezone

from talehouse.accounts.models import PenName
from talehouse.stories.models.story import Story


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
