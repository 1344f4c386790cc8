"""Private notes beside a draft, and what somebody who closes their account wants for what they wrote."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from talehouse.accounts.models import Account, PenName
from talehouse.stories.models import Part, Revision, Story


class DraftNote(models.Model):
    """A note that only the people of the story see, beside a block of a part's draft or beside the whole.

    `block` is the id of the block, "" for the whole part. `words` are those that the block had, and `place`
    and `revision` tell where it stood, so that the note can be shown there when the block is gone: revisions
    that nobody published are thinned. An answer has the note that it answers as `parent`.
    """

    part = models.ForeignKey(Part, models.CASCADE, related_name="draft_notes")
    block = models.CharField(max_length=12, blank=True)
    words = models.TextField(blank=True)
    place = models.PositiveIntegerField(default=0)
    revision = models.ForeignKey(Revision, models.SET_NULL, null=True, blank=True, related_name="+")
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="answers")
    by = models.ForeignKey(PenName, models.PROTECT, related_name="+")
    text = models.TextField()
    made_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["made_at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="draft_note_not_empty")]


class Closing(models.Model):
    """Somebody closes their account: what is to become of their comments, and of each story (`choices`)."""

    class Comments(models.TextChoices):
        """What becomes of their comments."""

        NAMELESS = "nameless", _("Keep them, without my name")
        REMOVE = "remove", _("Remove them")

    account = models.OneToOneField(Account, models.PROTECT, related_name="closing")
    comments = models.CharField(max_length=10, choices=Comments, default=Comments.NAMELESS)
    asked_at = models.DateTimeField(default=timezone.now)


class ClosingChoice(models.Model):
    """What is to become of one story when the account closes."""

    class What(models.TextChoices):
        """Delete it, leave it to the archive without a name, or give it to somebody."""

        DELETE = "delete", _("Delete it")
        ORPHAN = "orphan", _("Leave it to the archive, without my name")
        HAND_OVER = "hand-over", _("Hand it over")

    closing = models.ForeignKey(Closing, models.CASCADE, related_name="choices")
    story = models.ForeignKey(Story, models.CASCADE, related_name="+")
    what = models.CharField(max_length=10, choices=What)
    to = models.ForeignKey(PenName, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["closing", "story"], name="closing_choice_once_a_story"),
            models.CheckConstraint(
                condition=Q(what="hand-over", to__isnull=False) | (~Q(what="hand-over") & Q(to=None)),
                name="closing_hands_over_to_somebody",
            ),
        ]
