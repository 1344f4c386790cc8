"""Where stories stand, which are alike, and what the host puts in front. All but the last is derived."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from talehouse.accounts.models import Account
from talehouse.library.models import ReadingList
from talehouse.stories.models import Story


class Rank(models.Model):
    """A story's place in a ranking, with what its score was made of. Derived: it can be worked out anew.

    There is no row for each tag and language: a list of those is this order with the others left out, since
    no formula looks at them (docs/discovery.md).
    """

    ranking = models.CharField(max_length=12)
    position = models.PositiveIntegerField()
    story = models.ForeignKey(Story, models.CASCADE, related_name="ranks")
    score = models.FloatField()
    inputs = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ranking", "position"], name="rank_position_once"),
            models.UniqueConstraint(fields=["story", "ranking"], name="rank_of_story_once"),
        ]


class Alike(models.Model):
    """Readers who finished `story` also finished `other`. Derived; enough of them that nobody is told of."""

    story = models.ForeignKey(Story, models.CASCADE, related_name="alike")
    other = models.ForeignKey(Story, models.CASCADE, related_name="+")
    score = models.FloatField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["story", "other"], name="alike_once")]
        indexes = [models.Index(fields=["story", "-score"], name="alike_of_story")]


class Collection(models.Model):
    """A public reading list that the host shows on the home page, in this order."""

    reading_list = models.OneToOneField(ReadingList, models.CASCADE, related_name="collection")
    position = models.PositiveIntegerField()
    made_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "pk"]
