"""Who sees which comment: asked here and nowhere else, after the gate of the thing that it is on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

if TYPE_CHECKING:
    from talehouse.accounts.models import Person
    from talehouse.comments.models import Comment  # noqa: F401  (named in strings below)


class CommentQuerySet(models.QuerySet["Comment"]):
    """Questions about comments."""

    def counted(self) -> CommentQuerySet:
        """Those that every visitor may see, as the counters count them (law 3)."""
        return self.filter(held_at=None, hidden_at=None, deleted_at=None)

    def visible_to(self, person: Person, *, decides: bool = False, guest_key: str = "") -> CommentQuerySet:
        """Those that may be seen: all that stand, my own also while they wait or are hidden, and the empty
        places of all others that have answers which may be seen (`listing` shows nothing but their place).
        `decides`: the authors see what waits and what is hidden.
        """
        stands = Q(held_at=None, hidden_at=None)
        if decides:
            stands = Q()
        elif person.pk is not None:
            stands |= Q(pen_name__account=person.pk)
        elif guest_key:
            stands |= Q(guest_key=guest_key)
        answers = apps.get_model("comments", "Comment").objects.filter(stands, deleted_at=None)
        in_thread, directly = (answers.filter(**{above: OuterRef("pk")}) for above in ("root", "parent"))
        return self.filter((stands & Q(deleted_at=None)) | Exists(in_thread) | Exists(directly))

    def not_muted_by(self, person: Person) -> CommentQuerySet:
        """Without those whose names this person has muted. It changes no counter."""
        if person.pk is None:
            return self
        muted = apps.get_model("accounts", "Muting").objects.filter(by=person.pk)
        return self.exclude(pen_name__in=muted.values("pen_name"))

    def first_ones(self) -> CommentQuerySet:
        """The first of each thread."""
        return self.filter(root=None)
