"""Under which tags a story is found: its own, and those that they mean. Derived."""

from __future__ import annotations

from django.db import models

from talehouse.stories.models.story import Story
from talehouse.tags.models import Tag


class EffectiveTag(models.Model):
    """A story is found under this tag: its own, the canonical tag of one of its own, or what stands above.

    `inherited`: the writer did not write it.
    """

    story = models.ForeignKey(Story, models.CASCADE, related_name="effective_tags", db_index=False)
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="effective_tags", db_index=False)
    inherited = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["story", "tag"], name="effective_tag_once")]
        indexes = [models.Index(fields=["tag", "story"], name="effective_tag_stories")]


class StaleStory(models.Model):
    """The effective tags of this story wait to be worked out anew, as the order of its tags has changed."""

    story = models.OneToOneField(Story, models.CASCADE, primary_key=True, related_name="+")
