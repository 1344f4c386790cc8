"""What a book says about itself: EPUB 2 and 3, Calibre, our own words, known archives."""

# Markup stands in one line, as it would in a file.
# ruff: noqa: E501

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest

from talehouse.imports.formats.epub.parse import parse
from talehouse.imports.formats.epub.tests.books import PNG, Maker, words, xhtml
from talehouse.imports.found import FoundSeries, FoundStory, FoundTag


def read(metadata: str, **more: object) -> FoundStory:
    maker = Maker(metadata=metadata, **more)  # type: ignore[arg-type]
    return parse(maker.chapter("a.xhtml", "<p>x</p>", "Dawn").build(), name="The file.epub")


def test_title_with_subtitle_and_only_authors() -> None:
    story = read(
        '<dc:title id="s">A Year</dc:title><meta refines="#s" property="title-type">subtitle</meta>'
        '<dc:title id="t">The Mill</dc:title><meta refines="#t" property="title-type">main</meta>'
        '<dc:creator id="i">Ivo</dc:creator><meta refines="#i" property="role">ill</meta>'
        '<dc:creator id="a">Ada</dc:creator><meta refines="#a" property="role">aut</meta>'
        '<dc:creator id="b">Bo</dc:creator><meta refines="#b" property="role">aut</meta>'
        '<dc:language>pt_BR</dc:language><dc:identifier id="other">y</dc:identifier>'
        '<dc:identifier id="uid">urn:x</dc:identifier><dc:source>https://a.example/1</dc:source>'
    )
    assert (story.title, story.authors, story.language) == ("The Mill: A Year", ["Ada", "Bo"], "pt-BR")
    assert (story.identifier, story.source_url) == ("urn:x", "https://a.example/1")


def test_roles_of_epub_2() -> None:
    story = read(
        '<dc:title>T</dc:title><dc:creator opf:role="aut">Ada</dc:creator><dc:creator opf:role="ill">I</dc:creator>'
    )
    assert story.authors == ["Ada"]


def test_the_files_name_is_the_last_resort_for_a_title() -> None:
    assert read("").title == "The file"


@pytest.mark.parametrize(
    ("description", "summary"),
    [
        ("&lt;p&gt;One &lt;i&gt;two&lt;/i&gt;&lt;/p&gt;", "<p>One <i>two</i></p>"),
        ("&amp;lt;p&amp;gt;One&amp;lt;/p&amp;gt;", "<p>One</p>"),
        ("One &amp; two\n\nThree", "<p>One &amp; two</p><p>Three</p>"),
        ("a &lt; b", "<p>a &lt; b</p>"),
    ],
)
def test_summaries_plain_and_escaped(description: str, summary: str) -> None:
    assert read(f"<dc:description>{description}</dc:description>").summary == summary


def test_series_in_both_forms() -> None:
    three = (
        '<meta property="belongs-to-collection" id="x">A set</meta><meta refines="#x" property="collection-type">set</meta>'
        '<meta property="belongs-to-collection" id="c">Mills</meta><meta refines="#c" property="collection-type">series</meta>'
        '<meta refines="#c" property="group-position">2.5</meta>'
    )
    assert read(three).series == FoundSeries("Mills", 2.5)
    two = '<meta name="calibre:series" content="Mills"/><meta name="calibre:series_index" content="3.0"/>'
    assert read(two, version="2.0").series == FoundSeries("Mills", 3.0)


@pytest.mark.parametrize("how", ["property", "meta", "name", "page"])
def test_covers_in_every_form(how: str) -> None:
    maker = Maker(extra={"img.png" if how != "name" else "cover.png": PNG})
    if how == "property":
        maker.properties = {"img.png": "cover-image"}
    if how == "meta":
        maker.metadata += '<meta name="cover" content="x0"/>'
    if how == "page":
        maker.chapter("cover.xhtml", '<svg><image xlink:href="img.png"/></svg>')
    story = parse(maker.chapter("a.xhtml", "<p>x</p>", "Dawn").build(), name="b.epub")
    assert story.cover is not None and story.cover.data == PNG
    assert [part.title for part in story.parts] == ["Dawn"]


def test_the_picture_inside_a_drawn_cover() -> None:
    svg = b'<svg><image href="data:image/png;base64,' + base64.b64encode(PNG) + b'"/></svg>'
    maker = Maker(extra={"c.svg": svg}, properties={"c.svg": "cover-image"}).chapter(
        "a.xhtml", "<p>x</p>", "Dawn"
    )
    story = parse(maker.build(), name="b.epub")
    assert story.cover is not None and story.cover.data == PNG and story.doubts


