"""Pages: saved from a site, exported by an archive or a word processor, or written by hand."""

# Markup stands in one line, as it would in a file.
# ruff: noqa: E501

from __future__ import annotations

import base64
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talehouse.imports.formats.epub.tests.books import PNG, words
from talehouse.imports.formats.epub.tests.test_metadata import AFTER, PREFACE, TITLES
from talehouse.imports.formats.html.parse import parse, sniff
from talehouse.imports.found import BadFileError, FoundSeries, FoundStory

LONG = "<p>" + "The river ran on under the mill, and nobody heard it. " * 12 + "</p>"


def read(page: str, **files: bytes) -> FoundStory:
    return parse(
        page.encode(),
        name="A file.html",
        files={name.replace("_", "."): data for name, data in files.items()},
    )


def shape(story: FoundStory) -> list[tuple[str, str]]:
    return [(part.title, " ".join(words(part.html))) for part in story.parts]


def test_a_plain_page_is_one_part() -> None:
    story = read(
        "<html lang='de'><head><title>Die Mühle</title><meta name=author content='Ada Reed'></head><p>Eins.<p>Zwei."
    )
    assert shape(story) == [("Die Mühle", "Eins. Zwei.")]
    assert (story.title, story.authors, story.language, story.format) == (
        "Die Mühle",
        ["Ada Reed"],
        "de",
        "html",
    )


def test_a_page_without_any_title_takes_the_files_name() -> None:
    assert read("<p>Only this.").title == "A file"


@pytest.mark.parametrize(
    ("one", "two"),
    [("Chapter 1", "Chapter 2: Home"), ("Capítulo 1", "Capítulo 2"), ("第1章 水", "第2章"), ("Prologue", "Chapter One"),
     ("Water", "Stone"), ("I", "II.")],
)  # fmt: skip
@pytest.mark.parametrize("level", ["h1", "h2"])
def test_headings_cut_a_page_into_parts(one: str, two: str, level: str) -> None:
    page = f"<title>The Mill</title><{level}>{one}</{level}><p>a</p><h4>x</h4><p>b</p><div><{level}>{two}</{level}><p>c</p></div>"
    assert shape(read(page)) == [(one, "a x b"), (two, "c")]


def test_the_storys_own_heading_is_its_title() -> None:
    page = "<title>x</title><h1>The Mill</h1><p>by Ada</p><meta name=author content=Ada><h2>Chapter 1</h2><p>a</p><h2>Chapter 2</h2><p>b</p>"
    story = read(page)
    assert story.title == "The Mill"
    assert shape(story) == [("Chapter 1", "a"), ("Chapter 2", "b")]


def test_chapter_lines_in_bold_or_centred_are_headings() -> None:
    page = (
        "<title>T</title><p align=center><b>Chapter One</b></p><p>a</p><center>Chapter Two</center><p>b</p>"
    )
    assert shape(read(page)) == [("Chapter One", "a"), ("Chapter Two", "b")]


def test_a_sentence_that_begins_like_a_heading_is_not_one() -> None:
    page = "<title>T</title><p>Part of me knew.</p><p>Chapter and verse, he said.</p><p>Letter by letter.</p>"
    assert len(read(page).parts) == 1


def test_words_before_the_first_chapter_are_kept_as_a_note() -> None:
    story = read("<h1>T</h1><p>For Bo, with love.</p><h2>Chapter 1</h2><p>a</p><h2>Chapter 2</h2><p>b</p>")
    assert " ".join(words(story.parts[0].note_before)) == "For Bo, with love." and story.doubts


def test_a_long_opening_is_a_part() -> None:
    story = read(f"<h1>T</h1>{LONG * 3}<h2>Chapter 1</h2><p>a</p><h2>Chapter 2</h2><p>b</p>")
    assert [part.title for part in story.parts] == ["Opening", "Chapter 1", "Chapter 2"]


def test_a_list_of_links_to_the_chapters_is_left_out() -> None:
    links = "".join(f"<li><a href='#c{n}'>Chapter {n}</a></li>" for n in (1, 2, 3))
    chapters = "".join(f"<h2 id=c{n}>Chapter {n}</h2><p>x{n}</p>" for n in (1, 2, 3))
    story = read(f"<h1>T</h1><h3>Contents</h3><ul>{links}</ul>{chapters}")
    assert shape(story) == [("Chapter 1", "x1"), ("Chapter 2", "x2"), ("Chapter 3", "x3")]
    assert [left.what for left in story.left_out] == ["Contents"]


