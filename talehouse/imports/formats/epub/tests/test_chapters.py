"""Chapters: found by the table of contents, cut, joined, named; no word lost."""

# Markup stands in one line, as it would in a file.
# ruff: noqa: E501

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talehouse.imports.formats.epub.parse import parse
from talehouse.imports.formats.epub.tests.books import PNG, Maker, all_words, words
from talehouse.imports.found import FoundStory


def read(maker: Maker) -> FoundStory:
    return parse(maker.build(), name="book.epub")


def shape(story: FoundStory) -> list[tuple[str, str]]:
    return [(part.title, " ".join(words(part.html))) for part in story.parts]


@pytest.mark.parametrize("nav", ["nav", "ncx"])
def test_each_entry_is_a_part_under_its_own_title(nav: str) -> None:
    maker = Maker(nav=nav)
    maker.chapter("a.xhtml", "<h1>Dawn</h1><p>First light.</p>", "Dawn")
    maker.chapter("b.xhtml", "<h1>Dusk</h1><p>Last light.</p>", "Dusk")
    story = read(maker)
    assert shape(story) == [("Dawn", "First light."), ("Dusk", "Last light.")]
    assert [part.key for part in story.parts] == ["OEBPS/a.xhtml", "OEBPS/b.xhtml"]


def test_one_file_is_cut_at_its_entries_inside_wrappers() -> None:
    body = (
        '<div class="w"><section><h2 id="one">One</h2><p>a b</p></section>'
        '<section id="two"><h2>Two</h2><p>c <i>d</i></p></section><p>e</p><h2><a id="three"></a>Three</h2><p>f</p></div>'
    )
    maker = Maker().chapter("all.xhtml", body)
    maker.entries = [("One", "all.xhtml#one"), ("Two", "all.xhtml#two"), ("Three", "all.xhtml#three")]
    assert shape(read(maker)) == [("One", "a b"), ("Two", "c d e"), ("Three", "f")]


def test_an_anchor_at_the_end_of_a_paragraph_leaves_the_paragraph_whole() -> None:
    maker = Maker().chapter("a.xhtml", '<h2>One</h2><p>the end<a id="t"/></p><h2>Two</h2><p>again</p>')
    maker.entries = [("One", "a.xhtml"), ("Two", "a.xhtml#t")]
    assert shape(read(maker)) == [("One", "the end"), ("Two", "again")]


def test_split_files_join_the_chapter_before_them() -> None:
    maker = Maker()
    maker.chapter("x_split_000.html", "<h2>One</h2><p>begins</p>", "One")
    maker.chapter("x_split_001.html", "<p>goes on</p>")
    maker.chapter("x_split_002.html", "<h2>Two</h2><p>ends</p>", "Two")
    assert shape(read(maker)) == [("One", "begins goes on"), ("Two", "ends")]


def test_split_files_join_without_a_table_of_contents() -> None:
    maker = Maker(nav="none")
    maker.chapter("x_split_000.html", "<h2>One</h2><p>begins</p>")
    maker.chapter("x_split_001.html", "<p>goes on</p>")
    maker.chapter("x_split_002.html", "<h2>Two</h2><p>ends</p>")
    assert shape(read(maker)) == [("One", "begins goes on"), ("Two", "ends")]


def test_a_chapter_that_the_table_forgot_is_still_a_part() -> None:
    maker = Maker().chapter("a.xhtml", "<h1>Chapter 1</h1><p>one</p>", "Chapter 1")
    maker.chapter("b.xhtml", "<h1>Chapter 2</h1><p>two</p>")
    maker.chapter("c.xhtml", '<section epub:type="epilogue"><h1>After</h1><p>three</p></section>')
    assert [part.title for part in read(maker).parts] == ["Chapter 1", "Chapter 2", "After"]


def test_text_before_the_first_entry_is_kept() -> None:
    maker = Maker().chapter("p.xhtml", "<h1>Prologue</h1><p>Before it all.</p>")
    maker.chapter("a.xhtml", "<p>one</p>", "Chapter 1")
    assert shape(read(maker)) == [("Prologue", "Before it all."), ("Chapter 1", "one")]


