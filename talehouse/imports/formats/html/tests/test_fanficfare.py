"""What FanFicFare downloads comes in whole, as EPUB 2, EPUB 3 and HTML."""

# Markup stands in one line, as it would in a file.
# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path

import pytest

from talehouse.imports.formats.epub.parse import parse as parse_epub
from talehouse.imports.formats.html.fanficfare import split_names
from talehouse.imports.formats.html.parse import parse as parse_html
from talehouse.imports.formats.html.tests.fanficfare_files import CHAPTERS, download
from talehouse.imports.found import FoundSeries, FoundStory, FoundTag


def names(story: FoundStory, kind: str) -> list[str]:
    return [tag.name for tag in story.tags if tag.kind == kind]


@pytest.mark.parametrize("form", ["epub", "epub3", "html"])
def test_a_download_comes_in_whole(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = ["epub_version=3.0"] if form == "epub3" else []
    data = download(
        tmp_path, 5, form.rstrip("3"), monkeypatch, "include_logpage=true", "include_tocpage=true", *options
    )
    story = (parse_html if form == "html" else parse_epub)(data, name=f"story.{form}")
    assert [part.title for part in story.parts] == CHAPTERS
    assert (story.title, story.authors, story.source_url) == (
        "Test Story Title 5",
        ["Test Author aa"],
        "http://test1.com?sid=5",
    )
    assert story.series == FoundSeries("The Great Test", 5.0)
    assert (story.status, story.rating, story.warnings) == ("in-progress", "", ["violence"])
    assert names(story, "genre") == ["Comedy", "Fantasy", "Noir", "Sci-Fi"]
    assert names(story, "character") == ["Bob Smith", "Fred Smythe", "George Johnson"]
    assert names(story, "theme") == ["Swearing"]
    assert "Once Upon a Time (TV)" in names(story, "fandom") and len(names(story, "fandom")) == 5
    assert (
        "Harry Potter & Hermione Granger" in names(story, "relationship")
        and len(names(story, "relationship")) == 3
    )
    assert "Some more longer description." in story.summary and story.summary.startswith("<p>")
    assert any("Tweenie" in doubt for doubt in story.doubts)
    assert story.left_out
    one = story.parts[1].html
    assert "<i>italics</i>" in one and "<b>bold</b>" in one and one.count("<hr>") == 2
    assert "Puella Magi Madoka Magica" in one and "underline" in one


def test_many_authors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    story = parse_epub(download(tmp_path, 673, "epub", monkeypatch), name="story.epub")
    assert len(story.authors) == 20 and story.authors[:2] == ["Test Author aa", "Author From List 1"]


def test_a_finished_story_without_a_series(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    story = parse_epub(download(tmp_path, 22, "epub", monkeypatch), name="story.epub")
    assert (story.status, story.series, story.language) == ("complete", None, "fr")


def test_names_with_commas_stay_whole_when_the_book_knows_them() -> None:
    assert split_names("A, B, C", frozenset({"A, B"})) == ["A, B", "C"]
    assert FoundTag("x") == FoundTag("x", "theme")