SITE = (
    "<!-- saved from url=(0030)https://site.example/story/9 --><html><head><title>Chapter 3 - The Mill</title></head><body>"
    "<header class=site-header><a href=/>Site</a></header><nav><ul><li>Home<li>Login</ul></nav>{}"
    "<div id=comments><p>First! Love it, please write more of this soon, I beg you.</p></div>"
    "<div class=sidebar>Popular now</div><footer>© Site</footer><script>var x='<p>no</p>'</script></body></html>"
)


@pytest.mark.parametrize(
    "main",
    ["<article><h1>Chapter 3</h1>{}</article>", "<main><h1>Chapter 3</h1>{}</main>",
     "<div id=storytext><h1>Chapter 3</h1>{}</div>", "<div class=q7><div class=zz><h1>Chapter 3</h1>{}</div></div>"],
)  # fmt: skip
def test_what_a_site_puts_around_the_text_is_left_out_and_said_so(main: str) -> None:
    story = read(SITE.format(main.format(LONG)))
    assert shape(story) == [("Chapter 3", " ".join(words(LONG)))]
    assert story.source_url == "https://site.example/story/9"
    assert [left.what for left in story.left_out] == ["The page around the text"]


def test_stylesheets_beside_and_inside_the_page() -> None:
    story = read(
        "<link rel=stylesheet href='s.css'><style>.i{font-style:italic}</style><p class='c i'>a</p><p>b",
        s_css=b".c{text-align:center}",
    )
    assert story.parts[0].html == '<p style="text-align: center; font-style: italic">a</p><p>b</p>'


def test_pictures_beside_the_page_and_in_it() -> None:
    data = "data:image/png;base64," + base64.b64encode(PNG + b"2").decode()
    story = read(f"<p>a<img src='./p.png?x=1' alt=m><img src='{data}'><img src='other/q.png'>", p_png=PNG)
    assert story.parts[0].html == '<p>a<img src="picture:p1" alt="m"><img src="picture:p2" alt=""></p>'
    assert [left.what for left in story.left_out] == ["q.png"]


def test_a_page_of_a_word_processor() -> None:
    page = (
        "<html xmlns:o='urn:schemas-microsoft-com:office:office'><style>p.MsoTitle{text-align:center}</style>"
        "<div class=WordSection1><p class=MsoTitle>The Mill</p><h1>One</h1><p class=MsoNormal align=center "
        "style='text-align:center'><i>a</i><a style='mso-footnote-id:ftn1' href='#_ftn1' name='_ftnref1'>[1]</a></p>"
        "<p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>b</p><p>b2</p><p>b3</p><p>b4</p><h1>Two</h1><p>c</p></div>"
        "<div style='mso-element:footnote-list'><hr><div style='mso-element:footnote' id=ftn1><p class=MsoFootnoteText>"
        "<a href='#_ftnref1' name='_ftn1'>[1]</a> A note.</p></div></div>"
    )
    story = read(page)
    assert story.title == "The Mill"
    assert story.parts[0].html == (
        '<p style="text-align: center"><i>a</i><a href="#fn-1" class="fn" id="fnref-1">[1]</a></p><hr><p>b</p><p>b2</p>'
        '<p>b3</p><p>b4</p><section class="footnotes"><ol><li id="fn-1"><p>A note.</p></li></ol></section>'
    )
    assert story.parts[1].html == "<p>c</p>"


CHAPTERS = (
    '<div id="chapters" class="userstuff">'
    '<div class="meta group"><h2 class="heading">Chapter 1: Water</h2><p>Chapter Notes</p>'
    '<blockquote class="userstuff"><p>Before.</p></blockquote></div><div class="userstuff"><p>One.</p><h2>Inside</h2></div>'
    '<div class="meta" id="endnotes1"><p>Chapter End Notes</p><blockquote class="userstuff"><p>Behind.</p></blockquote></div>'
    '<div class="meta group"><h2 class="heading">Chapter 2</h2></div><div class="userstuff"><p>Two.</p></div></div>'
)


