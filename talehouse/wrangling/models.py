"""What wranglers did: the log, from which each act can be undone."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from talehouse.accounts.models import Account
from talehouse.tags.models import Tag


class Act(models.TextChoices):
    """What can be done with a tag."""

    CANONICAL = "canonical", _("Make canonical")
    SYNONYM = "synonym", _("Make a synonym")
    APART = "apart", _("Set apart again")
    ASIDE = "aside", _("Set aside")
    UNDER = "under", _("Put under another")
    OUT = "out", _("Take out")
    MEMBERS = "members", _("Say who belongs to it")
    UNDO = "undo", _("Undo")
    IMPORT = "import", _("Bring a vocabulary in")


class Change(models.Model):
    """One act on one tag. `other` is the tag that it was about, too: the canonical one, or what stands above.

    `before` and `after` hold, for the id of each tag whose row or steps upward changed, what they were and
    are (see `order.State`); of an import they stand in `Touched`. What was done at once shares a `batch`. A
    change that undoes another names it; one that undoes a part of an import only shares its batch.
    """

    act = models.CharField(max_length=10, choices=Act)
    tag = models.ForeignKey(Tag, models.PROTECT, null=True, blank=True, related_name="changes")
    other = models.ForeignKey(Tag, models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    batch = models.UUIDField(default=uuid.uuid4)
    stories = models.PositiveIntegerField(default=0)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    undoes = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="undone_by")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(act__in=Act.values), name="change_act_known"),
        ]
        indexes = [models.Index(fields=["batch"], name="change_batch")]

    def __str__(self) -> str:
        return f"{self.act} {self.tag_id}"


class Touched(models.Model):
    """A change touched this tag: so is found what stands in the way of an undo.

    An import is one change of many tags, and keeps here what each was and is (see `order.State`); `undone_by`
    is the undo that has put the tag back.
    """

    change = models.ForeignKey(Change, models.CASCADE, related_name="touched")
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="+")
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)
    undone_by = models.ForeignKey(
        Change, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tag", "change"], name="touched_once")]
