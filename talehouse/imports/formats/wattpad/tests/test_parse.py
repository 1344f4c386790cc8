"""Saved Wattpad pages in the shapes that people save them in."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talehouse.imports.formats.wattpad import furniture
from talehouse.imports.formats.wattpad.parse import parse, sniff
from talehouse.imports.found import BadFileError, Elsewhere, FoundSeries, FoundStory

END = "Where stories live. Discover now"


def page(
    title: str = "Chapter 3: The Door", counts: str = "6.5K 312 45", body: str = "", end: str = ""
) -> str:
    """A page as it is saved: title, counts, paragraphs, the story's title with the closing sentence."""
    body, end = body or "Ida ran.\n\nNobody saw.", end or f"The Weir Keepers {{1}}{END}"
    return f"{title}\n{counts}\n\n{body}\n\n{end}"


def read(text: str, name: str = "page.txt") -> FoundStory:
    return parse(text.encode(), name=name)


def words(story: FoundStory) -> list[str]:
    return [re.sub(r"<[^>]+>", " ", line).strip() for line in story.parts[0].html.split("\n")]


def test_a_page_gives_its_title_counts_paragraphs_and_story() -> None:
    story = read(page())
    assert (story.title, story.series) == ("The Weir Keepers", FoundSeries("The Weir Keepers", 1))
    (part,) = story.parts
    assert part.title == "Chapter 3: The Door"
    assert part.elsewhere == Elsewhere(reads=6500, votes=312, comments=45)
    assert part.html == "<p>Ida ran.</p>\n<p>Nobody saw.</p>"
    assert (story.left_out, story.doubts) == ([], [])


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ("6.5K 312 45", (6500, 312, 45)),
        ("1.2M 34K 1,234", (1_200_000, 34_000, 1234)),
        ("0 0 0", (0, 0, 0)),
        ("1,234\t56  7", (1234, 56, 7)),
        ("6.5K reads 312 votes 45 comments", (6500, 312, 45)),
        ("6.5Kreads312votes45comments", (6500, 312, 45)),
        ("45 comments · 312 votes · 6.5K reads", (6500, 312, 45)),
        ("👁 6.5K ★312 💬45", (6500, 312, 45)),
        ("6,5K 312 45", (6500, 312, 45)),
        ("1.234 56 7", (1234, 56, 7)),
        ("12 m 3 k 4", (12_000_000, 3000, 4)),
        ("2B 1M 999K", (2_000_000_000, 1_000_000, 999_000)),
        ("6.5K\n312\n45", (6500, 312, 45)),
        ("6.5K\n\n312\n\n45\n   ", (6500, 312, 45)),
        ("Reads 6.5K\nVotes 312\nComments 45", (6500, 312, 45)),
    ],
)
def test_counts_are_read_in_every_spelling(counts: str, expected: tuple[int, int, int]) -> None:
    story = read(page(counts=counts))
    assert story.parts[0].elsewhere == Elsewhere(*expected)
    assert words(story) == ["Ida ran.", "Nobody saw."]


@pytest.mark.parametrize(
    "line", ["", "1 2", "1 2 3 4", "In 1900 2 men had 3 dogs", "1,2,3", "1.5 2 3", "12:30 5 6", "v1 2 3"]
)
def test_other_lines_are_no_counts(line: str) -> None:
    assert furniture.counts_in(line) is None


