"""What a reader chooses for their eyes and hands: settings that stay, themes, keys, focus."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Stock

pytestmark = pytest.mark.browser

AT_FIRST_SIGHT = """new MutationObserver((_, watcher) => {
    if (!document.body) return;
    watcher.disconnect();
    window.atFirstSight = { ...document.documentElement.dataset };
}).observe(document, { childList: true, subtree: true });"""

LOOKS = """() => {
    const look = getComputedStyle(document.querySelector("article[data-part] > p:nth-of-type(2)"));
    const article = document.querySelector("article[data-part]");
    return {
        background: getComputedStyle(document.body).backgroundColor,
        root: getComputedStyle(document.documentElement).backgroundColor,
        family: look.fontFamily, size: parseFloat(look.fontSize), leading: parseFloat(look.lineHeight),
        width: article.getBoundingClientRect().width, indent: parseFloat(look.textIndent),
    };
}"""


def looks(page: Page) -> dict[str, Any]:
    """How the text looks now."""
    found: dict[str, Any] = page.evaluate(LOOKS)
    return found


def open_settings(page: Page) -> None:
    """Open the sheet as a person does."""
    page.locator("[data-opens]").click()
    expect(page.locator("#reader-settings")).to_be_visible()


def choose(page: Page, name: str, value: str) -> None:
    """Choose one thing in the sheet."""
    field = page.locator(f"#reader-settings [name={name}]")
    if field.first.get_attribute("type") == "range":
        field.fill(value)
    else:
        page.locator(f"#reader-settings label:has([name={name}][value='{value}'])").click()


def test_settings_apply_at_once_and_stay(page: Page, stock: Stock) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.add_init_script(AT_FIRST_SIGHT)
    page.goto(stock.long_part)
    before = looks(page)
    open_settings(page)
    wanted = {"theme": "night", "font": "sans", "size": "6", "leading": "5", "width": "wide", "gap": "space"}
    for name, value in wanted.items():
        choose(page, name, value)
    page.keyboard.press("Escape")
    expect(page.locator("#reader-settings")).to_be_hidden()
    after = looks(page)
    assert after["size"] > before["size"]
    assert after["leading"] / after["size"] > before["leading"] / before["size"]
    assert after["width"] > before["width"]
    assert after["family"] != before["family"]
    assert after["indent"] == 0 < before["indent"]
    assert (after["background"], after["root"]) != (before["background"], before["root"])
    page.reload()
    assert looks(page) == after
    assert page.evaluate("window.atFirstSight") == wanted, "set before the first paint: nothing flashes"
    page.goto("/")
    assert page.evaluate("document.documentElement.dataset.theme") == "night"


def test_without_a_choice_the_system_decides(open_page: OpenPage, stock: Stock) -> None:
    backgrounds = []
    for scheme in ("light", "dark"):
        page = open_page(color_scheme=scheme)
        page.goto(stock.long_part)
        assert page.evaluate("document.documentElement.dataset.theme") is None
        backgrounds.append((looks(page)["background"], looks(page)["root"]))
    assert backgrounds[0] != backgrounds[1]


def test_four_themes_are_four(page: Page, stock: Stock) -> None:
    page.goto(stock.long_part)
    open_settings(page)
    seen = set()
    for theme in ("paper", "white", "dusk", "night"):
        choose(page, "theme", theme)
        seen.add((looks(page)["background"], looks(page)["root"]))
    assert len(seen) == 4
    choose(page, "theme", "")
    assert page.evaluate("document.documentElement.dataset.theme") is None


def test_the_question_mark_shows_the_keys_and_escape_closes_them(page: Page, stock: Stock) -> None:
    page.goto(stock.long_part)
    page.keyboard.press("?")
    expect(page.locator("dialog#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog#keys")).to_be_hidden()


def test_keys_leave_forms_alone(page: Page, stock: Stock) -> None:
    page.goto(stock.first("steps"))
    open_settings(page)
    page.locator("#reader-settings [name=size]").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("j")
    assert page.url.endswith(stock.first("steps"))


def test_the_settings_work_by_keyboard_alone(page: Page, stock: Stock) -> None:
    page.goto(stock.first("steps"))
    page.locator("[data-opens]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#reader-settings")).to_be_visible()
    assert page.evaluate("document.activeElement.closest('#reader-settings') !== null")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.hasAttribute('data-opens')")


def test_the_first_tab_skips_to_the_text(page: Page, stock: Stock) -> None:
    for path in ("/", stock.first("steps")):
        page.goto(path)
        page.keyboard.press("Tab")
        link = page.locator("a.skip")
        expect(link).to_be_focused()
        expect(link).to_be_in_viewport()
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()


def test_focus_walks_in_the_order_of_the_page_and_can_be_seen(page: Page, stock: Stock) -> None:
    page.goto(stock.first("steps"))
    tops: list[float] = []
    for _step in range(6):
        page.keyboard.press("Tab")
        told = page.evaluate(
            """() => {
                const one = document.activeElement, look = getComputedStyle(one);
                return {
                    at: [...document.querySelectorAll("a, button, summary, input")].indexOf(one),
                    shown: look.outlineStyle !== "none" || look.boxShadow !== "none",
                };
            }"""
        )
        tops.append(told["at"])
        assert told["shown"]
    assert tops == sorted(tops)
