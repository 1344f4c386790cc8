"""The chapter files: structure, ids, footnotes, links, pictures, and no word lost."""

import re
from dataclasses import replace

import pytest

from talehouse.exports.epub.links import web_address
from talehouse.exports.epub.pictures import PictureShelf
from talehouse.exports.epub.xhtml import PageText
from talehouse.exports.tests import books
from talehouse.exports.tests.files import NAMES, Files

ONE = "chapter-0001.xhtml"


@pytest.fixture(scope="module")
def rich() -> Files:
    return Files(books.rich())


def made(html: str) -> str:
    return PageText(PictureShelf({}), "https://archive.example/parts/1-x/").add(html)


def test_what_an_import_finds_again(rich: Files) -> None:
    part = books.rich().chapters[0]
    section = f"//h:section[@data-part='{part.uuid}'][@epub:type='chapter'][@role='doc-chapter']"

    assert rich.value(ONE, f"{section}/h:header/h:h1") == 'Chapter <1> & "more"'
    assert rich.value(ONE, f"{section}/@data-published") == "2024-05-01T06:00:00Z"
    assert rich.value(ONE, f"{section}/h:p[@class='source']/h:a/@href") == part.source_url
    assert len(rich.values(ONE, f"{section}/h:aside[@class='note-before']")) == 1
    assert len(rich.values(ONE, f"{section}/h:aside[@class='note-after']")) == 1


def test_blocks_keep_their_ids(rich: Files) -> None:
    ids = rich.values(ONE, "//h:div[@class='text']/*/@id")

    assert ids == [
        f"b-{name}"
        for name in [
            "p",
            "h2",
            "h3",
            "c",
            "r",
            "v",
            "l",
            "hr",
            "q",
            "ul",
            "ol",
            "t",
            "dl",
            "pre",
            "ru",
            "e",
            "x",
            "fr",
            "f",
            "i",
            "fn",
            "a",
        ]
    ]


def test_ids_are_unique_in_every_file(rich: Files) -> None:
    for name in (name for name in rich.names() if name.endswith(".xhtml")):
        ids = rich.values(name.removeprefix("EPUB/"), "//@id")
        assert len(ids) == len(set(ids)), name


def test_inner_links_lead_somewhere(rich: Files) -> None:
    for name in (name for name in rich.names() if "chapter" in name):
        file = name.removeprefix("EPUB/")
        ids = set(rich.values(file, "//@id"))
        assert all(href[1:] in ids for href in rich.values(file, "//@href") if href.startswith("#")), name


def test_footnotes_mean_footnotes(rich: Files) -> None:
    reference = rich.xml(ONE).xpath("//h:div//h:a[@id='fnref-1']", namespaces=NAMES)
    note = "//h:div/h:section[@epub:type='footnotes'][@role='doc-endnotes']/h:ol/h:li[@epub:type='footnote']"

    assert isinstance(reference, list)
    assert dict(reference[0].attrib) == {
        "id": "fnref-1",
        "class": "fn",
        "href": "#fn-1",
        "{http://www.idpf.org/2007/ops}type": "noteref",
        "role": "doc-noteref",
    }
    assert rich.values(ONE, f"{note}/@id") == ["fn-1", "fn-2"]
    assert rich.value(ONE, f"{note}//h:a/@role") == "doc-backlink"


def test_notes_have_footnotes_of_their_own(rich: Files) -> None:
    before = "//h:aside[@class='note-before']"

    assert rich.values(ONE, f"{before}//@id") == ["before-b-p", "before-fnref-1", "before-fn-1"]
    assert rich.values(ONE, f"{before}//@href") == ["#before-fn-1", "#b-h2"]


def test_pictures_come_along_once(rich: Files) -> None:
    pictures = [name for name in rich.names() if name.startswith("EPUB/images/")]
    sources = rich.values(ONE, "//h:img/@src")

    assert len(pictures) == 2
    assert len(sources) == 2
    assert len(set(sources)) == 1
    assert rich.zip.read(f"EPUB/{sources[0]}") == books.picture()
    assert rich.values(ONE, "//h:img/@alt") == ["A river", ""]
    assert rich.value(ONE, "//h:span[@class='no-picture']") == "not here"


@pytest.mark.parametrize("html", books.BROKEN)
def test_the_words_of_every_broken_text_are_kept(html: str) -> None:
    for lost in ("<script>alert(1)</script>", "<style>p{color:red}</style>", "<math><mi>x</mi></math>"):
        html = html.replace(lost, "")
    shown = re.sub(r"<!--.*?-->|<!\[CDATA.*?>|<[^>]*>|&bogus;.*", " ", html)
    written = re.sub(r"<[^>]*>|&amp;bogus;.*", " ", made(html))

    assert sorted("".join(re.findall(r"[a-z]", written))) == sorted("".join(re.findall(r"[a-z]", shown)))


