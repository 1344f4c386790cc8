"""What may be done with one tag, and what follows from it: asked of an order, nothing is written here.

Each act refuses with a RuleError of one plain sentence, before it has changed anything.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from talehouse.stories.errors import RuleError
from talehouse.tags.vocabulary import Standing, TagKind, may_stand_above
from talehouse.wrangling.order import Order

FEWEST, MOST = 2, 50
"""Members of a relationship."""


def canonical(order: Order, pk: int) -> None:
    """This name stands for what it means. A relationship goes under those who belong to it."""
    state = order[pk]
    if state.is_canonical:
        raise RuleError(_("“%(tag)s” is canonical already.") % {"tag": order.name(pk)})
    if state.merged_into is not None:
        raise RuleError(
            _("“%(tag)s” is a synonym of “%(other)s”. Set it apart first.")
            % {"tag": order.name(pk), "other": order.name(state.merged_into)}
        )
    above = {one for one in state.members if order[one].is_canonical}
    order.change(pk, standing=Standing.CANONICAL, above=state.above | above)


def synonym(order: Order, pk: int, of: int) -> None:
    """It means the same as a canonical tag of its kind; an unsorted one becomes canonical by that.

    Its own synonyms follow. What stood above or under it stands above or under that one from now on, where
    that makes no circle; where it belonged to a relationship, that one does.
    """
    _refuse_synonym(order, pk, of)
    if order[of].standing == Standing.UNSORTED:
        canonical(order, of)
    for one in order.synonyms(pk):
        order.change(one, merged_into=of)
    for one in order.below(pk):
        moved = order[one].above - {pk}
        order.change(one, above=moved if one == of or one in order.over(of) else moved | {of})
    gained = {one for one in order[pk].above if one != of and of not in order.over(one)}
    order.change(of, above=order[of].above | gained)
    for one in order.relationships(pk):
        order.change(one, members=tuple(dict.fromkeys(of if m == pk else m for m in order[one].members)))
    if order[pk].members and not order[of].members:
        order.change(of, members=order[pk].members)
    order.change(pk, standing=Standing.SYNONYM, merged_into=of, above=frozenset(), members=())


def _refuse_synonym(order: Order, pk: int, of: int) -> None:
    names = {"tag": order.name(pk), "other": order.name(of)}
    state, other = order[pk], order[of]
    if pk == of:
        raise RuleError(_("“%(tag)s” cannot be a synonym of itself.") % names)
    if order.tag(pk).kind != order.tag(of).kind:
        raise RuleError(_("“%(tag)s” and “%(other)s” are of two kinds: a synonym is of the same.") % names)
    if state.merged_into == of:
        raise RuleError(_("“%(tag)s” is a synonym of “%(other)s” already.") % names)
    if state.merged_into is not None:
        names["other"] = order.name(state.merged_into)
        raise RuleError(_("“%(tag)s” is a synonym of “%(other)s”. Set it apart first.") % names)
    if other.merged_into is not None:
        names["third"] = order.name(other.merged_into)
        raise RuleError(_("“%(other)s” is itself a synonym of “%(third)s”. Choose that one.") % names)
    if other.standing == Standing.ASIDE:
        raise RuleError(_("“%(other)s” was set aside. Set it apart first.") % names)


def apart(order: Order, pk: int) -> None:
    """It is unsorted again: no synonym, not canonical, not set aside. Stories keep it, as ever."""
    _alone(order, pk, Standing.UNSORTED, _("“%(tag)s” is unsorted already."))


def aside(order: Order, pk: int) -> None:
    """Not a canonical matter: it stays as its writers wrote it, and wranglers need not look at it again."""
    _alone(order, pk, Standing.ASIDE, _("“%(tag)s” is set aside already."))


def _alone(order: Order, pk: int, standing: Standing, already: str) -> None:
    """It means nothing else, and stands under nothing."""
    if order[pk].standing == standing:
        raise RuleError(already % {"tag": order.name(pk)})
    refuse_while_it_carries(order, pk)
    order.change(pk, standing=standing, merged_into=None, above=frozenset())


def refuse_while_it_carries(order: Order, pk: int) -> None:
    """A tag with synonyms, or with others under it, stays canonical."""
    name = order.name(pk)
    if number := len(order.synonyms(pk)):
        raise RuleError(
            ngettext(
                "“%(tag)s” has %(n)d synonym. Set it apart first.",
                "“%(tag)s” has %(n)d synonyms. Set them apart first.",
                number,
            )
            % {"tag": name, "n": number}
        )
    if number := len(order.below(pk)):
        raise RuleError(
            ngettext(
                "%(n)d tag stands under “%(tag)s”. Take it out first.",
                "%(n)d tags stand under “%(tag)s”. Take them out first.",
                number,
            )
            % {"tag": name, "n": number}
        )
    if number := len(order.relationships(pk)):
        raise RuleError(
            ngettext(
                "“%(tag)s” belongs to %(n)d relationship. Say first who belongs to it instead.",
                "“%(tag)s” belongs to %(n)d relationships. Say first who belongs to them instead.",
                number,
            )
            % {"tag": name, "n": number}
        )


def under(order: Order, pk: int, above: int) -> None:
    """It stands under another: a meta tag of its kind, or a parent of another kind. Never in a circle."""
    names = {"tag": order.name(pk), "other": order.name(above)}
    if pk == above:
        raise RuleError(_("“%(tag)s” cannot stand under itself.") % names)
    for one in (pk, above):
        if not order[one].is_canonical:
            raise RuleError(
                _("“%(tag)s” is not canonical. Only canonical tags stand under one another.")
                % {"tag": order.name(one)}
            )
    if not may_stand_above(order.tag(above).kind, order.tag(pk).kind):
        names |= {"kind": _kind(order, pk), "above": _kind(order, above)}
        raise RuleError(_("A tag of the kind %(kind)s cannot stand under one of the kind %(above)s.") % names)
    if above in order[pk].above:
        raise RuleError(_("“%(tag)s” stands under “%(other)s” already.") % names)
    if pk in order.over(above):
        raise RuleError(_("“%(other)s” stands under “%(tag)s”: that would be a circle.") % names)
    order.change(pk, above=order[pk].above | {above})


def _kind(order: Order, pk: int) -> str:
    return str(TagKind(order.tag(pk).kind).label)


def out(order: Order, pk: int, above: int) -> None:
    """It stands under that one no more."""
    if above not in order[pk].above:
        names = {"tag": order.name(pk), "other": order.name(above)}
        raise RuleError(_("“%(tag)s” does not stand under “%(other)s”.") % names)
    order.change(pk, above=order[pk].above - {above})


def members(order: Order, pk: int, characters: Sequence[int], *, romantic: bool | None = None) -> None:
    """Who belongs to a relationship, two at least or nobody; a canonical one stands under each of them."""
    _refuse_members(order, pk, characters)
    state, wanted = order[pk], tuple(dict.fromkeys(characters))
    above = state.above - set(state.members)
    if state.is_canonical:
        above |= set(wanted)
    order.change(pk, members=wanted, romantic=romantic, above=above)


def _refuse_members(order: Order, pk: int, characters: Sequence[int]) -> None:
    order.load(characters)
    name = order.name(pk)
    if order.tag(pk).kind != TagKind.RELATIONSHIP:
        raise RuleError(_("“%(tag)s” is no relationship: nobody belongs to it.") % {"tag": name})
    if order[pk].merged_into is not None:
        raise RuleError(_("“%(tag)s” is a synonym. Say it of its canonical tag.") % {"tag": name})
    for one in characters:
        if order.tag(one).kind != TagKind.CHARACTER:
            raise RuleError(_("“%(tag)s” is no character.") % {"tag": order.name(one)})
        if not order[one].is_canonical:
            raise RuleError(
                _("“%(tag)s” is not canonical. Make it so, then it can belong to a relationship.")
                % {"tag": order.name(one)}
            )
    if characters and not FEWEST <= len(set(characters)) <= MOST:
        raise RuleError(_("Between 2 and %(most)d characters belong to a relationship.") % {"most": MOST})
