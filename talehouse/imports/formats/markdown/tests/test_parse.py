"""Markdown: front matter, chapters, notes, pictures, scene breaks."""

from __future__ import annotations

import base64
import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talehouse.imports.formats.markdown import front
from talehouse.imports.formats.markdown.parse import parse, sniff
from talehouse.imports.found import BadFileError, FoundSeries, FoundStory, FoundTag

FRONT = """---
title: "The Weir: a tale"   # ours
author: [Ana Holt, 'Ben O''Dea']
summary: >
  It rains
  a lot.

  Then it stops.
lang: pt_BR
tags:
  - mills
  - "rain, heavy"
genre: drama; mystery
series: Keepers
series_index: 2.5
rating: Teen
status: Completed
warnings: [violence]
---
"""


def read(text: str, **more: dict[str, bytes]) -> FoundStory:
    return parse(text.encode(), name="weir.md", **more)


def parts(story: FoundStory) -> list[tuple[str, str]]:
    return [(part.title, part.html) for part in story.parts]


def test_front_matter() -> None:
    story = read(FRONT + "Ida ran.")
    assert (story.title, story.authors, story.language) == (
        "The Weir: a tale",
        ["Ana Holt", "Ben O'Dea"],
        "pt-BR",
    )
    assert story.summary == "<p>It rains a lot.</p><p>Then it stops.</p>"
    assert story.tags == [
        FoundTag("mills"),
        FoundTag("rain, heavy"),
        FoundTag("drama", "genre"),
        FoundTag("mystery", "genre"),
    ]
    assert story.series == FoundSeries("Keepers", 2.5)
    assert (story.rating, story.status, story.warnings) == ("teen", "complete", ["violence"])
    assert parts(story) == [("The Weir: a tale", "<p>Ida ran.</p>")]


@pytest.mark.parametrize(
    ("told", "summary"),
    [
        (
            "It *rains* a **lot**, [here](https://a.example).",
            '<p>It <em>rains</em> a <strong>lot</strong>, <a href="https://a.example">here</a>.</p>',
        ),
        (
            "|\n  It *rains*\n  a lot.\n\n  It ~~stops~~.",
            "<p>It <em>rains</em><br>a lot.</p><p>It <s>stops</s>.</p>",
        ),
        ("1. A & b <3 snake_case, 5 * 3 * 2", "<p>1. A &amp; b &lt;3 snake_case, 5 * 3 * 2</p>"),
        ("It\\*s *", "<p>It*s *</p>"),
        ("[so](javascript:x)", "<p>[so](javascript:x)</p>"),
    ],
)
def test_the_summary_has_the_marks_of_a_line(told: str, summary: str) -> None:
    assert read(f"---\ntitle: The Weir\nsummary: {told}\n---\nIda ran.").summary == summary


@pytest.mark.parametrize(
    "text",
    [
        "---\n\nIda ran.\n\n---\n\nMore.",
        "---\njust words\n---\nMore.",
        "title: x\n\nwords",
        "--- \nno end: here",
    ],
)
def test_a_rule_at_the_top_is_no_front_matter(text: str) -> None:
    assert front.split(text) == ({}, text)


@pytest.mark.parametrize(
    ("text", "title", "chapters"),
    [
        ("# Weir\n\n## Chapter 1\n\na\n\n## Chapter 2\n\nb", "Weir", ["Chapter 1", "Chapter 2"]),
        ("# One\n\na\n\n# Two\n\nb", "Weir", ["One", "Two"]),
        ("# Chapter 1\n\n## scene\n\na\n\n# Chapter 2\n\nb", "Weir", ["Chapter 1", "Chapter 2"]),
        ("# Part One\n\n## Rain\n\na\n\n# Part Two\n\n## Sun\n\nb", "Weir", ["Rain", "Sun"]),
        (
            "Weir\n====\n\nChapter 1\n---------\n\na\n\nChapter 2\n---\n\nb",
            "Weir",
            ["Chapter 1", "Chapter 2"],
        ),
        ("**Chapter 1**\n\na\n\n**Chapter 2**\n\nb", "Weir", ["Chapter 1", "Chapter 2"]),
        ("# Chapter 4\n\na", "Chapter 4", ["Chapter 4"]),
        (
            "# Weir\n\n# Contents\n\n- a\n\n# Chapter 1\n\na\n\n# Chapter 2\n\nb",
            "Weir",
            ["Weir", "Chapter 1", "Chapter 2"],
        ),
    ],
)
def test_chapters(text: str, title: str, chapters: list[str]) -> None:
    story = read(text)
    assert story.title == title
    assert [part.title.strip("*") for part in story.parts] == chapters


