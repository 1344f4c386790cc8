"""Reading lists: stories in an order, with a word on each, signed by a pen name; public, or for me alone.

A public one shows each reader the stories that they may meet, and says how many it leaves out.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account, PenName
from talehouse.activity.log import record
from talehouse.lib.characters import clean, plain
from talehouse.lib.slugs import slug
from talehouse.library.models import Follow, ListEntry, ReadingList
from talehouse.pages.versions import bump
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Story

MOST_LISTS = 200
MOST_ENTRIES = 2_000
LONGEST_NOTE = 5_000
"""Characters that a list may say of itself."""
LONGEST_WORD = 1_000
"""Characters that it may say of one story."""


@transaction.atomic
def make(
    title: str, *, by: Account, pen_name: PenName | None = None, note: str = "", is_public: bool = False
) -> ReadingList:
    """A new list, signed by one of my pen names. Raises RuleError without a title, and at 200 lists."""
    _may_write(by)
    Account.objects.select_for_update().only("pk").get(pk=by.pk)
    if ReadingList.objects.filter(owner__account=by).count() >= MOST_LISTS:
        raise RuleError(_("You have %(most)d lists already. Delete one first.") % {"most": MOST_LISTS})
    made = ReadingList(owner=_signer(by, pen_name), is_public=is_public)
    _describe(made, title, note)
    made.save()
    record("list.made", actor=by.pk, subject=made)
    _shown_anew(made)
    return made


@transaction.atomic
def describe(
    reading_list: ReadingList, *, by: Account, title: str, note: str, is_public: bool
) -> ReadingList:
    """Another title or note; or from now on everybody may see it, or nobody else may."""
    held = _held(reading_list, by)
    _shown_anew(held)
    _describe(held, title, note)
    held.is_public, held.changed_at = is_public, timezone.now()
    held.save()
    _shown_anew(held)
    return held


@transaction.atomic
def add(reading_list: ReadingList, story: Story, *, by: Account, note: str = "") -> ListEntry:
    """Put a story at the end of a list; one that stands there already keeps its place and gets the note.

    The story was found through the gate. Raises RuleError at 2,000 stories.
    """
    held = _held(reading_list, by)
    word = _word(note)
    entry = held.entries.filter(story=story).first()
    if entry is not None:
        return annotate(entry, word, by=by) if word else entry
    if held.entries.count() >= MOST_ENTRIES:
        raise RuleError(_("This list holds %(most)d stories already.") % {"most": MOST_ENTRIES})
    last = held.entries.aggregate(last=Max("position"))["last"] or 0
    made = ListEntry.objects.create(list=held, story=story, position=last + 1, note=word)
    record("list.added", actor=by.pk, subject=made)
    _changed(held)
    return made


@transaction.atomic
def annotate(entry: ListEntry, note: str, *, by: Account) -> ListEntry:
    """Another word on a story."""
    held = _held(entry.list, by)
    entry.note = _word(note)
    entry.save(update_fields=["note"])
    _changed(held)
    return entry


@transaction.atomic
def remove(entry: ListEntry, *, by: Account) -> None:
    """Take a story out of a list."""
    held = _held(entry.list, by, writes=False)
    ListEntry.objects.filter(pk=entry.pk).delete()
    _changed(held)


@transaction.atomic
def step(entry: ListEntry, *, by: Account, down: bool) -> None:
    """One place up or down; at the end of the list nothing happens."""
    held = _held(entry.list, by)
    order = list(held.entries.order_by("position", "pk").values_list("pk", flat=True))
    at = order.index(entry.pk) if entry.pk in order else -1
    other = at + (1 if down else -1)
    if at >= 0 and 0 <= other < len(order):
        reorder(held, sorted((order[at], order[other]), key=order.index, reverse=True), by=by)


@transaction.atomic
def reorder(reading_list: ReadingList, order: Sequence[int], *, by: Account) -> None:
    """Put these entries into this order of their ids, on the places that they have among them.

    So one page of a long list can be put in order. Raises RuleError if one of them is not in the list.
    """
    held = _held(reading_list, by)
    rows = {row.pk: row for row in held.entries.filter(pk__in=order)}
    if len(set(order)) != len(order) or len(rows) != len(order):
        raise RuleError(_("The list has changed meanwhile. Load the page again."))
    places = sorted(row.position for row in rows.values())
    for pk, place in zip(order, places, strict=True):
        rows[pk].position = place
    ListEntry.objects.bulk_update(rows.values(), ["position"], batch_size=500)
    _changed(held)


@transaction.atomic
def drop(reading_list: ReadingList, *, by: Account) -> None:
    """The list is gone, and nobody follows it any more; the stories are as they were."""
    _delete(_held(reading_list, by, writes=False))


@transaction.atomic
def forget_all(account: Account) -> None:
    """All lists of an account that is being closed."""
    for reading_list in ReadingList.objects.filter(owner__account=account):
        _delete(reading_list)


def _delete(held: ReadingList) -> None:
    _shown_anew(held)
    Follow.objects.filter(target=Follow.Target.LIST, target_id=held.pk).delete()
    held.delete()


def _may_write(by: Account) -> None:
    if by.is_suspended:
        raise NotAllowedError(_("Your account is suspended."))


def _held(reading_list: ReadingList, by: Account, *, writes: bool = True) -> ReadingList:
    """The list's row, if it is mine; a suspended account only takes away."""
    held = ReadingList.objects.select_for_update().get(pk=reading_list.pk)
    if held.owner.account_id != by.pk:
        raise NotAllowedError(_("This list belongs to somebody else."))
    if writes:
        _may_write(by)
    return held


def _signer(by: Account, wanted: PenName | None) -> PenName:
    signer = wanted or by.pen_name
    if signer is None or signer.account_id != by.pk or signer.retired_at is not None:
        raise RuleError(_("A list is signed with one of your pen names. Choose one that is in use."))
    return signer


def _describe(reading_list: ReadingList, title: str, note: str) -> None:
    reading_list.title = plain(title)[:120].strip()
    reading_list.note = clean(note).strip()
    if not reading_list.title:
        raise RuleError(_("A list needs a title."))
    if len(reading_list.note) > LONGEST_NOTE:
        raise RuleError(_("This note is longer than %(most)d characters.") % {"most": LONGEST_NOTE})
    reading_list.slug = slug(reading_list.title, limit=60)


def _word(note: str) -> str:
    word = clean(note).strip()
    if len(word) > LONGEST_WORD:
        raise RuleError(_("This note is longer than %(most)d characters.") % {"most": LONGEST_WORD})
    return word


def _changed(held: ReadingList) -> None:
    ReadingList.objects.filter(pk=held.pk).update(changed_at=timezone.now())
    _shown_anew(held)


def _shown_anew(reading_list: ReadingList) -> None:
    if reading_list.is_public and reading_list.pk:
        bump(f"list:{reading_list.pk}", f"pen:{reading_list.owner_id}")
