"""What somebody never wants to meet, beyond the things that they hide one by one."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from talehouse.accounts.models import Account
from talehouse.tags.models import Tag


class Never(models.Model):
    """One line of what an account never meets in lists: stories with this tag, or with this code.

    `only-language` is the other way round: if an account has such lines, it meets these languages alone.
    """

    class What(models.TextChoices):
        """What a line is about."""

        TAG = "tag"
        WARNING = "warning"
        CATEGORY = "category"
        RATING = "rating"
        STATUS = "status"
        LANGUAGE = "language"
        ONLY_LANGUAGE = "only-language"

    account = models.ForeignKey(Account, models.PROTECT, related_name="nevers")
    what = models.CharField(max_length=15, choices=What)
    tag = models.ForeignKey(Tag, models.CASCADE, null=True, blank=True, related_name="+")
    code = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "tag"], condition=Q(what="tag"), name="never_tag_once"
            ),
            models.UniqueConstraint(
                fields=["account", "what", "code"], condition=~Q(what="tag"), name="never_code_once"
            ),
            models.CheckConstraint(
                condition=Q(what="tag", tag__isnull=False, code="")
                | (~Q(what="tag") & Q(tag=None) & ~Q(code="")),
                name="never_about_one_thing",
            ),
        ]
