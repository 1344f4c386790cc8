"""Headings, numbers and titles: tables of examples."""

from __future__ import annotations

import pytest

from talehouse.imports.formats.text.headings import Rank, heading_of
from talehouse.imports.formats.text.numbers import number_of
from talehouse.imports.formats.text.titles import (
    natural_key,
    place_in_name,
    same_title,
    split_series,
    title_from_name,
)
from talehouse.imports.found import FoundSeries


@pytest.mark.parametrize(
    ("line", "number", "rest"),
    [
        ("CHAPTER I.", 1, ""),
        ("Chapter 3: The Door", 3, "The Door"),
        ("Chapter Twenty-One", 21, ""),
        ("Chapter Thirty Four", 34, ""),
        ("Capítulo 2", 2, ""),
        ("Chapitre premier", 1, ""),
        ("Kapitel 4 – Regen", 4, "Regen"),
        ("第三章", 3, ""),
        ("第十二章 雨", 12, "雨"),
        ("제3장 비", 3, "비"),
        ("Глава 5", 5, ""),
        ("الفصل الأول", 1, ""),
        ("الفصل 3", 3, ""),
        ("63. Bölüm : UNUTULAN", 63, "UNUTULAN"),
        ("Chương 10: Mưa", 10, "Mưa"),
        ("Ch.7", 7, ""),
        ("chapter12", 12, ""),
        ("XII.", 12, ""),
        ("**Chapter 2**", 2, ""),
    ],
)
def test_headings_of_many_languages(line: str, number: float, rest: str) -> None:
    found = heading_of(line)
    assert found is not None
    assert (found.rank, found.number, found.rest) == (Rank.NUMBERED, number, rest)


@pytest.mark.parametrize(
    ("line", "rank"),
    [
        ("Prologue", Rank.FIRST),
        ("PRÓLOGO: Lluvia", Rank.FIRST),
        ("序章", Rank.FIRST),
        ("Epilogue", Rank.LAST),
        ("Эпилог", Rank.LAST),
        ("Interlude", Rank.BETWEEN),
    ],
)
def test_prologues_and_epilogues(line: str, rank: Rank) -> None:
    found = heading_of(line)
    assert found is not None and found.rank is rank


@pytest.mark.parametrize("line", ["Part Two", "BOOK III", "Часть 1", "Teil 2"])
def test_sections_hold_chapters(line: str) -> None:
    found = heading_of(line)
    assert found is not None and found.section


@pytest.mark.parametrize(
    "line",
    [
        "Part of me thinks so",
        "Chapter and verse were quoted.",
        "Part 3 of the plan was simple.",
        "Band aid was not enough",
        "Introduction to the story of my life",
        "The end",
        "I ran.",
        "",
        "Chapter 1, she thought, would never be done.",
    ],
)
def test_sentences_are_no_headings(line: str) -> None:
    assert heading_of(line) is None


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("12", 12),
        ("XIV", 14),
        ("xc", 90),
        ("twelve", 12),
        ("doce", 12),
        ("zwölf", 12),
        ("sixième", 6),
        ("二十三", 23),
        ("百", 100),
        ("٣", 3),
        ("2.5", 2.5),
        ("IIX", None),
        ("rain", None),
        ("", None),
    ],
)
def test_numbers(word: str, value: float | None) -> None:
    assert number_of(word) == value


@pytest.mark.parametrize(
    ("title", "own", "series"),
    [
        ("Weir {1}", "Weir", FoundSeries("Weir", 1)),
        ("Weir (Book Two)", "Weir", FoundSeries("Weir", 2)),
        ("Weir, Vol. 3", "Weir", FoundSeries("Weir", 3)),
        ("Weir Book Two", "Weir", FoundSeries("Weir", 2)),
        ("Rain (Book 2 of the Weir Series)", "Rain", FoundSeries("Weir Series", 2)),
        ("Rain {Weir #2}", "Rain", FoundSeries("Weir", 2)),
        ("Weir {1} (Completed)", "Weir (Completed)", FoundSeries("Weir", 1)),
        ("The Part Two Blues", "The Part Two Blues", None),
        ("Area 51", "Area 51", None),
        ("I, Robot", "I, Robot", None),
    ],
)
def test_series_out_of_titles(title: str, own: str, series: FoundSeries | None) -> None:
    assert split_series(title) == (own, series)


@pytest.mark.parametrize(
    ("name", "base", "at"),
    [
        ("weir-keepers-ch-02.txt", "weir-keepers", (1, 2)),
        ("Chapter 10.md", "", (1, 10)),
        ("01 - The Door.html", "", (1, 1)),
        ("The Weir - Chapter 3 - Rain.docx", "The Weir", (1, 3)),
        ("story1.txt", "story", (1, 1)),
        ("chapter-one.txt", "", (1, 1)),
        ("Weir_Keepers_12.txt", "Weir Keepers", (1, 12)),
        ("prologue.txt", "", (0, 0)),
        ("Weir epilogue.txt", "Weir", (3, 0)),
        ("notes.txt", "notes", None),
    ],
)
def test_places_in_file_names(name: str, base: str, at: tuple[int, float] | None) -> None:
    assert place_in_name(name) == (base, at)


def test_names_and_titles() -> None:
    assert sorted(["Chapter 10", "chapter 2", "Chapter 1"], key=natural_key) == [
        "Chapter 1",
        "chapter 2",
        "Chapter 10",
    ]
    assert title_from_name("a/the_weir-keepers.txt") == "The weir keepers"
    assert same_title("The Weir — Keepers!") == same_title("the weir keepers")
