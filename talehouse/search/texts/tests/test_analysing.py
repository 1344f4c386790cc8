"""How words of many languages are compared: a table of examples."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talehouse.search.language.words import Phrase, Word
from talehouse.search.texts.analysing import BREAK, WAYS, analysis, plain, way_of
from talehouse.search.texts.units import Form, forms

SAME = [
    ("en", "keeper’s", "Keepers"),
    ("en", "dragons", "DRAGON"),
    ("en", "naïve", "naive"),
    ("en", "don’t", "dont"),
    ("en", "running", "runs"),
    ("de", "Häuser", "hauser"),
    ("de", "größer", "GROSSER"),
    ("de", "Königinnen", "Koniginnen"),
    ("de", "Koenigin", "Königin"),
    ("fr", "l’été", "l'ete"),
    ("fr", "chevaliers", "chevalier"),
    ("es", "canción", "cancion"),
    ("es", "informaciones", "información"),
    ("it", "felicità", "felicita"),
    ("pt", "informações", "informacao"),
    ("nl", "draken", "DRAKEN"),
    ("sv", "flickorna", "flickor"),
    ("da", "skibene", "skibene"),
    ("no", "fjellene", "fjellet"),
    ("fi", "talossa", "talosta"),
    ("hu", "házak", "hazak"),
    ("ro", "poveștile", "povestile"),
    ("tr", "kitaplar", "kitap"),
    ("ru", "новые", "новый"),
    ("ru", "ёлки", "елка"),
    ("el", "Οδυσσέας", "οδυσσεας"),
    ("ar", "الْكِتَاب", "الكتاب"),
    ("ar", "المدرسة", "مدرسة"),
    ("xx", "Łódź", "lodz"),
    ("xx", "Đặng", "dang"),
    ("xx", "ＦＵＬＬ", "full"),
    ("xx", "שָׁלוֹם", "שלום"),
    ("xx", "м’ята", "м'ята"),
    ("xx", "ｶﾞﾗｽ", "ガラス"),
]
DIFFERENT = [
    ("en", "dragon", "dagon"),
    ("xx", "dragon", "dragons"),
    ("ru", "новый", "новость"),
    ("xx", "ガラス", "カラス"),
    ("xx", "हिन्दी", "हिन्दु"),
]


@pytest.mark.parametrize(("way", "one", "other"), SAME)
def test_these_are_the_same_word(way: str, one: str, other: str) -> None:
    assert analysis(way).indexed(one) == analysis(way).indexed(other) != ""


@pytest.mark.parametrize(("way", "one", "other"), DIFFERENT)
def test_these_are_not(way: str, one: str, other: str) -> None:
    assert analysis(way).indexed(one) != analysis(way).indexed(other)


@pytest.mark.parametrize(
    ("text", "indexed"),
    [
        ("猫", "猫"),
        ("東京の猫", "東京 京の の猫 猫"),
        ("東京Tower", "東京 京 tower"),
        ("고양이가", "고양 양이 이가 가"),
        ("ภาษา", "ภา าษ ษา า"),
        ("北京。上海", "北京 京 上海 海"),
    ],
)
def test_scripts_without_spaces_become_pairs_and_the_last_letter(text: str, indexed: str) -> None:
    assert analysis("xx").indexed(text) == indexed


@pytest.mark.parametrize(
    ("unit", "way", "expected"),
    [
        (Word("Dragons"), "en", [Form(("dragon",))]),
        (Word("stories", prefix=True), "en", [Form(("stories",), starts=True), Form(("stori",))]),
        (Word("well-made"), "en", [Form(("well", "made"))]),
        (Word("猫"), "xx", [Form(("猫",), starts=True)]),
        (Word("東京"), "xx", [Form(("東京",))]),
        (Phrase("빨간 집"), "xx", [Form(("빨간", "간", "집"), starts=True)]),
        (Phrase("the red keep"), "xx", [Form(("the", "red", "keep"))]),
        (Word(":"), "en", []),
        (Word("|"), "en", []),
    ],
)
def test_what_a_question_looks_for(unit: Word | Phrase, way: str, expected: list[Form]) -> None:
    assert forms(unit, way) == expected


@pytest.mark.parametrize(
    ("language", "way"),
    [("en", "en"), ("en-GB", "en"), ("nb", "no"), ("de_AT", "de"), ("ja", "xx"), ("", "xx")],
)
def test_each_language_has_its_way(language: str, way: str) -> None:
    assert way_of(language) == way


def test_markup_becomes_text_with_a_break_between_blocks() -> None:
    stored = '<p id="b-1">One<br>two &amp; <em>th</em>ree</p>\n<p id="b-2"><ruby>猫<rt>ねこ</rt></ruby></p>'
    assert plain(stored).split() == ["One", "two", "&", "three", BREAK, "猫"]


@given(st.text(max_size=40), st.sampled_from(WAYS))
def test_pieces_stand_in_the_text_and_are_what_is_indexed(text: str, way: str) -> None:
    how = analysis(way)
    for piece in how.pieces(text):
        assert 0 <= piece.start < piece.end <= len(text)
        assert piece.text and not any(sign.isspace() for sign in piece.text)


@given(st.text(st.characters(codec="latin-1"), max_size=40), st.sampled_from(WAYS))
def test_places_and_index_agree(text: str, way: str) -> None:
    how = analysis(way)
    assert how.indexed(text).split() == [piece.text for piece in how.pieces(text)]
