"""What stands at a place in a text: a comment, a highlight, a note."""

from __future__ import annotations

from django.db import models

from talehouse.stories.models.part import Revision


class Anchored(models.Model):
    """Where in a text something stands: a block, or words of it; and where that is by now.

    `revision` and `quote…` are what it was said about and never change. `block`, `start`, `end` (characters
    of the block's text) are its place in `placed_on`; `how` tells how it was found there. A place that is
    gone is `earlier`, and `block` then names the neighbour that it is shown at. `order` is the block's
    position.
    """

    class How(models.TextChoices):
        """How the place was found in the text of `placed_on`."""

        GIVEN = "given"
        EXACT = "exact"
        CONTEXT = "context"
        FUZZY = "fuzzy"
        BLOCK = "block"
        EARLIER = "earlier"

    revision = models.ForeignKey(Revision, models.PROTECT, null=True, blank=True, related_name="+")
    quoted_block = models.CharField(max_length=12, blank=True)
    quote = models.TextField(blank=True)
    quote_prefix = models.CharField(max_length=64, blank=True)
    quote_suffix = models.CharField(max_length=64, blank=True)
    quote_start = models.PositiveIntegerField(default=0)
    quote_struck_at = models.DateTimeField(null=True, blank=True)
    placed_on = models.ForeignKey(Revision, models.PROTECT, null=True, blank=True, related_name="+")
    block = models.CharField(max_length=12, blank=True)
    start = models.PositiveIntegerField(default=0)
    end = models.PositiveIntegerField(default=0)
    how = models.CharField(max_length=8, choices=How, default=How.GIVEN)
    order = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True
