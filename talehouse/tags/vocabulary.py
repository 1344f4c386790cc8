"""The fixed vocabularies: codes that are stored, and the names that people see.

Source of the lists: `product.md` of the design. The host may rename ratings; codes never change.
"""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Rating(TextChoices):
    """How adult a story is. Not rated is gated like mature."""

    NOT_RATED = "not-rated", _("Not rated")
    GENERAL = "general", _("General")
    TEEN = "teen", _("Teen")
    MATURE = "mature", _("Mature")
    EXPLICIT = "explicit", _("Explicit")


RATING_LEVEL = {"general": 0, "teen": 1, "not-rated": 2, "mature": 2, "explicit": 3}
"""Ratings in order; a person who asked for one level meets everything at or below it."""

CEILINGS = ("general", "teen", "mature", "explicit")
"""What a person can ask for, lowest first."""


class Warning(TextChoices):
    """Content warnings. The first three say different things and are never merged."""

    NONE_APPLY = "none-apply", _("No warnings apply")
    CHOSE_NOT = "chose-not", _("Chose not to warn")
    UNKNOWN = "unknown", _("Unknown")
    VIOLENCE = "violence", _("Graphic violence")
    DEATH = "death", _("Major character death")
    NON_CONSENT = "non-consent", _("Rape or non-consent")
    UNDERAGE = "underage", _("Underage sex")


class Category(TextChoices):
    """Which pairings a story is about."""

    FF = "f-f", "F/F"
    FM = "f-m", "F/M"
    GEN = "gen", _("Gen")
    MM = "m-m", "M/M"
    MULTI = "multi", _("Multi")
    OTHER = "other", _("Other")


class Status(TextChoices):
    """Where the writing of a story stands."""

    IN_PROGRESS = "in-progress", _("In progress")
    COMPLETE = "complete", _("Complete")
    HIATUS = "hiatus", _("On hiatus")
    ABANDONED = "abandoned", _("Abandoned")


class TagKind(TextChoices):
    """Kinds of free tags; none is required."""

    FANDOM = "fandom", _("Fandom")
    GENRE = "genre", _("Genre")
    CHARACTER = "character", _("Character")
    RELATIONSHIP = "relationship", _("Relationship")
    THEME = "theme", _("Theme")


class Standing(TextChoices):
    """What wranglers have made of a tag."""

    UNSORTED = "unsorted", _("Unsorted")
    CANONICAL = "canonical", _("Canonical")
    SYNONYM = "synonym", _("Synonym")
    ASIDE = "aside", _("Set aside")


PARENTS = {
    TagKind.CHARACTER: frozenset({TagKind.FANDOM}),
    TagKind.RELATIONSHIP: frozenset({TagKind.FANDOM, TagKind.CHARACTER}),
    TagKind.THEME: frozenset({TagKind.FANDOM}),
}
"""Which other kinds may stand above a kind. Its own always may: that is a meta tag. A theme may stand under
none."""


def may_stand_above(kind: str, below: str) -> bool:
    """Whether a tag of `kind` may stand above one of the kind `below`."""
    return kind == below or kind in PARENTS.get(TagKind(below), ())