def test_a_book_that_talehouse_wrote_comes_back_whole() -> None:
    metadata = (
        "<dc:title>The Mill</dc:title><dc:creator>Ada</dc:creator><dc:language>ar</dc:language>"
        '<dc:identifier id="uid">urn:uuid:1</dc:identifier>'
        '<meta property="talehouse:rating">mature</meta><meta property="talehouse:warning">violence</meta>'
        '<meta property="talehouse:warning">death</meta><meta property="talehouse:category">f-f</meta>'
        '<meta property="talehouse:status">complete</meta>'
        '<meta property="talehouse:story">https://a.example/stories/uuid</meta>'
        '<meta property="talehouse:summary">&lt;p&gt;Say &lt;em&gt;it&lt;/em&gt;.&lt;/p&gt;</meta>'
        "<dc:description>Say it.</dc:description>"
        '<dc:subject id="tag1">Found family</dc:subject><meta refines="#tag1" property="talehouse:kind">theme</meta>'
        '<dc:subject id="tag2">Complete</dc:subject><meta refines="#tag2" property="talehouse:kind">genre</meta>'
    )
    chapter = (
        '<section epub:type="chapter" data-part="u-1" data-published="2024-05-01T10:00:00Z"><header><h1>Contents</h1></header>'
        '<aside class="note-before"><p>Hello.</p></aside><div class="text"><p id="b-k1">One <em>two</em></p>'
        '<hr id="b-k2"/><p id="b-k3" class="center">* * *</p><p id="b-k4"><img src="p.png" alt="m"/></p></div>'
        '<aside class="note-after"><p>Bye.</p></aside><p class="source"><a href="https://b.example/1">b</a></p></section>'
    )
    maker = Maker(metadata=metadata, extra={"p.png": PNG})
    maker.chapter("t.xhtml", '<section epub:type="titlepage"><h1>The Mill</h1></section>', "Title page")
    story = parse(maker.chapter("c.xhtml", chapter, "Contents").build(), name="b.epub")
    [part] = story.parts
    assert (part.title, part.key, part.note_before, part.note_after) == (
        "Contents",
        "u-1",
        "<p>Hello.</p>",
        "<p>Bye.</p>",
    )
    assert (
        part.html
        == '<p>One <em>two</em></p><hr><p class="center">* * *</p><p><img src="picture:p1" alt="m"></p>'
    )
    assert (part.block_ids, part.source_url) == (["k1", "k2", "k3", "k4"], "https://b.example/1")
    assert part.published_at == datetime(2024, 5, 1, 10, tzinfo=UTC)
    assert (story.rating, story.warnings, story.categories) == ("mature", ["violence", "death"], ["f-f"])
    assert (story.status, story.source_url) == ("complete", "https://a.example/stories/uuid")
    assert story.summary == "<p>Say <em>it</em>.</p>"
    assert story.tags == [FoundTag("Found family", "theme"), FoundTag("Complete", "genre")]


PREFACE = """<div id="preface"><h2 class="toc-heading">Preface</h2><p class="message"><b>The Mill</b><br/>Posted at
<a href="http://archiveofourown.org/works/12">http://archiveofourown.org/works/12</a>.</p><div class="meta">
<dl class="tags"><dt>Rating:</dt><dd><a href="x">Teen And Up Audiences</a></dd>
<dt>Archive Warnings:</dt><dd><a>Graphic Depictions Of Violence</a>, <a>Major Character Death</a></dd>
<dt>Category:</dt><dd><a>F/M</a>, <a>Gen</a></dd><dt>Fandom:</dt><dd><a>Mills, Rivers</a></dd>
<dt>Relationship:</dt><dd><a>Bo/Cy</a></dd><dt>Character:</dt><dd><a>Bo</a></dd>
<dt>Additional Tags:</dt><dd><a>Slow Burn</a></dd><dt>Language:</dt><dd>English</dd>
<dt>Series:</dt><dd>Part 2 of <a>Rivers</a></dd><dt>Stats:</dt><dd>Published: 2020-01-01 Words: 9 Chapters: 2/2</dd></dl>
"""
TITLES = """<h1>The Mill</h1><div class="byline">by <a rel="author" href="x">ada</a></div><p>Summary</p>
<blockquote class="userstuff2"><p>A summary.</p></blockquote><p>Notes</p>
<blockquote class="userstuff2"><p>A work note.</p></blockquote></div></div>"""
CHAPTER = """<div id="chapters"><div class="meta group"><h2 class="heading">Chapter 1: Water</h2><p>Chapter Notes</p>
<blockquote class="userstuff"><p>Before.</p></blockquote><div class="endnote-link">See the end of the chapter for
<a href="#endnotes1">notes</a></div></div><div class="userstuff2"><p>Text one.</p><p>Notes</p>
<blockquote><p>A quoted letter.</p></blockquote></div><div class="meta" id="endnotes1"><p>Chapter End Notes</p>
<blockquote class="userstuff"><p>Behind.</p></blockquote></div></div>"""
AFTER = """<div id="afterword"><h2 class="toc-heading">Afterword</h2><div id="endnotes"><p>End Notes</p>
<blockquote class="userstuff"><p>The last note.</p></blockquote></div><p class="message">Please comment.</p></div>"""


