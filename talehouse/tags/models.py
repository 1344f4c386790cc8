"""Tags of each kind. Writers tag freely; order comes later, as rows beside their words."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar
from urllib.parse import quote

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from talehouse.tags.vocabulary import Standing, TagKind


class Tag(models.Model):
    """A name of one kind. Spellings that differ by case, width or spaces are one tag.

    `merged_into` names the canonical tag that a synonym means. `romantic` tells of a relationship whether it
    is a romance, as far as anybody knows.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=12, choices=TagKind)
    name = models.CharField(max_length=150)
    name_key = models.CharField(max_length=200, editable=False)
    slug = models.CharField(max_length=120, editable=False)
    made_at = models.DateTimeField(default=timezone.now)
    standing = models.CharField(max_length=10, choices=Standing, default=Standing.UNSORTED)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="synonyms")
    romantic = models.BooleanField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "name_key"], name="tag_name_once_a_kind"),
            models.UniqueConstraint(fields=["kind", "slug"], name="tag_slug_once_a_kind"),
            models.CheckConstraint(condition=Q(kind__in=TagKind.values), name="tag_kind_known"),
            models.CheckConstraint(condition=Q(standing__in=Standing.values), name="tag_standing_known"),
            models.CheckConstraint(
                condition=Q(standing=Standing.SYNONYM, merged_into__isnull=False)
                | (~Q(standing=Standing.SYNONYM) & Q(merged_into=None)),
                name="tag_synonym_of_something",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")), name="tag_no_synonym_of_itself"
            ),
        ]
        indexes = [models.Index(fields=["standing", "kind"], name="tag_sorted")]

    def __str__(self) -> str:
        return self.name

    @property
    def url(self) -> str:
        """The page of this tag."""
        return f"/tags/{self.kind}/{quote(self.slug)}/"


def meant(ids: models.QuerySet[Any, Any]) -> models.QuerySet[Tag, Any]:
    """The ids of these tags, of synonyms of what they mean: a question, for use inside of another."""
    means: models.QuerySet[Tag, Any] = Tag.objects.filter(pk__in=ids).values_list(
        Coalesce("merged_into_id", "pk"), flat=True
    )
    return means


class Above(models.Model):
    """A canonical tag stands under another: of its own kind that is a meta tag, else a parent.

    What may stand above what is `vocabulary.PARENTS`. No circles; what stands above that stands above, too.
    """

    tag = models.ForeignKey(Tag, models.CASCADE, related_name="aboves")
    above = models.ForeignKey(Tag, models.CASCADE, related_name="belows")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tag", "above"], name="above_once"),
            models.CheckConstraint(condition=~Q(tag=F("above")), name="above_another"),
        ]


class Member(models.Model):
    """A character belongs to a relationship; `position` is the order of its name."""

    relationship = models.ForeignKey(Tag, models.CASCADE, related_name="members")
    character = models.ForeignKey(Tag, models.CASCADE, related_name="memberships")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["relationship", "character"], name="member_once"),
            models.CheckConstraint(
                condition=~Q(relationship=F("character")), name="member_of_something_else"
            ),
        ]