@pytest.mark.parametrize(
    ("entry", "heading"),
    [
        ("I: The Tower", "<h2><span>I</span><br/><span>The Tower</span></h2>"),
        ("I: The Tower", '<hgroup><h2 epub:type="ordinal">I</h2><p epub:type="title">The Tower</p></hgroup>'),
        (
            "Chapter 1: The Tower",
            '<p class="chapter-number">CHAPTER 1</p><p class="chapter-title">The Tower</p>',
        ),
        ("Chapter 1 – The Tower", "<h1>Chapter 1</h1><h2>The Tower</h2>"),
        ("The Tower", "<header><h1>The  Tower</h1></header>"),
    ],
)
def test_a_heading_that_repeats_the_title_is_taken_out(entry: str, heading: str) -> None:
    maker = (
        Maker().chapter("a.xhtml", f"{heading}<p>It stood.</p>", entry).chapter("b.xhtml", "<p>x</p>", "End")
    )
    assert shape(read(maker))[0] == (entry, "It stood.")


def test_a_first_line_of_speech_is_never_taken_for_the_title() -> None:
    maker = Maker().chapter("a.xhtml", "<h2>Hello</h2><p>“Hello?”</p><p>Nobody.</p>", "Hello")
    maker.chapter("b.xhtml", "<p>“Run!”</p><p>They ran.</p>", "Run")
    assert shape(read(maker)) == [("Hello", "“Hello?” Nobody."), ("Run", "“Run!” They ran.")]


def test_without_entry_titles_number_and_name_make_one_title() -> None:
    maker = Maker(nav="none").chapter("a.xhtml", "<h1>Chapter 1</h1><h2>The Tower</h2><p>x</p>")
    maker.chapter("b.xhtml", "<p>no heading at all</p>")
    assert shape(read(maker)) == [("Chapter 1: The Tower", "x"), ("Part 2", "no heading at all")]


def test_a_bare_number_in_the_table_gives_way_to_the_heading() -> None:
    maker = (
        Maker()
        .chapter("a.xhtml", "<h1>1. The Tower</h1><p>x</p>", "1")
        .chapter("b.xhtml", "<h1>2</h1><p>y</p>", "2")
    )
    assert shape(read(maker)) == [("1. The Tower", "x"), ("2", "y")]


def test_a_divider_goes_into_the_title_of_the_next_chapter() -> None:
    maker = Maker().chapter("p1.xhtml", '<section epub:type="part"><h1>Book I</h1></section>')
    maker.chapter("a.xhtml", "<h1>Home</h1><p>one</p>").chapter("b.xhtml", "<h1>Away</h1><p>two</p>")
    maker.entries = [("Book I", "p1.xhtml", [("Home", "a.xhtml"), ("Away", "b.xhtml")])]
    assert [part.title for part in read(maker).parts] == ["Book I – Home", "Away"]


def test_a_divider_without_a_place_does_too() -> None:
    maker = Maker().chapter("a.xhtml", "<p>one</p>").chapter("b.xhtml", "<p>two</p>")
    maker.entries = [("Book I", "", [("Home", "a.xhtml"), ("Away", "b.xhtml")])]
    assert [part.title for part in read(maker).parts] == ["Book I – Home", "Away"]


def test_sections_within_a_chapter_do_not_cut_it() -> None:
    maker = Maker()
    for name, title in (("a", "Chapter 1"), ("b", "Chapter 2")):
        maker.chapter(
            f"{name}.xhtml", f'<h1>{title}</h1><p>x</p><h2 id="s1">Night</h2><p>y</p><h2 id="s2">Day</h2>'
        )
        maker.entries.append(
            (title, f"{name}.xhtml", [("Night", f"{name}.xhtml#s1"), ("Day", f"{name}.xhtml#s2")])
        )
    assert shape(read(maker)) == [("Chapter 1", "x Night y Day"), ("Chapter 2", "x Night y Day")]


def test_chapters_within_a_book_in_one_file_do() -> None:
    maker = Maker().chapter(
        "b1.xhtml", '<h1>Book I</h1><h2 id="c1">Chapter 1</h2><p>x</p><h2 id="c2">Chapter 2</h2><p>y</p>'
    )
    maker.entries = [("Book I", "b1.xhtml", [("Chapter 1", "b1.xhtml#c1"), ("Chapter 2", "b1.xhtml#c2")])]
    assert shape(read(maker)) == [("Book I – Chapter 1", "x"), ("Chapter 2", "y")]


def test_an_entry_without_a_place_is_told_and_loses_nothing() -> None:
    maker = Maker().chapter("a.xhtml", '<h2 id="x1">One</h2><p>b1</p><h2 id="x2">Two</h2><p>b2</p>')
    maker.entries = [("One", "a.xhtml#x1"), ("Two", "a.xhtml#nowhere")]
    story = read(maker)
    assert shape(story) == [("One", "b1 Two b2")]
    assert any("Two" in doubt for doubt in story.doubts)


