"""The story's row, held by whoever changes something of it, after asking the gate whether they may."""

from __future__ import annotations

from django.utils.translation import gettext as _

from talehouse.accounts.models import Account
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Part, Story
from talehouse.stories.powers import Power


def locked(story_id: int, *, by: Account, power: Power, deleted_too: bool = False) -> Story:
    """The story's row, held until the transaction ends; so whoever acts at once stands in line.

    Raises NotAllowedError for a story on which this person has not this power, or that has been deleted
    (unless `deleted_too`).
    """
    story: Story | None = Story.objects.select_for_update().filter(pk=story_id).first()
    allowed = Story.objects.allowing(by, power).filter(pk=story_id)
    if story is None or not (allowed if deleted_too else allowed.standing()).exists():
        raise NotAllowedError(_("This is not your story, or it is not yours to change."))
    return story


def standing_part(part: Part) -> Part:
    """The part's row as it is now, with its texts. Raises RuleError for one that has been deleted."""
    parts = Part.objects.select_related("draft", "published")
    found: Part | None = parts.filter(pk=part.pk, deleted_at=None).first()
    if found is None:
        raise RuleError(_("This part has been deleted."))
    return found
