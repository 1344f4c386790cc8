"""Texts as rows of blocks, and the stored form."""

import pytest
from hypothesis import given, settings

from talehouse.lib import html
from talehouse.lib.html import Block
from talehouse.lib.tests.test_html import clean, folded, soup


def kinds(source: str) -> list[str]:
    return [block.kind for block in html.split(clean(source))]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>a</p>", ["paragraph"]),
        ("<h1>a</h1>", ["heading"]),
        ("<blockquote><p>a<p>b</blockquote>", ["quote"]),
        ("<ul><li>a</ul><ol><li>b</ol>", ["list", "list"]),
        ("<p><img src='a.png'></p><figure><img src='a.png'></figure>", ["picture", "picture"]),
        ("a<hr>b", ["paragraph", "break", "paragraph"]),
        ("<table><tr><td>a</table>", ["table"]),
        ("<pre>a</pre>", ["pre"]),
        ("<p>a<a href='#n'>1</a><p>b<hr><ol><li id='n'>c</ol>", ["paragraph", "paragraph", "footnotes"]),
        ("", []),
    ],
)
def test_kinds(source: str, expected: list[str]) -> None:
    assert kinds(source) == expected


@pytest.mark.parametrize(
    "line", ["* * *", "***", "⁂", "---", "###", "~", "•••", "—", "◇◆◇", "&nbsp;*&nbsp;", "<b>#</b>"]
)
def test_a_line_of_ornaments_is_a_scene_break(line: str) -> None:
    assert [block.html for block in html.split(clean(f"a<p align=center>{line}</p><p>b"))][1] == "<hr>"


@pytest.mark.parametrize("line", ["…", "...", "?!", "X", "1", "a * b", "<img src='a.png'>*"])
def test_a_line_that_says_something_is_none(line: str) -> None:
    assert "break" not in kinds(f"a<p>{line}</p><p>b")


def test_breaks_fold_and_do_not_stand_at_the_ends() -> None:
    assert kinds("<hr>a<hr><p>***</p><hr>b<hr>") == ["paragraph", "break", "paragraph"]


def test_two_line_breaks_divide_a_paragraph_through_its_formats() -> None:
    blocks = html.split(clean('<p class="verse"><em>a<br>b<br> <br>&nbsp;<br>c</em> d</p>'))
    assert [block.html for block in blocks] == [
        '<p class="verse"><em>a<br>b</em></p>',
        '<p class="verse"><em>c</em> d</p>',
    ]
    assert [block.text for block in blocks] == ["a\nb", "c d"]


def test_stray_text_and_empty_blocks() -> None:
    blocks = html.split("a <b>b</b><p> </p><p>&nbsp;<br></p><h2></h2><p>c</p>d")
    assert [block.html for block in blocks] == ["<p>a <b>b</b></p>", "<p>c</p>", "<p>d</p>"]


def test_readings_above_words_are_not_counted() -> None:
    (block,) = html.split(clean("<ruby>漢字<rp>(</rp><rt>かんじ</rt><rp>)</rp></ruby>"))
    assert (block.text, block.words) == ("漢字(かんじ)", 2)


def test_a_block_says_its_words() -> None:
    assert html.split(clean("<blockquote><p>one two</p><p>three</p></blockquote>")) == [
        Block("<blockquote><p>one two</p><p>three</p></blockquote>", "one two\nthree", "quote", 3)
    ]


@settings(max_examples=300, deadline=None)
@given(soup())
def test_parse_is_the_inverse_of_join(source: str) -> None:
    blocks = html.split(clean(source))
    ids = [f"{number:x}" for number in range(len(blocks))]
    assert html.parse(html.join(blocks, ids)) == list(zip(ids, blocks, strict=True))


@settings(max_examples=200, deadline=None)
@given(soup())
def test_blocks_are_a_text_that_stays_as_it_is(source: str) -> None:
    blocks = html.split(clean(source))
    whole = "".join(block.html for block in blocks)
    assert clean(whole) == whole
    assert html.split(whole) == blocks
    assert folded(html.text_of(whole)) == folded("".join(block.text for block in blocks))


def test_the_id_is_the_first_attribute() -> None:
    blocks = html.split(clean('<p class="center">a</p><hr><p>b</p>'))
    assert (
        html.join(blocks, ["1", "2", "z"])
        == '<p id="b-1" class="center">a</p>\n<hr id="b-2">\n<p id="b-z">b</p>'
    )


@pytest.mark.parametrize("ids", [[], ["a", "b"], ['"'], [""], ["a b"]])
def test_join_refuses_wrong_ids(ids: list[str]) -> None:
    with pytest.raises(ValueError, match="id"):
        html.join(html.split("<p>a</p>"), ids)


def test_join_refuses_an_id_twice() -> None:
    with pytest.raises(ValueError, match="twice"):
        html.join(html.split("<p>a</p><p>b</p>"), ["a", "a"])


@pytest.mark.parametrize("stored", ["stray", "<p>no id</p>", '<p id="x">a</p>', '<em id="b-1">a</em>'])
def test_parse_refuses_what_join_did_not_write(stored: str) -> None:
    with pytest.raises(ValueError, match="block"):
        html.parse(stored)


def test_text_of_stored_and_sanitised_is_the_same() -> None:
    blocks = html.split(clean("<p>a<br>b</p><ul><li>c<li>d</ul>"))
    assert html.text_of(html.join(blocks, ["1", "2"])) == "a\nb\n\nc\nd"
    assert html.text_of("a <em>b</em>") == "a b"
