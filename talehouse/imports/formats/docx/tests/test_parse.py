"""Word documents: looks, breaks, notes, pictures, chapters, and files that are damaged or hostile."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talehouse.imports.formats.docx.parse import parse, sniff
from talehouse.imports.formats.docx.tests.making import STRICT, heading, made, para, relation, run
from talehouse.imports.found import BadFileError, FoundSeries, FoundStory, FoundTag

TEN = "".join(para(f"Words of paragraph {number}.") for number in range(10))
BREAK = '<w:r><w:br w:type="page"/></w:r>'


def read(body: str, **more: str | bytes) -> FoundStory:
    return parse(made(body, **more), name="weir.docx")  # type: ignore[arg-type]


def html(body: str, **more: str | bytes) -> str:
    return read(body, **more).parts[0].html


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [
        (para(run("a", "<w:i/>") + run("b", "<w:i/>")), "<p><em>ab</em></p>"),
        (para(run("a", "<w:b/>") + run("b", '<w:b w:val="0"/>')), "<p><strong>a</strong>b</p>"),
        (para(run("a", '<w:rStyle w:val="Betont"/>')), "<p><em>a</em></p>"),
        (para("a", style="Gedanke"), "<p><em>a</em></p>"),
        (para(run("a", '<w:rStyle w:val="Betont"/>') + run("b"), style="Gedanke"), "<p>a<em>b</em></p>"),
        (para(run("a", '<w:i w:val="false"/>'), style="Gedanke"), "<p>a</p>"),
        (para("a", style="Mitte"), '<p style="text-align:center"><em>a</em></p>'),
        (para("a", '<w:jc w:val="right"/>'), '<p style="text-align:right">a</p>'),
        (para("a", "<w:bidi/>"), '<p dir="rtl">a</p>'),
        (para("a", style="Kreis"), "<p>a</p>"),
        (para(run("a", '<w:u w:val="single"/>') + run("b", '<w:u w:val="none"/>')), "<p><u>a</u>b</p>"),
        (
            para(run("a", "<w:strike/>") + run("b", '<w:vertAlign w:val="superscript"/>')),
            "<p><s>a</s><sup>b</sup></p>",
        ),
        (para(run("a", "<w:smallCaps/>")), '<p><span style="font-variant:small-caps">a</span></p>'),
        (para(run("a ") + run("hidden", "<w:vanish/>") + run("b")), "<p>a b</p>"),
        (para(run("1 &lt; 2 &amp; 3")), "<p>1 &lt; 2 &amp; 3</p>"),
        (
            para(
                "<w:r><w:t>a</w:t><w:br/><w:t>b</w:t><w:tab/><w:noBreakHyphen/><w:softHyphen/><w:t>c</w:t></w:r>"
            ),
            "<p>a<br>b\t‑c</p>",
        ),
        (
            para(
                '<w:r><w:sym w:font="Wingdings" w:char="F04A"/><w:sym w:font="Wingdings" '
                'w:char="F0FF"/></w:r>'
            ),
            "<p>☺</p>",
        ),
        (
            para(
                run("a") + "<w:ins>" + run("b") + "</w:ins><w:del><w:r><w:delText>c</w:delText></w:r></w:del>"
            ),
            "<p>ab</p>",
        ),
        (
            para(
                "<w:r><w:ruby><w:rt><w:r><w:t>あめ</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>雨</w:t></w:r></w:rubyBase></w:ruby></w:r>"
            ),
            "<p><ruby>雨<rt>あめ</rt></ruby></p>",
        ),
        (para("* * *", '<w:jc w:val="center"/>') + para("b"), "<p>b</p>"),
    ],
)
def test_looks(paragraph: str, expected: str) -> None:
    assert (
        html(paragraph + para("End."))
        .removesuffix("\n<p>End.</p>")
        .replace("<p>b</p>\n<p>End.</p>", "<p>b</p>")
        == expected
    )


def test_strict_documents_read_the_same() -> None:
    body = heading("Chapter 1") + para(run("a", "<w:b/>"), style="Mitte") + heading("Chapter 2") + para("b")
    assert read(body, namespace=STRICT) == read(body)


def test_a_rare_blank_paragraph_is_a_scene_break() -> None:
    assert html(TEN + para() + TEN).count("<hr>") == 1


def test_blank_paragraphs_everywhere_are_spacing_and_two_are_a_break() -> None:
    spaced = "".join(para(f"Words {number}.") + para() for number in range(10))
    assert "<hr>" not in html(spaced)
    assert html(spaced + para() + spaced).count("<hr>") == 1


def test_blank_paragraphs_here_and_there_are_a_doubt() -> None:
    mixed = "".join(para("a") + para("b") + para() for _ in range(9))
    story = read(mixed)
    assert "<hr>" not in story.parts[0].html
    assert "Blank lines" in story.doubts[0]


@pytest.mark.parametrize(
    "broken",
    [
        para(run("x") + BREAK) + para("y"),
        para(BREAK + run("y")),
        para("y", "<w:pageBreakBefore/>"),
        para(run("x") + BREAK + run("y")),
        para("x", "<w:sectPr/>") + para("y"),
    ],
)
def test_a_page_break_inside_a_chapter_is_a_scene_break(broken: str) -> None:
    shown = html(heading("Chapter 1") + TEN + broken + TEN + heading("Chapter 2") + TEN)
    assert shown.count("<hr>") == 1
    assert "<hr>\n<p>y</p>" in shown


def test_chapters_at_heading_one_and_the_title_from_its_style() -> None:
    story = read(
        para("The Weir", style="Titel")
        + heading("One")
        + TEN
        + para(BREAK)
        + heading("Two")
        + heading("Rain", 2)
        + TEN
    )
    assert story.title == "The Weir"
    assert [part.title for part in story.parts] == ["One", "Two"]
    assert story.parts[1].html.startswith("<h3>Rain</h3>")
    assert "<hr>" not in story.parts[0].html


def test_one_heading_one_over_chapters_of_heading_two_is_the_title() -> None:
    story = read(heading("The Weir") + heading("One", 2) + TEN + heading("Two", 2) + TEN)
    assert (story.title, [part.title for part in story.parts]) == ("The Weir", ["One", "Two"])


def test_chapters_without_heading_styles_by_their_words() -> None:
    story = read(para("Chapter 1") + TEN + para("Chapter 2: Rain") + TEN)
    assert [part.title for part in story.parts] == ["Chapter 1", "Chapter 2: Rain"]


def test_chapters_without_heading_styles_by_page_and_look() -> None:
    body = para("The Weir") + para("by Ana Holt")
    for title in ("The Door", "Rain"):
        body += para(run(title, "<w:b/>"), "<w:pageBreakBefore/>") + TEN
    story = read(body)
    assert [part.title for part in story.parts] == ["The Door", "Rain"]
    assert (story.title, story.authors) == ("The Weir", ["Ana Holt"])


def test_chapters_that_are_only_numbers() -> None:
    body = "".join(para(number) + TEN for number in ("I", "II", "III"))
    assert [part.title for part in read(body).parts] == ["I", "II", "III"]


def test_numbers_that_word_counts_itself_are_in_the_titles() -> None:
    numbered = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="2"/></w:numPr>'
    body = "".join(para(title, numbered, style="berschrift1") + TEN for title in ("Rain", "Sun"))
    assert [part.title for part in read(body).parts] == ["Chapter I Rain", "Chapter II Sun"]


def test_contents_are_left_out() -> None:
    def field(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    contents = para(
        field("begin") + "<w:r><w:instrText>TOC \\o</w:instrText></w:r>" + field("separate") + run("One 3")
    ) + para(run("Two 9") + field("end"))
    story = read(contents + para("One 3", style="Verzeichnis1") + heading("One") + TEN + heading("Two") + TEN)
    assert [part.title for part in story.parts] == ["One", "Two"]
    assert all("One 3" not in part.html for part in story.parts)
    assert [one.what for one in story.left_out] == ["Contents"]


def test_notes_are_numbered_from_one_in_each_part() -> None:
    def reference(number: int, kind: str = "footnote") -> str:
        return run("word") + f'<w:r><w:{kind}Reference w:id="{number}"/></w:r>'

    def note(number: int, text: str, kind: str = "footnote") -> str:
        return f'<w:{kind} w:id="{number}">{para("<w:r><w:footnoteRef/></w:r>" + run(text))}</w:{kind}>'

    body = heading("One") + para(reference(2)) + heading("Two") + para(reference(3) + reference(1, "endnote"))
    separator = f'<w:footnote w:type="separator" w:id="0">{para("x")}</w:footnote>'
    story = read(
        body,
        footnotes_xml=separator + note(2, "First.") + note(3, "Second."),
        endnotes_xml=note(1, "Third.", "endnote"),
    )
    assert story.parts[0].html == (
        '<p>word<sup><a href="#fn-1" class="fn" id="fnref-1">1</a></sup></p>\n'
        '<section class="footnotes"><ol><li id="fn-1"><p>First.</p></li></ol></section>'
    )
    assert '<li id="fn-1"><p>Second.</p></li><li id="fn-2"><p>Third.</p></li>' in story.parts[1].html


def test_pictures_links_and_boxes() -> None:
    drawing = (
        '<w:r><w:drawing><wp:inline><wp:docPr descr="A weir"/><a:blip '
        'r:embed="p1"/></wp:inline></w:drawing></w:r>'
    )
    linked = (
        '<w:hyperlink r:id="l1">'
        + run("here", '<w:rStyle w:val="Hyperlink"/><w:u w:val="single"/>')
        + "</w:hyperlink>"
    )
    bad = '<w:hyperlink r:id="l2">' + run("there") + "</w:hyperlink>"
    inner = f"<w:txbxContent>{para('boxed')}</w:txbxContent>"
    box = (
        f"<w:r><mc:AlternateContent><mc:Choice><w:drawing>{inner}</w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict>{inner}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    relations = (
        relation("p1", "image", "media/image1.png")
        + relation("l1", "hyperlink", "https://example.org/?a=1&amp;b=2", external=True)
        + relation("l2", "hyperlink", "javascript:x", external=True)
    )
    story = read(
        para(drawing) + para(linked + bad) + para(box + run("beside")),
        relations=relations,
        **{"media/image1_png": b"png"},
    )
    assert story.parts[0].html == (
        '<p><img src="picture:image1.png" alt="A weir"></p>\n'
        '<p><a href="https://example.org/?a=1&amp;b=2">here</a>there</p>\n<p>beside</p>\n<p>boxed</p>'
    )
    assert story.pictures["image1.png"].data == b"png"


def test_lists_quotations_and_tables() -> None:
    def item(text: str, level: int) -> str:
        return para(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>')

    table = (
        "<w:tbl>"
        + "".join(
            f"<w:tr><w:tc>{para(left)}</w:tc><w:tc>{para(right)}</w:tc></w:tr>"
            for left, right in (("a", "b"), ("c", "d"))
        )
        + "</w:tbl>"
    )
    shown = html(
        item("x", 0)
        + item("y", 1)
        + item("z", 0)
        + para("q", style="Zitat")
        + para("r", style="Zitat")
        + table
    )
    assert shown == (
        "<ul><li>x<ol><li>y</li></ol></li><li>z</li></ul>\n<blockquote><p>q</p><p>r</p></blockquote>\n"
        "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>"
    )


def test_properties() -> None:
    core = (
        "<dc:title>The Weir {2}</dc:title><dc:creator>Ana Holt; "
        "Ben</dc:creator><dc:language>en-GB</dc:language>"
        "<dc:subject>mills</dc:subject><cp:keywords>rain, slow</cp:keywords><dc:description>A &lt;"
        "b&gt; weir.</dc:description>"
    )
    story = read(TEN, core=core)
    assert (story.title, story.series) == ("The Weir", FoundSeries("The Weir", 2))
    assert (story.authors, story.language) == (["Ana Holt", "Ben"], "en-GB")
    assert story.tags == [FoundTag("mills"), FoundTag("rain"), FoundTag("slow")]
    assert story.summary == "<p>A &lt;b> weir.</p>"


def test_what_is_dropped_is_said() -> None:
    body = (
        para(run("a") + '<w:r><w:commentReference w:id="1"/></w:r><w:del/>' + run("h", "<w:vanish/>")) + TEN
    )
    assert {one.what for one in read(body).left_out} == {"1 comment", "1 deleted passage", "1 hidden passage"}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xd0\xcf\x11\xe0" + b"x" * 100, "old or locked"),
        (b"{\\rtf1 x}", "RTF"),
        (b"%PDF-1.7", "PDF"),
        (b"PK\x03\x04" + b"\0" * 26 + b"mimetypeapplication/vnd.oasis.opendocument.text", "OpenDocument"),
        (b"", "not a zip"),
        (b"PK\x03\x04nonsense", "cut short"),
        (made(TEN)[:-300], "cut short"),
        (made(TEN)[:600], "cut short"),
    ],
)
def test_other_and_broken_files_get_one_sentence(data: bytes, words: str) -> None:
    with pytest.raises(BadFileError, match=words) as caught:
        parse(data, name="weir.docx")
    assert "weir.docx" in str(caught.value)


@pytest.mark.parametrize(
    "document",
    [
        b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><w>&b;</w>',
        b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><w>&x;</w>',
        b"<w:document",
        b"<a/>",
        b"",
        b"<a>" * 500,
    ],
)
def test_hostile_and_broken_xml_gets_one_sentence(document: bytes) -> None:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", document)
    with pytest.raises(BadFileError, match="damaged"):
        parse(stream.getvalue(), name="weir.docx")


def test_a_zip_bomb_gets_one_sentence() -> None:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 20_000_000)
    with pytest.raises(BadFileError):
        parse(stream.getvalue(), name="weir.docx")


def test_sniff_looks_into_the_zip() -> None:
    data = made(TEN)
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("inner.docx", data)
    assert sniff(data, "x")
    assert not sniff(stream.getvalue(), "x.docx")
    assert sniff(data[:200], "x.docx")
    assert not sniff(b"text", "x.docx")


@given(st.data())
def test_mutated_bytes_give_a_story_or_one_sentence(data: st.DataObject) -> None:
    whole = bytearray(made(heading("One") + TEN + heading("Two") + TEN))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert parse(bytes(whole[: data.draw(st.integers(1, len(whole)))]), name="x.docx").parts
    except BadFileError as error:
        assert "x.docx" in str(error)


_TAGS = [
    "p",
    "r",
    "t",
    "tbl",
    "tr",
    "tc",
    "sdt",
    "sdtContent",
    "ins",
    "del",
    "br",
    "fldChar",
    "instrText",
    "hyperlink",
    "footnoteReference",
    "sym",
    "numPr",
    "pPr",
    "rPr",
]


@given(
    st.recursive(
        st.just(""),
        lambda inner: st.tuples(st.sampled_from(_TAGS), st.lists(inner, max_size=4)).map(
            lambda pair: (
                f'<w:{pair[0]} w:id="1" w:val="1" w:fldCharType="begin">{"".join(pair[1])}x</w:{pair[0]}>'
            )
        ),
        max_leaves=20,
    )
)
def test_any_nesting_of_words_elements_is_borne(body: str) -> None:
    try:
        assert parse(made(body), name="x.docx").parts
    except BadFileError as error:
        assert "x.docx" in str(error)


def test_the_main_part_may_have_a_number_in_its_name() -> None:
    stream, old = BytesIO(), zipfile.ZipFile(BytesIO(made(para("Words in a row."))))
    with zipfile.ZipFile(stream, "w") as archive:
        for name in old.namelist():
            said = old.read(name).replace(b"word/document.xml", b"/word/document2.xml")
            archive.writestr(name.replace("document.xml", "document2.xml"), said)
    assert sniff(stream.getvalue(), "a.docx")
    assert parse(stream.getvalue(), name="a.docx").parts[0].html == "<p>Words in a row.</p>"
