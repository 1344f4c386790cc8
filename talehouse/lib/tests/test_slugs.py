"""Names in addresses keep every script; equal names have equal keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talehouse.lib.slugs import name_key, slug


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Lamp-Lighter's Daughter", "the-lamp-lighters-daughter"),
        ("Don’t  Look: Now!", "dont-look-now"),
        ("Café Größe", "café-grösse"),
        ("海辺の家", "海辺の家"),
        ("ｶﾞｰﾄﾞ", "ガード"),
        ("بيت على التل", "بيت-على-التل"),
        ("می‌خواهم", "می‌خواهم"),
        ("नमस्ते दुनिया", "नमस्ते-दुनिया"),
        ("", "untitled"),
        ("***", "untitled"),
        ("../../etc", "etc"),
        ("a/b?c#d%e", "a-b-c-d-e"),
        ("3.5 miles", "3-5-miles"),
    ],
)
def test_slug(text: str, expected: str) -> None:
    assert slug(text) == expected


def test_slug_is_cut_at_a_word() -> None:
    assert slug("one two three four", limit=9) == "one-two"
    assert slug("one two three four", limit=7) == "one-two"
    assert slug("abcdefghij", limit=4) == "abcd"


@given(st.text(), st.integers(8, 80))
def test_slug_is_short_stable_and_never_empty(text: str, limit: int) -> None:
    made = slug(text, limit)
    assert 0 < len(made) <= limit
    assert slug(made, limit) == made
    assert not set(made) & set(" /?#%&\\\"'<>")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann Lee", "  ann\u00a0 LEE "),
        ("Ｓｔａｒ", "star"),
        ("Stra\u00dfe", "STRASSE"),
        ("zero\u200bwidth", "zerowidth"),
        ("cafe\u0301", "café"),
        ("soft\u00adhyphen", "softhyphen"),
        ("turn\u202eed", "turned"),
    ],
)
def test_same_name(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(("one", "other"), [("Ann", "Anna"), ("海", "海辺"), ("a-b", "a b")])
def test_other_name(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@given(st.text())
def test_key_of_a_key_is_the_key(text: str) -> None:
    assert name_key(name_key(text)) == name_key(text)