@pytest.mark.parametrize(
    ("end", "title", "series"),
    [
        (f"The Weir Keepers {{1}}{END}", "The Weir Keepers", FoundSeries("The Weir Keepers", 1)),
        (f"The Weir Keepers {{2}} {END}", "The Weir Keepers", FoundSeries("The Weir Keepers", 2)),
        (f"The Weir Keepers (Book 1)\n{END}", "The Weir Keepers", FoundSeries("The Weir Keepers", 1)),
        (f"The Weir Keepers [Book 2]\n\n{END}", "The Weir Keepers", FoundSeries("The Weir Keepers", 2)),
        (f"The Weir Keepers #3{END}.", "The Weir Keepers", FoundSeries("The Weir Keepers", 3)),
        (f"Book Two: High Water{END}", "High Water", FoundSeries("High Water", 2)),
        (f"High Water (Weir Keepers, Book 2){END}", "High Water", FoundSeries("Weir Keepers", 2)),
        (f"The Weir Keepers {{IV}}{END}", "The Weir Keepers", FoundSeries("The Weir Keepers", 4)),
        (f"Rain (2019){END}", "Rain (2019)", None),
        (f"Rain (+18){END}", "Rain (+18)", None),
        (f"Catch 22{END}", "Catch 22", None),
        (f"Lluvia{END.upper()}", "Lluvia", None),
        ("LluviaDonde viven las historias. Descúbrelo ahora", "Lluvia", None),
        ("ChuvaOnde histórias criam vida. Descubra agora", "Chuva", None),
        ("PluieOù les histoires vivent. Découvrez maintenant", "Pluie", None),
        ("PioggiaDove le storie prendono vita. Scoprilo ora", "Pioggia", None),
        ("RegenWo Geschichten leben. Entdecke jetzt", "Regen", None),
        ("Yağmur Hikayelerin yaşadığı yer. Şimdi keşfedin", "Yağmur", None),
    ],
)
def test_the_end_names_the_story_and_its_place(end: str, title: str, series: FoundSeries | None) -> None:
    story = read(page(end=end))
    assert (story.title, story.series) == (title, series)
    assert words(story) == ["Ida ran.", "Nobody saw."]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n\n", "\u2029"),
        lambda text: text.replace("\n", "\u2028"),
        lambda text: text.replace(" ", "\u00a0"),
        lambda text: text.replace("\n", "  \t\n"),
        lambda text: text.replace("\n\n", "\n          \n\n\n"),
        lambda text: "\n\n" + text + "\n\n\n",
    ],
)
def test_white_space_does_not_matter(change: object) -> None:
    assert callable(change)
    story = parse(change(page()).encode(), name="page.txt")
    assert (story.title, story.parts[0].title) == ("The Weir Keepers", "Chapter 3: The Door")
    assert story.parts[0].elsewhere == Elsewhere(6500, 312, 45)
    assert words(story) == ["Ida ran.", "Nobody saw."]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encodings(codec: str) -> None:
    body = "“Éva,” she said — “où vas-tu?” Déjà vu, naïve café."
    data = page(body=body).encode(codec)
    assert sniff(data, "page.txt")
    assert words(parse(data, name="page.txt")) == [body]


def test_lines_of_a_paragraph_stay_lines() -> None:
    assert "Roses,<br>and rain." in read(page(body="Roses,\nand rain.\n\nEnd.")).parts[0].html


def test_ornaments_are_scene_breaks_and_the_rest_is_literal() -> None:
    html = read(page(body="*whispers* <b>no</b>\n\n* * *\n\n...\n\n~oOo~\n\nEnd.")).parts[0].html
    assert html == "<p>*whispers* &lt;b&gt;no&lt;/b&gt;</p>\n<hr>\n<p>...</p>\n<hr>\n<p>End.</p>"


def test_the_sites_own_lines_are_left_out_and_said() -> None:
    body = "Vote\n\nIda ran.\n\nADVERTISEMENT\n\nNext\n\nNobody saw.\n\nContinue reading next part\n\nPage 2"
    story = read(page(body=body))
    assert words(story) == ["Ida ran.", "Next", "Nobody saw."]
    assert {one.what for one in story.left_out} == {
        "“Advertisement”",
        "“Vote”",
        "“Page 2”",
        "“Continue reading next part”",
    }


def test_a_lost_picture_goes_with_the_caption_that_repeats_its_neighbour() -> None:
    gone = (
        "Oops! This image does not follow our content guidelines. To continue publishing, please "
        "remove it or upload a different image."
    )
    body = (
        f"Ida ran down\n\n{gone}\n\nIda ran down... and fell.\n\nThe end.\n\nThe "
        f"end.\n\n{gone}\n\nMy drawing.\n\n{gone}\n\nLast."
    )
    story = read(page(body=body))
    assert words(story) == ["Ida ran down... and fell.", "The end.", "My drawing.", "Last."]
    assert "3 lines" in story.left_out[0].why


def test_comment_counts_are_left_out_only_when_they_plainly_are() -> None:
    counted = "\n\n".join(
        f"Words number {word}.\n{count}" for word, count in (("a", 12), ("b", 3), ("c", 40), ("d", 7))
    )
    story = read(page(body=counted))
    assert words(story) == [f"Words number {word}." for word in "abcd"]
    assert "4 lines" in story.left_out[0].why


@pytest.mark.parametrize(
    "body",
    ["Ready?\n\n3\n\n2\n\n1\n\nGo.", "One.\n\n1\n\nTwo.\n\n2\n\nThree.\n\n3", "Room:\n\n17\n\nIt was dark."],
)
def test_a_number_that_may_be_the_writers_is_kept_with_a_doubt(body: str) -> None:
    story = read(page(body=body))
    assert words(story) == body.split("\n\n")
    assert "comment counts" in story.doubts[0]


