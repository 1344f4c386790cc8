"""What is suggested: the same name, a similar one, what is used together; nothing of drafts."""

from __future__ import annotations

import pytest

from talehouse.stories import describing
from talehouse.tags.suggesting import same_key
from talehouse.wrangling.suggesting import company, meanings, people
from talehouse.wrangling.tests.sorted_tags import make_canonical, make_synonym, set_aside, tag, tagged
from tests.cast import Cast, story
from tests.delivering import deliver_now

SAME = [
    ("theme", "Slow Burn", "burn, slow"),
    ("theme", "Café au lait", "cafe AU Lait!"),
    ("theme", "S.H.I.E.L.D.", "shield"),
    ("theme", "Post-War", "postwar"),
    ("character", "O'Hara, Scarlett", "Scarlett O’Hara"),
    ("relationship", "Mira/Orlan", "orlan / MIRA"),
    ("relationship", "Mira & Orlan & Tess", "Tess & Orlan & Mira"),
    ("theme", "灯台", "灯台!"),
]
NOT_SAME = [
    ("relationship", "Mira/Orlan", "Mira & Orlan"),
    ("theme", "Lamps", "Lamp"),
    ("theme", "हिन्दी", "हिन्द"),
]


@pytest.mark.parametrize(("kind", "one", "other"), SAME)
def test_names_that_are_the_same(kind: str, one: str, other: str) -> None:
    assert same_key(kind, one) == same_key(kind, other) != ""


@pytest.mark.parametrize(("kind", "one", "other"), NOT_SAME)
def test_names_that_are_not(kind: str, one: str, other: str) -> None:
    assert same_key(kind, one) != same_key(kind, other)


def test_signs_alone_are_the_same_as_nothing() -> None:
    assert same_key("theme", "!!!") == ""


def test_the_canonical_tag_of_the_same_name_is_suggested(cast: Cast) -> None:
    for number, names in enumerate([("Slow Burn",), ("burn slow",), ("SLOW-BURN", "slow, burn")]):
        tagged(cast, f"Story {number}", *names)
    spelling = tag("slow, burn")
    assert meanings([spelling])[spelling.pk].why == "same"
    make_canonical(tag("burn slow"), by=cast.host)
    for name in ("Slow Burn", "slow, burn"):
        assert meanings([tag(name)])[tag(name).pk] == (tag("burn slow"), "same")
    assert meanings([tag("burn slow")]) == {}
    make_synonym(tag("burn slow"), tag("Slow Burn"), by=cast.host)
    assert meanings([spelling])[spelling.pk].tag == tag("Slow Burn")


def test_a_similar_canonical_tag_is_suggested(cast: Cast) -> None:
    tagged(cast, "One", "Found Family", "Found Famly", "Family Feud")
    make_canonical(tag("Found Family"), by=cast.host)
    found = meanings([tag("Found Famly"), tag("Family Feud"), tag("Found Family")])
    assert found == {tag("Found Famly").pk: (tag("Found Family"), "similar")}


def test_a_romance_is_not_taken_for_a_friendship(cast: Cast) -> None:
    names = ("Mira Vey & Orlan", "Mira Vay/Orlan")
    tagged(cast, "One", *names, kind="relationship")
    make_canonical(tag("Mira Vey/Orlan", "relationship"), by=cast.host)
    friends, misspelt = (tag(name, "relationship") for name in names)
    assert meanings([friends, misspelt]) == {misspelt.pk: (tag("Mira Vey/Orlan", "relationship"), "similar")}


def test_tags_of_drafts_and_those_set_aside_are_never_suggested(cast: Cast) -> None:
    tagged(cast, "Draft", "slow burn", visibility="private")
    tagged(cast, "One", "Burn, slow")
    spelling = tag("Burn, slow")
    assert meanings([spelling]) == {}
    tagged(cast, "Other", "slow burn")
    assert meanings([spelling])[spelling.pk].tag == tag("slow burn")
    set_aside(tag("slow burn"), by=cast.host)
    assert meanings([spelling]) == {}


def test_what_is_used_together_may_stand_above(cast: Cast) -> None:
    for number in range(4):
        one = story(cast, f"Story {number}")
        names = [("character", "Mira"), ("fandom", "Weirs" if number else "Locks"), ("theme", "Lamps")]
        describing.set_tags(one, names, by=cast.writer)
    deliver_now()
    make_canonical([tag("Weirs", "fandom"), tag("Locks", "fandom"), tag("Lamps")], by=cast.host)
    assert company(tag("Mira", "character")) == []  # three of four are too few
    describing.set_tags(story(cast, "More"), names, by=cast.writer)
    assert company(tag("Mira", "character")) == [(tag("Weirs", "fandom"), 80)]
    assert company(tag("Weirs", "fandom")) == []


def test_who_belongs_to_a_relationship_by_its_name(cast: Cast) -> None:
    make_canonical(tag("Mira", "character"), by=cast.host)
    make_synonym(tag("Orl", "character"), tag("Orlan", "character"), by=cast.host)
    pair = tag("mira/Orl/Wen", "relationship")
    assert people(pair) == [
        ("mira", tag("Mira", "character")),
        ("Orl", tag("Orlan", "character")),
        ("Wen", None),
    ]
    assert people(tag("Lamps")) == []
