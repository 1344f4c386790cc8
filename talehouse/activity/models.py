"""The log of what happened, and how far each consumer has read it."""

from __future__ import annotations

from django.db import models


class Event(models.Model):
    """One thing that happened. Targets are named by type and id, so no room above is needed.

    `transaction` is PostgreSQL's transaction number: row numbers commit out of order there, so a reader
    takes only events older than every open transaction. Null on SQLite, where writers stand in line.
    """

    at = models.DateTimeField(auto_now_add=True)
    verb = models.CharField(max_length=60)
    actor_id = models.BigIntegerField(null=True)
    subject_type = models.CharField(max_length=30)
    subject_id = models.BigIntegerField()
    data = models.JSONField(default=dict)
    transaction = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="event_subject"),
            models.Index(fields=["transaction", "id"], name="event_order"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_type} {self.subject_id}"


class Cursor(models.Model):
    """How far one consumer has read; moves in the transaction of that consumer's effects.

    On PostgreSQL the place is a transaction and an event in it, as events stand in that order there.
    """

    consumer = models.CharField(max_length=60, primary_key=True)
    transaction = models.BigIntegerField(default=0)
    position = models.BigIntegerField(default=0)
    moved_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.consumer} at {self.position}"
