"""Saving what a writer types, so that no word is lost (law 1) and nothing is overwritten silently.

Whoever saves says which revision they began from. If somebody else has saved meanwhile, the text is set
aside: a revision that is kept and is nobody's draft, to be looked at beside the newest.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account
from talehouse.activity.log import record
from talehouse.lib.slugs import slug
from talehouse.stories import rhythm, texts
from talehouse.stories.errors import RuleError
from talehouse.stories.locking import locked as held
from talehouse.stories.locking import standing_part
from talehouse.stories.models import Part, Revision
from talehouse.stories.powers import Power
from talehouse.stories.sums import bump_story


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a save: the revision that holds the text, and the newest of the part.

    They differ only if the text was set aside.
    """

    revision: Revision
    newest: Revision

    @property
    def is_aside(self) -> bool:
        """Whether somebody else had saved first."""
        return self.revision.pk != self.newest.pk


def line(text: str, limit: int = 200) -> str:
    """One line of text as it is kept: normal form C, white space folded, cut at the column's length."""
    return " ".join(unicodedata.normalize("NFC", text).split())[:limit]


@transaction.atomic
def save(
    part: Part,
    *,
    by: Account,
    html: str,
    base: int | None,
    title: str | None = None,
    note_before: str | None = None,
    note_after: str | None = None,
    tab: str = "",
    settles: int | None = None,
    automatic: bool = False,
) -> Saved:
    """Keep a text that was begun from revision number `base` (None: from an empty part).

    Title and notes go with the text and reach readers when it is published; a part that nobody has seen yet
    shows them on the desk at once. `tab` names the window, up to 40 characters. `settles` is the number of a
    text that was set aside: whoever saves this one has decided, unless it is set aside too.
    """
    story = held(part.story_id, by=by, power=Power.WRITE)
    part = standing_part(part)
    if title is not None and not (title := line(title)):
        raise RuleError(_("A part needs a title."))
    words = texts.Words(
        title=title,
        note_before=None if note_before is None else texts.note(note_before),
        note_after=None if note_after is None else texts.note(note_after),
    )
    tab = tab[:40]
    newest = texts.newest_of(part)
    kind = Revision.Kind.AUTO if automatic else Revision.Kind.SAVED
    if aside := newest is not None and _is_behind(part, base, newest, tab, by):
        kind = Revision.Kind.ASIDE
    revision = texts.save(part, html, by=by, words=words, tab=tab, kind=kind)
    if not aside:
        show_title(part, title)
        _keep_for_good(revision, automatic)
        settle(part, settles)
    rhythm.settle(story, by=by)
    if newest is None or revision.pk != newest.pk:
        record("part.set-aside" if aside else "part.saved", actor=by.pk, subject=part)
        bump_story(story)
    return Saved(revision, newest if aside and newest is not None else revision)


def settle(part: Part, number: int | None) -> None:
    """Somebody has decided about the text of this number that was set aside, and so about what the same
    window had set aside before."""
    asides = part.revisions.filter(kind=Revision.Kind.ASIDE, settled_at=None)
    aside = asides.filter(number=number).first() if number is not None else None
    if aside is not None:
        same = Q(pk=aside.pk) if not aside.tab else Q(tab=aside.tab, number__lte=aside.number)
        asides.filter(same).update(settled_at=timezone.now())


def _is_behind(part: Part, base: int | None, newest: Revision, tab: str, by: Account) -> bool:
    """Whether somebody else has saved since `base`: another person, or another window.

    Who began from a text that was set aside has not seen the newest, whatever the numbers say.
    """
    if base == newest.number:
        return False
    if part.revisions.filter(number=base or 0, kind=Revision.Kind.ASIDE).exists():
        return True
    since = part.revisions.filter(number__gt=base or 0).exclude(kind=Revision.Kind.ASIDE)
    return not tab or since.exclude(tab=tab, made_by=by).exists()


def show_title(part: Part, title: str | None) -> None:
    """A part that nobody has seen yet has at once the title that its newest text has."""
    if part.published_id is None and title:
        part.title, part.slug = title, slug(title, limit=60)
        part.save(update_fields=["title", "slug"])


def _keep_for_good(revision: Revision, automatic: bool) -> None:
    """Who saves by hand what was saved by itself wants it kept: it is not thinned any more."""
    if revision.kind == Revision.Kind.AUTO and not automatic:
        revision.kind = Revision.Kind.SAVED
        revision.save(update_fields=["kind"])
