"""Front and back matter, however little says what it is."""

# Markup stands in one line, as it would in a file.
# ruff: noqa: E501

from __future__ import annotations

import pytest

from talehouse.imports.formats.epub.parse import parse
from talehouse.imports.formats.epub.tests.books import Maker, words
from talehouse.imports.found import FoundStory

LONG = "<p>" + "The river ran on under the mill. " * 20 + "</p>"


def read(maker: Maker) -> FoundStory:
    return parse(maker.build(), name="book.epub")


def titles(story: FoundStory) -> list[str]:
    return [part.title for part in story.parts]


@pytest.mark.parametrize(
    "kind",
    [
        "titlepage",
        "halftitlepage",
        "imprint",
        "colophon",
        "toc",
        "copyright-page",
        "loi",
        "se:uncopyright",
        "cover",
    ],
)
def test_pages_marked_as_the_publishers_are_left_out_and_said_so(kind: str) -> None:
    maker = Maker().chapter(
        "x.xhtml", f'<section epub:type="{kind}"><h2>Something</h2>{LONG}</section>', "Something"
    )
    story = read(maker.chapter("a.xhtml", f"<h1>Dawn</h1>{LONG}", "Dawn"))
    assert titles(story) == ["Dawn"]
    assert [left.what for left in story.left_out] == ["Something"]


@pytest.mark.parametrize(
    "name",
    ["Contents", "Table of Contents", "Copyright", "Título", "Índice", "Inhalt", "Impressum", "Table des matières", "目次",
     "版权页", "Содержание", "Spis treści", "Cover", "About the Author"],
)  # fmt: skip
def test_pages_without_markup_are_known_by_their_names(name: str) -> None:
    maker = Maker().chapter("x.xhtml", f"<h2>{name}</h2><p>A few words.</p>", name)
    story = read(maker.chapter("a.xhtml", f"<h1>Dawn</h1>{LONG}", "Dawn"))
    assert titles(story) == ["Dawn"]
    assert [left.what for left in story.left_out] == [name]


def test_a_long_chapter_that_happens_to_be_called_so_is_a_chapter() -> None:
    maker = Maker().chapter("a.xhtml", f"<h1>Cover</h1>{LONG * 4}", "Cover").chapter("b.xhtml", LONG, "Index")
    assert "Cover" in titles(read(maker))


def test_the_guide_of_epub_2_is_believed() -> None:
    maker = Maker(version="2.0", nav="ncx", guide='<reference type="title-page" href="x.xhtml"/>')
    maker.chapter("x.xhtml", "<p>Words in a frame</p>", "Opening").chapter("a.xhtml", LONG, "Dawn")
    assert titles(read(maker)) == ["Dawn"]


def test_the_landmarks_of_epub_3_are_believed() -> None:
    maker = Maker(landmarks='<li><a epub:type="copyright-page" href="x.xhtml">R</a></li>')
    maker.chapter("x.xhtml", "<p>Words in a frame</p>", "Rights").chapter("a.xhtml", LONG, "Dawn")
    assert titles(read(maker)) == ["Dawn"]


def test_a_title_page_is_known_by_what_stands_on_it() -> None:
    maker = (
        Maker()
        .chapter("x.xhtml", "<p>The Mill</p><p>a novel by</p><p>Ada Reed</p>")
        .chapter("a.xhtml", LONG, "Dawn")
    )
    assert titles(read(maker)) == ["Dawn"]


def test_a_rights_page_is_known_by_what_stands_on_it() -> None:
    page = "<p>© 2020 Ada Reed. All rights reserved.</p><p>ISBN 000</p>"
    maker = Maker().chapter("x.xhtml", page, "Before").chapter("a.xhtml", LONG, "Dawn")
    assert titles(read(maker)) == ["Dawn"]


def test_a_list_of_links_is_the_contents() -> None:
    links = "".join(f'<p><a href="a.xhtml#{n}">Chapter number {n}</a></p>' for n in range(5))
    maker = Maker().chapter("x.xhtml", f"<h3>What is in it</h3>{links}").chapter("a.xhtml", LONG, "Dawn")
    assert titles(read(maker)) == ["Dawn"]


def test_the_authors_words_around_the_story_are_kept_as_notes() -> None:
    maker = Maker().chapter(
        "d.xhtml", '<section epub:type="dedication"><p>For Bo.</p></section>', "Dedication"
    )
    maker.chapter("p.xhtml", "<h2>Vorwort</h2><p>Warum ich schrieb.</p>", "Vorwort")
    maker.chapter("a.xhtml", LONG, "Dawn").chapter("b.xhtml", LONG, "Dusk")
    maker.chapter("z.xhtml", "<h2>Acknowledgements</h2><p>Thank you all.</p>", "Acknowledgements")
    story = read(maker)
    assert titles(story) == ["Dawn", "Dusk"]
    assert " ".join(words(story.parts[0].note_before)) == "Dedication For Bo. Vorwort Warum ich schrieb."
    assert " ".join(words(story.parts[1].note_after)) == "Acknowledgements Thank you all."
    assert len(story.doubts) == 2


def test_a_book_of_nothing_but_a_preface_is_that() -> None:
    story = read(Maker().chapter("p.xhtml", "<h2>Preface</h2><p>Only this.</p>", "Preface"))
    assert titles(story) == ["Preface"]


@pytest.mark.parametrize("name", ["Prologue", "Epilogue", "Introduction", "Appendix A", "Interlude"])
def test_parts_of_the_story_stay_parts(name: str) -> None:
    story = read(
        Maker().chapter("a.xhtml", LONG, "Dawn").chapter("p.xhtml", f"<h2>{name}</h2><p>Few.</p>", name)
    )
    assert titles(story) == ["Dawn", name]


def test_the_navigation_in_the_reading_order_is_left_out() -> None:
    maker = Maker().chapter("a.xhtml", LONG, "Dawn")
    opf = maker.opf().replace('<itemref idref="c0"/>', '<itemref idref="nav"/><itemref idref="c0"/>')
    maker.opf = lambda: opf  # type: ignore[method-assign]
    story = read(maker)
    assert titles(story) == ["Dawn"] and story.left_out


def test_files_outside_the_reading_order_are_left_out_and_said_so() -> None:
    maker = (
        Maker(nonlinear={"x.xhtml"}).chapter("a.xhtml", LONG, "Dawn").chapter("x.xhtml", LONG, title="Extra")
    )
    story = read(maker)
    assert titles(story) == ["Dawn"]
    assert [left.what for left in story.left_out] == ["Extra"]
