"""Following, by type and id of what is followed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from talehouse.accounts.models import Account


class Follow(models.Model):
    """An account wants to hear of what is new of a story, a pen name or a series."""

    class Target(models.TextChoices):
        """What can be followed."""

        STORY = "story"
        PEN_NAME = "penname"
        SERIES = "series"

    account = models.ForeignKey(Account, models.PROTECT, related_name="follows")
    target = models.CharField(max_length=10, choices=Target)
    target_id = models.BigIntegerField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "target", "target_id"], name="follow_once"),
            models.CheckConstraint(
                condition=Q(target__in=["story", "penname", "series"]), name="follow_target_known"
            ),
        ]
        indexes = [models.Index(fields=["target", "target_id", "account"], name="followers")]
