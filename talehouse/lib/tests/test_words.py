"""The table of examples that says what a word is."""

import sys
import unicodedata

import pytest

from talehouse.lib import words

EXAMPLES = [
    ("", 0),
    ("   \n\t\u00a0 ", 0),
    ("Hello", 1),
    ("Hello, world!", 2),
    ("don't", 1),
    ("don’t you", 2),
    ("’tis the dogs' bone", 4),
    ("rock’n’roll", 1),
    ("well-known", 1),
    ("well‐known non‑breaking", 2),
    ("mother-in-law's", 1),
    ("wait—what", 2),
    ("1914–1918", 2),
    ("wait--what", 2),
    ("and so… it ends", 4),
    ("so...it", 2),
    ("either/or", 2),
    ("- a list", 2),
    ("* * *", 0),
    ("—", 0),
    ("3,000", 1),
    ("3.5", 1),
    ("1.234.567,89 euros", 2),
    ("Chapter 3: The End.", 4),
    ("2nd", 1),
    ("naïve café", 2),
    ("nai\u0308ve cafe\u0301", 2),
    ("_emphasis_ here", 2),
    ("ο Όμηρος", 2),
    ("Война и мир", 3),
    ("col·lecció", 1),
    ("co\u00adop", 1),
    ("השָׁלוֹם צה״ל", 2),
    ("قالَ لَهُ", 2),
    ("می‌خواهم بروم", 2),
    ("नमस्ते दुनिया", 2),
    ("क्या-क्या।", 1),
    ("안녕하세요 세계", 2),
    ("大韓민국", 3),
    ("手机", 2),
    ("iPhone手机", 3),
    ("我有3,000本书。", 5),
    ("「こんにちは」、と言った。", 9),
    ("コーヒー", 4),
    ("人々", 2),
    ("二〇二六", 4),
    ("ﾃﾞｰﾀ", 3),
    ("か\u3099", 1),
    ("X-メン", 3),
    ("東京 2020", 3),
    ("สวัสดี", 4),
    ("น้ำ", 2),
    ("ສະບາຍດີ", 6),
    ("ភាសា", 2),
    ("မြန်မာ", 3),
    ("བོད་ཡིག", 4),
    ("𠮷野家", 3),
    ("👩‍👩‍👧 family 🎉", 1),
    ("# & % $", 0),
    ("O'Brien's 1984", 2),
]


@pytest.mark.parametrize(("text", "expected"), EXAMPLES)
def test_count(text: str, expected: int) -> None:
    assert words.count(text) == expected


def test_plain_ascii_and_the_rest_follow_one_rule() -> None:
    for text, expected in EXAMPLES:
        assert words.count(f"{text} é") == expected + 1


def test_no_combining_mark_splits_a_word() -> None:
    marks = [chr(c) for c in range(sys.maxunicode + 1) if unicodedata.category(chr(c))[0] == "M"]
    assert [m for m in marks if words.count(f"a{m}b") != 1] == []


@pytest.mark.parametrize(
    ("number", "language", "expected"),
    [
        (0, "en", 1),
        (238, "en", 1),
        (2380, "en-GB", 10),
        (5000, "ja", 10),
        (5000, "zh-Hant", 10),
        (5000, "ko", 21),
        (1000, "TH", 2),
    ],
)
def test_minutes(number: int, language: str, expected: int) -> None:
    assert words.minutes(number, language) == expected
