"""The revisions of a part as its pages show them: when, by whom, how many words, and what each of them is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from talehouse.site.templatetags.look import full
from talehouse.stories.models import Part, Revision

A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Badge:
    """A word about a revision, and how it looks."""

    text: str
    look: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One revision in the list. `change`: words more or less than the text before it; None for the first."""

    revision: Revision
    who: str
    kind: str
    change: int | None
    badges: tuple[Badge, ...]
    is_newest: bool
    waits: bool

    @property
    def number(self) -> int:
        """Its number in the part."""
        return self.revision.number

    @property
    def difference(self) -> str:
        """How many words more or fewer: +35, −12; nothing for none."""
        if not self.change:
            return ""
        return f"{'+' if self.change > 0 else '−'}{full(abs(self.change))}"

    @property
    def day(self) -> date:
        """The day in the time zone that is in force."""
        return timezone.localtime(self.revision.made_at).date()

    @property
    def at(self) -> datetime:
        """When it was saved."""
        return self.revision.made_at


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the list, the newest first; `before` is where the next page begins."""

    lines: Sequence[Line]
    before: int | None


def page(part: Part, before: int | None = None) -> Page:
    """Fifty revisions from below number `before` on; two queries, and no text is read."""
    rows = part.revisions.order_by("-number").defer("html", "note_before", "note_after")
    if before is not None:
        rows = rows.filter(number__lt=before)
    found = list(rows.select_related("restored_from__part")[: A_PAGE + 1])
    told = lines(part, found, newest=newest_number(part))
    more = len(found) > A_PAGE
    return Page(told[:A_PAGE], found[A_PAGE - 1].number if more else None)


def newest_number(part: Part) -> int | None:
    """The number of the newest text: the draft, else what is published."""
    newest = part.draft or part.published
    return newest.number if newest else None


def lines(part: Part, rows: Sequence[Revision], *, newest: int | None) -> list[Line]:
    """These revisions, the newest first, each beside the one that follows it in the list."""
    names = names_in(part)
    found: list[Line] = []
    for at, row in enumerate(rows):
        older = rows[at + 1] if at + 1 < len(rows) else None
        found.append(
            Line(
                revision=row,
                who=who(row, names),
                kind=kind_in_words(row),
                change=row.word_count - older.word_count if older else None,
                badges=tuple(_badges(part, row)),
                is_newest=row.number == newest,
                waits=row.kind == Revision.Kind.ASIDE and row.settled_at is None,
            )
        )
    return found


def names_in(part: Part) -> Mapping[int, str]:
    """Account → the pen name that it has in this story; an account itself is named nowhere."""
    roles = part.story.roles.filter(accepted_at__isnull=False).order_by("-position", "-pk")
    return dict(roles.values_list("pen_name__account_id", "pen_name__name"))


def who(revision: Revision, names: Mapping[int, str]) -> str:
    """The pen name of whoever saved it."""
    if revision.made_by_id is None:
        return _("Nobody’s name is kept")
    return names.get(revision.made_by_id) or _("Somebody who has left")


def kind_in_words(revision: Revision) -> str:
    """How it came to be; of a restored one, from which."""
    if revision.restored_from:
        return _("Restored from %(number)s") % {"number": revision.restored_from.number}
    return str(revision.get_kind_display())


def _badges(part: Part, row: Revision) -> list[Badge]:
    found: list[Badge] = []
    if row.pk == part.draft_id:
        found.append(Badge(_("draft")))
    if row.pk == part.published_id:
        out = part.release_at is not None and part.release_at <= timezone.now()
        found.append(Badge(_("published"), "good") if out else Badge(_("scheduled")))
    elif row.published_at is not None:
        found.append(Badge(_("was published")))
    if row.sealed_at is not None:
        found.append(Badge(_("sealed")))
    if row.kind == Revision.Kind.ASIDE:
        found.append(Badge(_("put away")) if row.settled_at else Badge(_("set aside"), "bad"))
    return found


def shown(part: Part, revision: Revision) -> dict[str, Any]:
    """Title and notes as they are with this text."""
    return {
        "title": revision.title or part.title,
        "note_before": part.note_before if revision.note_before is None else revision.note_before,
        "note_after": part.note_after if revision.note_after is None else revision.note_after,
    }
