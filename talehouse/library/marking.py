"""Marks: words of a text that somebody highlighted, perhaps with a note. Nobody else ever sees one.

A mark always keeps its words. Where it stands in the text that is out is worked out anew after each
publishing (`following_texts.py`); where that cannot be found, the words are still there.
"""

from __future__ import annotations

from typing import NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account
from talehouse.lib import html as markup
from talehouse.lib.characters import clean
from talehouse.library.models import Highlight
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.models import Part
from talehouse.stories.quoting import LONGEST, Quote, anchored

MOST = 5_000
"""Marks of one account."""
LONGEST_NOTE = 5_000


class Shown(NamedTuple):
    """A mark in the text that is out: its block, and the words that stand there now. No words: it is shown at
    the block alone."""

    mark: Highlight
    block: str
    words: str
    start: int


@transaction.atomic
def mark(part: Part, block: str, quote: Quote | None, *, by: Account, note: str = "") -> Highlight:
    """Mark words of a block, or all of it (the first 600 characters of a long one).

    The part was found through the gate. The same words twice are one mark, which gets the newer note. Raises
    RuleError for words that are not in the text any more, and at 5,000 marks.
    """
    if by.is_suspended:
        raise NotAllowedError(_("Your account is suspended."))
    Account.objects.select_for_update().only("pk").get(pk=by.pk)
    made = Highlight(account=by, story_id=part.story_id, part=part, note=_note(note))
    anchored(made, part, block, quote or _all_of(part, block))
    there = Q(placed_on=made.placed_on, block=made.block, start=made.start, end=made.end)
    known = Highlight.objects.filter(there, account=by, part=part).first()
    if known is not None:
        return annotate(known, made.note, by=by) if made.note else known
    if Highlight.objects.filter(account=by).count() >= MOST:
        raise RuleError(_("You have %(most)d marks already. Take one away first.") % {"most": MOST})
    made.save()
    return made


def _all_of(part: Part, block: str) -> Quote | None:
    """The words of a block, as many as are quoted."""
    blocks = dict(markup.parse(part.published.html)) if part.published else {}
    text = blocks[block].text if block in blocks else ""
    if len(text) <= LONGEST:
        return Quote(text)
    at_word, _space, _last = text[:LONGEST].rpartition(" ")
    return Quote(at_word or text[:LONGEST])


@transaction.atomic
def annotate(mark: Highlight, note: str, *, by: Account) -> Highlight:
    """Another note, or none."""
    _own(mark, by)
    if by.is_suspended:
        raise NotAllowedError(_("Your account is suspended."))
    mark.note, mark.changed_at = _note(note), timezone.now()
    mark.save(update_fields=["note", "changed_at"])
    return mark


@transaction.atomic
def remove(mark: Highlight, *, by: Account) -> None:
    """The mark and its note are gone."""
    _own(mark, by)
    Highlight.objects.filter(pk=mark.pk).delete()


def _own(mark: Highlight, by: Account) -> None:
    if mark.account_id != by.pk:
        raise NotAllowedError(_("This mark belongs to somebody else."))


def _note(note: str) -> str:
    text = clean(note).strip()
    if len(text) > LONGEST_NOTE:
        raise RuleError(_("This note is longer than %(most)d characters.") % {"most": LONGEST_NOTE})
    return text


def shown_in(part: Part, account: Account) -> list[Shown]:
    """My marks in a part, in the order of the text; `part.published` was fetched along."""
    marks: QuerySet[Highlight] = Highlight.objects.filter(account=account, part=part)
    found = list(marks.order_by("order", "start", "pk"))
    texts = {key: block.text for key, block in markup.parse(part.published.html)} if part.published else {}
    return [_shown(one, part, texts) for one in found]


def _shown(one: Highlight, part: Part, texts: dict[str, str]) -> Shown:
    """Until it has been placed anew the words are looked for as they were."""
    if one.placed_on_id != part.published_id:
        return Shown(one, one.block, one.quote, one.start)
    if one.how in (Highlight.How.BLOCK, Highlight.How.EARLIER):
        return Shown(one, one.block, "", 0)
    return Shown(one, one.block, texts.get(one.block, "")[one.start : one.end], one.start)
