"""On paper a part looks like pages of a book: the text, who wrote it and where it is from, no interface."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Stock

pytestmark = pytest.mark.browser

A5 = (420, 595)
"""Points, rounded."""
INTERFACE = (
    "header.top",
    "[data-line]",
    "#vote",
    ".turn",
    ".said",
    "#reader-settings",
    "#aloud",
    "footer.foot",
)


def test_only_the_book_is_printed(page: Page, stock: Stock) -> None:
    page.goto(stock.first("steps"))
    expect(page.locator(".colophon")).to_be_hidden()
    page.emulate_media(media="print")
    for part in INTERFACE:
        expect(page.locator(part)).to_be_hidden()
    for part in ("h1", "article[data-part]", ".colophon"):
        expect(page.locator(part)).to_be_visible()
    expect(page.locator(".colophon")).to_contain_text(stock.first("steps"))
    look = "(one) => { const look = getComputedStyle(one); return [look.textAlign, look.color]; }"
    assert page.locator("article[data-part]").evaluate(look) == ["justify", "rgb(0, 0, 0)"]
    byline = page.locator(".head p a").first
    assert byline.evaluate("(one) => getComputedStyle(one).textDecorationLine") == "none"


def test_the_light_of_the_reader_is_not_printed(page: Page, stock: Stock) -> None:
    page.goto(stock.first("steps"))
    page.evaluate("document.documentElement.dataset.theme = 'night'")
    page.emulate_media(media="print")
    background = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(background) == "rgb(255, 255, 255)"


def test_pages_have_the_size_of_a_book(page: Page, stock: Stock) -> None:
    page.goto(stock.long_part)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", page.pdf(prefer_css_page_size=True))
    assert len(boxes) > 4
    assert {(round(float(width)), round(float(height))) for width, height in boxes} == {A5}
