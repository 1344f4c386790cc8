"""The variant of a request: cookies first, then the browser's languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talehouse.pages.variant import RATINGS, REMEMBERED, Variant, Variants, cookies, has_session, session_key

HOUSE = Variants(["en", "es", "pt-BR", "zh-Hant"], "en")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("es", "es"),
        ("es-MX,en;q=0.5", "es"),
        ("fr, es;q=0.3", "es"),
        ("fr;q=0.9, en;q=0.1, es;q=0.8", "es"),
        ("es;q=0, en", "en"),
        ("pt", "pt-BR"),
        ("zh-hant-tw", "zh-Hant"),
        ("*", "en"),
        ("fr, *;q=0.1", "en"),
        ("es;q=nonsense, pt", "pt-BR"),
        ("-,;;=,\x00", "en"),
    ],
)
def test_the_browsers_languages_are_negotiated(header: str, language: str) -> None:
    assert HOUSE.language_for(header) == language


def test_cookies_choose_before_the_browser() -> None:
    assert HOUSE.of("language=es; rating=mature", "pt") == Variant("es", "mature")
    assert HOUSE.of("language=PT-br", "es") == Variant("pt-BR", "teen")
    assert HOUSE.of("language=tlh; rating=everything", "es") == Variant("es", "teen")


def test_a_wished_variant_becomes_one_that_exists() -> None:
    assert HOUSE.known("es-AR", "explicit") == Variant("es", "explicit")
    assert HOUSE.known("tlh", "") == Variant("en", "teen")


def test_a_session_cookie_is_found_among_others() -> None:
    assert session_key("csrf=1; session=abc; theme=night") == "abc"
    assert session_key("session=a; session=b") == "b"
    assert not has_session("csrf=1; oldsession=abc; sessions=2")
    assert not has_session("session=")


def test_cookie_values_are_unquoted() -> None:
    assert cookies('a="x y"; b=%41; c; d=1=2') == {"a": "x y", "b": "A", "d": "1=2"}


@given(st.text(max_size=300), st.text(max_size=300))
def test_every_header_gives_a_variant_that_exists(cookie: str, accept_language: str) -> None:
    found = HOUSE.of(cookie, accept_language)
    assert found.language in ("en", "es", "pt-BR", "zh-Hant")
    assert found.rating in RATINGS


def test_remembered_headers_are_bounded() -> None:
    house = Variants(["en", "es"], "en")
    for number in range(3 * REMEMBERED):
        house.language_for(f"es;q=0.5, x-{number}")
    assert len(house._remembered) <= REMEMBERED


def test_the_default_must_be_a_language_of_the_house() -> None:
    with pytest.raises(ValueError, match="not among"):
        Variants(["en"], "es")
