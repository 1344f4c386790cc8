"""Who belongs to a story, and what its authors decide together."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from talehouse.accounts.models import Account, PenName
from talehouse.stories.models.story import Story


class RoleKind(models.TextChoices):
    """What a person is to a story; what each may do stands in `powers.py`."""

    AUTHOR = "author", _("Author")
    CO_AUTHOR = "co-author", _("Co-author")
    EDITOR = "editor", _("Editor")
    BETA = "beta", _("Beta reader")


class Role(models.Model):
    """What a pen name is to a story. It counts from `accepted_at` on.

    `invited_by` is the name of whoever asked. `offered`: they are asked to be this instead of what they are.
    """

    story = models.ForeignKey(Story, models.CASCADE, related_name="roles")
    pen_name = models.ForeignKey(PenName, models.PROTECT, related_name="roles")
    kind = models.CharField(max_length=10, choices=RoleKind)
    position = models.PositiveSmallIntegerField(default=0)
    invited_at = models.DateTimeField(default=timezone.now)
    invited_by = models.ForeignKey(PenName, models.PROTECT, null=True, blank=True, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    offered = models.CharField(max_length=10, choices=RoleKind, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["story", "pen_name"], name="role_once_a_pen_name"),
            models.CheckConstraint(condition=Q(kind__in=RoleKind.values), name="role_kind_known"),
        ]


class Proposal(models.Model):
    """What needs the consent of every author: deleting or orphaning the story, letting an author go.

    Open until it is done or taken back; one of each kind at a time (and per role to be let go).
    """

    class What(models.TextChoices):
        """What is proposed."""

        DELETE = "delete"
        ORPHAN = "orphan"
        REMOVE = "remove"

    story = models.ForeignKey(Story, models.CASCADE, related_name="proposals")
    what = models.CharField(max_length=10, choices=What)
    role = models.ForeignKey(Role, models.CASCADE, null=True, blank=True, related_name="proposals")
    by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["story", "what"],
                condition=Q(ended_at=None, done_at=None, role=None),
                name="proposal_open_once",
            ),
            models.UniqueConstraint(
                fields=["role"], condition=Q(ended_at=None, done_at=None), name="proposal_open_once_a_role"
            ),
            models.CheckConstraint(
                condition=Q(what="remove", role__isnull=False) | (~Q(what="remove") & Q(role=None)),
                name="proposal_names_a_role_to_remove",
            ),
        ]


class Consent(models.Model):
    """An author says yes to a proposal."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="consents")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    given_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["proposal", "account"], name="consent_once")]


class Departure(models.Model):
    """A pen name has left a story by orphaning: its place is the archive's "orphan" pen name's now.

    It can be undone for 30 days; `final_at` is when the name was taken away everywhere.
    """

    story = models.ForeignKey(Story, models.CASCADE, related_name="departures")
    pen_name = models.ForeignKey(PenName, models.PROTECT, null=True, blank=True, related_name="departures")
    kind = models.CharField(max_length=10, choices=RoleKind)
    left_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)
    final_at = models.DateTimeField(null=True, blank=True)
