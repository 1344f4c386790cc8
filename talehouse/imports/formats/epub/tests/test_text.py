"""What a text means stays: styles, breaks, notes, pictures, links."""

# Markup stands in one line, as it would in a file.
# ruff: noqa: E501

from __future__ import annotations

import base64

import pytest

from talehouse.imports.formats.epub.parse import parse
from talehouse.imports.formats.epub.tests.books import PNG, Maker, words
from talehouse.imports.found import FoundStory

CSS = b"""@charset "utf-8"; @media print { .it { font-weight: bold } }
.it { font-style: italic } .b1 {font-weight:700} p.c, .mid p { text-align: center; }
.r{text-align:right} .sc { font-variant: small-caps } span.u{text-decoration:underline} .up {vertical-align: super}
div > .kid { font-style: oblique } #one { text-align: center } .x:hover, [a] { font-style: italic }
b.plain { font-weight: normal } .brk { border-top: 1px solid } .body .deep { text-align: right }"""
LINK = '<link rel="stylesheet" href="s%20t.css"/>'


def read(body: str, **extra: bytes) -> FoundStory:
    maker = Maker(extra={"s t.css": CSS, **{name.replace("_", "."): data for name, data in extra.items()}})
    maker.chapter("a.xhtml", body, "Dawn", head=LINK).chapter("b.xhtml", "<p>End.</p>", "Dusk")
    return parse(maker.build(), name="b.epub")


def text(body: str) -> str:
    return read(body).parts[0].html


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ('<p>a <span class="it">b</span></p>', '<p>a <span style="font-style: italic">b</span></p>'),
        ('<p class="b1">a</p>', '<p style="font-weight: bold">a</p>'),
        ('<p class="c">a</p>', '<p style="text-align: center">a</p>'),
        ('<div class="mid"><p>a</p><p>b</p></div>', '<p style="text-align: center">a</p><p style="text-align: center">b</p>'),
        ('<div class="r">a</div>', '<p style="text-align: right">a</p>'),
        ('<p><span class="sc">a</span></p>', '<p><span style="font-variant: small-caps">a</span></p>'),
        ('<p><span class="u">a</span></p>', '<p><span style="text-decoration: underline">a</span></p>'),
        ('<p>x<span class="up">2</span></p>', '<p>x<span style="vertical-align: super">2</span></p>'),
        ('<div><p class="kid">a</p></div>', '<p style="font-style: italic">a</p>'),
        ('<p id="one">a</p>', '<p style="text-align: center">a</p>'),
        ('<p>a <b class="plain">b</b></p>', "<p>a b</p>"),
        ('<p style="text-align:center;color:red" class="it">a</p>', '<p style="text-align: center; font-style: italic">a</p>'),
        ("<center>a</center>", '<p style="text-align: center">a</p>'),
        ("<p>a <em>b</em> <i>c</i> <strong>d</strong></p>", "<p>a <em>b</em> <i>c</i> <strong>d</strong></p>"),
        ('<p>a <span class="unknown">b</span></p>', "<p>a b</p>"),
        ('<p xml:lang="fr">a</p>', '<p lang="fr">a</p>'),
    ],
)  # fmt: skip
def test_what_the_stylesheet_means_stands_on_the_element(body: str, wanted: str) -> None:
    assert text(body) == wanted


@pytest.mark.parametrize(
    "middle",
    [
        "<hr/>", '<p class="brk"></p>', '<p class="scene-break">\u00a0</p>', '<div class="ornament"/>', "<p>* * *</p>",
        "<p>⁂</p>", '<p class="c">***</p>', "<p>\u00a0</p>", "<hr/><hr/>", "<p>#</p>", "<div><p>~ ~ ~</p></div>",
    ],
)  # fmt: skip
def test_a_scene_break_is_one_rule(middle: str) -> None:
    around = "".join(f"<p>a{n}</p>" for n in range(4))
    assert text(f"{around}{middle}<p>z</p>") == f"{around}<hr><p>z</p>"


def test_blank_paragraphs_between_all_others_are_only_spacing() -> None:
    assert "<hr" not in text("".join(f"<p>a{n}</p><p>\u00a0</p>" for n in range(5)))


def test_loose_text_and_double_line_breaks_become_paragraphs() -> None:
    assert (
        text("<div>one<br/><br/>two <i>x</i><p>three</p>four</div>")
        == "<p>one</p><p>two <i>x</i></p><p>three</p><p>four</p>"
    )


def test_links_inside_the_book_are_text_and_others_stay() -> None:
    found = text(
        '<p><a href="b.xhtml">there</a> <a href="https://a.example/">out</a> <a href="javascript:x()">y</a></p>'
    )
    assert found == '<p>there <a href="https://a.example/">out</a> y</p>'


