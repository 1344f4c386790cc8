"""What the names of relationships say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talehouse.tags.naming import named
from talehouse.tags.relationships import parsed

TOLD = [
    ("Mira/Orlan", ("Mira", "Orlan"), True),
    ("Mira & Orlan", ("Mira", "Orlan"), False),
    ("Mira / Orlan", ("Mira", "Orlan"), True),
    ("  Mira   Vey /Orlan ", ("Mira Vey", "Orlan"), True),
    ("Mira／Orlan", ("Mira", "Orlan"), True),
    ("Mira ＆ Orlan", ("Mira", "Orlan"), False),
    ("Mira×Orlan", ("Mira", "Orlan"), True),
    ("Mira x Orlan", ("Mira", "Orlan"), True),
    ("Mira X Orlan", ("Mira", "Orlan"), True),
    ("Max/Alexa", ("Max", "Alexa"), True),
    ("Mira/Orlan/Tess", ("Mira", "Orlan", "Tess"), True),
    ("Mira & Orlan & Tess & Wen", ("Mira", "Orlan", "Tess", "Wen"), False),
    ("Mira/Orlan & Tess", ("Mira", "Orlan", "Tess"), True),
    ("Mira (Keeper/Diver)/Orlan", ("Mira (Keeper/Diver)", "Orlan"), True),
    ("Mira [older & wiser] & Orlan", ("Mira [older & wiser]", "Orlan"), False),
    ("Mira (unclosed/Orlan", ("Mira (unclosed", "Orlan"), True),
    ("Mira)/Orlan", ("Mira)", "Orlan"), True),
    ("Éowyn & Ægir", ("Éowyn", "Ægir"), False),
    ("灯 & 川", ("灯", "川"), False),
    ("Mira/mira/Orlan", ("mira", "Orlan"), True),
]
NOT_TOLD = [
    "",
    "Mira",
    "Mira/",
    "/",
    " & ",
    "Mira/Mira",
    "R&B",
    "Xerxes",
    "Sixx",
    "Minor Relationships",
    "(A/B)",
]


@pytest.mark.parametrize(("name", "people", "romantic"), TOLD)
def test_a_name_tells_who_and_whether_it_is_a_romance(
    name: str, people: tuple[str, ...], romantic: bool
) -> None:
    assert parsed(name) == (people, romantic)


@pytest.mark.parametrize("name", NOT_TOLD)
def test_a_name_of_fewer_than_two_tells_nothing(name: str) -> None:
    assert parsed(name) is None


def test_people_in_any_order_are_the_same_pairing() -> None:
    one, other = parsed("Mira/Orlan/Tess"), parsed("TESS / mira/Orlan")
    assert one is not None
    assert other is not None
    assert one.key == other.key
    friends = parsed("Mira & Orlan & Tess")
    assert friends is not None
    assert friends.key != one.key


@given(st.text())
def test_any_text_is_read_or_is_none(name: str) -> None:
    pairing = parsed(name)
    assert pairing is None or len(pairing.names) >= 2


def test_a_new_relationship_says_whether_it_is_a_romance(db: None) -> None:
    for kind, name, romantic in (
        ("relationship", "Mira/Orlan", True),
        ("relationship", "Mira & Orlan", False),
        ("relationship", "Everybody", None),
        ("theme", "Mira/Orlan", None),
    ):
        tag = named(kind, name)
        assert tag is not None
        assert tag.romantic is romantic
