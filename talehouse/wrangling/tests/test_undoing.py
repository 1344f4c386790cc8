"""Undoing: all as it was, unless something later stands on it, which is said."""

from __future__ import annotations

import pytest

from talehouse.accounts.models import Account
from talehouse.activity.models import Event
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.tags.models import Above, Member, Tag
from talehouse.wrangling.models import Act, Change
from talehouse.wrangling.tests.sorted_tags import (
    found,
    make_canonical,
    make_synonym,
    put_under,
    set_apart,
    set_aside,
    set_members,
    tag,
    tagged,
    take_out,
)
from talehouse.wrangling.undoing import undo, undo_batch
from tests.cast import Cast
from tests.delivering import deliver_now


def everything() -> tuple[object, ...]:
    """The whole order, as rows."""
    return (
        list(Tag.objects.order_by("pk").values("pk", "standing", "merged_into", "romantic")),
        sorted(Above.objects.values_list("tag", "above")),
        sorted(Member.objects.values_list("relationship", "character", "position")),
    )


@pytest.fixture
def laid_out(by: Account) -> None:
    themes = [tag(name) for name in ("Oil", "Lamps", "Light", "Old")]
    people = [tag(name, "character") for name in ("Mira", "Orlan", "Mira Vey")]
    pair = tag("Mira/Orlan", "relationship")
    make_canonical([*themes, *people, pair], by=by)
    make_synonym(tag("olde"), tag("Old"), by=by)
    put_under(tag("Old"), tag("Light"), by=by)
    put_under(tag("Oil"), tag("Old"), by=by)
    set_members(pair, people[:2], by=by, romantic=True)
    tag("Ash")


ACTS = {
    "canonical": lambda by: make_canonical(tag("Ash"), by=by),
    "synonym": lambda by: make_synonym(tag("Old"), tag("Lamps"), by=by),
    "synonym of unsorted": lambda by: make_synonym(tag("Lamps"), tag("Ash"), by=by),
    "character": lambda by: make_synonym(tag("Mira", "character"), tag("Mira Vey", "character"), by=by),
    "apart": lambda by: set_apart(tag("olde"), by=by),
    "aside": lambda by: set_aside(tag("Ash"), by=by),
    "under": lambda by: put_under(tag("Oil"), tag("Lamps"), by=by),
    "out": lambda by: take_out(tag("Oil"), tag("Old"), by=by),
    "members": lambda by: set_members(tag("Mira/Orlan", "relationship"), [], by=by),
}


@pytest.mark.parametrize("act", ACTS)
def test_each_act_can_be_undone(by: Account, laid_out: None, act: str) -> None:
    before = everything()
    (change,) = ACTS[act](by)
    assert everything() != before
    seen = Event.objects.filter(verb="tag.wrangled").count()
    made = undo(change, by=by)
    assert everything() == before
    assert (made.act, made.undoes, made.by) == (Act.UNDO, change, by)
    assert Event.objects.filter(verb="tag.wrangled").count() == seen + len(change.after)


def test_stories_follow_an_undo(cast: Cast, by: Account) -> None:
    one = tagged(cast, "One", "lampes")
    (change,) = make_synonym(tag("lampes"), tag("Lamps"), by=by)
    deliver_now()
    undo(change, by=by)
    deliver_now()
    assert found(one) == {"lampes"}


def test_what_was_done_at_once_is_undone_at_once(by: Account) -> None:
    spellings = [tag(name) for name in ("lampes", "lampen", "laamps")]
    lamps = tag("Lamps")
    before = everything()
    made = make_synonym(spellings, lamps, by=by)
    assert len(undo_batch(made[0].batch, by=by)) == 3
    assert everything() == before
    with pytest.raises(RuleError, match="nothing left"):
        undo_batch(made[0].batch, by=by)


def test_what_has_changed_since_stands_in_the_way_and_is_named(by: Account) -> None:
    (first,) = make_synonym(tag("lampes"), tag("Lamps"), by=by)
    (second,) = make_synonym(tag("Lamps"), tag("Lanterns"), by=by)
    with pytest.raises(RuleError, match=r"“lampes” has changed since: on .* “Lamps” – Make a synonym"):
        undo(first, by=by)
    undo(second, by=by)
    undo(first, by=by)
    assert tag("lampes").standing == "unsorted" == tag("Lamps").standing


def test_what_stands_on_it_is_in_the_way(by: Account) -> None:
    (canonical,) = make_canonical(tag("Lamps"), by=by)
    make_synonym(tag("lampes"), tag("Lamps"), by=by)
    with pytest.raises(RuleError, match="1 synonym"):
        undo(canonical, by=by)
    make_canonical([tag("Oil"), tag("Light")], by=by)
    (under,) = put_under(tag("Oil"), tag("Light"), by=by)
    (out,) = take_out(tag("Oil"), tag("Light"), by=by)
    set_aside(tag("Light"), by=by)
    with pytest.raises(RuleError, match="“Light” is not canonical any more"):
        undo(out, by=by)
    with pytest.raises(RuleError, match="has changed since"):
        undo(under, by=by)


def test_an_undo_makes_no_circle(by: Account) -> None:
    make_canonical([tag("Oil"), tag("Light")], by=by)
    put_under(tag("Oil"), tag("Light"), by=by)
    (out,) = take_out(tag("Oil"), tag("Light"), by=by)
    put_under(tag("Light"), tag("Oil"), by=by)
    with pytest.raises(RuleError, match="above itself"):
        undo(out, by=by)


def test_once_and_never_an_undo(by: Account) -> None:
    (change,) = make_canonical(tag("Lamps"), by=by)
    made = undo(change, by=by)
    with pytest.raises(RuleError, match="undone already"):
        undo(change, by=by)
    with pytest.raises(RuleError, match="in one step"):
        undo(made, by=by)


def test_others_undo_nothing(cast: Cast, by: Account) -> None:
    (change,) = make_canonical(tag("Lamps"), by=by)
    for who in ("reader", "writer", "suspended"):
        with pytest.raises(NotAllowedError):
            undo(change, by=getattr(cast, who))
        with pytest.raises(NotAllowedError):
            undo_batch(change.batch, by=getattr(cast, who))
    assert Change.objects.count() == 1
