"""Which text of a part readers see, or will see: taken to come out, or given back to be a draft.

No rules: they work on a part whose story the caller has locked, and leave saving it to the caller.
"""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from talehouse.lib.slugs import slug
from talehouse.stories import texts
from talehouse.stories.models import Part, Revision


def is_out(part: Part, now: datetime) -> bool:
    """Whether its time has come; what follows may still wait for the worker."""
    return part.published_id is not None and part.release_at is not None and part.release_at <= now


def has_no_text(part: Part) -> bool:
    """Whether there is nothing to let out: no text, or an empty one that is not out already."""
    newest = part.draft or part.published
    if newest is None:
        return True
    return texts.is_empty(newest) and not (part.draft is None and is_out(part, timezone.now()))


def take_text(part: Part, new: Revision, now: datetime) -> None:
    """Make `new` the text that readers see, now or when the part comes out."""
    old, out = part.published, is_out(part, now)
    if old is not None and old.pk != new.pk:
        if not out:
            _nobody_saw(old)
        elif not texts.same_words(old, new, title=part.title):
            part.edited_at = now
    if new.published_at is None:
        new.published_at = now
        new.save(update_fields=["published_at"])
    if old is None or old.pk != new.pk:  # what is out already may have got another title since
        _take_words(part, new)
    part.published, part.draft = new, None
    part.word_count = new.word_count
    texts.settle_blocks(part, new)
    if not out:
        part.blocks.filter(position=None).delete()


def _take_words(part: Part, new: Revision) -> None:
    """The title and the notes that were saved with a text come out with it."""
    if new.title and new.title != part.title:
        part.title, part.slug = new.title, slug(new.title, limit=60)
    if new.note_before is not None:
        part.note_before = new.note_before
    if new.note_after is not None:
        part.note_after = new.note_after


def give_back(part: Part) -> None:
    """What was to come out is a draft again, and has no time."""
    if part.published is not None:
        _nobody_saw(part.published)
    part.draft, part.published = part.draft or part.published, None
    part.word_count = 0
    part.release_at = None


def forget_missed_time(part: Part, now: datetime) -> None:
    """A part that was to come out while it lay deleted comes back as a draft, not before everybody's eyes."""
    missed = part.deleted_at is not None and part.release_at is not None and part.release_at > part.deleted_at
    if missed and part.released_at is None and is_out(part, now):
        give_back(part)


def _nobody_saw(revision: Revision) -> None:
    """A text that never came out does not count as published: thinning may take it."""
    revision.published_at = None
    revision.save(update_fields=["published_at"])
