"""An announcement stands among the parts and counts as none: in numbers, sums, and what programs are told."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from talehouse.exports import taking
from talehouse.imports.bringing import Terms, bring
from talehouse.imports.opening import open_files
from talehouse.stories import ordering, publishing
from talehouse.stories.models import Part, Story
from tests.cast import PROSE, Cast, story


@pytest.fixture
def made(cast: Cast) -> Story:
    """An announcement, a chapter, an announcement, a chapter, an announcement."""
    told = story(cast, parts=2)
    for number in range(3):
        part = publishing.add_part(
            told, by=cast.writer, title=f"News {number}", html="<p>I am away.</p>", kind="announcement"
        )
        publishing.publish(part, by=cast.writer)
    keys = dict(told.parts.values_list("title", "pk"))
    order = [keys[name] for name in ("News 0", "Part 1", "News 1", "Part 2", "News 2")]
    ordering.reorder(told, by=cast.writer, order=order)
    for number in (1, 2):  # titles that do not say their number, so that pages say it
        part = told.parts.get(title=f"Part {number}")
        publishing.edit(part, by=cast.writer, title=["The Gate", "The Path"][number - 1])
    told.refresh_from_db()
    return told


def page(part: Part) -> str:
    return Client().get(part.url).content.decode()


def number_on(shown: str) -> str:
    """The number above the title."""
    found = re.search(r'<h1[^>]*>(?:<span class="no">(\d+)</span>)?', shown)
    assert found is not None
    return found[1] or ""


def told(shown: str) -> Any:
    """What the page says to programs."""
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', shown, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def test_the_sums_count_chapters_only(made: Story, cast: Cast) -> None:
    assert (made.part_count, made.word_count) == (2, 50)
    chapters = made.parts.filter(kind="chapter").order_by("-release_at")
    assert made.updated_at == chapters[0].release_at, "an announcement is no update"


def test_a_page_shows_the_number_among_the_chapters(made: Story) -> None:
    numbers = {part.title: number_on(page(part)) for part in made.parts.all()}
    assert numbers == {"News 0": "", "The Gate": "1", "News 1": "", "The Path": "2", "News 2": ""}
    assert "Announcement" in page(made.parts.get(title="News 1"))
    assert "Announcement" not in page(made.parts.get(title="The Gate"))


def test_the_contents_number_chapters_only(made: Story) -> None:
    shown = Client().get(made.url).content.decode()
    contents = shown[shown.index('<ol class="contents">') :]
    assert re.findall(r'<span class="no">(\d*)</span>', contents) == ["", "1", "", "2", ""]
    assert contents.count("Announcement") == 3
    assert "2 parts" in shown


def test_reading_begins_with_a_chapter(made: Story) -> None:
    shown = Client().get(made.url).content.decode()
    gate = made.parts.get(title="The Gate")
    assert f'href="{gate.url}"><svg' in shown.replace("\n", ""), "Start reading"


def test_turning_pages_passes_through_announcements_in_order(made: Story) -> None:
    """They are read where they stand: only their number is none."""
    titles = []
    part: Part | None = made.parts.get(position=1)
    while part is not None:
        titles.append(part.title)
        found = re.search(r'rel="next" href="/parts/(\d+)-', page(part))
        part = made.parts.get(pk=int(found[1])) if found else None
    assert titles == ["News 0", "The Gate", "News 1", "The Path", "News 2"]


def test_programs_are_told_of_chapters_with_their_numbers(made: Story) -> None:
    data = {part.title: told(page(part)) for part in made.parts.all()}
    assert (data["The Path"]["@type"], data["The Path"]["position"]) == ("Chapter", 2)
    assert data["News 1"]["@type"] == "Article" and "position" not in data["News 1"]
    assert data["News 1"]["isPartOf"]["@type"] == "Book"


def test_a_draft_keeps_its_number(made: Story, cast: Cast) -> None:
    """The third chapter is the third, whatever comes out before the second."""
    first_draft = publishing.add_part(made, by=cast.writer, title="The Well", html=PROSE)
    last = publishing.add_part(made, by=cast.writer, title="The Door", html=PROSE)
    publishing.publish(last, by=cast.writer)
    assert number_on(page(last)) == "4"
    publishing.publish(first_draft, by=cast.writer)
    assert (number_on(page(last)), number_on(page(first_draft))) == ("4", "3")


def test_a_book_brings_it_back_as_what_it_was(made: Story, cast: Cast) -> None:
    parts = list(made.parts.select_related("published").order_by("position"))
    (found,) = open_files([("book.epub", taking.epub_of(made, parts))])
    again = bring(found, Terms(by=cast.reader, pen_name=cast.pen("reader"), publish=True))
    kinds = list(again.parts.order_by("position").values_list("title", "kind"))
    assert kinds == [(part.title, part.kind) for part in parts]
