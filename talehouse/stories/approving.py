"""The host looks at a first story that waits: approve it, or refuse it with a reason."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account
from talehouse.activity.log import record
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.holding import AUTHORS
from talehouse.stories.models import Role, Story
from talehouse.stories.publishing import release_held
from talehouse.stories.sums import bump_story, sum_up

LONGEST_REASON = 500
"""In characters, as the column has it."""


@transaction.atomic
def approve(story: Story, *, by: Account) -> Story:
    """Let it out: readers see it from now on, what follows a release happens, and from here on whatever its
    authors publish comes out at once.
    """
    held = _waiting(story, by)
    held.held_at = None
    held.save(update_fields=["held_at"])
    authors = Role.objects.filter(story=held, kind__in=AUTHORS, accepted_at__isnull=False)
    known = Account.objects.filter(pk__in=authors.values("pen_name__account"), writes_since=None)
    known.update(writes_since=timezone.now())
    release_held(held)
    record("story.approved", actor=by.pk, subject=held)
    sum_up(held)
    bump_story(held)
    return held


@transaction.atomic
def refuse(story: Story, *, by: Account, reason: str) -> Story:
    """Not like this: only its people see it and why, until they publish it again.

    Raises RuleError without a reason.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise RuleError(_("Say why, so that the writer can do something about it."))
    if len(reason) > LONGEST_REASON:
        raise RuleError(_("A reason has at most %(n)s characters.") % {"n": LONGEST_REASON})
    held = _waiting(story, by)
    held.refusal = reason
    held.save(update_fields=["refusal"])
    record("story.refused", actor=by.pk, subject=held)
    bump_story(held)
    return held


def _waiting(story: Story, by: Account) -> Story:
    """The story's row, held, if it still waits."""
    if not by.is_host or by.is_suspended:
        raise NotAllowedError(_("Only a host may do this."))
    found: Story | None = Story.objects.select_for_update().filter(pk=story.pk).first()
    if found is None or not Story.objects.waiting_for(by).filter(pk=story.pk).exists():
        raise RuleError(_("This story no longer waits: somebody has decided, or its writer took it back."))
    return found