def test_a_part_without_a_title_is_numbered() -> None:
    assert Files(books.rich()).value("chapter-0002.xhtml", "//h:h1") == "Part 2"


def test_a_part_in_another_language(rich: Files) -> None:
    (name,) = (name for name in rich.names() if "chapter" in name and "جملة" in rich.zip.read(name).decode())

    assert rich.values(name.removeprefix("EPUB/"), "/h:html/@lang | /h:html/@dir") == ["ar", "rtl"]


@pytest.mark.parametrize(
    ("html", "xhtml"),
    [
        ("a<br>b", "a<br/>b"),
        ("<p></p>", "<p></p>"),
        ("<p>a<wbr>b</p>", "<p>a<wbr/>b</p>"),
        ("<p>x<script>y</script>z</p>", "<p>xz</p>"),
        ("<ul>a<li>b</li></ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<span><p>a</p>b</span>", "<span>a<br/>b</span>"),
        ("<h1>a</h1>", "<h1>a</h1>"),
        ("<ruby>a<rt>b</rt></ruby>", "<ruby>a<rt>b</rt></ruby>"),
        ("<ruby><rt>b</rt></ruby>", "(b)"),
        ("<p lang='EN'>a</p>", '<p lang="EN" xml:lang="EN">a</p>'),
        ("<p id='a b'>a</p>", '<p id="a-b">a</p>'),
        ("<a href='#x'>a</a>", "a"),
        ("<a id='x' href='javascript:y'>a</a>", '<span id="x">a</span>'),
        ("<a href='/b'>a</a>", '<a href="https://archive.example/b">a</a>'),
        ("<table><tr><td>a</td></tr></table>", "<table><tbody><tr><td>a</td></tr></tbody></table>"),
        ("<li>a</li>", "<div>a</div>"),
    ],
)
def test_html_becomes_valid_xhtml(html: str, xhtml: str) -> None:
    assert made(html) == xhtml


@pytest.mark.parametrize("depth", [89, 300, 5000])
def test_words_survive_any_depth(depth: int) -> None:
    for tag in ("b", "blockquote", "ul", "font"):
        assert "deep" in made(f"<{tag}>" * depth + "deep")


@pytest.mark.parametrize(
    ("href", "address"),
    [
        ("https://example.org", "https://example.org"),
        ("HTTPS://Example.ORG/A?b=1&c=%zz#d", "https://Example.ORG/A?b=1&c=%25zz#d"),
        ("https://example.org/a b/ü", "https://example.org/a%20b/ü"),
        ("https://bücher.example/", "https://bücher.example/"),
        ("https://me:secret@example.org/", "https://example.org/"),
        ("http://[::1]:8000/", "http://[::1]:8000/"),
        ("../2-y/", "https://archive.example/parts/2-y/"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("mailto:nobody", None),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("http://", None),
        ("http://[broken", None),
        ("http://a b/", None),
        ("http://1.2.3.999/", None),
        ("http://example.org:99999/", None),
    ],
)
def test_addresses(href: str, address: str | None) -> None:
    assert web_address(href, "https://archive.example/parts/1-x/") == address


def test_title_page_tells_what_to_expect(rich: Files) -> None:
    facts = dict(zip(rich.values("title.xhtml", "//h:dt"), rich.values("title.xhtml", "//h:dd"), strict=True))

    assert facts == {
        "Rating": "Teen",
        "Warnings": "Violence · Chose not to warn",
        "Pairings": "Gen",
        "Status": "Ongoing",
        "Tags": "Found family · Rivers & <weirs>",
        "Published": "2024-05-01",
        "Updated": "2025-03-09",
    }
    assert rich.value("title.xhtml", "//h:p[@class='writers']") == "by Ilse <Marrow> & Co, oriole"
    assert rich.value("title.xhtml", "//h:p[@class='series']") == 'The "River" & sea, 1.5'


def test_contents_and_landmarks() -> None:
    book = books.long()
    files = Files(book)
    toc = "//h:nav[@epub:type='toc']//h:a"

    assert files.values("nav.xhtml", toc) == [chapter.title for chapter in book.chapters]
    assert files.values("nav.xhtml", f"{toc}/@href") == [f"chapter-{n:04d}.xhtml" for n in range(1, 61)]
    assert files.values("toc.ncx", "//ncx:content/@src") == files.values("nav.xhtml", f"{toc}/@href")
    assert files.values("nav.xhtml", "//h:nav[@epub:type='landmarks']//@epub:type")[1:] == [
        "cover", "titlepage", "toc", "bodymatter",
    ]  # fmt: skip
    assert files.values("package.opf", "//opf:itemref/@idref")[:4] == [
        "cover", "title-page", "nav", "chapter-0001",
    ]  # fmt: skip


def test_a_book_without_chapters_still_opens() -> None:
    files = Files(replace(books.minimal(), chapters=()))

    assert files.values("nav.xhtml", "//h:nav[@epub:type='toc']//h:a/@href") == ["title.xhtml"]
