"""The rules of writing and releasing: create, describe, add, edit, publish, schedule.

Each is one transaction that first takes the story's row, so whoever acts at once stands in line, and each
bumps the versions that kept pages depend on. `by` is who acts; what they may do is asked of the gate.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account, PenName
from talehouse.activity.log import record
from talehouse.lib.slugs import slug
from talehouse.stories import texts
from talehouse.stories.drafting import line
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.locking import locked as held
from talehouse.stories.locking import standing_part
from talehouse.stories.models import Part, Revision, Role, RoleKind, Story
from talehouse.stories.powers import Power
from talehouse.stories.sums import bump_story, sum_up

STORY_FIELDS = frozenset(
    "title summary language rating status visibility download comments_from cover cover_alt planned_parts "
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
    _set_story(locked, fields)
    locked.save()
    record("story.described", actor=by.pk, subject=locked)
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
    """Change a part. Its text becomes a draft until it is published; the rest counts at once."""
    story = held(part.story_id, by=by, power=Power.WRITE)
    part = standing_part(part)
    _set_part(part, fields)
    part.save()
    if html is None and part.draft is not None and _overrules(part.draft, fields):
        html = part.draft.html
    if html is not None:
        texts.save(part, html, by=by, brings=brings)
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
    """Let readers see the newest text: now, or from `at` on. A part that is out stays out."""
    story = held(part.story_id, by=by, power=Power.RELEASE)
    part = standing_part(part)
    now = timezone.now()
    new = part.draft or part.published
    if new is None:
        raise RuleError(_("There is no text to publish."))
    _take_text(part, new, now)
    if part.released_at is None:
        part.release_at = max(at or now, now)
        part.released_at = now if part.release_at <= now else None
    part.save()
    done = "part.released" if part.released_at == now else "part.published"
    record(done if part.released_at else "part.scheduled", actor=by.pk, subject=part)
    sum_up(story)
    bump_story(story)
    return part


def _take_text(part: Part, new: Revision, now: datetime) -> None:
    old = part.published
    if old is not None and old.pk != new.pk and part.released_at and not texts.same_words(old, new):
        part.edited_at = now
    if new.published_at is None:
        new.published_at = now
        new.save(update_fields=["published_at"])
    _take_words(part, new)
    part.published, part.draft = new, None
    part.word_count = new.word_count
    texts.settle_blocks(part, new)


def _take_words(part: Part, new: Revision) -> None:
    """The title and the notes that were saved with a text come out with it."""
    if new.title and new.title != part.title:
        part.title, part.slug = new.title, slug(new.title, limit=60)
    if new.note_before is not None:
        part.note_before = new.note_before
    if new.note_after is not None:
        part.note_after = new.note_after


@transaction.atomic
def publish_all(story: Story, *, by: Account) -> int:
    """Publish every draft of a story in order; returns how many parts that were."""
    locked = held(story.pk, by=by, power=Power.RELEASE)
    drafts = list(locked.parts.filter(deleted_at=None, draft__isnull=False).order_by("position"))
    for part in drafts:
        publish(part, by=by)
    return len(drafts)


def schedule(part: Part, *, by: Account, at: datetime) -> Part:
    """Visible from `at` on. Raises RuleError for a time that has passed."""
    if at <= timezone.now():
        raise RuleError(_("This time has passed. Choose a later one, or publish now."))
    return publish(part, by=by, at=at)


@transaction.atomic
def unschedule(part: Part, *, by: Account) -> Part:
    """Take a part that is not out yet off the schedule: its text is a draft again."""
    story = held(part.story_id, by=by, power=Power.RELEASE)
    part = standing_part(part)
    if part.release_at is None or part.release_at <= timezone.now():
        raise RuleError(_("This part is already out."))
    part.draft, part.published = part.draft or part.published, None
    part.release_at = None
    part.save()
    record("part.unscheduled", actor=by.pk, subject=part)
    sum_up(story)
    bump_story(story)
    return part


def release_due() -> int:
    """What follows when a scheduled time has come, exactly once; the worker calls it. Returns how many.

    Pages ask the time themselves, so nobody waits for this.
    """
    due = Part.objects.standing().filter(
        released_at=None, release_at__lte=timezone.now(), published__isnull=False
    )
    order = due.order_by("release_at", "story_id", "position").values_list("pk", "story_id")
    return sum(_release(part_id, story_id) for part_id, story_id in list(order))


@transaction.atomic
def _release(part_id: int, story_id: int) -> bool:
    story = Story.objects.select_for_update().get(pk=story_id)
    now = timezone.now()
    took = Part.objects.filter(
        pk=part_id, released_at=None, release_at__lte=now, deleted_at=None, published__isnull=False
    ).update(released_at=now)
    if not took:
        return False
    record("part.released", actor=None, subject=Part(pk=part_id))
    sum_up(story)
    bump_story(story)
    return True
