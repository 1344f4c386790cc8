"""One undo for a whole import: all that nobody has changed or built on since goes back, the rest is told.

In batches, each its own transaction, so that others can work meanwhile; each looks again at what is there.
What means, stands under or has another goes back before that other does. Names stay: a writer may be typing
one of them right now, and what nobody has sorted and no story carries is shown nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account
from talehouse.activity.log import record_each
from talehouse.pages.versions import bump
from talehouse.stories.errors import RuleError
from talehouse.tags.models import Tag
from talehouse.tags.vocabulary import Standing
from talehouse.wrangling.models import Act, Change, Touched
from talehouse.wrangling.order import Changed, Order, State, carrying, write
from talehouse.wrangling.sorting import hold_the_order, only_wranglers, shown_with

BATCH = 1_000
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Undone:
    """How many tags are as they were, and how many were left as somebody has changed or built on them."""

    done: int = 0
    left: int = 0


class Sorted(NamedTuple):
    """How many tags an import has sorted, and of how many that still stands."""

    tags: int
    standing: int


def standing(change: Change) -> QuerySet[Touched]:
    """The tags that an import has sorted and no undo has put back."""
    return Touched.objects.filter(change=change, undone_by=None, after__isnull=False)


def sorted_by(changes: Collection[int]) -> dict[int, Sorted]:
    """For imports, by id: what they have sorted. One question."""
    rows = Touched.objects.filter(change__in=changes, after__isnull=False).order_by().values("change")
    counted = rows.annotate(tags=Count("pk"), open=Count("pk", filter=Q(undone_by=None)))
    return {row["change"]: Sorted(row["tags"], row["open"]) for row in counted}


def _was(row: Touched) -> State:
    """What an import found."""
    assert row.before is not None  # `standing` gives no others
    return State.of(row.before)


def _left(row: Touched) -> State:
    """What an import left."""
    assert row.after is not None
    return State.of(row.after)


class Line(NamedTuple):
    """A tag that stands as an import has sorted it: whether it has changed since, or others stand on it."""

    tag: Tag
    standing: str
    changed: bool
    carries: bool


def lines(rows: Sequence[Touched]) -> list[Line]:
    """These tags of an import, each with what keeps an undo from it, if anything does."""
    order = Order()
    order.load(row.tag_id for row in rows)
    carried = carrying([row.tag_id for row in rows if not _was(row).is_canonical])
    return [
        Line(
            row.tag,
            str(Standing(row.tag.standing).label),
            order[row.tag_id] != _left(row),
            row.tag_id in carried,
        )
        for row in rows
    ]


def undo_import(change: Change, *, by: Account | None, progress: Progress | None = None) -> Undone:
    """Put back what an import has sorted. `by` is None for the host at the command line.

    It can be asked for again, once what stood in the way is gone. Raises RuleError if there is nothing.
    """
    if by is not None:
        only_wranglers(by)
    if change.act != Act.IMPORT:
        raise RuleError(_("This is no import."))
    states = {row.tag_id: _left(row) for row in standing(change).defer("before").iterator()}
    if not states:
        raise RuleError(_("There is nothing left to undo."))
    return _Undoing(change, by, progress, states).run()


class _Undoing:
    """One import on its way back; `made` is the undo in the log, as soon as there is one."""

    def __init__(
        self, change: Change, by: Account | None, progress: Progress | None, states: Mapping[int, State]
    ) -> None:
        self.change, self.by, self.progress, self.states = change, by, progress, states
        self.made: Change | None = None

    def run(self) -> Undone:
        told, seen = Undone(), 0
        for some in _batches(self.states):
            told.done += self._batch(some)
            seen += len(some)
            if self.progress:
                self.progress(seen, len(self.states))
        told.left = self._end()
        return told

    @transaction.atomic
    def _batch(self, pks: Collection[int]) -> int:
        hold_the_order()
        rows = list(standing(self.change).filter(tag__in=pks))
        order = Order()
        order.load(row.tag_id for row in rows)
        same = [row for row in rows if order[row.tag_id] == _left(row)]
        changed = {row.tag_id: (order[row.tag_id], _was(row)) for row in same}
        for pk in carrying([pk for pk, (_now, then) in changed.items() if not then.is_canonical]):
            del changed[pk]
        if changed:
            self._put_back(changed)
        return len(changed)

    def _put_back(self, changed: Changed) -> None:
        write(changed)
        made = self.made = self.made or Change.objects.create(
            act=Act.UNDO, by=self.by, batch=self.change.batch
        )
        Touched.objects.bulk_create([Touched(change=made, tag_id=pk) for pk in changed])
        standing(self.change).filter(tag__in=changed).update(undone_by=made)
        by = self.by.pk if self.by else None
        record_each("tag.wrangled", actor=by, subjects=[Tag(pk=pk) for pk in changed])
        bump(*(f"tag:{pk}" for pk in shown_with(changed)))

    @transaction.atomic
    def _end(self) -> int:
        """How many are left. The undo that leaves nothing is the one of the whole import."""
        hold_the_order()
        bump("lists")
        left = standing(self.change).count()
        if self.made and not left and not Change.objects.filter(undoes=self.change).exists():
            Change.objects.filter(pk=self.made.pk).update(undoes=self.change)
        return left


def _batches(states: Mapping[int, State]) -> Iterator[list[int]]:
    """The tags in an order in which nothing that goes back is still named by another of them."""
    names = {pk: _named_by(state) & states.keys() for pk, state in states.items()}
    waits = dict.fromkeys(states, 0)
    for others in names.values():
        for other in others:
            waits[other] += 1
    ready = [pk for pk, number in waits.items() if not number]
    while ready:
        yield from (ready[start : start + BATCH] for start in range(0, len(ready), BATCH))
        following: list[int] = []
        for pk in ready:
            for other in names[pk]:
                waits[other] -= 1
                if not waits[other]:
                    following.append(other)
        ready = following


def _named_by(state: State) -> set[int]:
    return {*state.above, *state.members, *([state.merged_into] if state.merged_into else [])}