def test_authors_notes_are_the_writers_words() -> None:
    body = "A/N: sorry I am late!\n\nIda ran.\n\nA/N: vote please"
    assert words(read(page(body=body))) == body.split("\n\n")


def test_a_page_without_its_end_is_called_like_its_file() -> None:
    story = read("Chapter 1\n10 2 0\n\nIda ran.", name="weir_keepers-1.txt")
    assert story.title == "Weir keepers 1"
    assert "missing" in story.doubts[0]


def test_a_page_without_its_title_is_called_like_its_file() -> None:
    part = read(f"42 6 3\n\nIda ran.\n\nWeir{END}", name="the-door.txt").parts[0]
    assert (part.title, part.elsewhere) == ("The door", Elsewhere(42, 6, 3))


def test_a_very_short_title_is_a_title() -> None:
    assert read(page(title="I")).parts[0].title == "I"


def test_the_reading_box_names_the_story() -> None:
    story = read(
        "The Door\n10 2 0\n\nIda ran.\n\nYOU ARE READING\nThe Weir Keepers #2\nFantasyA weir, a keeper.\n"
    )
    assert (story.title, story.series) == ("The Weir Keepers", FoundSeries("The Weir Keepers", 2))
    assert words(story) == ["Ida ran."]
    assert story.left_out[0].what == "FantasyA weir, a keeper."


def test_comments_after_the_page_are_left_out_and_said() -> None:
    story = read(page() + "\n\nComments\nfirst!!")
    assert words(story) == ["Ida ran.", "Nobody saw."]
    assert story.left_out[0].what == "Comments first!!"


def test_a_story_that_quotes_the_closing_sentence_keeps_its_words() -> None:
    body = f"The poster said: {END}.\n\n" + "\n\n".join(["Ida read it and read it again, slowly."] * 80)
    story = read(f"One\n1 2 3\n\n{body}")
    assert len(words(story)) == 81


def test_several_pages_in_one_file_are_several_parts() -> None:
    story = read("\n".join(page(title=f"Chapter {number}") for number in (1, 2, 3)))
    assert [part.title for part in story.parts] == ["Chapter 1", "Chapter 2", "Chapter 3"]
    assert all(part.html == "<p>Ida ran.</p>\n<p>Nobody saw.</p>" for part in story.parts)


def test_badge_author_and_dedication() -> None:
    head = (
        "Paid Stories Badge Paid Story\nThere are 5 more free parts\n\nThe Door\n\n9 8 7\nBy "
        "ida_holt\n  • Dedicated to Ana\n\nIda ran.\n\n"
    )
    story = read(head + "Weir" + END)
    assert (story.parts[0].title, story.authors) == ("The Door", ["ida_holt"])
    assert (story.parts[0].note_before, words(story)) == ("<p>Dedicated to Ana</p>", ["Ida ran."])


def test_a_page_saved_without_blank_lines_has_a_paragraph_a_line() -> None:
    lines = [f"Ida ran past the house number {number}." for number in range(12)]
    assert words(read("One\n1 2 3\n" + "\n".join(lines) + f"\nWeir{END}")) == lines


@pytest.mark.parametrize(
    "text", ["A Title\n\nA text of words.\n\nMore.", "<html><p>1 2 3</p>", "1 2 3", "Poem\none two three\n"]
)
def test_other_texts_are_not_taken_for_pages(text: str) -> None:
    assert not sniff(text.encode(), "x.txt")


@given(st.binary(max_size=400))
def test_any_bytes_give_a_story_or_one_sentence(data: bytes) -> None:
    try:
        assert parse(data, name="x.txt").parts
    except BadFileError as error:
        assert str(error)
    sniff(data, "x.txt")


@given(
    st.lists(
        st.text(st.characters(categories=["L"]), min_size=2, max_size=20).map(
            lambda word: f"said {word} too"
        ),
        min_size=1,
        max_size=12,
    )
)
def test_no_paragraph_is_lost(paragraphs: list[str]) -> None:
    assert words(read(page(body="\n\n".join(paragraphs)))) == paragraphs


def test_a_banner_of_the_site_above_the_title_is_left_out_and_said() -> None:
    banner = "Vote for the river this month and we plant a tree\nPen Your River\n\n"
    page = f"{banner}The Door\n\n1.4K 10 6\n\nShe knocked.\n\nThe Weir {{1}}Where stories live. Discover now"
    story = parse(page.encode(), name="a.txt")
    (part,) = story.parts
    assert (part.title, part.elsewhere, part.html) == (
        "The Door",
        Elsewhere(1400, 10, 6),
        "<p>She knocked.</p>",
    )
    assert any("Pen Your River" in one.what for one in story.left_out)
