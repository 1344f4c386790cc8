"""The demo archive: stories of accounts that nobody signs in to, and how they go."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account, PenName
from talehouse.activity.log import record
from talehouse.pages.versions import bump
from talehouse.stories.errors import NotAllowedError
from talehouse.stories.models import Part, SeriesEntry, Story
from talehouse.stories.purging import purge_story
from talehouse.stories.sums import bump_story, sum_up


def _demo_stories() -> list[Story]:
    demo = Story.objects.standing().filter(roles__pen_name__account__demo_since__isnull=False)
    return list(demo.distinct().order_by("pk"))


def has_demo() -> bool:
    """Whether any demo story is there."""
    return Story.objects.standing().filter(roles__pen_name__account__demo_since__isnull=False).exists()


@transaction.atomic
def remove_demo(*, by: Account | None) -> int:
    """Delete and empty every demo story and retire its pen names; None is the host at the command line.

    Returns how many stories went. Nothing of anybody else is touched.
    """
    if by is not None and (not by.is_host or by.is_suspended):
        raise NotAllowedError(_("Only a host may do this."))
    stories = _demo_stories()
    now = timezone.now()
    for story in stories:
        bump_story(story)
        Story.objects.filter(pk=story.pk).update(deleted_at=now, deleted_by=by)
        SeriesEntry.objects.filter(story=story).delete()
        purge_story(story.pk)
        record("story.deleted", actor=by.pk if by else None, subject=story)
    names = PenName.objects.filter(account__demo_since__isnull=False)
    bump(*(f"pen:{pk}" for pk in names.values_list("pk", flat=True)), "lists")
    for name in names:
        gone = f"demo-{name.pk}"
        PenName.objects.filter(pk=name.pk).update(
            name=gone, name_key=gone, slug=gone, about="", retired_at=now
        )
    demo = Account.objects.filter(demo_since__isnull=False)
    demo.update(demo_since=None, is_active=False, wrangler_since=None)
    return len(stories)


@transaction.atomic
def backdate(part: Part, at: datetime) -> None:
    """Let a demo part have come out in the past. Only for the demo: a real part has its true time."""
    if not part.story.roles.filter(pen_name__account__demo_since__isnull=False).exists():
        raise NotAllowedError(_("Only parts of the demo archive can be dated back."))
    Part.objects.filter(pk=part.pk).update(release_at=at, released_at=at)
    story = Story.objects.select_for_update().get(pk=part.story_id)
    sum_up(story)
    bump_story(story)
    record("part.backdated", actor=None, subject=part)
