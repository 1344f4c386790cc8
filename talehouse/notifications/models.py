"""What somebody is told, how they want to be told, and what has been sent."""

from __future__ import annotations

import hashlib
import secrets
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from talehouse.accounts.models import Account


class Kind(models.TextChoices):
    """What is told."""

    NEW_PART = "new-part", _("A new part of what I follow")
    REPLY = "reply", _("An answer to my comment")
    MENTION = "mention", _("Somebody names me")
    COMMENT = "comment", _("A comment on my story")
    VOTES = "votes", _("Votes for my story")
    INVITATION = "invitation", _("An invitation to work on a story")
    NOTE = "note", _("A private note beside a draft")
    PEOPLE = "people", _("What the people of my story propose, and their answers")
    DECISION = "decision", _("A decision of a moderator")
    RELEASE = "release", _("My part has come out, or could not")
    WAITING = "waiting", _("Accounts and first stories that wait for the host")


class Pace(models.TextChoices):
    """When mail is sent."""

    NEVER = "never", _("Never")
    AT_ONCE = "at-once", _("At once")
    DAILY = "daily", _("Once a day")
    WEEKLY = "weekly", _("Once a week")


def new_secret() -> str:
    """For the link that ends mails (128 bits)."""
    return secrets.token_urlsafe(16)


class Notification(models.Model):
    """Something that one account is told. Equal `group`s that are unread are one, with a `count`.

    `subject_type` and `subject_id` name what it is about; `actor_id` is the pen name of who did it first.
    `last_event` is the log's number of the newest event in it, so that an event that comes twice counts once.
    """

    account = models.ForeignKey(Account, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=12, choices=Kind)
    group = models.CharField(max_length=80)
    subject_type = models.CharField(max_length=30)
    subject_id = models.BigIntegerField()
    actor_id = models.BigIntegerField(null=True, blank=True)
    count = models.PositiveIntegerField(default=1)
    last_event = models.BigIntegerField()
    made_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    mail_due_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    push_due_at = models.DateTimeField(null=True, blank=True)
    pushed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "group"], condition=models.Q(read_at=None), name="notification_unread_once"
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-made_at", "-id"], name="notification_list"),
            models.Index(
                fields=["mail_due_at"],
                name="notification_to_mail",
                condition=models.Q(mailed_at=None, mail_due_at__isnull=False),
            ),
            models.Index(
                fields=["push_due_at"],
                name="notification_to_push",
                condition=models.Q(pushed_at=None, push_due_at__isnull=False),
            ),
        ]


class Wish(models.Model):
    """How one account wants to hear of one kind; without a row the defaults of `wishes.py` hold."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="notification_wishes")
    kind = models.CharField(max_length=12, choices=Kind)
    on_site = models.BooleanField(default=True)
    mail = models.CharField(max_length=8, choices=Pace, default=Pace.NEVER)
    push = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "kind"], name="wish_once_a_kind")]


class Quiet(models.Model):
    """Hours in which an account gets neither mail nor push, by its own clock; the secret of its mails.

    `refused` mails in a row were refused by the server of `refused_email`: no mail goes to it before
    `mails_from`. Another address begins anew.
    """

    account = models.OneToOneField(Account, models.CASCADE, related_name="quiet")
    begins = models.TimeField(null=True, blank=True)
    ends = models.TimeField(null=True, blank=True)
    secret = models.CharField(max_length=30, unique=True, default=new_secret)
    refused = models.PositiveSmallIntegerField(default=0)
    refused_email = models.EmailField(max_length=254, blank=True)
    mails_from = models.DateTimeField(null=True, blank=True)

    def refused_of(self, email: str) -> int:
        """How many mails in a row the server of this address has refused."""
        return self.refused if self.refused_email == email else 0


class Device(models.Model):
    """A browser that takes web push (its endpoint and keys, RFC 8291).

    `browser` and `system` are what it said of itself, for its owner's list. `failed_at`: its service has not
    taken a message since then. `retry_at`: what was pushed to the others from `retry_from` on is tried again
    here, for the `tries`-th time. `session` is what the session is called in which it was allowed.
    """

    account = models.ForeignKey(Account, models.CASCADE, related_name="devices")
    endpoint = models.URLField(max_length=600, unique=True)
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=40)
    session = models.CharField(max_length=32, blank=True)
    browser = models.CharField(max_length=30, blank=True)
    system = models.CharField(max_length=30, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    failed_at = models.DateTimeField(null=True, blank=True)
    retry_at = models.DateTimeField(null=True, blank=True)
    retry_from = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(
                fields=["retry_at"], name="device_to_retry", condition=models.Q(retry_at__isnull=False)
            ),
        ]

    @property
    def mark(self) -> str:
        """By which a page finds out which of the list it is itself in; the endpoint is a secret."""
        return hashlib.sha256(self.endpoint.encode()).hexdigest()[:32]


class HouseKey(models.Model):
    """The private key that signs what this house pushes (`house_key.py`); exactly one row, with the key 1."""

    private = models.CharField(max_length=50)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="house_key_is_one_row")]


class FanOut(models.Model):
    """A release is being told to its followers: how far that has come, so that a crash repeats nothing."""

    event = models.BigIntegerField(unique=True)
    part_id = models.BigIntegerField()
    after = models.BigIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
