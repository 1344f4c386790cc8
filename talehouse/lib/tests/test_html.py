"""Markup on the way in: what is kept, what goes, and the laws of sanitising."""

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from lxml import html as lxml_html

from talehouse.lib import html
from talehouse.lib.html import allow
from talehouse.lib.html.allow import OUR_TAGS
from talehouse.lib.html.tree import read, walk, write

REL = 'rel="nofollow ugc noopener"'


def picture(source: str) -> str | None:
    if source.startswith("/media/"):
        return source
    return f"/media/{source}" if source.endswith(".png") else None


def clean(source: str) -> str:
    return html.sanitise(source, picture=picture)


EXAMPLES = [
    ("", ""),
    ("a & b < c", "<p>a &amp; b &lt; c</p>"),
    ("<h1>T</h1><h6>s</h6>", "<h2>T</h2><h6>s</h6>"),
    ("<div>a<div>b</div>c</div>", "<p>a</p><p>b</p><p>c</p>"),
    ("<p> a \n b&nbsp;c </p>", "<p>a b&nbsp;c</p>"),
    ("<p></p><p>&nbsp;</p><p><br></p>", ""),
    ("<center>a</center>", '<p class="center">a</p>'),
    ('<p align="right">a</p>', '<p class="right">a</p>'),
    (
        '<div style="text-align: center"><p>a<p style="text-align:left">b</div>',
        '<p class="center">a</p><p>b</p>',
    ),
    ('<span style="font-style:italic;font-weight:700">a</span>', "<p><strong><em>a</em></strong></p>"),
    ('<b style="font-weight:normal"><p>a</p></b>', "<p>a</p>"),
    ('<span style="font-weight:400">a</span>', "<p>a</p>"),
    ('<span style="text-decoration: line-through underline">a</span>', "<p><u><s>a</s></u></p>"),
    ('x<span style="vertical-align:super">2</span>', "<p>x<sup>2</sup></p>"),
    ('<span style="font-variant:small-caps">a</span>', '<p><span class="smallcaps">a</span></p>'),
    ('<p style="font-style:italic">a <em>b</em></p>', "<p><em>a <em>b</em></em></p>"),
    ("<em>a</em><em>b</em>", "<p><em>ab</em></p>"),
    ("<em>a<p>b</p></em>", "<p><em>a</em></p><p><em>b</em></p>"),
    ('<p class="spoiler evil">a</p>', '<p class="spoiler">a</p>'),
    ('<p lang="fr" dir="RTL">a</p>', '<p dir="rtl" lang="fr">a</p>'),
    ('<p lang="not a language">a</p>', "<p>a</p>"),
    ("<strike>a</strike><tt>b</tt><big>c</big>", "<p><s>a</s><code>b</code>c</p>"),
    ('<a href="https://e.org/?a=1&b=2">x</a>', f'<p><a href="https://e.org/?a=1&amp;b=2" {REL}>x</a></p>'),
    ('<a href="mailto:a@e.org">x</a>', f'<p><a href="mailto:a@e.org" {REL}>x</a></p>'),
    ('<a href="javascript:alert(1)">x</a>', "<p>x</p>"),
    ('<a href="java\nscript:alert(1)">x</a>', "<p>x</p>"),
    ('<a href="/local">x</a><a href="//e.org">y</a><a href="#z">z</a>', "<p>xyz</p>"),
    (
        '<img src="a.png" alt="A" width="10px" onerror="x()">',
        '<p><img src="/media/a.png" alt="A" width="10"></p>',
    ),
    ('<img src="http://e.org/x.gif" alt="a cat">', "<p><em>[a cat]</em></p>"),
    ('<img src="http://e.org/x.gif">', ""),
    ("<script>x</script><style>y</style><!-- c -->a<svg><text>t</text></svg>", "<p>a</p>"),
    ("<form>a<input value=1><button>b</button></form>", "<p>a</p>"),
    ("<math><mi>x</mi><annotation>tex</annotation><mo>=</mo></math>", "<p>x=</p>"),
    ("<p><![CDATA[a < b]]></p>", "<p>a &lt; b</p>"),
    ('<title/><p>a<a id="x"/>b</p>', "<p>ab</p>"),
    ("<ul><li>a<ul><li>b</ul><ul><li>c</ul>", "<ul><li>a<ul><li>b</li></ul><ul><li>c</li></ul></li></ul>"),
    ("<ul><li>a</li><ul><li>b</ul>c</ul>", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"),
    ('<ol start="3" type="a"><li><p>x</p></ol>', '<ol start="3" type="a"><li>x</li></ol>'),
    (
        '<table><caption>c</caption><tr><td colspan="2">a<th>b</table>',
        '<p>c</p><table><tbody><tr><td colspan="2">a</td><th>b</th></tr></tbody></table>',
    ),
    ("<pre>\n\n a\n  b</pre>", "<pre> a\n  b</pre>"),
    (
        "<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby>",
        "<p><ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby></p>",
    ),
    ('<ruby style="font-style:italic"><rb>a</rb></ruby>', "<p><em><ruby><rb>a</rb></ruby></em></p>"),
    ("<rt>alone</rt>", "<p>alone</p>"),
    (
        '<figure><img src="a.png" alt="A"><figcaption>c</figcaption></figure>',
        '<figure><img src="/media/a.png" alt="A"><figcaption>c</figcaption></figure>',
    ),
    ("e\u0301\ufeff\x07b\u200bc", "<p>ébc</p>"),
    ("می\u200cخواهم 👩\u200d👧", "<p>می\u200cخواهم 👩\u200d👧</p>"),
    ("ไทย\u200bไทย co\u00adop a\u2060—b", "<p>ไทย\u200bไทย co\u00adop a\u2060—b</p>"),
    ("a\u202eb\u202cc", "<p>abc</p>"),
    ("<p>a\u2067b</p><p>c\u2069d</p>", "<p>a\u2067b\u2069</p><p>cd</p>"),
    ("a\u202bb\u202cc", "<p>a\u2067b\u2069c</p>"),
    ("<b>\u0338x</b>", "<p><b>x</b></p>"),
]


@pytest.mark.parametrize(("source", "expected"), EXAMPLES)
def test_sanitise(source: str, expected: str) -> None:
    assert clean(source) == expected
    assert clean(expected) == expected


FOOTNOTES = [
    (  # a note without words, and then the section of the notes
        '<p>x<a href="#n1">1</a></p><p id="n1"></p><section class="footnotes"><p>y</p></section>',
        '<p>x1</p><section class="footnotes"><p>y</p></section>',
    ),
    (  # Markdown and most converters: a list at the end, links both ways
        '<p>t<sup><a href="#n1" id="r1">1</a></sup></p><hr><section class="footnotes"><hr><ol>'
        '<li id="n1"><p>note <a href="#r1">↩</a></p></li></ol></section>',
        f'<p>t<sup><a id="fnref-1" class="fn" href="#fn-1" {REL}>1</a></sup></p><hr>'
        '<section class="footnotes"><ol>'
        f'<li id="fn-1">note <a href="#fnref-1" {REL}>↩</a></li></ol></section>',
    ),
    (  # Word: paragraphs with named anchors
        '<p>t<a href="#_ftn1" name="_ftnref1">[1]</a></p><div id="ftn1">'
        '<p><a href="#_ftnref1" name="_ftn1">[1]</a> note</p></div>',
        f'<p>t<a id="fnref-1" class="fn" href="#fn-1" {REL}>[1]</a></p><section class="footnotes">'
        f'<p id="fn-1"><a href="#fnref-1" {REL}>[1]</a> note</p></section>',
    ),
    (  # EPUB 3: an aside, no way back
        '<p>t<a epub:type="noteref" href="#x">note</a></p>'
        '<aside epub:type="footnote" id="x"><p>a</p><p>b</p></aside>',
        f'<p>t<a class="fn" href="#fn-1" {REL}>note</a></p>'
        '<section class="footnotes"><p id="fn-1">a</p><p>b</p></section>',
    ),
    ('<p>t<a href="#fn-9">1</a></p><p id="other">x</p>', "<p>t1</p><p>x</p>"),
    ('<p id="fn-1">nobody links here</p>', "<p>nobody links here</p>"),
]


@pytest.mark.parametrize(("source", "expected"), FOOTNOTES)
def test_footnotes(source: str, expected: str) -> None:
    assert clean(source) == expected
    assert clean(expected) == expected


ATTRIBUTES = st.sampled_from(
    ["", ' class="center spoiler"', ' style="font-style:italic"', 
     ' style="font-weight:bold;text-align:right"',
     ' id="fn-1"', ' id="a"', ' lang="fr"', ' dir="rtl"', ' align="center"', ' class="footnotes"',
     ' epub:type="note"']
)  # fmt: skip
ELEMENTS = st.sampled_from(
    [*sorted(OUR_TAGS), "div", "center", "font", "a href='#fn-1' id='fnref-1'", "a href='#a'",
     "a href='http://e.org'",
     "img src='a.png'", "img src='x' alt='y'", "aside", "dl", "dt", "caption", "tfoot", "h1", "math", "bdo"]
)  # fmt: skip
TEXT = st.text(
    "ab1 \n\t\u00a0<&>\"'é\u0301\u0338\u200b\u200d\u202b\u202e\u202c\u2067\u2069\ufeffก—", max_size=8
)


@st.composite
def soup(draw: st.DrawFn) -> str:
    """Tag soup: opened and closed in any order."""
    pieces = []
    for _ in range(draw(st.integers(0, 14))):
        element = draw(ELEMENTS)
        name = element.split()[0]
        kind = draw(st.integers(0, 3))
        pieces.append(f"</{name}>" if kind == 0 else f"<{element}{draw(ATTRIBUTES)}>" if kind < 3 else "")
        pieces.append(draw(TEXT))
    return "".join(pieces)


@settings(max_examples=400, deadline=None)
@given(soup())
def test_sanitising_twice_changes_nothing(source: str) -> None:
    once = clean(source)
    assert clean(once) == once
    for short in (html.sanitise_note, html.inline):
        assert short(short(source)) == short(source)


@settings(max_examples=200, deadline=None)
@given(soup())
def test_result_is_canonical_composed_and_well_formed(source: str) -> None:
    result = clean(source)
    assert write(read(result)) == result
    assert unicodedata.is_normalized("NFC", result)
    assert {node.tag for node in walk(read(result))} <= OUR_TAGS
    etree.fromstring(f"<body>{html.as_xhtml(result)}</body>")


def folded(text: str) -> str:
    return "".join(text.split())


INLINE = st.sampled_from("em strong i b u s del ins sub sup small mark code kbd q cite".split())
LINE = st.recursive(
    st.text("ab c\u00a0é—“”<&", max_size=6).map(lambda t: t.replace("&", "&amp;").replace("<", "&lt;")),
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>", INLINE, st.lists(inner, max_size=3)
    ),
    max_leaves=6,
)
BLOCK = st.recursive(
    st.builds(lambda tag, line: f"<{tag}>{line}</{tag}>", st.sampled_from("p h1 h3 pre div".split()), LINE),
    lambda inner: st.builds(
        lambda ends, parts: ends[0] + "".join(parts) + ends[1],
        st.sampled_from([("<blockquote>", "</blockquote>"), ("<ul><li>", "</li></ul>"), ("<div>", "</div>"),
                         ("<table><tr><td>", "</td></tr></table>"), ("<section>", "</section>")]),
        st.lists(inner, max_size=3),
    ),
    max_leaves=6,
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(BLOCK, max_size=5).map("".join))
def test_no_visible_letter_is_lost(source: str) -> None:
    seen = lxml_html.fragment_fromstring(source, create_parent="body").text_content()
    assert folded(html.text_of(clean(source))) == folded(seen)


