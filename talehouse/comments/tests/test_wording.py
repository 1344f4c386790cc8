"""What a comment may hold, and what becomes of everything else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talehouse.comments.wording import rendered, tidy


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("plain", "<p>plain</p>"),
        ("one\ntwo", "<p>one<br>two</p>"),
        ("one\n\ntwo", "<p>one</p><p>two</p>"),
        ("*so* and **so**", "<p><em>so</em> and <strong>so</strong></p>"),
        ("> quoted", "<blockquote><p>quoted</p></blockquote>"),
        ("||she *lives*||", '<p><span class="spoiler">she <em>lives</em></span></p>'),
        ("a || b", "<p>a || b</p>"),
        ("||||", "<p>||||</p>"),
        ("# no heading", "<p># no heading</p>"),
        ("<b>no</b> <script>x</script>", "<p>&lt;b&gt;no&lt;/b&gt; &lt;script&gt;x&lt;/script&gt;</p>"),
        ("![no](https://x.example/p.png)", None),
        ("[bad](javascript:alert(1))", None),
    ],
)
def test_what_stands_and_what_does_not(text: str, html: str | None) -> None:
    got = rendered(text).replace("\n", "")
    if html is None:
        assert "<img" not in got and 'href="javascript' not in got
    else:
        assert got == html


def test_links_lead_out_without_credit() -> None:
    got = rendered("[here](https://example.org/) and <https://example.net/>")
    assert got.count('rel="nofollow ugc noopener"') == 2


@given(st.text(max_size=300))
def test_any_words_are_rendered_safely(text: str) -> None:
    got = rendered(tidy(text))
    for bad in ("<script", "<img", "<iframe", " on", "javascript:"):
        assert not (bad in got.lower() and f"<{bad}" in got.lower())
    assert rendered(tidy(tidy(text))) == got
