"""What the editor makes of a clipboard: bold, italic, centring and scene breaks stay, and nothing else.

The files in `clipboard/` are written by hand after what each program is known to put there.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page

from talehouse.lib import words
from tests.browser.conftest import OpenPage, Stock

pytestmark = pytest.mark.browser
CLIPBOARD = Path(__file__).with_name("clipboard")
WANTED = {
    "word": [
        "<p>The first night</p>",
        "<p>The lamp was <em>warm</em>, and <strong>nobody</strong> had lit it. "
        "She <strong><em>knew</em></strong> that.</p>",
        '<p class="center">Part Two</p>',
        "<hr>",
        "<p>Café said <em>“non”</em> twice.</p>",
        "<p>a rope</p>",
        "<p>Then it was over.</p>",
        "<hr>",
        "<p>After the weir there was only water.</p>",
    ],
    "google": [
        "<p>The first night</p>",
        "<p>The lamp was <em>warm</em>, and <strong>nobody</strong> had lit it. "
        "She <strong><em>knew</em></strong> that.</p>",
        '<p class="center">Part Two</p>',
        "<hr>",
        "<p>Café said “non” twice.<br>A new line.</p>",
        "<p>a rope</p>",
    ],
    "libreoffice": [
        "<p>The first night</p>",
        "<p>The lamp was <em>warm</em>, and <strong>nobody</strong> had lit it. "
        "She <strong><em>knew</em></strong> that.</p>",
        '<p class="center">Part Two</p>',
        "<hr>",
        "<p><em>Café</em> said “non” twice.</p>",
        "<p>Then it was over.</p>",
        "<hr>",
        "<p>a rope</p>",
        "<p>one</p>",
        "<p>two</p>",
        '<p class="center">The end</p>',
    ],
}
ODD = {
    "": "",
    "loose words": "<p>loose words</p>",
    "one<br><br>two": "<p>one</p>\n<p>two</p>",
    "<div>one<div>two</div>three</div>": "<p>one</p>\n<p>two</p>\n<p>three</p>",
    "<p><b>bold</b> <b style='font-weight:400'>not</b></p>": "<p><strong>bold</strong> not</p>",
    "<p><em style='font-style: normal'>not</em> <span style='font-style:oblique'>so</span></p>": (
        "<p>not <em>so</em></p>"
    ),
    "<p>a <i>word </i>more</p>": "<p>a <em>word</em> more</p>",
    "<hr><hr><p>***</p><p>x</p>": "<hr>\n<p>x</p>",
    "<div style='text-align:center'><p>in</p><p style='text-align:left'>out</p></div>": (
        '<p class="center">in</p>\n<p>out</p>'
    ),
    "<p>1 &lt; 2 &amp;amp; 3</p>": "<p>1 &lt; 2 &amp;amp; 3</p>",
    "<script>alert(1)</script><p onclick='alert(1)'>x<img src=x onerror=alert(1)></p>": "<p>x</p>",
    "<pre>one\ntwo\n\nthree</pre>": "<p>one<br>two</p>\n<p>three</p>",
    "<p>mot&nbsp;!</p>": "<p>mot&nbsp;!</p>",
    "<p title='a > b' style='text-align:center'>x</p>": '<p class="center">x</p>',
}
PLAIN = {
    "one\n\ntwo": "<p>one</p>\n<p>two</p>",
    "one\r\ntwo\r\n": "<p>one</p>\n<p>two</p>",
    "a line\nand another\n\nnew": "<p>a line<br>and another</p>\n<p>new</p>",
    "one\n\n* * *\n\ntwo": "<p>one</p>\n<hr>\n<p>two</p>",
    "<b>&amp;</b>": "<p>&lt;b&gt;&amp;amp;&lt;/b&gt;</p>",
    "": "",
}
COUNTED = [
    "", "one", "Don’t stop", "well-known mother-in-law", "3.14 and 1,000", "a_b _c_", "l'été déjà", 
    "naïve café",
    "e\u0301te\u0301 no", "漢字かな", "カタカナー", "ﾊﾝｶｸ ﾞ", "〇", "ภาษาไทย", "မြန်မာ", "ខ្មែរ", 
    "བོད་", "한국어 글",
    "日本語 and English", "سلام دنیا", "می‌خواهم", "שלום ר״ת", "Привет, мир!", "soft\u00adhyphen", "a\u2060b",
    "12th 3rd", "½ Ⅳ ①", "𠮷野家", "🙂 smile 👩‍👩‍👧", "rock’n’roll — yes", "٣٫١٤", "x.y 1.x", 
    "’tis 'twas", "हिन्दी में",
    "line\nbreak", "tab\tbed", "İstanbul ǅ", "a·b", "100%", "——", "C++ C#",
]  # fmt: skip


@pytest.fixture
def editor(open_page: OpenPage, stock: Stock) -> Page:
    """The editor's scripts, in Chromium."""
    page = open_page(stock.sessions["Wren"])
    page.goto(f"/write/parts/{stock.stories['steps']['parts'][0]}/")
    page.wait_for_selector("form[data-settled]")
    return page


@pytest.mark.parametrize("program", sorted(WANTED))
def test_what_a_program_puts_on_the_clipboard(editor: Page, program: str) -> None:
    html = (CLIPBOARD / f"{program}.html").read_text(encoding="utf-8")
    assert editor.evaluate("(html) => writing.tidyPaste(html)", html).split("\n") == WANTED[program]


def test_odd_clipboards(editor: Page) -> None:
    made = editor.evaluate("(all) => all.map((html) => writing.tidyPaste(html))", list(ODD))
    assert dict(zip(ODD, made, strict=True)) == ODD


def test_plain_text_makes_paragraphs(editor: Page) -> None:
    made = editor.evaluate("(all) => all.map((text) => writing.tidyPlain(text))", list(PLAIN))
    assert dict(zip(PLAIN, made, strict=True)) == PLAIN


def test_what_is_tidy_stays_as_it_is(editor: Page) -> None:
    tidy = ["\n".join(lines) for lines in WANTED.values()]
    assert editor.evaluate("(all) => all.map((html) => writing.tidyPaste(html))", tidy) == tidy


def test_words_are_counted_as_on_the_server(editor: Page) -> None:
    made = editor.evaluate("(all) => all.map((text) => writing.countWords(text))", COUNTED)
    assert dict(zip(COUNTED, made, strict=True)) == {text: words.count(text) for text in COUNTED}


def test_minutes_are_those_of_the_server(editor: Page) -> None:
    asked = [
        [number, tag] for number in (0, 1, 357, 595, 833, 1250, 9999) for tag in ("en", "ja", "zh-Hant", "ko")
    ]
    made = editor.evaluate("(all) => all.map(([words, tag]) => writing.minutes(words, tag))", asked)
    assert made == [words.minutes(int(number), str(tag)) for number, tag in asked], json.dumps(asked)
