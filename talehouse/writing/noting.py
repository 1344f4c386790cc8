"""Private notes beside a draft: the story's people write, answer and settle them; readers never see one.

A note belongs to a block. When the block is gone from the newest text, the note stays where the block stood,
with the words that it was about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from talehouse.accounts.house import orphan_pen_name
from talehouse.accounts.models import Account, PenName
from talehouse.activity.log import record
from talehouse.lib import html as markup
from talehouse.stories import texts
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.locking import locked as held
from talehouse.stories.locking import standing_part
from talehouse.stories.models import Part, Revision, Story
from talehouse.stories.people import role_of
from talehouse.stories.powers import Power
from talehouse.writing.models import DraftNote

LONGEST = 5_000
QUOTED = 300
"""So many characters of a block are kept with a note."""


@dataclass(slots=True)
class Thread:
    """A note and its answers. `is_lost`: its block is gone from the text that it is shown beside."""

    note: DraftNote
    answers: list[DraftNote]
    is_lost: bool = False


@dataclass(slots=True)
class Place:
    """A block of the text with its threads; the first place has no block: it is about the whole part."""

    key: str
    number: int = 0
    html: str = ""
    threads: list[Thread] = field(default_factory=list)


@transaction.atomic
def write(part: Part, text: str, *, by: Account, block: str = "") -> DraftNote:
    """A note beside a block of the newest text, or ("") about the whole part."""
    signed = _signed(part, by)
    newest = texts.newest_of(part)
    words, place = _about(newest, block)
    note = DraftNote.objects.create(
        part=part, block=block, words=words, place=place, revision=newest, by=signed, text=_tidy(text)
    )
    record("part.note-written", actor=by.pk, subject=part, note=note.pk)
    return note


def _signed(part: Part, by: Account) -> PenName:
    """The name of `by` on this story, whose row is held from now on; NotAllowedError without a role."""
    story = held(part.story_id, by=by, power=Power.ANNOTATE)
    standing_part(part)
    role = role_of(story, by)
    if role is None:
        raise NotAllowedError(_("This is not your story, or it is not yours to change."))
    return role.pen_name


def _about(newest: Revision | None, block: str) -> tuple[str, int]:
    """The words of a block and its place. Raises RuleError if the newest text has no such block."""
    if not block:
        return "", 0
    for place, (key, found) in enumerate(markup.parse(newest.html if newest else "")):
        if key == block:
            return found.text[:QUOTED], place
    raise RuleError(_("This paragraph is gone: somebody has changed the text meanwhile."))


def _tidy(text: str) -> str:
    tidy = text.replace("\r\n", "\n").strip()
    if not tidy:
        raise RuleError(_("Write something first."))
    if len(tidy) > LONGEST:
        raise RuleError(_("A note can have at most %(n)d characters.") % {"n": LONGEST})
    return tidy


@transaction.atomic
def answer(note: DraftNote, text: str, *, by: Account) -> DraftNote:
    """Answer a note; an answer to an answer stands in the same thread."""
    signed = _signed(note.part, by)
    root = _fresh(note)
    root = root.parent or root
    made = DraftNote.objects.create(
        part=root.part, block=root.block, parent=root, by=signed, text=_tidy(text)
    )
    record("part.note-answered", actor=by.pk, subject=root.part, note=made.pk)
    return made


def _fresh(note: DraftNote) -> DraftNote:
    notes = DraftNote.objects.select_related("part", "by", "parent__part")
    found = notes.filter(pk=note.pk, deleted_at=None).first()
    if found is None:
        raise RuleError(_("This note has been deleted."))
    return found


@transaction.atomic
def settle(note: DraftNote, *, by: Account) -> None:
    """The matter is settled: the thread folds away."""
    _signed(note.part, by)
    fresh = _fresh(note)
    if fresh.settled_at is None:
        fresh.settled_at, fresh.settled_by = timezone.now(), by
        fresh.save(update_fields=["settled_at", "settled_by"])
        record("part.note-settled", actor=by.pk, subject=fresh.part, note=fresh.pk)


@transaction.atomic
def reopen(note: DraftNote, *, by: Account) -> None:
    """It is not settled after all."""
    _signed(note.part, by)
    fresh = _fresh(note)
    fresh.settled_at = fresh.settled_by = None
    fresh.save(update_fields=["settled_at", "settled_by"])


@transaction.atomic
def take_back(note: DraftNote, *, by: Account) -> None:
    """Take back a note of my own; if it has answers, its place stays."""
    _signed(note.part, by)
    fresh = _fresh(note)
    if fresh.by.account_id != by.pk:
        raise NotAllowedError(_("This note is somebody else’s."))
    fresh.deleted_at, fresh.text = timezone.now(), "–"
    fresh.save(update_fields=["deleted_at", "text"])


def forget_purged() -> int:
    """Notes beside parts that were deleted for good go too; the worker calls it."""
    return DraftNote.objects.filter(part__purged_at__isnull=False).delete()[0]


def forget_writer(story_id: int, account: Account) -> None:
    """Notes on this story no longer say that this account wrote or settled them."""
    notes = DraftNote.objects.filter(part__story=story_id)
    notes.filter(by__account=account).update(by=orphan_pen_name())
    notes.filter(settled_by=account).update(settled_by=None)


def places(part: Part, text: Revision | None) -> list[Place]:
    """The blocks of a text in order, each with its threads; two queries, however many notes there are."""
    blocks = enumerate(markup.parse(text.html if text else ""), 1)
    found = [Place(""), *(Place(key, number, block.html) for number, (key, block) in blocks)]
    by_key = {place.key: number for number, place in enumerate(found)}
    threads = _threads(part)
    gone = [thread for thread in threads if thread.note.block not in by_key]
    before = _texts_of(gone)
    for thread in threads:
        number = by_key.get(thread.note.block)
        if number is None:
            thread.is_lost = True
            number = _where_it_stood(thread.note, before, by_key, len(found))
        found[number].threads.append(thread)
    return found


def _threads(part: Part) -> list[Thread]:
    notes = DraftNote.objects.filter(part=part).select_related("by").order_by("made_at", "pk")
    threads: dict[int, Thread] = {}
    for note in notes:
        if note.parent_id is None:
            threads[note.pk] = Thread(note, [])
        elif note.deleted_at is None:
            threads[note.parent_id].answers.append(note)
    return [one for one in threads.values() if one.note.deleted_at is None or one.answers]


def _texts_of(gone: Sequence[Thread]) -> dict[int, list[str]]:
    """The block ids, in order, of the revisions that lost notes were about."""
    wanted = {thread.note.revision_id for thread in gone if thread.note.revision_id is not None}
    if not wanted:
        return {}
    rows = Revision.objects.filter(pk__in=wanted).values_list("pk", "html")
    return {pk: [key for key, _block in markup.parse(html)] for pk, html in rows}


def _where_it_stood(
    note: DraftNote, before: dict[int, list[str]], by_key: dict[str, int], length: int
) -> int:
    """The nearest block above that is still there; without its revision, the place by number."""
    keys = before.get(note.revision_id or 0)
    if keys is None:
        return min(note.place + 1, length - 1)
    above = keys[: keys.index(note.block)] if note.block in keys else []
    return next((by_key[key] for key in reversed(above) if key in by_key), 0)


def open_notes(story: Story) -> dict[int, int]:
    """Part → how many notes beside it are not settled, where there are any; one query."""
    still = DraftNote.objects.filter(part__story=story, parent=None, deleted_at=None, settled_at=None)
    return dict(still.order_by().values_list("part").annotate(models.Count("pk")))
