"""Making order: an act on one tag or many; all of them or none, each a row in the log.

A preview (`look`) is the same, asked and not done.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account
from talehouse.activity.log import record_each
from talehouse.pages.versions import bump
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.tagging import count_uses
from talehouse.tags.models import Tag
from talehouse.tags.naming import named
from talehouse.tags.vocabulary import TagKind
from talehouse.wrangling import acts
from talehouse.wrangling.effects import Effect, effects
from talehouse.wrangling.models import Act, Change, Touched
from talehouse.wrangling.order import Changed, Order, write

MOST = 200
"""Tags in one act."""
_LOCK = 7_340_011
"""PostgreSQL's number for "somebody is changing the order among tags"."""


@dataclass(frozen=True, slots=True)
class Wish:
    """An act on some tags. `other` is the canonical tag, or the one above; `others` has pairs of a tag and
    one of its own; `characters` are for `members`.
    """

    act: Act
    tags: tuple[int, ...]
    other: int | None = None
    others: tuple[tuple[int, int], ...] = ()
    characters: tuple[int, ...] = ()
    romantic: bool | None = None

    def other_of(self, tag: int) -> int | None:
        """What the act on this tag is about, too."""
        return dict(self.others).get(tag, self.other)


@dataclass(slots=True)
class Step:
    """What becomes of one tag: refused with a sentence, or changed so; `effects` are for previews."""

    tag: Tag
    refusal: str = ""
    changed: Changed = field(default_factory=dict)
    effects: list[Effect] = field(default_factory=list)


def only_wranglers(by: Account) -> None:
    """Raises NotAllowedError for anybody but wranglers and hosts."""
    if not by.is_wrangler or by.is_suspended:
        raise NotAllowedError(_("Only those whom a host has asked put tags in order."))


def look(wish: Wish, *, by: Account) -> list[Step]:
    """What each of the tags would come to, in numbers of stories. Nothing is done."""
    only_wranglers(by)
    steps = _steps(wish)
    for step in steps:
        if step.tag.pk in step.changed:
            step.effects = effects(step.tag.pk, *step.changed[step.tag.pk])
    return steps


@transaction.atomic
def do(wish: Wish, *, by: Account) -> list[Change]:
    """Do it to all of the tags, or to none: raises RuleError with the first refusal."""
    only_wranglers(by)
    hold_the_order()
    steps = _steps(wish)
    for step in steps:
        if step.refusal:
            raise RuleError(step.refusal)
    batch = uuid.uuid4()
    return [_done(wish, step, by, batch) for step in steps]


def _steps(wish: Wish) -> list[Step]:
    if not wish.tags:
        raise RuleError(_("Choose at least one tag."))
    if len(wish.tags) > MOST:
        raise RuleError(_("At most %(most)d tags at once.") % {"most": MOST})
    order = Order()
    order.load({*wish.tags, *(other for pk in wish.tags if (other := wish.other_of(pk)))})
    return [_step(order, wish, pk) for pk in dict.fromkeys(wish.tags)]


def _step(order: Order, wish: Wish, pk: int) -> Step:
    step = Step(order.tag(pk))
    order.begin()
    try:
        _act(order, wish, pk)
    except RuleError as refusal:
        step.refusal = str(refusal)
        order.forget()
    step.changed = order.changed()
    return step


def _act(order: Order, wish: Wish, pk: int) -> None:
    if wish.act == Act.MEMBERS:
        acts.members(order, pk, wish.characters, romantic=wish.romantic)
    elif wish.act in (Act.SYNONYM, Act.UNDER, Act.OUT):
        if (other := wish.other_of(pk)) is None:
            raise RuleError(_("Name the other tag."))
        {Act.SYNONYM: acts.synonym, Act.UNDER: acts.under, Act.OUT: acts.out}[wish.act](order, pk, other)
    else:
        {Act.CANONICAL: acts.canonical, Act.APART: acts.apart, Act.ASIDE: acts.aside}[wish.act](order, pk)


def hold_the_order() -> None:
    """One wrangler at a time, so that two changes cannot make a circle together. SQLite's writers stand in
    line anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _done(wish: Wish, step: Step, by: Account, batch: uuid.UUID) -> Change:
    moved = effects(step.tag.pk, *step.changed[step.tag.pk]) if step.tag.pk in step.changed else []
    change = Change(
        act=wish.act,
        tag=step.tag,
        other_id=wish.other_of(step.tag.pk),
        by=by,
        batch=batch,
        stories=max((one.joins + one.leaves for one in moved), default=0),
    )
    keep(change, step.changed)
    return change


def keep(change: Change, changed: Changed) -> None:
    """Write what changes, the row of the log, and tell those who follow."""
    write(changed)
    count_uses(changed)  # so that it is found by its name, also where no story carries it
    change.before = {str(pk): was.told() for pk, (was, _now) in changed.items()}
    change.after = {str(pk): now.told() for pk, (_was, now) in changed.items()}
    change.save()
    Touched.objects.bulk_create([Touched(change=change, tag_id=pk) for pk in changed])
    record_each(
        "tag.wrangled", actor=change.by.pk if change.by else None, subjects=[Tag(pk=pk) for pk in changed]
    )
    bump(*(f"tag:{pk}" for pk in shown_with(changed)))


def shown_with(changed: Changed) -> set[int]:
    """The tags whose pages tell of the change: those changed, and those that they point to."""
    found = set(changed)
    for states in changed.values():
        for state in states:
            found |= {*state.above, *state.members, *([state.merged_into] if state.merged_into else [])}
    return found


@transaction.atomic
def make_new(kind: str, name: str, *, by: Account) -> Change:
    """A canonical tag that nobody has written yet, for others to mean or to stand under."""
    only_wranglers(by)
    tag = named(kind, name) if kind in TagKind.values else None
    if tag is None:
        raise RuleError(_("Choose a kind, and a name with at least one letter."))
    return do(Wish(Act.CANONICAL, (tag.pk,)), by=by)[0]
