"""Markdown both ways: what a writer types, and the law that a text comes back as it was."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talehouse.lib import html, markdown
from talehouse.lib.tests.test_html import clean, soup

REL = 'rel="nofollow ugc noopener"'
NOTED = (
    '<p>a<sup><a id="fnref-1" class="fn" href="#fn-1">1</a></sup></p>'
    '<section class="footnotes"><ol><li id="fn-1">n</li></ol></section>'
)

TYPED = [
    ("one\ntwo\n\nthree", "<p>one two</p><p>three</p>"),
    ("*a* **b** ***c*** ~~d~~ `e`", None),
    ("# a\n\n### b", "<h2>a</h2><h3>b</h3>"),
    ("a\n\n* * *\n\nb", "<p>a</p><hr><p>b</p>"),
    ("> a\n>\n> b", "<blockquote><p>a</p><p>b</p></blockquote>"),
    ("- a\n- b\n  - c", "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>"),
    ("3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'),
    ("a\\\nb", "<p>a<br>b</p>"),
    ("[a](https://e.org/)", f'<p><a href="https://e.org/" {REL}>a</a></p>'),
    ("[a](javascript:x)", "<p>[a](javascript:x)</p>"),
    ('<p class="center">a <em>b</em></p>', '<p class="center">a <em>b</em></p>'),
    ("<script>x</script>a", "<p>a</p>"),
    ("a[^1]\n\n[^1]: n", None),
    ("| a |\n|---|\n| b |", None),
]


@pytest.mark.parametrize(("source", "expected"), TYPED)
def test_what_a_writer_types(source: str, expected: str | None) -> None:
    made = clean(markdown.as_html(source))
    if expected is not None:
        assert made == expected
    assert clean(markdown.as_html(source.replace("\n", "\r\n"))) == made


def test_footnotes_have_our_ids() -> None:
    made = clean(markdown.as_html("a[^x] b[^2] c[^x]\n\n[^x]: one\n\n[^2]: two\n\n    more"))
    assert made.count('<a class="fn" href="#fn-x"') == 2
    assert ">1</a></sup> b<sup>" in made and ">2</a></sup> c<sup>" in made
    assert '<li id="fn-x">one</li><li id="fn-2"><p>two</p><p>more</p></li>' in made


NICE = [
    ("<p>a <em>b</em> <strong>c</strong> <s>d</s></p>", "a *b* **c** ~~d~~"),
    ("<p>1. a</p><p># b</p><p>- c</p><p>&gt; d</p><p>+ e</p>", "1\\. a\n\n\\# b\n\n\\- c\n\n\\> d\n\n\\+ e"),
    ("<p>snake_case, 2 * 3, [x], `y`</p>", "snake_case, 2 \\* 3, \\[x\\], \\`y\\`"),
    ("<p>a<br>- b</p>", "a\\\n\\- b"),
    ("<h2>a</h2><hr><p>b</p>", "## a\n\n* * *\n\nb"),
    ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"),
    ("<ul><li>a</li></ul><ul><li>b</li></ul>", "- a\n\n* b"),
    ("<ol><li>a<ul><li>b</li></ul></li></ol>", "1. a\n   - b"),
    ('<p class="center">a <em>b</em></p>', '<p class="center">a <em>b</em></p>'),
    ("<p><u>a</u> <span class=spoiler>b *</span></p>", '<u>a</u> <span class="spoiler">b \\*</span>'),
    ("<p>x<strong>“y”</strong>z</p>", "x<strong>“y”</strong>z"),
    ('<p><a href="https://e.org/">a</a>!</p>', "[a](https://e.org/)\\!"),
    (NOTED, "a[^1]\n\n[^1]: n"),
    ("", ""),
]


@pytest.mark.parametrize(("stored", "expected"), NICE)
def test_how_a_text_is_written(stored: str, expected: str) -> None:
    assert markdown.as_markdown(clean(stored)) == expected


def back(source: str) -> list[str]:
    return [block.html for block in html.split(clean(markdown.as_html(source)))]


@pytest.mark.parametrize("stored", [stored for stored, _expected in NICE])
def test_examples_read_back(stored: str) -> None:
    text = clean(stored)
    assert back(markdown.as_markdown(text)) == [block.html for block in html.split(text)]


@settings(deadline=None)
@given(soup())
def test_any_text_reads_back_as_it_was(source: str) -> None:
    text = clean(source)
    assert back(markdown.as_markdown(text)) == [block.html for block in html.split(text)]


SIGNS = st.text(st.sampled_from("ab 1.)(*_`~[]<>#+-=|\\!&;:^\"' \u00a0“”é漢"), max_size=24)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["p", "h2", "li", "td", "em", "strong", "a"]), SIGNS), max_size=6))
def test_any_signs_read_back_as_they_were(pieces: list[tuple[str, str]]) -> None:
    written = {
        "li": "<ul><li>{}</li></ul>",
        "td": "<table><tr><td>{}</td></tr></table>",
        "em": "<p>a<em>{}</em>b</p>",
        "strong": "<p><strong>{}</strong></p>",
        "a": '<p>!<a href="https://e.org/a_(b)" title="x &quot;y&quot; \\">{}</a></p>',
    }
    source = "".join(
        written.get(tag, f"<{tag}>{{}}</{tag}>").format(said.replace("&", "&amp;").replace("<", "&lt;"))
        for tag, said in pieces
    )
    text = clean(source)
    assert back(markdown.as_markdown(text)) == [block.html for block in html.split(text)]


def test_a_flood_of_brackets_is_read_at_once() -> None:
    assert "[" in markdown.as_html("[" * 200_000) or "&#91;" in markdown.as_html("[" * 200_000)
    assert markdown.as_html("a" + "<" * 100_000)
    assert markdown.as_html("> " * 5_000 + "a")
