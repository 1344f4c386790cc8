"""Pictures, addressed by their content, and where they are used."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from talehouse.stories.models.part import Part
from talehouse.stories.models.story import Story


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