def test_a_poor_table_of_contents_loses_nothing() -> None:
    maker = Maker().chapter("a.xhtml", "<h1>Dawn</h1><p>x</p>").chapter("b.xhtml", "<h1>Dusk</h1><p>y</p>")
    maker.chapter("c.xhtml", "<h1>Noon</h1><p>z</p>")
    maker.entries = [("Start", "a.xhtml"), ("Cover", "c.xhtml")]
    found = all_words(read(maker))
    assert all(found[word] == 1 for word in "xyz")


def test_a_table_of_contents_with_one_entry_does_not_swallow_the_chapters() -> None:
    maker = Maker().chapter("a.xhtml", "<h1>Dawn</h1><p>x</p>").chapter("b.xhtml", "<h1>Dusk</h1><p>y</p>")
    maker.chapter("c.xhtml", "<h1>Noon</h1><p>z</p>")
    maker.entries = [("Start", "a.xhtml")]
    assert shape(read(maker)) == [("Dawn", "x"), ("Dusk", "y"), ("Noon", "z")]


def test_the_books_own_title_above_the_first_chapter_is_taken_out() -> None:
    maker = Maker().chapter("a.xhtml", "<h1>The Mill</h1><h2>Chapter 1</h2><p>x</p>", "Chapter 1")
    maker.chapter("b.xhtml", '<p style="text-align:center"><b>DUSK</b></p><p>y</p>', "Dusk")
    assert shape(read(maker)) == [("Chapter 1", "x"), ("Dusk", "y")]


TEXT = st.text(st.sampled_from("abcdefgh "), min_size=1, max_size=30).filter(str.strip)
BLOCK = st.one_of(
    TEXT.map(lambda text: f"<p>{text}</p>"),
    TEXT.map(lambda text: f"<div>{text} <b>{text}</b></div>"),
    TEXT.map(lambda text: f"<div><p>{text}</p> {text}</div>"),
    TEXT.map(lambda text: f"{text} <i>{text}</i>"),
    TEXT.map(lambda text: f"<blockquote><p>{text}</p></blockquote>"),
    TEXT.map(lambda text: f"<ul><li>{text}</li><li><p>{text}</p></li></ul>"),
    TEXT.map(lambda text: f"<p>{text}<br/><br/>{text}<br/>{text}</p>"),
    TEXT.map(lambda text: f"<section><h3>{text}</h3><p>{text}</p></section>"),
    st.just("<p>\u00a0</p>"),
    st.just("<hr/>"),
    st.just("<br/>"),
)
CHAPTER = st.lists(BLOCK, min_size=1, max_size=6).filter(
    lambda blocks: any(c >= "a" for b in blocks for c in words(b))
)


@settings(max_examples=80, deadline=None)
@given(chapters=st.lists(CHAPTER, min_size=1, max_size=5), cut=st.booleans(), wrap=st.booleans())
def test_no_word_is_lost(chapters: list[list[str]], cut: bool, wrap: bool) -> None:
    """The concatenated text of the chapters equals ours once white space is folded."""
    maker = Maker()
    titles = [f"Chapter {number}" for number, _blocks in enumerate(chapters, 1)]
    marked = [
        f'<h2 id="c{number}">{title}</h2>{"".join(blocks)}'
        for number, (title, blocks) in enumerate(zip(titles, chapters, strict=True), 1)
    ]
    if cut:
        whole = "".join(f"<div>{text}</div>" if wrap else text for text in marked)
        maker.chapter("all.xhtml", f"<div>{whole}</div>" if wrap else whole)
        maker.entries = [(title, f"all.xhtml#c{n}") for n, title in enumerate(titles, 1)]
    else:
        for number, (title, text) in enumerate(zip(titles, marked, strict=True), 1):
            maker.chapter(f"c{number}.xhtml", text, title)
    story = read(maker)
    assert shape(story) == [
        (title, " ".join(words("".join(blocks)))) for title, blocks in zip(titles, chapters, strict=True)
    ]


def test_a_book_without_any_heading_keeps_all_words() -> None:
    maker = Maker(nav="none")
    for number in range(4):
        maker.chapter(f"f{number}.html", f"<p>word{number}</p>loose{number}")
    found = all_words(read(maker))
    assert all(found[f"word{n}"] == found[f"loose{n}"] == 1 for n in range(4))


STORY = "<p>The river ran on under the mill, and nobody heard it.</p>"


