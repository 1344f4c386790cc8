"""Books of many kinds for the tests of the formats. All words are our own."""

from datetime import UTC, datetime
from io import BytesIO
from uuid import UUID, uuid5

from PIL import Image

from talehouse.exports.book import Book, Chapter, Cover, Person, Picture, Series, Subject, Term

SPACE = UUID("5b1c9f0e-3f1d-4f0e-9a55-0c8a3c3e7d10")
MODIFIED = datetime(2025, 3, 9, 18, 30, 15, tzinfo=UTC)


def uuid_for(name: str) -> UUID:
    return uuid5(SPACE, name)


def picture(kind: str = "PNG", size: tuple[int, int] = (12, 8)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, (40, 90, 140)).save(out, kind)
    return out.getvalue()


def chapter(title: str, html: str, **more: object) -> Chapter:
    return Chapter(uuid=uuid_for(title + html[:40]), title=title, html=html, **more)  # type: ignore[arg-type]


def minimal() -> Book:
    """The least that a book can be: no cover, no summary, no author, one chapter."""
    return Book(
        uuid=uuid_for("minimal"),
        title="A Short One",
        language="en",
        modified=MODIFIED,
        chapters=(chapter("Only", '<p id="b-1">All of it.</p>'),),
    )


BLOCKS = """
<p id="b-p">Plain, <em>soft</em>, <strong>loud</strong>, <s>gone</s>, <u>under</u>, H<sub>2</sub>O,
x<sup>2</sup>,
<code>code</code>, <mark>marked</mark>, <small>small</small>, <q>said</q>,
<abbr title="that is">i.e.</abbr><br>next line,
<span class="smallcaps">Small</span> <span class="spoiler">it was the gardener</span>.</p>
<h2 id="b-h2">A heading</h2><h3 id="b-h3">A smaller one</h3>
<p class="center" id="b-c">In the middle</p><p class="right" id="b-r">At the end</p>
<p class="verse" id="b-v">Roses are read<br>violets are too</p>
<div class="letter" id="b-l"><p>Dear <em>you</em>,</p><p>yours, me</p></div>
<hr id="b-hr">
<blockquote id="b-q" cite="https://example.org/"><p>Quoted</p><blockquote><p>twice</p></blockquote></blockquote>
<ul id="b-ul"><li>one<ul><li>one a</li></ul></li><li><p>two</p></li></ul>
<ol id="b-ol" start="3" reversed><li value="7">seven</li><li>eight<ol type="a"><li>deep</li></ol></li></ol>
<table id="b-t"><caption>Tides</caption><thead><tr><th scope="col">day</th><th>high</th></tr></thead>
<tbody><tr><td colspan="2" rowspan="1">Monday</td></tr></tbody></table>
<dl id="b-dl"><dt>weir</dt><dd>a low dam</dd></dl>
<pre id="b-pre">  kept   as
  it is</pre>
<p id="b-ru"><ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby> and <ruby>字<rt>じ</rt></ruby></p>
<p id="b-e">&amp; &lt;tag&gt; &nbsp; &hellip; &eacute; &#x1F600; 👩‍👩‍👧 🏳️‍🌈 \u200d \u00ad soft</p>
<p id="b-x">bell\x07 null\x00 escape\x1b lone\ud83d end\ufffe</p>
<p lang="fr" dir="ltr" id="b-fr">Un mot <span lang="not a tag!">et</span></p>
<figure id="b-f"><img src="/media/ab/river.png" alt="A river" width="12" height="8">
<figcaption>The river</figcaption></figure>
<p id="b-i"><img src="ab/river.png">
<img src="https://elsewhere.example/x.png" alt="not here"> <img src="ab/not-a-picture.png"></p>
<p id="b-fn">With a note<a href="#fn-1" class="fn" id="fnref-1">1</a>
and another<a href="#fn-2" class="fn" id="fnref-2">2</a>.</p>
<p id="b-a"><a href="https://example.org/a b?q=ü#ö" rel="nofollow ugc">out</a>
<a href="/parts/3-x/">in</a> <a href="#b-p">up</a>
<a href="#nowhere">lost</a> <a href="javascript:alert(1)">bad</a>
<a href="http://[broken">broken</a> <a href="http://exa mple/">space</a>
<a href="http://user:pw@example.org:99999/">port</a>
<a href="mailto:a@example.org">mail</a> <a href="http://bücher.example/本/?q={|}^`#é">idn</a>
<a href="http://1.2.3.999/">ip</a></p>
<section class="footnotes"><ol><li id="fn-1"><p>First note. <a href="#fnref-1">back</a></p></li>
<li id="fn-2">Second.</li></ol></section>
"""