NOTE = '<p>Word<a epub:type="noteref" id="r1" href="{}#n1">7</a> and<a href="{}#n2" id="r2"><sup>8</sup></a>.</p>'
NOTES = (
    '<section epub:type="endnotes"><h2>Notes</h2><ol><li id="n1"><p>First. <a href="a.xhtml#r1" epub:type="backlink">↩</a>'
    '</p></li><li id="n2"><p>Second.</p><p>More.</p></li></ol></section>'
)
LIST = '<section class="footnotes"><ol><li id="fn-1"><p>First.</p></li><li id="fn-2"><p>Second.</p><p>More.</p></li></ol></section>'


def test_endnotes_of_another_file_come_to_their_chapter() -> None:
    maker = (
        Maker()
        .chapter("a.xhtml", NOTE.format("n.xhtml", "n.xhtml"), "Dawn")
        .chapter("b.xhtml", "<p>End.</p>", "Dusk")
    )
    story = parse(maker.chapter("n.xhtml", NOTES, "Notes").build(), name="b.epub")
    assert [part.title for part in story.parts] == ["Dawn", "Dusk"]
    html = story.parts[0].html
    assert html.endswith(LIST)
    assert '<a href="#fn-1" class="fn" id="fnref-1">7</a>' in html
    assert [left.what for left in story.left_out] == ["Notes"]


def test_notes_nobody_refers_to_are_not_lost() -> None:
    extra = NOTES.replace("</ol>", '<li id="n3"><p>Orphan words.</p></li></ol>')
    maker = (
        Maker()
        .chapter("a.xhtml", NOTE.format("n.xhtml", "n.xhtml"), "Dawn")
        .chapter("n.xhtml", extra, "Notes")
    )
    story = parse(maker.build(), name="b.epub")
    assert words(story.parts[-1].html) == ["Orphan", "words."]


@pytest.mark.parametrize(
    "notes",
    [
        '<aside epub:type="footnote" id="n1"><p>First.</p></aside><aside epub:type="footnote" id="n2"><p>Second.</p><p>More.</p></aside>',
        '<div class="footnotes"><hr/><ol><li id="n1"><p>First. <a href="#r1">↩</a></p></li><li id="n2"><p>Second.</p><p>More. <a href="#r2">↩</a></p></li></ol></div>',
        '<div class="notes"><p id="n1"><a href="#r1">7</a> First.</p><p id="n2"><a href="#r2">8.</a> Second.</p></div>',
        '<p><a id="n1" href="#r1">[7]</a> First.</p><p><a id="n2" href="#r2">[8]</a> Second.</p>',
    ],
)  # fmt: skip
def test_notes_in_the_same_file_go_to_its_end(notes: str) -> None:
    html = text(f"{NOTE.format('', '')}{notes}")
    body, _section, listed = html.partition('<section class="footnotes">')
    assert "First" not in body and "Second" not in body
    assert words(listed)[:2] == ["First.", "Second."]
    assert (
        body.count('class="fn"') == 2 and '<a href="#fn-2" class="fn" id="fnref-2"><sup>8</sup></a>' in body
    )


def test_pictures_are_kept_once_and_named() -> None:
    data = "data:image/png;base64," + base64.b64encode(PNG + b"x").decode()
    body = (
        '<p>a</p><p><img src="p.png" alt="A mill"/></p><svg><image xlink:href="p.png"/></svg>'
        f'<p>b<img src="{data}"/></p><p>c</p><p><img src="gone.png"/>d</p><p><img src="https://x.example/y.png"/></p>'
    )
    story = read(body, p_png=PNG)
    assert story.parts[0].html == (
        '<p>a</p><p><img src="picture:p1" alt="A mill"></p><p><img src="picture:p1" alt=""></p>'
        '<p>b<img src="picture:p2" alt=""></p><p>c</p><p>d</p>'
    )
    assert (story.pictures["p1"].data, story.pictures["p1"].alt) == (PNG, "A mill")
    assert [left.what for left in story.left_out] == ["gone.png", "y.png"]


def test_a_small_picture_that_comes_again_and_again_is_a_scene_break() -> None:
    orn = '<div class="o"><img src="p.png" alt=""/></div>'
    assert read(f"<p>a</p>{orn}<p>b</p>{orn}<p>c</p>{orn}<p>d</p>", p_png=PNG).parts[0].html == (
        "<p>a</p><hr><p>b</p><hr><p>c</p><hr><p>d</p>"
    )


def test_no_picture_of_a_page_left_out_is_kept() -> None:
    maker = Maker(extra={"p.png": PNG}).chapter(
        "c.xhtml", '<section epub:type="cover"><img src="p.png"/></section>', "Cover"
    )
    story = parse(maker.chapter("a.xhtml", "<p>x</p>", "Dawn").build(), name="b.epub")
    assert story.pictures == {}