def with_sections(names: list[str], others: int) -> list[str]:
    """The titles of a book whose first file has these sections, and as many other files."""
    inner = "".join(f'<section id="s{n}"><h3>{name}</h3>{STORY}</section>' for n, name in enumerate(names))
    maker = (
        Maker()
        .chapter("title.xhtml", "<h1>The Mill</h1>", "Titlepage")
        .chapter("a.xhtml", f"<h2>A Letter</h2>{inner}")
    )
    maker.entries.append(("A Letter", "a.xhtml", [(name, f"a.xhtml#s{n}") for n, name in enumerate(names)]))
    for n in range(others):
        maker.chapter(f"b{n}.xhtml", f"<h2>Rain {n}</h2>{STORY}", f"Rain {n}")
    return [part.title for part in parse(maker.build(), name="book.epub").parts]


def test_numbered_sections_of_a_story_in_a_collection_do_not_cut_it() -> None:
    assert with_sections(["I", "II", "III"], 2) == ["A Letter", "Rain 0", "Rain 1"]


def test_numbered_chapters_of_a_novel_s_only_part_do() -> None:
    assert with_sections(["I", "II"], 0) == ["A Letter – I", "II"]


def test_a_page_without_a_name_before_the_story_opens_it() -> None:
    maker = Maker(extra={"map.png": PNG})
    maker.chapter("map.xhtml", '<p><img src="map.png" alt="The valley"/></p>')
    maker.chapter("a.xhtml", f"<h2>One</h2>{STORY}", "One").chapter("b.xhtml", f"<h2>Two</h2>{STORY}", "Two")
    story = parse(maker.build(), name="book.epub")
    assert [part.title for part in story.parts] == ["One", "Two"]
    assert "picture:" in story.parts[0].html and "picture:" not in story.parts[1].html


def test_an_epigraph_on_the_title_page_is_the_author_s_word() -> None:
    page = (
        '<section epub:type="titlepage"><h1>The Mill</h1><p>Ada Reed</p>'
        '<div epub:type="epigraph"><p>Water finds its way.</p></div><p epub:type="dedication">For Bo.</p></section>'
    )
    maker = Maker().chapter("t.xhtml", page, "Title page").chapter("a.xhtml", f"<h2>One</h2>{STORY}", "One")
    (part,) = parse(maker.build(), name="book.epub").parts
    assert words(part.note_before) == "Water finds its way. For Bo.".split()


@pytest.mark.parametrize(
    ("heading", "entry", "title", "first"),
    [
        ('<hgroup><h2>I</h2><p epub:type="title">The Weir</p></hgroup>', "I", "I: The Weir", "The"),
        ("<h2>Chapter 1</h2><h3>The Weir</h3>", "Chapter 1", "Chapter 1: The Weir", "The"),
        ("<h2>1</h2><p class='subtitle'>The Weir</p>", "1", "1: The Weir", "The"),
        ("<h2>I</h2><p epub:type='bridgehead'>In which it rains.</p>", "I", "I", "In"),
        ("<h2>I</h2><h3>Monday</h3><p>Rain.</p><h3>Tuesday</h3>", "I", "I", "Monday"),
        ("<h2>The Weir</h2><h3>Monday</h3>", "The Weir", "The Weir", "Monday"),
        ("<h2>I</h2>", "I", "I", "The"),
        ("<h2>I</h2><h3>The Weir</h3>", "I. The Weir", "I. The Weir", "The"),
    ],
)
def test_a_bare_number_takes_the_name_under_it(heading: str, entry: str, title: str, first: str) -> None:
    maker = Maker().chapter("a.xhtml", f"{heading}{STORY}", entry).chapter("b.xhtml", STORY, "Two")
    part = parse(maker.build(), name="book.epub").parts[0]
    assert (part.title, words(part.html)[0]) == (title, first)


def test_project_gutenberg_s_licence_is_left_out() -> None:
    maker = Maker()
    maker.chapter(
        "a.xhtml",
        f'<section id="pg-header"><h2>The Project Gutenberg eBook</h2></section><h2>One</h2>{STORY}',
        "One",
    )
    maker.chapter(
        "b.xhtml", f'<h2>Two</h2>{STORY}<section id="pg-footer"><p>*** END OF THE</p></section>', "Two"
    )
    story = parse(maker.build(), name="book.epub")
    assert [" ".join(words(part.html)) for part in story.parts] == [" ".join(words(STORY))] * 2
    assert "Gutenberg" in story.left_out[0].what
