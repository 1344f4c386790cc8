"""Searches that somebody has kept under a name."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from talehouse.accounts.models import Account


class SavedSearch(models.Model):
    """A search, as its address says it (`addresses.write`, without a page or an order of chance).

    `followed_at`: what is new in it stands on the page of updates. `default_at`: what it leaves out is never
    met anywhere.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="saved_searches")
    name = models.CharField(max_length=100)
    query = models.TextField()
    made_at = models.DateTimeField(default=timezone.now)
    followed_at = models.DateTimeField(null=True, blank=True)
    default_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "name"], name="saved_search_name_once"),
            models.UniqueConstraint(
                fields=["account"], condition=Q(default_at__isnull=False), name="saved_search_one_default"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="saved_search_name_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def url(self) -> str:
        """The page of what it finds."""
        return f"/browse/?{self.query}" if self.query else "/browse/"
