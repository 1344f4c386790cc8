"""One table: how often each thing that a page can depend on has changed."""

from __future__ import annotations

from django.db import models


class Version(models.Model):
    """The version number of one key such as ``story:12`` or ``site``; a key without a row is at 0."""

    key = models.CharField(max_length=80, primary_key=True)
    number = models.BigIntegerField()

    class Meta:
        """Rows are written only by ``versions.bump``."""

        constraints = (models.CheckConstraint(condition=models.Q(number__gte=1), name="version_starts_at_1"),)

    def __str__(self) -> str:
        return f"{self.key} at {self.number}"
