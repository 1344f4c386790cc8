"""What the package document says, so that readers sort well and an import brings all of it back."""

from dataclasses import replace

import pytest

from talehouse.exports.book import Cover, Person, Picture, Series
from talehouse.exports.epub.metadata import sort_title
from talehouse.exports.epub.text import language
from talehouse.exports.tests import books
from talehouse.exports.tests.files import Files

OPF = "package.opf"


@pytest.fixture(scope="module")
def rich() -> Files:
    return Files(books.rich())


def test_identity(rich: Files) -> None:
    assert rich.value(OPF, "//dc:identifier") == f"urn:uuid:{books.rich().uuid}"
    assert rich.value("toc.ncx", "//ncx:meta[@name='dtb:uid']/@content") == f"urn:uuid:{books.rich().uuid}"
    assert rich.value(OPF, "//dc:title") == "The Weir & the <Keepers> \"of\" 'It'"
    assert rich.value(OPF, "//dc:language") == "en-GB"
    assert rich.meta("dcterms:modified") == ["2025-03-09T18:30:15Z"]
    assert rich.value(OPF, "//dc:date") == "2024-05-01T06:00:00Z"
    assert rich.value(OPF, "//dc:source") == "https://archive.example/stories/7-the-weir/"
    assert rich.value(OPF, "//dc:publisher") == "The Reading Room & Co"
    assert rich.value(OPF, "//dc:description") == "Two keepers & a river.\n\nSecond <paragraph>."
    assert rich.value(OPF, "//dc:rights") == "All rights reserved <2025>"


def test_people(rich: Files) -> None:
    assert rich.values(OPF, "//dc:creator") == ["Ilse <Marrow> & Co", "oriole"]
    assert rich.values(OPF, "//dc:contributor") == ["R. Quill"]
    assert [rich.meta("role", f"person{n}") for n in (1, 2, 3)] == [["aut"], ["aut"], ["pfr"]]
    assert [rich.meta("file-as", f"person{n}") for n in (1, 2)] == [["Marrow, Ilse"], ["oriole"]]
    assert [rich.meta("talehouse:role", f"person{n}") for n in (1, 2, 3)] == [
        [],
        ["co-author"],
        ["beta-reader"],
    ]


def test_tags_keep_their_kind(rich: Files) -> None:
    assert rich.values(OPF, "//dc:subject") == ["Found family", "Rivers & <weirs>"]
    assert [rich.meta("talehouse:kind", f"tag{n}") for n in (1, 2)] == [["theme"], ["genre"]]


def test_our_own_vocabulary(rich: Files) -> None:
    assert rich.value(OPF, "/opf:package/@prefix") == "talehouse: https://talehouse.example/vocab#"
    assert rich.meta("talehouse:story") == [f"urn:uuid:{books.rich().uuid}"]
    assert rich.meta("talehouse:rating") == ["teen"]
    assert rich.meta("talehouse:warning") == ["violence", "chose-not-to-warn"]
    assert rich.meta("talehouse:category") == ["gen"]
    assert rich.meta("talehouse:status") == ["ongoing"]
    assert rich.meta("talehouse:summary") == [books.rich().summary_html]


def test_series_in_both_forms(rich: Files) -> None:
    assert rich.meta("belongs-to-collection") == ['The "River" & sea']
    assert rich.meta("collection-type", "series") == ["series"]
    assert rich.meta("group-position", "series") == ["1.5"]
    assert rich.value(OPF, "//opf:meta[@name='calibre:series']/@content") == 'The "River" & sea'
    assert rich.value(OPF, "//opf:meta[@name='calibre:series_index']/@content") == "1.5"


def test_series_without_a_place() -> None:
    files = Files(replace(books.minimal(), series=Series("Rivers")))

    assert files.meta("belongs-to-collection") == ["Rivers"]
    assert files.meta("group-position", "series") == []


def test_accessibility_says_what_is_true() -> None:
    plain, rich = Files(books.minimal()), Files(books.rich())

    assert plain.meta("schema:accessMode") == ["textual"]
    assert plain.meta("schema:accessModeSufficient") == ["textual"]
    assert "alternativeText" in plain.meta("schema:accessibilityFeature")
    assert rich.meta("schema:accessMode") == ["textual", "visual"]
    assert rich.meta("schema:accessModeSufficient") == ["textual,visual"]
    assert "alternativeText" not in rich.meta("schema:accessibilityFeature")
    assert plain.meta("schema:accessibilityHazard") == ["none"]
    assert plain.meta("dcterms:conformsTo") == []


def test_a_moving_picture_is_a_hazard_nobody_has_judged() -> None:
    book = replace(
        books.minimal(),
        chapters=(books.chapter("One", '<p><img src="a.gif" alt="A wave"></p>'),),
        pictures={"a.gif": Picture(books.picture("GIF"), "image/gif")},
    )

    assert Files(book).meta("schema:accessibilityHazard") == ["unknown"]
    assert "alternativeText" in Files(book).meta("schema:accessibilityFeature")


def test_own_cover_and_drawn_cover() -> None:
    own, drawn = Files(books.rich()), Files(books.minimal())
    path = "//opf:item[@properties='cover-image']/@href"

    assert own.value(OPF, path) == "images/cover.jpg"
    assert own.value("cover.xhtml", "//h:img/@alt") == "A weir at night"
    assert drawn.value(OPF, path) == "images/cover.svg"
    assert drawn.value("cover.xhtml", "//h:img/@alt") == "Cover of A Short One"


def test_a_cover_that_is_no_picture_is_drawn_instead() -> None:
    book = replace(books.minimal(), cover=Cover(b"<html>", "image/jpeg"))

    assert Files(book).value(OPF, "//opf:item[@properties='cover-image']/@href") == "images/cover.svg"


def test_direction() -> None:
    files = Files(books.arabic())

    assert files.value(OPF, "//opf:spine/@page-progression-direction") == "rtl"
    assert files.values("chapter-0001.xhtml", "/h:html/@dir | /h:html/@lang") == ["ar", "rtl"]
    assert Files(books.minimal()).value(OPF, "//opf:spine/@page-progression-direction") == "ltr"


def test_nothing_is_said_of_what_is_not_known() -> None:
    files = Files(replace(books.empty(), authors=(Person(" "),)))

    assert files.value(OPF, "//dc:title") == "Untitled"
    assert files.values(OPF, "//dc:creator | //dc:description | //dc:date | //dc:subject") == []
    assert files.meta("talehouse:summary") == []


@pytest.mark.parametrize(
    ("title", "tag", "sorted_as"),
    [
        ("The Weir Keepers", "en-GB", "Weir Keepers, The"),
        ("A Day", "en", "Day, A"),
        ("The", "en", "The"),
        ("A Day", "sv", "A Day"),
        ("Die Brücke", "de", "Brücke, Die"),
        ("دفتر المطر", "ar", "دفتر المطر"),
    ],
)
def test_sort_title(title: str, tag: str, sorted_as: str) -> None:
    assert sort_title(title, tag) == sorted_as


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("en", "en"),
        ("pt-BR", "pt-BR"),
        ("zh-Hant-TW", "zh-Hant-TW"),
        ("sl-rozaj-biske", "sl-rozaj-biske"),
        ("de-x-home", "de-x-home"),
        ("", "und"),
        (None, "und"),
        ("english please", "und"),
        ("e", "und"),
        ("en_US", "und"),
    ],
)
def test_language_tags(given: str | None, written: str) -> None:
    assert language(given) == written