def test_an_ao3_download() -> None:
    story = read(f"<title>The Mill - ada - Mills</title>{PREFACE}{TITLES}{CHAPTERS}{AFTER}")
    one, two = story.parts
    assert shape(story) == [("Chapter 1: Water", "One. Inside"), ("Chapter 2", "Two.")]
    assert (one.note_before, one.note_after) == ("<p>A work note.</p>\n<p>Before.</p>", "<p>Behind.</p>")
    assert two.note_after == "<p>The last note.</p>"
    assert (story.title, story.authors, story.rating) == ("The Mill", ["ada"], "teen")
    assert (story.series, story.status) == (FoundSeries("Rivers", 2.0), "complete")
    assert story.source_url == story.identifier == "https://archiveofourown.org/works/12"


def test_an_ao3_download_of_one_part() -> None:
    one = '<div id="chapters"><h2 class="toc-heading">The Mill</h2><div class="userstuff"><p>All.</p></div></div>'
    assert shape(read(PREFACE + TITLES + one + AFTER)) == [("The Mill", "All.")]


AO3_PAGE = """<html lang=en><title>The Mill - Chapter 2 - ada - Mills [Archive of Our Own]</title><body>
<div id=header><form action=/search></form></div><div id=main><div class=wrapper><dl class="work meta group">
<dt class=rating>Rating:</dt><dd><ul><li><a>Mature</a></li></ul></dd><dt>Fandom:</dt><dd><ul><li><a>Mills</a></ul></dd>
<dt>Stats:</dt><dd><dl class=stats><dt>Chapters:</dt><dd>2/?</dd></dl></dd></dl></div><div id=workskin>
<div class="preface group"><h2 class="title heading">The Mill</h2><h3 class="byline heading"><a rel=author>ada</a></h3>
<div class="summary module"><h3 class=heading>Summary:</h3><blockquote class=userstuff><p>Short.</p></blockquote></div></div>
<div id=chapters role=article><div class=chapter id=chapter-2><div class="chapter preface group" role=complementary>
<h3 class=title><a href=/works/12/chapters/2>Chapter 2</a>: Stone </h3></div>
<div class="userstuff module" role=article><h3 class="landmark heading" id=work>Chapter Text</h3><p>It fell.</p></div>
</div></div></div></div><div id=footer>About</div></body></html>"""


def test_a_saved_page_of_ao3() -> None:
    story = read(AO3_PAGE)
    assert shape(story) == [("Chapter 2: Stone", "It fell.")]
    assert (story.title, story.authors, story.summary) == ("The Mill", ["ada"], "<p>Short.</p>")
    assert (story.rating, story.status, [tag.name for tag in story.tags]) == (
        "mature",
        "in-progress",
        ["Mills"],
    )


def test_a_page_of_google_docs() -> None:
    page = (
        "<style>.c1{font-style:italic}.c2{font-weight:700}.c3{text-align:center}</style><p class='c3 title'><span>The Mill</span></p>"
        "<h1 id=h.1><span>One</span></h1><p><span class=c1>a</span><sup><a href=#ftnt1 id=ftnt_ref1>[1]</a></sup></p>"
        "<h1><span>Two</span></h1><p><span class=c2>b</span></p><hr><div><p><a href=#ftnt_ref1 id=ftnt1>[1]</a><span> A note.</span></p></div>"
    )
    one, two = read(page).parts
    assert one.html == (
        '<p><span style="font-style: italic">a</span><sup><a href="#fn-1" class="fn" id="fnref-1">[1]</a></sup></p>'
        '<section class="footnotes"><ol><li id="fn-1"><p>A note.</p></li></ol></section>'
    )
    assert two.html == '<p><span style="font-weight: bold">b</span></p>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "shift_jis"])
def test_declared_encodings(encoding: str) -> None:
    letters = "水車小屋" if encoding == "shift_jis" else "Café “x”"
    declared = "windows-1252" if encoding == "cp1252" else encoding.removesuffix("-sig")
    page = f"<meta http-equiv=Content-Type content='text/html; charset={declared}'><title>T</title><p>{letters}</p>"
    assert " ".join(words(parse(page.encode(encoding), name="x.html").parts[0].html)) == letters


def test_letters_saved_wrongly_are_mended_and_said_so() -> None:
    good = "“Café,” said Zoë — déjà vu. " * 5
    broken = good.encode().decode("cp1252", "ignore")
    story = read(f"<title>T</title><p>{broken}</p>")
    assert "Café" in story.parts[0].html and "Zoë" in story.parts[0].html and story.doubts


@pytest.mark.parametrize(
    "data", [b"", b"   ", b"<html></html>", b"<title>x</title>", b"\x00\x01\x02", b"<p></p><hr>"]
)
def test_a_page_without_text_gets_one_sentence(data: bytes) -> None:
    with pytest.raises(BadFileError):
        parse(data, name="x.html")


