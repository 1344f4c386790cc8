"""One vote is one row."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from talehouse.accounts.models import Account
from talehouse.stories.models import Part


class Vote(models.Model):
    """An account likes a part. Taking it back removes the row."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="votes")
    part = models.ForeignKey(Part, models.PROTECT, related_name="votes")
    cast_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "part"], name="vote_once")]
        indexes = [models.Index(fields=["part", "cast_at"], name="vote_of_part")]