BROKEN = (
    "loose text <p id='b-1'>one</p><p id='b-1'>same id <a href='#b-1'>first</a></p>",
    "<p>open <em>never closed <p>and again",
    "<ul>stray<li>kept</li><p>not a list item</p></ul><ol></ol><li>alone</li>",
    "<table><tr>words<td>cell<div>block</div></td></tr></table><table></table><table><p>odd</p></table>",
    "<table><tfoot><tr><td>foot</td></tr></tfoot><thead><tr><th><h2>head</h2></th></tr></thead></table>",
    "<table><tr><td>no body</td></tr><tbody><p>no row</p></tbody></table><td>cell alone</td>",
    "<p>inline <span><div>block in span</div></span> after</p><h2><p>paragraph in heading</p></h2>",
    "<b><p>bold block</p></b><a href='https://one.example/'><p>linked block</p></a>",
    "<a href='https://one.example/'>outer <span><a href='https://two.example/'>inner</a></span></a>",
    "<p><ruby>no reading</ruby><ruby><rt>no base</rt></ruby><ruby>a<rp>(</rp><rt>b</rt></ruby></p>",
    "<p><ruby><rb>旧</rb><rb>金</rb><rt>jiu</rt><rt>jin</rt><rtc><rt>old gold</rt></rtc></ruby></p>",
    "<figure><figcaption>one</figcaption><figcaption>two</figcaption></figure><figcaption>alone</figcaption>",
    "<figure>text<figcaption>between</figcaption>text</figure><figure><p>no caption</p></figure>",
    "<dl><dd>no term</dd></dl><dl></dl><dl>loose<dt>term</dt></dl>",
    "<details>no summary</details><details><summary>more</summary><p>inside</p></details>",
    "<font color='red'>red</font><center>middle</center><blink>old</blink><time datetime='soon'>soon</time>",
    "<script>alert(1)</script><style>p{color:red}</style><iframe src='https://x.example/'></iframe><input>",
    "<p style='color:red' onclick='x()' class='a\"b < c' id='9 bad id' data-x='1' title='<\"'>attributes</p>",
    "<bdo>no dir</bdo><bdo dir='rtl'>dir</bdo><wbr>break<o:p>office</o:p><p dir='up' lang=''>x</p>",
    "<svg><circle/></svg><math><mi>x</mi></math><button>press</button><p><hr></p><p>line<hr>line</p>",
    "</div></section></body></html> after the end <![CDATA[ cdata ]]> <!-- c -- c --> <? pi ?> &bogus; & < >",
    "<section class='footnotes'><p>not a list</p></section><a class='fn' href='#fn-9'>no note</a>",
)


