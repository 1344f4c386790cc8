"""Following, by type and id of what is followed; and following a story by mail without an account."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q
from django.utils import timezone

from talehouse.accounts.models import Account
from talehouse.stories.models import Story


class Follow(models.Model):
    """An account wants to hear of what is new of a story, a pen name, a series, a tag or a reading list."""

    class Target(models.TextChoices):
        """What can be followed."""

        STORY = "story"
        PEN_NAME = "penname"
        SERIES = "series"
        TAG = "tag"
        LIST = "list"

    account = models.ForeignKey(Account, models.PROTECT, related_name="follows")
    target = models.CharField(max_length=10, choices=Target)
    target_id = models.BigIntegerField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "target", "target_id"], name="follow_once"),
            models.CheckConstraint(
                condition=Q(target__in=["story", "penname", "series", "tag", "list"]),
                name="follow_target_known",
            ),
        ]
        indexes = [models.Index(fields=["target", "target_id", "account"], name="followers")]


def new_secret() -> str:
    """For the links that confirm and end a follow by mail (128 bits)."""
    return secrets.token_urlsafe(16)


class MailFollow(models.Model):
    """Somebody without an account hears of a story's new parts by mail.

    Until the link in the first mail was opened it is only a wish, which goes after a week. `made_at` is when
    it was asked for last. `told` is the newest part that was mailed, by the moment of its release; `due_at`
    is when the next mail goes out, the confirming one too, and `mailed_at` when the last did. `refused` mails
    in a row were refused by the server of the address.
    """

    story = models.ForeignKey(Story, models.CASCADE, related_name="mail_follows")
    email = models.EmailField(max_length=254)
    language = models.CharField(max_length=20, blank=True)
    secret = models.CharField(max_length=30, unique=True, default=new_secret)
    made_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    told = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    refused = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["story", "email"], name="mail_follow_once")]
        indexes = [
            models.Index(fields=["due_at"], name="mail_follow_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["email", "-made_at"], name="mail_follow_of_address"),
        ]
