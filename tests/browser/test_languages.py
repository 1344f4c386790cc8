"""The interface in two languages, and texts in their own language and direction."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Stock, first_part
from tests.serving import Serving

pytestmark = pytest.mark.browser


def test_the_pages_come_in_the_language_that_one_chose(page: Page, stock: Stock) -> None:
    page.goto("/preferences/")
    page.get_by_label("Language of the pages").select_option("es")
    page.locator("main form button").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    for path in ("/", "/browse/", stock.stories["steps"]["url"], stock.first("steps"), "/about/counting/"):
        page.goto(path)
        expect(page.locator("html")).to_have_attribute("lang", "es")
    page.goto(stock.stories["steps"]["url"])
    expect(page.get_by_role("link", name="Empezar a leer")).to_be_visible()
    expect(page.locator("h1")).to_have_attribute("lang", "en")
    page.goto("/preferences/")
    page.locator("#language").select_option("en")
    page.locator("main form button").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_without_a_choice_the_browser_decides(open_page: OpenPage, stock: Stock) -> None:
    for locale, language in (("es-MX", "es"), ("en-GB", "en"), ("ja-JP", "en")):
        page = open_page(locale=locale)
        page.goto(stock.first("steps"))
        expect(page.locator("html")).to_have_attribute("lang", language)


def test_a_text_from_right_to_left_says_so(page: Page, serving: Serving) -> None:
    page.goto(first_part(serving, "ar"))
    article = page.locator("article[data-part]")
    expect(article).to_have_attribute("lang", "ar")
    expect(article).to_have_attribute("dir", "rtl")
    expect(page.locator("html")).to_have_attribute("dir", "ltr")
    sides = article.evaluate(
        """(article) => {
            const range = document.createRange();
            range.selectNodeContents(article.lastElementChild);
            range.setEndBefore(article.lastElementChild.querySelector("noscript"));
            const lines = [...range.getClientRects()], box = article.getBoundingClientRect();
            return [box.right - lines.at(-1).right, lines.at(-1).left - box.left];
        }"""
    )
    assert sides[0] < sides[1], "the last line ends on the left"


def test_a_japanese_text_says_so(page: Page, serving: Serving) -> None:
    page.goto(first_part(serving, "ja"))
    expect(page.locator("article[data-part]")).to_have_attribute("lang", "ja")
    page.locator("[data-contents]").click()
    expect(page.locator(".contents").first).to_be_visible()
    expect(page.locator("h1")).to_have_attribute("lang", "ja")