def test_notes_stand_at_the_end_of_their_own_part() -> None:
    story = read(
        "# A\n\nx[^1] y[^b] z[^1]\n\n# B\n\nw[^c] v^[inline *one*]\n\n[^1]: First.\n[^b]: "
        "Second.\n[^c]: Third.\n"
    )
    first, second = (part.html for part in story.parts)
    assert first.startswith(
        '<p>x<sup><a href="#fn-1" class="fn" id="fnref-1">1</a></sup> y<sup><a href="#fn-2" '
        'class="fn" id="fnref-2">2</a></sup>'
        ' z<sup><a href="#fn-1" class="fn">1</a></sup></p>'
    )
    assert first.endswith(
        '<ol><li id="fn-1"><p>First.</p></li><li id="fn-2"><p>Second.</p></li></ol></section>'
    )
    assert '<li id="fn-1"><p>Third.</p></li><li id="fn-2"><p>inline <em>one</em></p></li>' in second


@pytest.mark.parametrize("rule", ["***", "---", "* * *", "___"])
def test_scene_breaks_also_right_under_a_paragraph(rule: str) -> None:
    assert read(f"Ida ran all the way home.\n{rule}\nIt rained.").parts[0].html.count("<hr") == 1


def test_breaks_tables_and_strikes() -> None:
    html = read("a  \nb ~~c~~\n\n| x | y |\n|---|---|\n| 1 | 2 |").parts[0].html
    assert "<br" in html and "<s>c</s>" in html and "<td>1</td>" in html


def test_pictures_beside_the_file_and_in_it() -> None:
    inside = "data:image/png;base64," + base64.b64encode(b"inner").decode()
    story = read(
        f"![A](pics/a%20b.png) ![B]({inside}) ![C](http://example.org/c.png) ![D](../d.png)",
        files={"pics/a b.png": b"png"},
    )
    assert sorted(picture.data for picture in story.pictures.values()) == [b"inner", b"png"]
    assert '<img src="picture:pics/a b.png" alt="A"' in story.parts[0].html
    assert [one.what for one in story.left_out] == ["http://example.org/c.png", "../d.png"]
    assert "C D" in story.parts[0].html


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("plain", "a.md", True),
        ("plain", "a.txt", False),
        ("# One\n\na\n\n# Two", "a.txt", True),
        ("---\ntitle: x\n---\na", "a.txt", True),
        ("# 1 tag\nwords", "a.txt", False),
    ],
)
def test_sniff(text: str, name: str, expected: bool) -> None:
    assert sniff(text.encode(), name) is expected


@given(st.binary(max_size=300) | st.text("#*_-[]^:()!<>&|`~ \nab1", max_size=300).map(str.encode))
def test_any_bytes_give_a_story_or_one_sentence(data: bytes) -> None:
    try:
        assert parse(data, name="x.md").parts
    except BadFileError as error:
        assert "x.md" in str(error)


def test_labelled_headings_at_the_top_are_about_the_story() -> None:
    text = (
        "# Title: The Weir\n\n## Author: Ana Reed\n\n## Year: 1911\n\n-------\n\n## One\n\na\n\n## Two\n\nb\n"
    )
    story = parse(text.encode(), name="w.md")
    assert (story.title, story.authors) == ("The Weir", ["Ana Reed"])
    assert [(part.title, part.html) for part in story.parts] == [("One", "<p>a</p>"), ("Two", "<p>b</p>")]


def test_a_chapter_called_title_stays_a_chapter() -> None:
    story = parse(b"# Title: A Play\n\nwords\n\n# Author: Unknown\n\nmore\n", name="w.md")
    assert [part.title for part in story.parts] == ["Title: A Play", "Author: Unknown"]


@pytest.mark.parametrize(
    ("sign", "link"), [("[", "[x](https://e.org/)"), ("<", '<a href="https://e.org/">x</a>')]
)
def test_brackets_in_masses_are_plain_signs(sign: str, link: str) -> None:
    """One paragraph of them would keep the worker busy for hours."""
    (part,) = parse(f"# The Weir\n\nSee {link} {f'{sign}a ' * 20_000}".encode(), name="w.md").parts
    assert "<a " not in part.html
    assert html.unescape(part.html).count(f"{sign}a ") >= 19_999


def test_brackets_as_people_write_them_are_links() -> None:
    text = "[to *the* weir](https://example.org/) and on, " * 300
    (part,) = parse(f"# The Weir\n\n{text}".encode(), name="w.md").parts
    assert part.html.count("<a ") == part.html.count("<em>") == 300