def test_sniffing() -> None:
    assert sniff(b"\xef\xbb\xbf <!DOCTYPE html><p>", "x") and sniff(b"Hello", "x.htm")
    assert not sniff(b"PK\x03\x04", "x.html") and not sniff(b"plain text", "x.txt")


MARKUP = st.lists(
    st.sampled_from(
        "<p>|</p>|<div>|</div>|<h1>|</h1>|<h2>Chapter 1</h2>|<b>|</b>|<br>|<br><br>|<img src=x>|<a href=#n id=r>1</a>"
        "|<p id=n><a href=#r>1</a> note|<ul>|<li>|</ul>|<table>|<tr>|<td>|</table>|<nav>x</nav>|<article>|</article>|&nbsp;"
        "|&amp;|<blockquote>|</blockquote>|<hr>|<svg><image href=y></svg>|<style>p{|</style>|<!--|-->|<span class=c>|</span>"
        "|word|<p class=break></p>|* * *|<center>|<section class=footnotes>|<font>".split("|")
    ),
    max_size=40,
).map("".join)


@settings(max_examples=150, deadline=None)
@given(MARKUP)
def test_any_markup_is_a_story_or_a_sentence(markup: str) -> None:
    try:
        story = read(markup)
    except BadFileError:
        return
    assert story.parts and all(part.title and part.html for part in story.parts)


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=200))
def test_random_bytes_are_a_story_or_a_sentence(data: bytes) -> None:
    with suppress(BadFileError):
        assert parse(data, name="x.html").parts


@pytest.mark.parametrize(
    "attributes",
    [
        "{x}='1'",
        "}='2'",
        "a:='3'",
        ":='4'",
        "1='5'",
        "='6'",
        '"=""',
        "{='7'",
        "{}='8' {a}b='9'",
        "<='1'",
        "o:p='x'",
    ],
)
def test_strange_attributes_do_no_harm(attributes: str) -> None:
    story = read(f"<html><body><p {attributes} lang='fr'>One <em>two</em>.</p></body></html>")
    assert story.parts[0].html == '<p lang="fr">One <em>two</em>.</p>'


def test_source_code_as_a_page_is_only_odd() -> None:
    code = "def f(a: dict[str, int]) -> str:\n    return f\"<p {a['x']}='{a}'>{a!r}</p>\" if a < 3 and 4 > a else '<b {}'\n"
    assert "return f" in " ".join(words(read(f"<html><body>{code}</body></html>").parts[0].html))


GUTENBERG = (
    "<html lang=en><head><title>The Mill, by Ada Reed</title><meta name=author content='Ada Reed'></head><body>"
    "<pre>The Project Gutenberg EBook of The Mill\n*** START OF THIS PROJECT GUTENBERG EBOOK THE MILL ***</pre>"
    f"<h1>The Mill</h1><h2>by Ada Reed</h2><h2>Chapter 1</h2>{LONG}<h2>Chapter 2</h2>{LONG}"
    "<pre>End of the Project Gutenberg EBook of The Mill\n*** END OF THIS PROJECT GUTENBERG EBOOK ***</pre>"
    "<pre>Section 1. General Terms of Use</pre></body></html>"
)


def test_a_page_of_project_gutenberg_is_only_its_chapters() -> None:
    story = read(GUTENBERG)
    assert (story.title, story.authors) == ("The Mill", ["Ada Reed"])
    assert shape(story) == [(f"Chapter {n}", " ".join(words(LONG))) for n in (1, 2)]
    assert [one.what for one in story.left_out] == ["Project Gutenberg’s header and licence"]


def test_words_about_project_gutenberg_are_words() -> None:
    said = "<p>She read the end of the Project Gutenberg licence aloud, *** twice.</p>"
    assert "licence" in read(f"<body><h1>A</h1>{LONG}{said}{LONG}</body>").parts[0].html


def test_a_number_above_the_name_as_a_heading_of_its_own() -> None:
    story = read(
        f"<body><h1>The Mill</h1><h2>I</h2><h2>Rain</h2>{LONG}<h2>II</h2><h2>Sun</h2>{LONG}"
        f"<h2>Book Two</h2><h2>Wind</h2>{LONG}<h2>IV</h2></body>"
    )
    assert [part.title for part in story.parts] == ["I: Rain", "II: Sun", "Book Two – Wind"]
    assert [one.what for one in story.left_out] == ["IV"]