@settings(deadline=None)
@given(st.text())
def test_any_text_at_all_is_taken(source: str) -> None:
    assert isinstance(html.split(clean(source)), list)


def test_what_hides_behind_a_lonely_surrogate_is_read() -> None:
    assert clean("a\ud800b") == "<p>a\ufffdb</p>"
    assert clean("\ud83d\ude00") == "<p>😀</p>"


@pytest.mark.parametrize(
    "opening", ["<div>", "<b>", "<em><p>", "<blockquote>", "<ul><li>", "<table><tr><td>"]
)
def test_endless_nesting_loses_no_text(opening: str) -> None:
    result = clean(opening * 20_000 + "deep")
    assert html.text_of(result) == "deep"
    assert clean(result) == result


@pytest.mark.parametrize("sign", ["&", "&amp; ", "\u00ad", "Ã©", "« »", "a &lt;b&gt; & c\n"])
def test_a_flood_of_signs_goes_through_the_gates_in_runs(sign: str) -> None:
    source = "<p>" + sign * 2_000 + "</p><b>b</b>"
    parted = allow._TEXT.sub(allow._parted, source)
    runs = [len(allow._LOOKED_AT_TWICE.findall(run)) for run in re.findall(r"[^<]+", parted)]
    assert parted.replace("<!---->", "") == source and max(runs) == allow._MOST_AT_ONCE
    for gate in (allow.WIDE, allow.STRICT):
        assert allow.through(gate, source) == gate.clean(source)
    assert clean(clean(source)) == clean(source)


def test_notes_hold_no_headings_tables_or_pictures() -> None:
    source = '<h1>a</h1><table><tr><td>b</table><hr><ul><li>c</ul><img src="x.png" alt="d">'
    assert html.sanitise_note(source) == "<p>a</p><p>b</p><ul><li>c</li></ul><p><em>[d]</em></p>"


def test_inline_is_one_line() -> None:
    assert html.inline("<p>a <b>b</b></p><p>c</p>") == "a <b>b</b><br>c"


def test_xhtml_closes_what_is_empty() -> None:
    stored = html.join(html.split(clean('<p>a<br>b&nbsp;c <img src="a.png" alt="1 > 0"></p>')), ["1"])
    assert html.as_xhtml(stored) == (
        '<p id="b-1">a<br/>b&#160;c <img src="/media/a.png" alt="1 &gt; 0"/></p>'
    )


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("one\n two", 20, "one two"),
        ("one two three", 9, "one two…"),
        ("one two, three", 10, "one two…"),
        ("海辺の家に住む", 4, "海辺の…"),
        ("cafe\u0301", 4, "café"),
    ],
)
def test_summary(text: str, limit: int, expected: str) -> None:
    assert html.summary_of(text, limit) == expected
