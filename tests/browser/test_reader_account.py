"""Reader settings go from device to device with the account; letters that are fetched only when picked."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Stock
from tests.browser.test_reader_settings import choose, open_settings
from tests.serving import until

pytestmark = pytest.mark.browser

KEPT = "() => JSON.parse(localStorage.getItem('talehouse.reader.told') || '{}')"


def theme(page: Page) -> str | None:
    """The theme of the page."""
    found: str | None = page.evaluate("document.documentElement.dataset.theme || null")
    return found


def sent(page: Page) -> bool:
    """Whether the account has heard of everything that was chosen here."""
    told = page.evaluate(KEPT)
    return bool(told.get("seen")) and not told.get("at")


def pick(page: Page, stock: Stock, name: str, value: str) -> None:
    """Choose something on the reading page."""
    page.goto(stock.first("steps"))
    open_settings(page)
    choose(page, name, value)


def test_what_i_choose_here_is_so_there(open_page: OpenPage, stock: Stock) -> None:
    desk, phone = open_page(stock.sessions["Reed"]), open_page(stock.sessions["Reed"])
    pick(desk, stock, "theme", "night")
    until(lambda: sent(desk))
    phone.goto(stock.first("steps"))
    until(lambda: theme(phone) == "night")
    open_settings(phone)
    expect(phone.locator("#reader-settings [name=theme][value=night]")).to_be_checked()
    choose(phone, "theme", "white")
    until(lambda: sent(phone))
    desk.goto("/preferences/")
    until(lambda: theme(desk) == "white")
    expect(desk.locator("[data-settings] [name=theme][value=white]")).to_be_checked()


def test_what_was_chosen_without_a_connection_arrives_and_the_newest_counts(
    open_page: OpenPage, stock: Stock
) -> None:
    desk, phone = open_page(stock.sessions["Reed"]), open_page(stock.sessions["Reed"])
    desk.goto(stock.first("steps"))
    desk.context.set_offline(True)
    open_settings(desk)
    choose(desk, "theme", "dusk")
    assert not sent(desk)
    pick(phone, stock, "theme", "paper")
    until(lambda: sent(phone))
    desk.context.set_offline(False)
    until(lambda: sent(desk))
    until(lambda: theme(desk) == "paper")


def test_a_device_may_keep_its_own(open_page: OpenPage, stock: Stock) -> None:
    desk, reader = open_page(stock.sessions["Wren"]), open_page(stock.sessions["Wren"])
    pick(desk, stock, "alone", "on")
    choose(desk, "theme", "night")
    pick(reader, stock, "theme", "white")
    until(lambda: sent(reader))
    desk.reload()
    open_settings(desk)
    expect(desk.locator("#reader-settings [name=alone]")).to_be_checked()
    assert theme(desk) == "night"
    choose(desk, "alone", "on")
    until(lambda: theme(desk) == "white")


def test_a_visitor_is_told_of_no_account(page: Page, stock: Stock) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    pick(page, stock, "theme", "night")
    expect(page.locator("[name=alone]")).to_have_count(0)
    page.reload()
    assert theme(page) == "night"
    assert not [url for url in asked if "/settings/" in url]


def test_letters_that_are_easier_are_fetched_once_they_are_picked(page: Page, stock: Stock) -> None:
    fonts: list[str] = []
    page.on("request", lambda request: fonts.append(request.url) if ".ttf" in request.url else None)
    page.goto(stock.first("steps"))
    open_settings(page)
    page.evaluate("document.fonts.ready")
    assert fonts == []
    choose(page, "font", "easy")
    until(lambda: page.evaluate("[...document.fonts].some((font) => font.status === 'loaded')"))
    assert fonts and all("/static/fonts/AtkinsonHyperlegible-" in url for url in fonts)


def test_bubbles_can_be_hidden(page: Page, stock: Stock) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(stock.first("steps"))
    bubble = page.locator("article .bubble").first
    expect(bubble).to_be_visible()
    open_settings(page)
    choose(page, "bubbles", "off")
    expect(bubble).to_be_hidden()
