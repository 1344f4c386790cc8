"""What running the house needs to remember."""

from __future__ import annotations

from django.db import models


class WorkerBeat(models.Model):
    """A worker says that it lives. A job whose worker has been silent too long is taken back."""

    worker = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.worker
