"""Where somebody is in a story, which parts they have read, and on which shelf it stands."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from talehouse.accounts.models import Account
from talehouse.stories.models import Part, Story


class Shelved(models.TextChoices):
    """The shelves that everybody has; a story stands on one of them at most."""

    TO_READ = "to-read", _("To read")
    READING = "reading", _("Reading")
    FINISHED = "finished", _("Finished")
    DROPPED = "dropped", _("Dropped")


class Reading(models.Model):
    """One account and one story: the shelf, and the place where reading goes on.

    `part`, `block`, `share` (per mille of the part) are the place that was read last; `read_at` is when, by
    the reader's clock set right by ours: the newest wins, whenever it arrives. `key` is the one with which an
    unlisted story was opened last.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="readings")
    story = models.ForeignKey(Story, models.PROTECT, related_name="readings")
    shelf = models.CharField(max_length=10, choices=Shelved, blank=True)
    shelved_at = models.DateTimeField(null=True, blank=True)
    part = models.ForeignKey(Part, models.PROTECT, null=True, blank=True, related_name="+")
    block = models.CharField(max_length=12, blank=True)
    share = models.PositiveSmallIntegerField(default=0)
    read_at = models.DateTimeField(null=True, blank=True)
    touched_at = models.DateTimeField(default=timezone.now)
    key = models.CharField(max_length=30, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "story"], name="reading_once"),
            models.CheckConstraint(
                condition=Q(shelf__in=["", "to-read", "reading", "finished", "dropped"]),
                name="reading_shelf_known",
            ),
            models.CheckConstraint(condition=Q(share__lte=1000), name="reading_share_in_part"),
        ]
        indexes = [
            models.Index(fields=["account", "shelf", "-touched_at", "-id"], name="reading_of_shelf"),
            models.Index(fields=["account", "-read_at"], name="reading_lately"),
        ]


class PartRead(models.Model):
    """One account and one part: the place in it, and whether it is read.

    `read_at` orders what devices tell, as in `Reading`; null: marked by hand, without a place. `finished_at`
    is null for a part that is begun, or was marked unread: what was read before `unread_at` does not count.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="parts_read")
    part = models.ForeignKey(Part, models.PROTECT, related_name="+")
    block = models.CharField(max_length=12, blank=True)
    share = models.PositiveSmallIntegerField(default=0)
    read_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    unread_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "part"], name="part_read_once"),
            models.CheckConstraint(condition=Q(share__lte=1000), name="part_read_share_in_part"),
        ]


class Visit(models.Model):
    """The history: this account had this part open, last at `at`. Clearing it leaves every place as it is."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="visits")
    part = models.ForeignKey(Part, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "part"], name="visit_once")]
        indexes = [models.Index(fields=["account", "-at", "-id"], name="visit_list")]


def new_secret() -> str:
    """For the address of my updates feed (128 bits)."""
    return secrets.token_urlsafe(16)


class Wishes(models.Model):
    """How one account wants its library; without a row the defaults hold.

    `moves_shelves`: beginning a story puts it on "reading", its last part on "finished". What was read before
    `history_since` stands in no history: it was cleared, or paused, then. `looked_at`: what is newer stands
    on the updates page. `feed_key` is the secret of the feed of my updates. `words`, `seconds`: how much was
    read in how much time, for "40 minutes left". `reader`: the settings of the reading page.
    `suggests`: stories are suggested to them, and what they finish counts in what others are suggested.
    """

    account = models.OneToOneField(Account, models.PROTECT, related_name="library_wishes")
    moves_shelves = models.BooleanField(default=False)
    history_paused_at = models.DateTimeField(null=True, blank=True)
    history_since = models.DateTimeField(null=True, blank=True)
    looked_at = models.DateTimeField(null=True, blank=True)
    feed_key = models.CharField(max_length=30, unique=True, default=new_secret)
    words = models.PositiveIntegerField(default=0)
    seconds = models.PositiveIntegerField(default=0)
    reader = models.JSONField(default=dict, blank=True)
    reader_at = models.DateTimeField(null=True, blank=True)
    suggests = models.BooleanField(default=True, db_default=True)
