"""Reads as rows: one reader, one part, one UTC day; after 90 days, daily totals."""

from __future__ import annotations

from django.db import models

from talehouse.stories.models import Part


class Salt(models.Model):
    """The secret of one day, thrown away when the day is over; it is in no backup.

    Without it nobody can tell from a row's key who read, not even the host.
    """

    day = models.DateField(unique=True)
    value = models.BinaryField(max_length=32)


class Read(models.Model):
    """One read. `key` is opaque: a hash of the account, or of address and browser, with the day's salt."""

    part = models.ForeignKey(Part, models.PROTECT, related_name="+")
    day = models.DateField()
    key = models.CharField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["part", "day", "key"], name="read_once_a_day")]
        indexes = [models.Index(fields=["day"], name="read_day")]


class ReadDay(models.Model):
    """The reads of one part on one day, once its rows have been folded; these are the rows then."""

    part = models.ForeignKey(Part, models.PROTECT, related_name="+")
    day = models.DateField()
    total = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["part", "day"], name="read_day_once")]
