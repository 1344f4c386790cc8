"""Looking back: restoring an old text, naming one, deciding about one that was set aside.

Nothing is ever removed here: what is restored becomes a new revision, and what it takes the place of stays.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account
from talehouse.activity.log import record
from talehouse.stories import drafting, rhythm, texts
from talehouse.stories.errors import RuleError
from talehouse.stories.locking import locked as held
from talehouse.stories.locking import standing_part
from talehouse.stories.models import Part, Revision, Story
from talehouse.stories.powers import Power
from talehouse.stories.sums import bump_story

LONGEST_NAME = 120


@transaction.atomic
def restore(revision: Revision, *, by: Account) -> Revision:
    """Make an old text the newest draft: a new revision with its words, title, notes and block ids.

    Readers see it when it is published. Raises RuleError if it is the newest text already.
    """
    story, part, old = _opened(revision, by)
    return _bring_back(story, part, old, by)


def _bring_back(story: Story, part: Part, old: Revision, by: Account) -> Revision:
    newest = texts.newest_of(part)
    made = texts.save(
        part,
        old.html,
        by=by,
        kind=Revision.Kind.RESTORED,
        words=texts.Words(old.title, old.note_before, old.note_after),
        restored_from=old,
    )
    if newest is not None and made.pk == newest.pk:
        raise RuleError(_("This is the newest text already."))
    drafting.show_title(part, old.title)
    rhythm.settle(story, by=by)
    record("part.restored", actor=by.pk, subject=part, revision=old.number)
    bump_story(story)
    return made


@transaction.atomic
def name(revision: Revision, *, by: Account, name: str) -> Revision:
    """Give a revision a name to find it by; a named one is never thinned. An empty name takes it away."""
    story, _part, found = _opened(revision, by)
    found.name = drafting.line(name, LONGEST_NAME)
    found.save(update_fields=["name"])
    bump_story(story)
    return found


@transaction.atomic
def seal(revision: Revision, *, by: Account, on: bool = True) -> Revision:
    """No reader opens this text any more, whatever the story allows, or they may again; its people still do.

    Raises RuleError for the text that is out now: that one is changed or withdrawn.
    """
    story = held(revision.part.story_id, by=by, power=Power.DESCRIBE)
    part = standing_part(revision.part)
    found: Revision = part.revisions.get(pk=revision.pk)
    if on and found.pk == part.published_id:
        raise RuleError(_("This is the text that is out. Change it or withdraw the part instead."))
    if on != (found.sealed_at is not None):
        found.sealed_at = timezone.now() if on else None
        found.save(update_fields=["sealed_at"])
        record(
            "revision.sealed" if on else "revision.unsealed", actor=by.pk, subject=part, revision=found.number
        )
        bump_story(story)
    return found


@transaction.atomic
def keep_mine(aside: Revision, *, by: Account) -> Revision:
    """What was set aside becomes the newest draft; what stood there stays in the list."""
    story, part, found = _set_aside(aside, by)
    newest = texts.newest_of(part)
    same = (
        newest is not None
        and newest.html == found.html
        and texts.says(part, newest) == texts.says(part, found)
    )
    made = newest if same and newest is not None else _bring_back(story, part, found, by)
    drafting.settle(part, found.number)
    return made


@transaction.atomic
def dismiss(aside: Revision, *, by: Account) -> Revision:
    """The newest draft stays; what was set aside is kept too, and nobody is asked about it any more."""
    story, part, found = _set_aside(aside, by)
    drafting.settle(part, found.number)
    record("part.settled", actor=by.pk, subject=part, revision=found.number)
    bump_story(story)
    return found


def _opened(revision: Revision, by: Account) -> tuple[Story, Part, Revision]:
    """The story, held, with the part and the revision as they are now."""
    story = held(revision.part.story_id, by=by, power=Power.WRITE)
    part = standing_part(revision.part)
    found: Revision | None = part.revisions.filter(pk=revision.pk).first()
    if found is None:
        raise RuleError(
            _("This text is not kept any more: it was saved by itself, and newer ones are there.")
        )
    return story, part, found


def _set_aside(aside: Revision, by: Account) -> tuple[Story, Part, Revision]:
    story, part, found = _opened(aside, by)
    if found.kind != Revision.Kind.ASIDE:
        raise RuleError(_("This text was not set aside."))
    return story, part, found
