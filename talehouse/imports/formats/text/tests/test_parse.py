"""Plain text: layouts, encodings, chapters."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talehouse.imports.formats.text.decoding import decode
from talehouse.imports.formats.text.parse import parse, sniff
from talehouse.imports.formats.text.prose import is_ornament
from talehouse.imports.found import BadFileError, FoundStory

LONG = (
    "The keeper of the weir had never in all his life been asked to open the gate before the bell "
    "had rung, and he said so. "
)


def read(text: str, name: str = "the_weir.txt") -> FoundStory:
    return parse(text.encode(), name=name)


def parts(story: FoundStory) -> list[tuple[str, str]]:
    return [(part.title, part.html) for part in story.parts]


def test_title_author_and_chapters() -> None:
    story = read("The Weir\nby Ana Holt\n\nChapter 1\n\nThe Door\n\nIda ran.\n\nChapter 2: Rain\n\nIt fell.")
    assert (story.title, story.authors) == ("The Weir", ["Ana Holt"])
    assert parts(story) == [
        ("Chapter 1: The Door", "<p>Ida ran.</p>"),
        ("Chapter 2: Rain", "<p>It fell.</p>"),
    ]


def test_one_chapter_heading_makes_no_split() -> None:
    story = read("Ida ran, and nobody saw.\n\nIt rained.")
    assert parts(story) == [("The weir", "<p>Ida ran, and nobody saw.</p>\n<p>It rained.</p>")]


@pytest.mark.parametrize(
    ("headings", "titles"),
    [
        (["CHAPTER I.", "CHAPTER II."], None),
        (["Capítulo 1", "Capítulo 2"], None),
        (["第一章 雨", "第二章 風"], None),
        (["Глава 1", "Глава 2"], None),
        (["الفصل الأول", "الفصل الثاني"], None),
        (["I", "II", "III"], None),
        (["Prologue", "Chapter 1", "Epilogue"], None),
        (["1.", "2."], None),
    ],
)
def test_chapters_by_their_headings(headings: list[str], titles: None) -> None:
    text = "\n\n".join(f"{heading}\n\nWords of part {at}." for at, heading in enumerate(headings))
    assert parts(read(text)) == [
        (heading, f"<p>Words of part {at}.</p>") for at, heading in enumerate(headings)
    ]


def test_bare_numbers_inside_named_chapters_are_text() -> None:
    story = read("Chapter 1\n\nA.\n\n1\n\nB.\n\n2\n\nC.\n\nChapter 2\n\nD.")
    assert parts(story)[0] == ("Chapter 1", "<p>A.</p>\n<p>1</p>\n<p>B.</p>\n<p>2</p>\n<p>C.</p>")


def test_bare_numbers_that_do_not_run_on_are_text() -> None:
    story = read("1\n\nA.\n\n2\n\nB.\n\n17\n\nC.\n\n3\n\nD.")
    assert [part.title for part in story.parts] == ["1", "2", "3"]
    assert "<p>17</p>" in story.parts[1].html
    assert len(read("Room\n\n17\n\nA.\n\n1\n\nB.\n\n40\n\nC.").parts) == 1


def test_sections_go_into_titles_that_would_repeat() -> None:
    story = read("PART ONE\n\nCHAPTER 1\n\nA.\n\nCHAPTER 2\n\nB.\n\nPART TWO\n\nCHAPTER 1\n\nC.")
    assert [part.title for part in story.parts] == [
        "PART ONE: CHAPTER 1",
        "PART ONE: CHAPTER 2",
        "PART TWO: CHAPTER 1",
    ]


def test_a_list_of_contents_is_left_out() -> None:
    body = "\n\n".join(f"Chapter {number}\n\nWords {number}." for number in (1, 2, 3))
    story = read("The Weir\n\nChapter 1\n\nChapter 2\n\nChapter 3\n\n" + body)
    assert parts(story) == [(f"Chapter {number}", f"<p>Words {number}.</p>") for number in (1, 2, 3)]
    assert [one.what for one in story.left_out] == ["Contents"]


def test_hard_wrapped_lines_are_joined_and_verse_is_not() -> None:
    prose = "\n\n".join(textwrap.fill(LONG * 4, 70) for _ in range(4))
    verse = "The grass is wet,\nThe sky is low,\nAnd still we go,\nAnd still we go."
    story = read(f"{prose}\n\n{verse}\n\n{prose}")
    lines = story.parts[0].html.split("\n")
    assert lines[0] == f"<p>{(LONG * 4).strip()}</p>"
    assert lines[4] == "<p>" + verse.replace("\n", "<br>") + "</p>"
    assert "joined" in story.doubts[0]


def test_a_hyphen_at_the_end_of_a_wrapped_line_keeps_its_word() -> None:
    text = textwrap.fill((LONG + "He was well-known there. ") * 12, 66)
    assert "well-known" in read(text + "\n\n" + text).parts[0].html


def test_without_blank_lines_each_line_is_a_paragraph() -> None:
    assert read("Ida ran.\nNobody saw.\nIt rained.").parts[0].html.count("<p>") == 3


def test_with_few_blank_lines_they_part_scenes() -> None:
    scene = "\n".join([LONG] * 8)
    assert read(f"{scene}\n\n{scene}").parts[0].html.count("<hr>") == 1


def test_marks_become_stress_only_when_balanced() -> None:
    html = (
        read("Ida _ran_ and *fell* and **hit**; 2*3*4, snake_case_name, a * b, _open.\n\nEnd.").parts[0].html
    )
    assert html.startswith(
        "<p>Ida <em>ran</em> and <strong>fell</strong> and <strong>hit</strong>; 2*3*4, "
        "snake_case_name, a * b, _open.</p>"
    )


@pytest.mark.parametrize(
    "line", ["* * *", "***", "---", "#", "⁂", "~oOo~", "xXx", "—", "• • •", "♥", "=-=-=", "_____"]
)
def test_ornaments(line: str) -> None:
    if line == "—":
        assert not is_ornament(line)
    else:
        assert is_ornament(line)


@pytest.mark.parametrize("line", ["...", "…", "?!", "x", "oo", "123", "* note", "", "!!!", "xxx"])
def test_words_and_ellipses_are_no_ornaments(line: str) -> None:
    assert not is_ornament(line)


def test_gutenberg_licence_is_left_out_and_its_facts_kept() -> None:
    text = (
        "The Project Gutenberg eBook of The Weir\n\nTitle: The Weir\n\nAuthor: A. Holt\n\nLanguage: "
        "French\n\n"
        "*** START OF THE PROJECT GUTENBERG EBOOK THE WEIR ***\n\nTHE WEIR\n\nby A. Holt\n\nCHAPTER "
        "I.\n\nIda ran.\n\nCHAPTER II.\n\nRain.\n\n"
        "*** END OF THE PROJECT GUTENBERG EBOOK THE WEIR ***\n\nLicence words."
    )
    story = read(text)
    assert (story.title, story.authors, story.language) == ("The Weir", ["A. Holt"], "fr")
    assert parts(story) == [("CHAPTER I.", "<p>Ida ran.</p>"), ("CHAPTER II.", "<p>Rain.</p>")]
    assert "Project Gutenberg" in story.left_out[0].what


@pytest.mark.parametrize(
    ("text", "codec", "guessed"),
    [
        ("“Café,” she said — déjà vu, naïve, über. It’s fine.", "cp1252", True),
        ("Она шла по дороге и видела большой дом у реки.", "cp1251", True),
        ("雨が静かに降り続いていた。誰もいない道を歩いた。", "shift_jis", True),
        ("“Café”", "utf-8-sig", False),
        ("“Café” and a longer line of words", "utf-16", False),
        ("A longer line of plain words", "utf-16-le", False),
        ("雨が降る", "utf-8", False),
    ],
)
def test_encodings(text: str, codec: str, guessed: bool) -> None:
    story = parse(text.encode(codec), name="x.txt")
    assert story.parts[0].html == f"<p>{text}</p>"
    assert bool(story.doubts) is guessed


def test_text_decoded_twice_is_mended_and_said() -> None:
    text = "It\u2019s caf\u00e9, d\u00e9j\u00e0 vu, na\u00efve; she\u2019s here."
    story = read(text.encode().decode("cp1252"))
    assert story.parts[0].html == f"<p>{text}</p>"
    assert story.doubts


@pytest.mark.parametrize("data", [b"", b"  \n\n ", b"\x00\x01\x02\x03" * 50, bytes(range(256)) * 20])
def test_what_is_no_text_gets_one_sentence(data: bytes) -> None:
    with pytest.raises(BadFileError, match=r"x\.txt"):
        parse(data, name="x.txt")


@given(st.binary(max_size=500))
def test_any_bytes_give_a_story_or_one_sentence(data: bytes) -> None:
    sniff(data, "x.txt")
    try:
        assert parse(data, name="x.txt").parts
    except BadFileError as error:
        assert "x.txt" in str(error)


@given(st.lists(st.text(st.characters(categories=["Ll"]), min_size=3, max_size=9), min_size=2, max_size=40))
def test_no_word_is_lost(words: list[str]) -> None:
    text = (
        "Chapter 1\n\n"
        + "\n\n".join(" ".join(words[at : at + 4]) for at in range(0, len(words), 4))
        + "\n\nChapter 2\n\nend"
    )
    html = read(text).parts[0].html + read(text).parts[0].title
    assert all(word in html for word in words)


@pytest.mark.parametrize("codec", ["cp932", "euc_jp"])
def test_japanese_letters_are_told_even_with_a_few_broken_ones(codec: str) -> None:
    said = "灯台のそばに猫がいた。長い夜だった。「おかえり」と、だれかが言った。" * 8
    data = said.encode(codec)
    assert decode(data, name="a.txt").text == said
    assert decode(data + b"\n\x80\xff\n", name="a.txt").text.startswith(said)


@pytest.mark.parametrize(
    ("said", "codec"),
    [
        ("Это проверка русских букв, и ещё немного слов.", "cp1251"),
        ("今天天气很好，我们去公园玩吧。", "gb18030"),
    ],
)
def test_other_letters_are_not_taken_for_japanese(said: str, codec: str) -> None:
    assert decode((said * 8).encode(codec), name="a.txt").text == said * 8


def test_lines_without_end_are_joined_in_one_walk() -> None:
    line = LONG[:72].strip()
    story = read(f"{line}\n" * 60_000)
    assert story.parts[0].html == f"<p>{' '.join([line] * 60_000)}</p>"
