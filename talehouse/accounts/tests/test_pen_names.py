"""Pen names: who may sign with what, so that nobody signs as somebody else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talehouse.accounts import pen_names
from talehouse.accounts.models import PenName, key_and_slug
from talehouse.accounts.pen_names import PenNameError
from tests.cast import Cast


def test_a_name_is_tidied_and_kept(cast: Cast) -> None:
    made = pen_names.add("  Ada   Lovelace ", by=cast.reader)
    assert (made.name, made.slug, made.account) == ("Ada Lovelace", "ada-lovelace", cast.reader)
    assert made.url == "/people/ada-lovelace/"


def test_an_account_offers_its_oldest_name_first(cast: Cast) -> None:
    oldest = cast.pen("reader")
    pen_names.add("Another", by=cast.reader)
    assert cast.reader.pen_name == oldest


@pytest.mark.parametrize(
    "name",
    [
        "ada lovelace",
        "ADA LOVELACE",
        "Ａｄａ Lovelace",
        "Ada\u3000Lovelace",
        "Ada  Lovelace",
        "Ad\u200ba Lovelace",
    ],
)
def test_another_spelling_of_a_taken_name_is_taken(cast: Cast, name: str) -> None:
    pen_names.add("Ada Lovelace", by=cast.reader)
    with pytest.raises(PenNameError, match="already writes"):
        pen_names.add(name, by=cast.stranger)
    assert PenName.objects.filter(slug__startswith="ada").count() == 1


def test_a_name_whose_page_is_taken_is_taken(cast: Cast) -> None:
    pen_names.add("Ada Lovelace", by=cast.reader)
    assert pen_names.is_taken("Ada Lovelace!")
    with pytest.raises(PenNameError, match="already writes"):
        pen_names.add("Ada Lovelace!", by=cast.stranger)


def test_a_name_that_grows_when_it_is_folded_is_found_again(cast: Cast) -> None:
    """One sign of the Arabic ligatures folds to eighteen; the column of keys holds eighty."""
    name = "ﷺ" * 20
    assert not pen_names.is_taken(name)
    pen_names.add(name, by=cast.reader)
    assert pen_names.is_taken(name)


@pytest.mark.parametrize(
    "name", ["admin", "Host", "ＭＯＤＥＲＡＴＯＲ", " talehouse ", "anonymous", "sys\u200btem"]
)
def test_some_names_are_nobodys(cast: Cast, name: str) -> None:
    with pytest.raises(PenNameError, match="reserved"):
        pen_names.add(name, by=cast.reader)


@pytest.mark.parametrize("name", ["", "   ", "***", "\u200b", "\u3164", "—"])
def test_a_name_needs_a_letter_or_digit(cast: Cast, name: str) -> None:
    with pytest.raises(PenNameError, match="letter or digit"):
        pen_names.add(name, by=cast.reader)


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\x7f", "\ue000", "\ud800", "\u202e", "\u2066"])
def test_a_name_holds_no_sign_that_controls(cast: Cast, sign: str) -> None:
    """Also none that turns the direction of what stands beside it."""
    with pytest.raises(PenNameError, match="control"):
        pen_names.add(f"A{sign}da", by=cast.reader)


@pytest.mark.parametrize("name", ["علی‌رضا", "紫式部", "Ⅷ", "O’Brien", "x" * 60])
def test_every_script_is_welcome(cast: Cast, name: str) -> None:
    assert pen_names.add(name, by=cast.reader).name == name


def test_a_name_has_sixty_characters_at_most(cast: Cast) -> None:
    with pytest.raises(PenNameError, match="60"):
        pen_names.add("x" * 61, by=cast.reader)


@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=60))
def test_tidying_twice_changes_nothing_and_keeps_the_key(name: str) -> None:
    tidy = pen_names.tidy(name)
    assert pen_names.tidy(tidy) == tidy
    assert key_and_slug(tidy) == key_and_slug(name)
