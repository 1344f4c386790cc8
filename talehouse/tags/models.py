"""Tags of each kind. Writers tag freely; order comes later, without touching their words."""

from __future__ import annotations

import uuid
from urllib.parse import quote

from django.db import models
from django.utils import timezone

from talehouse.tags.vocabulary import TagKind


class Tag(models.Model):
    """A name of one kind. Spellings that differ by case, width or spaces are one tag."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=12, choices=TagKind)
    name = models.CharField(max_length=150)
    name_key = models.CharField(max_length=200, editable=False)
    slug = models.CharField(max_length=120, editable=False)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "name_key"], name="tag_name_once_a_kind"),
            models.UniqueConstraint(fields=["kind", "slug"], name="tag_slug_once_a_kind"),
            models.CheckConstraint(condition=models.Q(kind__in=TagKind.values), name="tag_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def url(self) -> str:
        """The page of this tag."""
        return f"/tags/{self.kind}/{quote(self.slug)}/"