def test_an_ao3_download_gives_tags_and_notes_and_leaves_its_own_pages_out() -> None:
    maker = Maker(nav="ncx", version="2.0", metadata="<dc:title>The Mill</dc:title><dc:creator>ada</dc:creator>"
                  "<dc:publisher>Archive of Our Own</dc:publisher><dc:subject>Fanworks</dc:subject>")  # fmt: skip
    maker.chapter("m_split_000.xhtml", PREFACE + "</div></div>", "Preface").chapter(
        "m_split_001.xhtml", TITLES
    )
    maker.chapter("m_split_002.xhtml", CHAPTER, "Chapter 1: Water")
    maker.chapter(
        "m_split_003.xhtml",
        '<h2 class="heading">Chapter 2</h2><div class="userstuff2"><p>Two.</p></div>',
        "Chapter 2",
    )
    story = parse(maker.chapter("m_split_004.xhtml", AFTER, "Afterword").build(), name="b.epub")
    one, two = story.parts
    assert (one.title, " ".join(words(one.html))) == ("Chapter 1: Water", "Text one. Notes A quoted letter.")
    assert (one.note_before, one.note_after) == ("<p>A work note.</p>\n<p>Before.</p>", "<p>Behind.</p>")
    assert (two.title, two.html, two.note_after) == ("Chapter 2", "<p>Two.</p>", "<p>The last note.</p>")
    assert (story.summary, story.rating, story.status) == ("<p>A summary.</p>", "teen", "complete")
    assert (story.warnings, story.categories) == (["violence", "death"], ["f-m", "gen"])
    assert story.series == FoundSeries("Rivers", 2.0)
    assert (story.source_url, story.language) == ("https://archiveofourown.org/works/12", "en")
    assert story.tags == [
        FoundTag("Mills, Rivers", "fandom"), FoundTag("Bo/Cy", "relationship"), FoundTag("Bo", "character"),
        FoundTag("Slow Burn", "theme"), FoundTag("Fanworks", "theme"),
    ]  # fmt: skip
    assert [left.what for left in story.left_out] == ["Preface", "Afterword"]


@pytest.mark.parametrize("title", ["The Mill", "Afterword", "Contents", "Preface", "Cover"])
def test_an_ao3_story_of_one_part_whatever_it_is_called(title: str) -> None:
    maker = Maker(metadata=f"<dc:title>{title}</dc:title>", nav="ncx")
    maker.chapter("s0.xhtml", PREFACE + TITLES, "Preface")
    maker.chapter(
        "s1.xhtml",
        f'<div id="chapters"><h2>{title}</h2><div class="userstuff"><p>Body.</p></div></div>',
        title,
    )
    story = parse(maker.chapter("s2.xhtml", AFTER, "Afterword").build(), name="b.epub")
    assert [(part.title, part.html, part.note_after) for part in story.parts] == [
        (title, "<p>Body.</p>", "<p>The last note.</p>")
    ]


def test_a_source_address_per_chapter_is_its_key() -> None:
    page = xhtml("<h3>One</h3><p>x</p>", head='<meta name="chapterurl" content="https://a.example/1"/>',
                 attributes='class="fff_chapter"')  # fmt: skip
    maker = Maker().chapter("a.xhtml", page.encode(), "Contents")
    [part] = parse(maker.build(), name="b.epub").parts
    assert (part.title, part.key, part.source_url) == (
        "Contents",
        "https://a.example/1",
        "https://a.example/1",
    )


@pytest.mark.parametrize(
    ("told", "kept"),
    [("English", "en"), ("Français", "fr"), ("pt_BR", "pt-BR"), ("zh-Hant", "zh-Hant"), ("EN", "EN")]
    + [("und", ""), ("Klingonish", ""), ("", "")],
)
def test_a_language_may_be_told_by_its_name(told: str, kept: str) -> None:
    maker = Maker(metadata=f"<dc:title>The Mill</dc:title><dc:language>{told}</dc:language>")
    maker.chapter("a.xhtml", "<p>The river ran on.</p>", "One")
    assert parse(maker.build(), name="book.epub").language == kept


def test_tags_and_state_of_a_downloaded_wattpad_story() -> None:
    said = '<meta name="tags" content="rain, mill,, river"/><meta name="completed" content="1"/>'
    maker = Maker(metadata=f"<dc:title>The Mill</dc:title>{said}").chapter("a.xhtml", "<p>Rain.</p>", "One")
    story = parse(maker.build(), name="book.epub")
    assert ([tag.name for tag in story.tags], story.status) == (["rain", "mill", "river"], "complete")