def rich() -> Book:
    """Every block, hostile HTML, notes, footnotes, pictures, a cover, all metadata."""
    return Book(
        uuid=uuid_for("rich"),
        title="The Weir & the <Keepers> \"of\" 'It'\x0b",
        language="en-GB",
        modified=MODIFIED,
        authors=(
            Person("Ilse <Marrow> & Co", "author", "Marrow, Ilse"),
            Person("oriole", "co-author"),
            Person("R. Quill", "beta-reader"),
            Person(" ", "author"),
        ),
        summary_html='<p>Two <em>keepers</em> &amp; a river.</p><p><a href="/about/">about</a></p>',
        summary_text="Two keepers & a river.\n\nSecond <paragraph>.",
        subjects=(
            Subject("Found family", "theme"),
            Subject("Rivers & <weirs>", "genre"),
            Subject("", "theme"),
        ),
        rating=Term("teen", "Teen"),
        warnings=(Term("violence", "Violence"), Term("chose-not-to-warn", "Chose not to warn")),
        categories=(Term("gen", "Gen"),),
        status=Term("ongoing", "Ongoing"),
        series=Series('The "River" & sea', 1.5),
        published=datetime(2024, 5, 1, 6, 0, tzinfo=UTC),
        source_url="https://archive.example/stories/7-the-weir/",
        cover=Cover(picture("JPEG", (60, 90)), "image/jpeg", "A weir at night"),
        chapters=(
            chapter(
                'Chapter <1> & "more"',
                BLOCKS,
                note_before='<p id="b-p">Before<a href="#fn-1" class="fn" id="fnref-1">1</a> '
                '<a href="#b-h2">see</a></p><section class="footnotes"><ol><li id="fn-1">'
                "n</li></ol></section>",
                note_after='<p>After <a href="#b-p">up</a></p>',
                source_url="https://archive.example/parts/12-chapter-1/?a=1&b=2",
                published=datetime(2024, 5, 1, 6, 0, tzinfo=UTC),
            ),
            chapter("", "\n".join(f"<div>{html}</div>" for html in BROKEN[:-2])),
            *(chapter(f"Broken {n}", html) for n, html in enumerate(BROKEN)),
            chapter("Empty", ""),
            chapter(
                "Deep", "<span>" * 600 + "bottom" + "</span>" * 600 + "<blockquote>" * 300 + "<p>low</p>"
            ),
            chapter("Deeper", "<b>" * 4000 + "abyss"),
            chapter("بالعربية", "<p id='b-1'>جملة</p>", language="ar", direction="rtl"),
            chapter("Odd language", "<p>x</p>", language="no such language"),
        ),
        pictures={
            "ab/river.png": Picture(picture(), "image/png"),
            "ab/not-a-picture.png": Picture(b"<html>", "image/png"),
            "ab/unused.png": Picture(picture("PNG", (3, 3)), "image/png"),
        },
        publisher="The Reading Room & Co",
        rights="All rights reserved <2025>",
    )


def arabic() -> Book:
    return Book(
        uuid=uuid_for("arabic"),
        title="دفتر المطر",
        language="ar",
        direction="rtl",
        modified=MODIFIED,
        authors=(Person("ليلى حداد"),),
        summary_html="<p>بيت قديم، ودفتر لا يجف.</p>",
        summary_text="بيت قديم، ودفتر لا يجف.",
        subjects=(Subject("دراما", "genre"),),
        series=Series("دفاتر", 2),
        chapters=(
            chapter(
                "الفصل الأول", '<p id="b-1">هطل المطر <span dir="ltr">all night</span>.</p><hr id="b-2">'
            ),
            chapter("الفصل الثاني", '<p id="b-1">ثم توقف.</p>'),
        ),
    )


def japanese() -> Book:
    return Book(
        uuid=uuid_for("japanese"),
        title="猫と灯台の長い夜",
        language="ja",
        modified=MODIFIED,
        authors=(Person("潮野 みお"),),
        chapters=(chapter("第一話　灯", '<p id="b-1">　<ruby>灯台<rt>とうだい</rt></ruby>に猫がいた。</p>'),),
    )


def long() -> Book:
    """Sixty chapters, with a first time before zips could tell it, and no known language."""
    return Book(
        uuid=uuid_for("long"),
        title="The Sixty",
        language="",
        modified=datetime(1911, 1, 1, tzinfo=UTC),
        chapters=tuple(
            chapter(f"Chapter {n}", "".join(f'<p id="b-{n}-{k}">Line {k}.</p>' for k in range(5)))
            for n in range(1, 61)
        ),
    )


def empty() -> Book:
    """No title, no chapter, an empty summary."""
    return Book(uuid=uuid_for("empty"), title=" \x00", modified=MODIFIED, summary_html=" ", language="x")


KINDS = {
    "minimal": minimal,
    "rich": rich,
    "arabic": arabic,
    "japanese": japanese,
    "long": long,
    "empty": empty,
}
