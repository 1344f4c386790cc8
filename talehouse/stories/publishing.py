"""The rules of writing and releasing: create, describe, add, edit, publish, schedule.

Each is one transaction that first takes the story's row, so whoever acts at once stands in line, and each
bumps the versions that kept pages depend on. `by` is who acts; what they may do is asked of the gate.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account, PenName
from talehouse.activity.log import record
from talehouse.lib.slugs import slug
from talehouse.stories import rhythm, texts
from talehouse.stories.drafting import line
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.holding import hold_first, no_longer_private
from talehouse.stories.locking import locked as held
from talehouse.stories.locking import standing_part
from talehouse.stories.models import Part, Revision, Role, RoleKind, Story, Visibility
from talehouse.stories.powers import Power
from talehouse.stories.sums import bump_story, sum_up
from talehouse.stories.taking import give_back, has_no_text, is_out, take_text
from talehouse.stories.visibility import PartQuerySet

logger = logging.getLogger(__name__)

STORY_FIELDS = frozenset(
    "title summary language rating status visibility download comments_from comments_wait held_words "
    "old_revisions_open ranked feed cover cover_alt planned_parts "
    "note_before note_after source_url".split()
)
PART_FIELDS = frozenset(
    "title note_before note_after visibility kind source_url "
    "elsewhere_reads elsewhere_votes elsewhere_comments".split()
)


@transaction.atomic
def create(*, by: Account, pen_name: PenName, title: str, **fields: Any) -> Story:
    """A new story, a private draft until a part of it is published."""
    if by.is_suspended or pen_name.account_id != by.pk or pen_name.retired_at is not None:
        raise NotAllowedError(_("You cannot write under this name."))
    story = Story(title=line(title))
    _set_story(story, fields)
    story.save()
    Role.objects.create(story=story, pen_name=pen_name, kind=RoleKind.AUTHOR, accepted_at=timezone.now())
    record("story.created", actor=by.pk, subject=story)
    return story


@transaction.atomic
def describe(story: Story, *, by: Account, **fields: Any) -> Story:
    """Change what a story says of itself: title, summary, rating, visibility and the like."""
    locked = held(story.pk, by=by, power=Power.DESCRIBE)
    was_private = locked.visibility == Visibility.PRIVATE
    _set_story(locked, fields)
    locked.save()
    record("story.described", actor=by.pk, subject=locked)
    if was_private and locked.visibility != Visibility.PRIVATE:
        no_longer_private(locked, by=by)
    bump_story(locked)
    return locked


def _set_story(story: Story, fields: dict[str, Any]) -> None:
    if unknown := fields.keys() - STORY_FIELDS:
        raise TypeError(f"A story has no field {sorted(unknown)[0]!r} to set.")
    if "title" in fields:
        fields["title"] = line(fields["title"])
    for name in ("summary", "note_before", "note_after"):
        if name in fields:
            fields[name] = texts.note(fields[name])
    for name, value in fields.items():
        setattr(story, name, value)
    if not story.title:
        raise RuleError(_("A story needs a title."))
    story.slug = slug(story.title, limit=60)


@transaction.atomic
def add_part(
    story: Story,
    *,
    by: Account,
    title: str,
    html: str,
    brings: texts.Wanted = texts.NOTHING,
    **fields: Any,
) -> Part:
    """A new last part, a draft."""
    locked = held(story.pk, by=by, power=Power.ARRANGE)
    last = locked.parts.filter(deleted_at=None).aggregate(last=Max("position"))["last"] or 0
    part = Part(story=locked, position=last + 1, note_before=locked.note_before, note_after=locked.note_after)
    _set_part(part, {"title": title, **fields})
    part.save()
    texts.save(part, html, by=by, brings=brings)
    record("part.created", actor=by.pk, subject=part)
    sum_up(locked)
    bump_story(locked)
    return part


@transaction.atomic
def edit(
    part: Part,
    *,
    by: Account,
    html: str | None = None,
    brings: texts.Wanted = texts.NOTHING,
    **fields: Any,
) -> Part:
    """Change a part. Its text becomes a draft until it is published; the rest counts at once, so that it is
    for those who may describe the story.
    """
    story = held(part.story_id, by=by, power=Power.DESCRIBE if fields else Power.WRITE)
    part = standing_part(part)
    _set_part(part, fields)
    part.save()
    if html is None and part.draft is not None and _overrules(part.draft, fields):
        html = part.draft.html
    if html is not None:
        texts.save(part, html, by=by, brings=brings)
    rhythm.settle(story, by=by)
    record("part.edited", actor=by.pk, subject=part)
    sum_up(story)
    bump_story(story)
    return part


def _overrules(draft: Revision, fields: dict[str, Any]) -> bool:
    """Whether one of these would come back when the draft, which has its own, is published."""
    return any(
        name in fields and getattr(draft, name) is not None for name in ("title", "note_before", "note_after")
    )


def _set_part(part: Part, fields: dict[str, Any]) -> None:
    if unknown := fields.keys() - PART_FIELDS:
        raise TypeError(f"A part has no field {sorted(unknown)[0]!r} to set.")
    if "title" in fields:
        fields["title"] = line(fields["title"])
    for name in ("note_before", "note_after"):
        if name in fields:
            fields[name] = texts.note(fields[name])
    for name, value in fields.items():
        setattr(part, name, value)
    if not part.title:
        raise RuleError(_("A part needs a title."))
    part.slug = slug(part.title, limit=60)


@transaction.atomic
def publish(part: Part, *, by: Account, at: datetime | None = None) -> Part:
    """Let readers see the newest text: now, or from `at` on. A part that is out stays out.

    Where the host approves first stories, one of those waits for it, and so does what follows a release.
    Raises RuleError for a part without a text, or with an empty one.
    """
    story = held(part.story_id, by=by, power=Power.RELEASE)
    fresh = standing_part(part)
    if has_no_text(fresh):
        raise RuleError(_("“%(title)s” has no text yet.") % {"title": fresh.title})
    return _let_out(story, fresh, by, at)


def _let_out(story: Story, part: Part, by: Account, at: datetime | None = None) -> Part:
    now = timezone.now()
    new = part.draft or part.published
    if new is not None:
        take_text(part, new, now)
    _set_release(part, at, now, waits=hold_first(story, by=by))
    part.save()
    record(_what_happened(story, part, now), actor=by.pk, subject=part)
    rhythm.settle(story, by=by)
    sum_up(story)
    bump_story(story)
    return part


def _what_happened(story: Story, part: Part, now: datetime) -> str:
    if part.released_at is None:
        return "part.held" if story.held_at else "part.scheduled"
    return "part.released" if part.released_at == now else "part.published"


def _set_release(part: Part, at: datetime | None, now: datetime, *, waits: bool) -> None:
    """When it comes out. What follows is done here if that is now, unless it has been withdrawn or hidden or
    waits for the host: then it is done once it can be seen."""
    part.queued_at = None
    if part.released_at is not None:
        return
    if part.release_at is None or part.release_at > now:
        part.release_at = max(at or now, now)
    if part.release_at <= now and not (waits or part.withdrawn_at or part.hidden_at):
        part.released_at = now


@transaction.atomic
def publish_changes(part: Part, *, by: Account) -> Part:
    """The newest text in place of the one that is out, or of the one that comes out at its time."""
    held(part.story_id, by=by, power=Power.RELEASE)
    fresh = standing_part(part)
    if fresh.published is None:
        raise RuleError(_("This part has not been published yet."))
    if fresh.queued_at is not None and not is_out(fresh, timezone.now()):
        return fresh  # the newest text comes out of the queue in any case
    return publish(fresh, by=by, at=fresh.release_at)


@transaction.atomic
def publish_all(story: Story, *, by: Account) -> int:
    """Publish every draft of a story in order, but for what waits for its time or in the queue.

    What was brought in comes out as it is, with parts that have no text. Returns how many parts that were.
    """
    locked = held(story.pk, by=by, power=Power.RELEASE)
    drafts = locked.parts.filter(deleted_at=None, draft__isnull=False)
    ready = drafts.filter(Q(release_at=None, queued_at=None) | Q(release_at__lte=timezone.now()))
    parts = list(ready.order_by("position"))
    for part in parts:
        _let_out(locked, standing_part(part), by)
    return len(parts)


@transaction.atomic
def schedule(part: Part, *, by: Account, at: datetime) -> Part:
    """Visible from `at` on. Raises RuleError for a time that has passed, and for a part that is out."""
    held(part.story_id, by=by, power=Power.RELEASE)
    now = timezone.now()
    if at <= now:
        raise RuleError(_("This time has passed. Choose a later one, or publish now."))
    if is_out(standing_part(part), now):
        raise RuleError(_("This part is already out."))
    return publish(part, by=by, at=at)


@transaction.atomic
def unschedule(part: Part, *, by: Account) -> Part:
    """Take a part that is not out yet off the schedule, and out of the queue: its text is a draft again."""
    story = held(part.story_id, by=by, power=Power.RELEASE)
    part = standing_part(part)
    if is_out(part, timezone.now()):
        raise RuleError(_("This part is already out."))
    if part.release_at is None and part.queued_at is None:
        raise RuleError(_("This part is not scheduled."))
    give_back(part)
    part.queued_at = None
    part.save()
    record("part.unscheduled", actor=by.pk, subject=part)
    rhythm.settle(story, by=by)
    sum_up(story)
    bump_story(story)
    return part


def release_due() -> int:
    """What follows when a scheduled time has come, exactly once; the worker calls it. Returns how many.

    Pages ask the time themselves, so nobody waits for this. Each story's parts in the order in which they
    came out, however many workers do it: each of them goes through that order, and no part is passed before
    it is done. A part or a story that is withdrawn, hidden or held waits until that is over. If one fails,
    the others of its story wait, those of other stories do not.
    """
    order = _due().order_by("release_at", "story_id", "position").values_list("pk", "story_id")
    done, failed = 0, set[int]()
    for part_id, story_id in list(order):
        if story_id in failed:
            continue
        try:
            done += _release(part_id, story_id)
        except DatabaseError:
            failed.add(story_id)
            logger.exception("What follows the release of part %d failed; it is tried again.", part_id)
    return done


def _due() -> PartQuerySet:
    """Parts that have come out and whose release nobody has done anything about."""
    due = Part.objects.standing().released().filter(released_at=None)
    return due.filter(story__hidden_at=None, story__withdrawn_at=None, story__held_at=None)


@transaction.atomic
def release_held(story: Story) -> None:
    """What follows for the parts of a story that nobody holds any more: they come out now, in their order."""
    now = timezone.now()
    waiting = list(_due().filter(story=story).order_by("release_at", "position").values_list("pk", flat=True))
    Part.objects.filter(pk__in=waiting).update(release_at=now, edited_at=None)
    for part_id in waiting:
        _release(part_id, story.pk)


@transaction.atomic
def _release(part_id: int, story_id: int) -> bool:
    story = Story.objects.select_for_update().get(pk=story_id)
    took = Part.objects.filter(pk__in=_due().filter(pk=part_id).values("pk")).update(
        released_at=timezone.now(), queued_at=None
    )
    if not took:
        return False
    record("part.released", actor=None, subject=Part(pk=part_id))
    sum_up(story)
    bump_story(story)
    return True
