"""Undoing what was done, unless something later stands on it. Imports: `undoing_imports.py`."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account
from talehouse.stories.errors import RuleError
from talehouse.wrangling.acts import refuse_while_it_carries
from talehouse.wrangling.models import Act, Change, Touched
from talehouse.wrangling.order import Order, State
from talehouse.wrangling.sorting import hold_the_order, keep, only_wranglers


@transaction.atomic
def undo(change: Change, *, by: Account) -> Change:
    """All as it was before this change. Raises RuleError, naming what stands in the way."""
    only_wranglers(by)
    hold_the_order()
    return _undo(change, by, uuid.uuid4())


@transaction.atomic
def undo_batch(batch: uuid.UUID, *, by: Account) -> list[Change]:
    """The same with all that was done at once and not undone since, the last first; all or none."""
    only_wranglers(by)
    hold_the_order()
    rows = Change.objects.filter(batch=batch, undone_by=None).exclude(act__in=(Act.UNDO, Act.IMPORT))
    together = uuid.uuid4()
    done = [_undo(change, by, together) for change in rows.order_by("-pk")]
    if not done:
        raise RuleError(_("There is nothing left to undo."))
    return done


def _undo(change: Change, by: Account, batch: uuid.UUID) -> Change:
    if change.act in (Act.UNDO, Act.IMPORT):
        raise RuleError(_("This cannot be undone in one step."))
    if Change.objects.filter(undoes=change).exists():
        raise RuleError(_("This has been undone already."))
    order = Order()
    order.load(int(pk) for pk in change.after)
    order.begin()
    _refuse_if_changed_since(order, change)
    for pk, told in change.before.items():
        order.put(int(pk), State.of(told))
    changed = order.changed()
    for pk in changed:
        _refuse_if_it_cannot_stand(order, pk)
    made = Change(
        act=Act.UNDO,
        tag=change.tag,
        other=change.other,
        by=by,
        batch=batch,
        undoes=change,
        stories=change.stories,
    )
    keep(made, changed)
    return made


def _refuse_if_changed_since(order: Order, change: Change) -> None:
    for pk, told in change.after.items():
        if order[int(pk)] != State.of(told):
            raise RuleError(_since(order, int(pk), change))


def _since(order: Order, pk: int, change: Change) -> str:
    """What to undo first."""
    later = Touched.objects.filter(tag=pk, change__pk__gt=change.pk, change__undone_by=None, undone_by=None)
    row = later.exclude(change__act=Act.UNDO).select_related("change__tag").order_by("-change").first()
    if row is None:
        return _("“%(tag)s” has changed since.") % {"tag": order.name(pk)}
    told = {
        "tag": order.name(pk),
        "act": row.change.get_act_display(),
        "of": (row.change.tag or order.tag(pk)).name,
        "when": date_format(row.change.at, "DATE_FORMAT"),
    }
    return _("“%(tag)s” has changed since: on %(when)s “%(of)s” – %(act)s. Undo that first.") % told


def _refuse_if_it_cannot_stand(order: Order, pk: int) -> None:
    """Nothing may point to a tag that is not canonical, and nothing may stand in a circle."""
    state = order[pk]
    if not state.is_canonical:
        refuse_while_it_carries(order, pk)
    for other in {*state.above, *state.members, *([state.merged_into] if state.merged_into else [])}:
        if not order[other].is_canonical:
            raise RuleError(_("“%(tag)s” is not canonical any more.") % {"tag": order.name(other)})
    if pk in order.over(pk):
        raise RuleError(_("“%(tag)s” would stand above itself.") % {"tag": order.name(pk)})
