"""Which number a part has: announcements stand among the chapters and are not counted."""

from __future__ import annotations

from django.db.models import Case, Count, IntegerField, OuterRef, Subquery, Value, When

from talehouse.stories.models import Part


def number() -> Case:
    """For `annotate`: how many chapters of the story stand at or before this part; null for an announcement.

    Drafts have their numbers too, so that no chapter changes its own when one before it comes out.
    """
    chapters = Part.objects.filter(
        story=OuterRef("story"),
        deleted_at=None,
        kind=Part.Kind.CHAPTER,
        position__lte=OuterRef("position"),
    )
    counted = chapters.order_by().values("story").annotate(n=Count("pk")).values("n")
    is_counted = When(kind=Part.Kind.CHAPTER, then=Subquery(counted, output_field=IntegerField()))
    return Case(is_counted, default=Value(None), output_field=IntegerField())


def number_of(part: Part) -> int | None:
    """The number of a part that was fetched with `number`."""
    found: int | None = part.number  # type: ignore[attr-defined]
    return found
