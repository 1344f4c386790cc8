"""Making order: each rule, what follows from it, and each refusal."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from talehouse.accounts.models import Account
from talehouse.activity.models import Event
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.tags.models import Tag
from talehouse.wrangling import sorting
from talehouse.wrangling.models import Act, Change
from talehouse.wrangling.tests.sorted_tags import (
    above,
    found,
    make_canonical,
    make_synonym,
    members,
    put_under,
    set_apart,
    set_aside,
    set_members,
    tag,
    tagged,
    take_out,
)
from tests.cast import Cast
from tests.delivering import deliver_now


def canonical(by: Account, *names: str, kind: str = "theme") -> list[Tag]:
    make_canonical([tag(name, kind) for name in names], by=by)
    return [tag(name, kind) for name in names]


def refused(why: str, rule: Callable[[], object]) -> None:
    before = Change.objects.count()
    with pytest.raises(RuleError, match=why):
        rule()
    assert Change.objects.count() == before


def test_a_tag_is_made_canonical_and_the_log_tells(by: Account) -> None:
    (change,) = make_canonical(tag("Lamps"), by=by)
    assert tag("Lamps").standing == "canonical"
    assert (change.act, change.tag, change.by) == (Act.CANONICAL, tag("Lamps"), by)
    event = Event.objects.get(verb="tag.wrangled")
    assert (event.subject_id, event.subject_type, event.actor_id) == (tag("Lamps").pk, "tag", by.pk)
    refused("is canonical already", lambda: make_canonical(tag("Lamps"), by=by))


def test_a_synonym_joins_its_stories_to_the_canonical_tag(cast: Cast, by: Account) -> None:
    one, other = tagged(cast, "One", "lanternes"), tagged(cast, "Other", "Lanterns", "lanternes")
    (change,) = make_synonym(tag("lanternes"), tag("Lanterns"), by=by)
    assert change.stories == 1  # the other is found there already
    assert tag("Lanterns").standing == "canonical"  # it was unsorted
    deliver_now()
    assert found(one) == {"lanternes", "Lanterns"} == found(other)
    assert [t.name for t in one.tags.all()] == ["lanternes"]  # the writer's words stay


def test_synonyms_of_a_synonym_follow_and_what_stood_around_it_moves(cast: Cast, by: Account) -> None:
    old, new, over, under_it = canonical(by, "Old", "New", "Over", "Under")
    make_synonym(tag("olde"), old, by=by)
    put_under(old, over, by=by)
    put_under(under_it, old, by=by)
    one, other = tagged(cast, "One", "olde"), tagged(cast, "Other", "Under")
    make_synonym(old, new, by=by)
    assert tag("olde").merged_into == new == tag("Old").merged_into
    assert above("Under") == {"New"} and above("New") == {"Over"} and above("Old") == set()
    deliver_now()
    assert found(one) == {"olde", "New", "Over"}
    assert found(other) == {"Under", "New", "Over"}


@pytest.mark.parametrize("is_over", [True, False])
def test_a_synonym_of_what_stands_above_or_under_it_makes_no_circle(by: Account, is_over: bool) -> None:
    old, new, between = canonical(by, "Old", "New", "Between")
    low, high = (old, new) if is_over else (new, old)
    put_under(low, between, by=by)
    put_under(between, high, by=by)
    put_under(low, high, by=by)
    make_synonym(old, new, by=by)
    assert above("New") == (set() if is_over else {"Between"})
    assert above("Between") == ({"New"} if is_over else set())


def test_a_character_that_becomes_a_synonym_is_replaced_in_relationships(by: Account) -> None:
    mira, orlan, vey = canonical(by, "Mira", "Orlan", "Mira Vey", kind="character")
    (pair,) = canonical(by, "Mira/Orlan", kind="relationship")
    set_members(pair, [mira, orlan], by=by, romantic=True)
    make_synonym(mira, vey, by=by)
    assert members("Mira/Orlan") == ["Mira Vey", "Orlan"]
    assert above("Mira/Orlan", "relationship") == {"Mira Vey", "Orlan"}


def test_what_cannot_be_a_synonym(by: Account) -> None:
    lamps, light = canonical(by, "Lamps", "Light")
    make_synonym(tag("lampes"), lamps, by=by)
    set_aside(tag("hmm"), by=by)
    refused("a synonym of itself", lambda: make_synonym(lamps, lamps, by=by))
    refused("of two kinds", lambda: make_synonym(tag("Lamps", "genre"), lamps, by=by))
    refused("of “Lamps” already", lambda: make_synonym(tag("lampes"), lamps, by=by))
    refused("Set it apart first", lambda: make_synonym(tag("lampes"), light, by=by))
    refused("Choose that one", lambda: make_synonym(light, tag("lampes"), by=by))
    refused("was set aside", lambda: make_synonym(light, tag("hmm"), by=by))


def test_a_synonym_is_set_apart_again(cast: Cast, by: Account) -> None:
    one = tagged(cast, "One", "lampes")
    make_synonym(tag("lampes"), tag("Lamps"), by=by)
    deliver_now()
    (change,) = set_apart(tag("lampes"), by=by)
    assert change.stories == 1 and tag("lampes").standing == "unsorted"
    deliver_now()
    assert found(one) == {"lampes"}
    refused("unsorted already", lambda: set_apart(tag("lampes"), by=by))


def test_a_tag_that_carries_others_stays_canonical(by: Account) -> None:
    lamps, oil, mira, orlan = (
        *canonical(by, "Lamps", "Oil"),
        tag("Mira", "character"),
        tag("Orlan", "character"),
    )
    rules = (lambda: set_apart(lamps, by=by), lambda: set_aside(lamps, by=by))
    for rule in rules:
        make_synonym(tag("lampes"), lamps, by=by)
        refused("1 synonym", rule)
        set_apart(tag("lampes"), by=by)
        put_under(oil, lamps, by=by)
        refused("1 tag stands under", rule)
        take_out(oil, lamps, by=by)
    make_canonical([mira, orlan], by=by)
    set_members(tag("Mira & Orlan", "relationship"), [mira, orlan], by=by)
    refused("belongs to 1 relationship", lambda: set_apart(mira, by=by))
    set_apart(lamps, by=by)
    assert tag("Lamps").standing == "unsorted"


def test_a_tag_is_set_aside_and_comes_back(by: Account) -> None:
    set_aside(tag("hmm idk"), by=by)
    assert tag("hmm idk").standing == "aside"
    refused("set aside already", lambda: set_aside(tag("hmm idk"), by=by))
    set_apart(tag("hmm idk"), by=by)
    assert tag("hmm idk").standing == "unsorted"


def test_stories_are_found_under_what_stands_above(cast: Cast, by: Account) -> None:
    one = tagged(cast, "One", "Oil")
    oil, lamps, light = canonical(by, "Oil", "Lamps", "Light")
    (change,) = put_under(oil, lamps, by=by)
    put_under(lamps, light, by=by)
    assert change.stories == 1
    deliver_now()
    assert found(one) == {"Oil", "Lamps", "Light"}
    (change,) = take_out(oil, lamps, by=by)
    assert change.stories == 1
    deliver_now()
    assert found(one) == {"Oil"}


def test_what_cannot_stand_under_what(by: Account) -> None:
    oil, lamps, light = canonical(by, "Oil", "Lamps", "Light")
    (mira,) = canonical(by, "Mira", kind="character")
    put_under(oil, lamps, by=by)
    put_under(lamps, light, by=by)
    refused("under itself", lambda: put_under(oil, oil, by=by))
    refused("stands under “Lamps” already", lambda: put_under(oil, lamps, by=by))
    refused("would be a circle", lambda: put_under(light, oil, by=by))
    refused("“Ash” is not canonical", lambda: put_under(oil, tag("Ash"), by=by))
    refused("“Ash” is not canonical", lambda: put_under(tag("Ash"), oil, by=by))
    refused("kind Theme cannot stand under one of the kind Character", lambda: put_under(oil, mira, by=by))
    refused("does not stand under", lambda: take_out(oil, light, by=by))


def test_a_relationship_knows_its_characters(cast: Cast, by: Account) -> None:
    one = tagged(cast, "One", "Mira/Orlan/Tess", kind="relationship")
    people = canonical(by, "Mira", "Orlan", "Tess", kind="character")
    pair = tag("Mira/Orlan/Tess", "relationship")
    set_members(pair, people, by=by, romantic=True)
    assert members("Mira/Orlan/Tess") == ["Mira", "Orlan", "Tess"] and above(pair.name, pair.kind) == set()
    make_canonical(pair, by=by)
    assert above(pair.name, pair.kind) == {"Mira", "Orlan", "Tess"}
    deliver_now()
    assert found(one) == {"Mira/Orlan/Tess", "Mira", "Orlan", "Tess"}
    set_members(pair, people[:2], by=by, romantic=False)
    assert above(pair.name, pair.kind) == {"Mira", "Orlan"} and tag(pair.name, pair.kind).romantic is False


def test_what_cannot_belong_to_a_relationship(by: Account) -> None:
    mira, orlan = canonical(by, "Mira", "Orlan", kind="character")
    pair, wen = tag("Mira/Orlan", "relationship"), tag("Wen", "character")
    refused("is no relationship", lambda: set_members(mira, [mira, orlan], by=by))
    refused("is no character", lambda: set_members(pair, [mira, tag("Lamps")], by=by))
    refused("“Wen” is not canonical", lambda: set_members(pair, [mira, wen], by=by))
    refused("Between 2 and 50", lambda: set_members(pair, [mira, mira], by=by))
    make_synonym(tag("Orlan/Mira", "relationship"), pair, by=by)
    refused("is a synonym", lambda: set_members(tag("Orlan/Mira", "relationship"), [mira, orlan], by=by))


def test_many_at_once_or_none(by: Account) -> None:
    lamps = tag("Lamps")
    spellings = [tag(name) for name in ("lampes", "LAMPEN", "laamps")]
    made = make_synonym(spellings, lamps, by=by)
    assert len({change.batch for change in made}) == 1 and lamps.synonyms.count() == 3
    refused("already", lambda: make_canonical([tag("Ash"), lamps], by=by))
    assert tag("Ash").standing == "unsorted"
    refused("at least one", lambda: make_canonical([], by=by))
    refused("At most 200", lambda: make_canonical([tag(f"T{n}") for n in range(201)], by=by))


def test_many_at_once_cannot_make_a_circle(by: Account) -> None:
    oil, lamps = canonical(by, "Oil", "Lamps")
    refused("under itself", lambda: put_under([oil, lamps], lamps, by=by))


WISHES = {
    Act.CANONICAL: lambda at: sorting.Wish(Act.CANONICAL, (at["Ash"],)),
    Act.SYNONYM: lambda at: sorting.Wish(Act.SYNONYM, (at["Ash"],), at["Lamps"]),
    Act.APART: lambda at: sorting.Wish(Act.APART, (at["Oil"],)),
    Act.ASIDE: lambda at: sorting.Wish(Act.ASIDE, (at["Ash"],)),
    Act.UNDER: lambda at: sorting.Wish(Act.UNDER, (at["Oil"],), at["Light"]),
    Act.OUT: lambda at: sorting.Wish(Act.OUT, (at["Oil"],), at["Lamps"]),
    Act.MEMBERS: lambda at: sorting.Wish(
        Act.MEMBERS, (at["Mira/Orlan"],), characters=(at["Mira"], at["Orlan"])
    ),
}


@pytest.fixture
def at(by: Account) -> dict[str, int]:
    oil, lamps, light = canonical(by, "Oil", "Lamps", "Light")
    put_under(oil, lamps, by=by)
    people = canonical(by, "Mira", "Orlan", kind="character")
    rest = [tag("Ash"), tag("Mira/Orlan", "relationship")]
    return {one.name: one.pk for one in [oil, lamps, light, *people, *rest]}


@pytest.mark.parametrize("act", WISHES)
@pytest.mark.parametrize("who", ["reader", "writer", "suspended"])
def test_others_put_nothing_in_order(cast: Cast, at: dict[str, int], act: Act, who: str) -> None:
    wish = WISHES[act](at)
    for rule in (sorting.do, sorting.look):
        with pytest.raises(NotAllowedError):
            rule(wish, by=getattr(cast, who))


@pytest.mark.parametrize("act", WISHES)
def test_a_host_may_and_a_look_does_nothing(cast: Cast, at: dict[str, int], act: Act) -> None:
    wish = WISHES[act](at)
    before = list(Tag.objects.order_by("pk").values()), Change.objects.count()
    (step,) = sorting.look(wish, by=cast.host)
    assert not step.refusal and step.changed
    assert (list(Tag.objects.order_by("pk").values()), Change.objects.count()) == before
    (change,) = sorting.do(wish, by=cast.host)
    assert {int(pk) for pk in change.after} == set(step.changed)


def test_a_suspended_wrangler_may_not(cast: Cast, by: Account, at: dict[str, int]) -> None:
    by.suspended_at = by.wrangler_since
    with pytest.raises(NotAllowedError):
        make_canonical(tag("Ash"), by=by)


def test_a_look_tells_numbers_of_stories_and_refusals(cast: Cast, by: Account) -> None:
    for number in range(3):
        tagged(cast, f"Story {number}", "lampes")
    tagged(cast, "Secret", "lampes", visibility="private")  # counts for nobody
    canonical(by, "Lamps")
    wish = sorting.Wish(Act.SYNONYM, (tag("lampes").pk, tag("Lamps").pk), tag("Lamps").pk)
    first, second = sorting.look(wish, by=by)
    assert [(one.tag, one.joins, one.leaves) for one in first.effects] == [(tag("Lamps").pk, 3, 0)]
    assert "synonym of itself" in second.refusal and not second.effects


def test_only_stories_that_have_no_other_way_leave(cast: Cast, by: Account) -> None:
    tagged(cast, "One", "lampes")
    tagged(cast, "Two", "lampes", "lampen")
    tagged(cast, "Three", "lampes", "Lamps")
    make_synonym([tag("lampes"), tag("lampen")], tag("Lamps"), by=by)
    deliver_now()
    (step,) = sorting.look(sorting.Wish(Act.APART, (tag("lampes").pk,)), by=by)
    assert [(one.joins, one.leaves) for one in step.effects] == [(0, 1)]
