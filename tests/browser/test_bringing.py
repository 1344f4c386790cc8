"""A writer brings files in, looks them over, publishes, and takes back; a visitor sees what they should."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from talehouse.exports import epub
from talehouse.exports.book import Book, Chapter, Person
from tests.browser.conftest import OpenPage, Stock
from tests.serving import Serving, until

pytestmark = pytest.mark.browser
MARKDOWN = """---
title: The Short Way
---

# The Gate

It was *open*, as it had been the year before.

# The Path

Nobody had swept it.
"""


LAMP = UUID("6f1c6f6e-0000-4000-8000-000000000001")
CHAPTERS = {"The Lamp": "It burned all night for no one.", "The Dark": "Then it did not burn."}


def epub_file(folder: Path) -> Path:
    """A small book as this house writes them."""
    chapters = tuple(
        Chapter(UUID(int=LAMP.int + number), title, f'<p id="b-1">{text}</p>')
        for number, (title, text) in enumerate(CHAPTERS.items(), 1)
    )
    written = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    book = Book(LAMP, "A Lamp for No One", written, "en", (Person("Wren"),), chapters=chapters)
    path = folder / "lamp.epub"
    path.write_bytes(epub.write(book))
    return path


def test_two_files_come_in_and_one_is_published(
    open_page: OpenPage, stock: Stock, tmp_path: Path, words_file: Callable[[str, str], Path]
) -> None:
    page = open_page(stock.sessions["Reed"])
    page.goto("/write/import/")
    page.set_input_files("input[type=file]", [epub_file(tmp_path), words_file("short-way.md", MARKDOWN)])
    expect(page.locator("[data-drop-list]")).to_contain_text("lamp.epub")
    page.get_by_role("button", name="See what is in them").click()

    agree = page.get_by_role("button", name="Bring it in")
    expect(agree).to_be_visible(timeout=30_000)
    found = page.locator("article.found")
    expect(found).to_have_count(2)
    lamp = found.filter(has_text="A Lamp for No One")
    expect(lamp.locator("tbody tr")).to_have_count(2)
    assert lamp.locator("tbody tr td:nth-child(2) bdi").all_inner_texts() == list(CHAPTERS)
    assert lamp.locator("tbody tr td:nth-child(3)").all_inner_texts() == ["7", "5"]
    lamp.locator("summary", has_text="left out").click()
    expect(lamp.locator(".left-out")).to_contain_text("Contents")
    way = found.filter(has_text="The Short Way")
    expect(way.locator("tbody tr")).to_have_count(2)

    agree.click()
    publish = page.get_by_role("button", name=re.compile(r"^Publish ?: A Lamp"))
    expect(publish).to_be_visible(timeout=30_000)
    visitor = open_page()
    address = page.get_by_role("link", name=re.compile(r"^Open ?: A Lamp")).get_attribute("href")
    assert address is not None
    assert status(visitor, address) == 404, "a private draft until it is published"
    publish.click()
    expect(page.locator("h1")).to_contain_text("A Lamp for No One")
    assert status(visitor, address) == 200
    expect(visitor.locator(".contents")).to_contain_text("The Dark")
    page.goto("/write/")
    expect(page.locator("main")).to_contain_text("The Short Way")


def test_a_broken_file_gets_one_plain_sentence(open_page: OpenPage, stock: Stock, tmp_path: Path) -> None:
    whole = epub_file(tmp_path).read_bytes()
    cut = tmp_path / "broken.epub"
    cut.write_bytes(whole[: len(whole) // 2])
    page = open_page(stock.sessions["Reed"])
    page.goto("/write/import/")
    page.set_input_files("input[type=file]", cut)
    page.get_by_role("button", name="See what is in them").click()
    expect(page.locator("main [role=alert]")).to_contain_text("damaged or cut short", timeout=30_000)
    expect(page.locator("main")).to_contain_text("Nothing was changed.")


def status(page: Page, path: str) -> int:
    """What this browser gets there now."""
    answer = page.goto(path)
    assert answer is not None
    return answer.status


def contents(page: Page, path: str) -> str:
    """The table of contents that this browser sees there now."""
    assert status(page, path) == 200
    return page.locator(".contents").inner_text()


def test_what_is_taken_back_is_gone(open_page: OpenPage, serving: Serving, stock: Stock) -> None:
    lost = stock.stories["lost"]
    visitor, writer = open_page(), open_page(stock.sessions["Wren"])
    for path in (lost["part_urls"][0], lost["url"]):
        assert status(visitor, path) == status(writer, path) == 200
    part = lost["parts"][0]
    serving.python(
        "from talehouse.stories import removing\n"
        "from talehouse.stories.models import Part\n"
        f"part = Part.objects.get(pk={part})\n"
        "by = part.story.roles.get().pen_name.account\n"
        "removing.withdraw(part, by=by)"
    )
    writer.goto(lost["part_urls"][0])
    expect(writer.locator("main")).to_contain_text("it is not published")
    until(lambda: status(visitor, lost["part_urls"][0]) == 404, seconds=5, every=0.2)
    until(lambda: "Here Today" not in contents(visitor, lost["url"]), seconds=5, every=0.2)
    assert "Here Too" in contents(visitor, lost["url"])
    expect(visitor.locator(".contents")).to_contain_text("Here Too")
