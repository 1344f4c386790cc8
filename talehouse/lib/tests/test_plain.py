"""Plain text in a field and the markup that is kept: there and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talehouse.lib.html import sanitise_note
from talehouse.lib.plain import to_html, to_text


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("One line.", "<p>One line.</p>"),
        ("One\ntwo\n\nthree", "<p>One<br>two</p><p>three</p>"),
        ("a\r\n\r\nb", "<p>a</p><p>b</p>"),
        ("1 < 2 & 3 > 2", "<p>1 &lt; 2 &amp; 3 &gt; 2</p>"),
        ("I <3 lamps", "<p>I &lt;3 lamps</p>"),
        ("So <em>warm</em>", "So <em>warm</em>"),
    ],
)
def test_what_was_typed_becomes_markup(text: str, html: str) -> None:
    assert to_html(text) == html


@pytest.mark.parametrize(
    "html",
    ["<p>a</p><p>b</p>", "<p>a<br>b</p>", "<p>&lt;em&gt; is a tag</p>", "<p>So <em>warm</em></p><p>b</p>"],
)
def test_markup_comes_back_as_it_was(html: str) -> None:
    assert sanitise_note(to_html(to_text(html))) == html


def test_plain_paragraphs_are_shown_plain() -> None:
    assert to_text("<p>a &amp; b<br>c</p><p>d</p>") == "a & b\nc\n\nd"


@given(st.text(st.sampled_from("ab <>&\n\"'/ep\u00a0")))
def test_showing_and_keeping_again_changes_nothing(text: str) -> None:
    kept = sanitise_note(to_html(text))
    assert sanitise_note(to_html(to_text(kept))) == kept
