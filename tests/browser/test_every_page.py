"""Laws of every page: axe finds nothing, nothing is wider than the window, and no inline script or style."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Stock, first_part
from tests.serving import Begin, Serving

pytestmark = pytest.mark.browser

WIDTHS = (360, 1440)
THEMES = ("paper", "night", "white", "dusk")
IN_ALL_THEMES = {"home", "story", "part"}
VISITOR = {
    "home": "/",
    "browse": "/browse/",
    "browse with a tag": "/browse/?kind=theme&tag=stairs",
    "a search": "/browse/?q=lamp&without=warning/death&with=genre/slice-of-life",
    "a wrong search": "/browse/?q=words:many",
    "browse for nothing": "/browse/?tag=there+is+no+such+tag",
    "person": "/people/wren/",
    "rankings": "/rankings/",
    "a ranking": "/rankings/fresh/",
    "collections": "/collections/",
    "about": "/about/",
    "feeds": "/feeds/",
    "counting": "/about/counting/",
    "preferences": "/preferences/",
    "kept on this device": "/offline/",
    "sign in": "/accounts/login/",
    "sign up": "/accounts/signup/",
    "404": "/nothing/here/",
    "405": "/beacon/read/",
}
WRITER = {
    "desk": "/write/",
    "for you": "/library/for-you/",
    "a search of mine": "/browse/?q=lamp&without=warning/death",
    "searches": "/library/searches/",
    "keep a search": "/library/searches/keep/?q=lamp&without=theme/stairs",
    "bring in": "/write/import/",
    "sign out": "/accounts/logout/",
    "e-mail": "/accounts/email/",
    "password": "/accounts/password/change/",
    "settings": "/settings/",
    "pen names": "/settings/pen-names/",
    "closing": "/settings/close/",
}
HOST = {"setup": "/host/setup/", "host": "/host/", "host's collections": "/host/collections/"}
AXE = {"resultTypes": ["violations"]}
COLOURS = {**AXE, "runOnly": ["color-contrast", "link-in-text-block"]}


def addresses(serving: Serving, stock: Stock) -> dict[str, str]:
    """Pages whose address depends on what stands in the archive."""
    number, slug = serving.rows("SELECT id, slug FROM stories_series WHERE title = 'The Stairwell'")[0]
    return {
        "story": stock.stories["steps"]["url"],
        "part": stock.first("steps"),
        "a long part": stock.long_part,
        "an Arabic part": first_part(serving, "ar"),
        "notice": stock.first("dark"),
        "tag": "/tags/theme/stairs/",
        "series": f"/series/{number}-{slug}/",
    }


def faults(page: Page, name: str) -> list[str]:
    """What axe finds in this page in each theme, and whether something is wider than the window.

    The first theme is looked at with all rules, the others for their colours, since only those differ.
    """
    found = [f"{name} at {page.viewport_size}: {wide}" for wide in too_wide(page)]
    page.evaluate(Axe().axe_script)
    for number, theme in enumerate(THEMES if name in IN_ALL_THEMES else THEMES[:2]):
        page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
        for one in page.evaluate("(options) => axe.run(options)", COLOURS if number else AXE)["violations"]:
            nodes = [f"{node['target']} {node['failureSummary']}" for node in one["nodes"]]
            found.append(f"{name} at {page.viewport_size} in {theme}: {one['id']}: {nodes[:4]}")
    return found


def too_wide(page: Page) -> list[str]:
    """What sticks out, if the page can be moved sideways."""
    told: list[str] = page.evaluate(
        """() => {
            const wide = document.documentElement.scrollWidth, window_ = document.documentElement.clientWidth;
            if (wide <= window_) return [];
            const out = [...document.querySelectorAll("body *")]
                .filter((one) => one.getBoundingClientRect().right > window_ + 1);
            return [`${wide} px wide: ${out.slice(0, 3).map((one) => one.outerHTML.slice(0, 90))}`];
        }"""
    )
    return told


def look(page: Page, pages: dict[str, str]) -> list[str]:
    """What is wrong with any of these pages at any width."""
    found: list[str] = []
    for name, path in pages.items():
        page.set_viewport_size({"width": WIDTHS[0], "height": 800})
        page.goto(path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            found += faults(page, name)
    return found


@pytest.fixture
def still(open_page: OpenPage) -> Callable[..., Page]:
    """Opens pages in which nothing moves, so that no colour is met half-way."""
    return lambda session="", **options: open_page(session, reduced_motion="reduce", **options)


def judge(found: list[str]) -> None:
    """Fail with everything that was found."""
    assert not found, "\n" + "\n".join(found)


def test_what_a_visitor_sees(
    still: Callable[..., Page], serving: Serving, stock: Stock, indexed: None
) -> None:
    judge(look(still(), {**VISITOR, **addresses(serving, stock)}))


def test_what_a_writer_sees(still: Callable[..., Page], stock: Stock) -> None:
    judge(look(still(stock.sessions["Wren"]), {**WRITER, "part": stock.first("steps"), "home": "/"}))


def test_what_the_host_sees(still: Callable[..., Page], stock: Stock) -> None:
    judge(look(still(stock.sessions["Keeper"]), HOST))


def test_the_welcome_page(still: Callable[..., Page], begin: Begin) -> None:
    house = begin()
    house.start("--no-demo")
    page = still(base_url=house.url)
    judge(look(page, {"welcome": house.welcome, "an empty home": "/", "an empty list": "/browse/"}))


def test_the_steps_of_bringing_in(
    still: Callable[..., Page], stock: Stock, words_file: Callable[[str, str], Path]
) -> None:
    page = still(stock.sessions["Wren"])
    page.goto("/write/import/")
    page.set_input_files(
        "input[type=file]", words_file("steps.md", "# One\n\nA step.\n\n# Two\n\nAnother.\n")
    )
    page.get_by_role("button", name="See what is in them").click()
    expect(page.get_by_role("button", name="Bring it in")).to_be_visible(timeout=30_000)
    found = look(page, {"preview": page.url})
    page.get_by_role("button", name="Bring it in").click()
    expect(page.get_by_role("link", name=re.compile("^Open"))).to_be_visible(timeout=30_000)
    judge(found + look(page, {"done": page.url}))


def test_the_locked_door(still: Callable[..., Page], stock: Stock) -> None:
    page = still(stock.sessions["Reed"])
    page.goto("/preferences/")
    page.context.clear_cookies(name="csrf")
    page.locator("main form button").first.click()
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += faults(page, "403")
    expect(page.locator("h1")).to_contain_text("This door is locked")
    judge(found)


def test_the_open_settings_and_menus(still: Callable[..., Page], stock: Stock) -> None:
    page = still(stock.sessions["Wren"])
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(stock.first("steps"))
        page.locator("[data-opens]").click()
        found += faults(page, "part")
        page.keyboard.press("Escape")
        page.locator("details[data-menu] summary").click()
        found += faults(page, "part")
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        found += faults(page, "part")
    judge(found)


def test_the_way_that_one_is_on_is_in_view_on_a_phone(still: Callable[..., Page], stock: Stock) -> None:
    page = still(stock.sessions["Wren"], viewport={"width": 360, "height": 800})
    number = stock.stories["steps"]["url"].split("/")[2].split("-")[0]
    for path in (
        "/library/settings/",
        f"/write/stories/{number}/replace/",
    ):
        page.goto(path)
        expect(page.locator("[data-row] [aria-current]")).to_be_in_viewport(ratio=1)


def test_twice_as_large_nothing_sticks_out(
    still: Callable[..., Page], serving: Serving, stock: Stock
) -> None:
    """A window of 360 px at a zoom of 200 % has 180 CSS px for the page."""
    page = still()
    found = []
    for name, path in {**VISITOR, **addresses(serving, stock)}.items():
        page.set_viewport_size({"width": 180, "height": 320})
        page.goto(path)
        found += [f"{name} at 180 px: {wide}" for wide in too_wide(page)]
    judge(found)


TWO_STEPS = "# One\n\nA step.\n\n# Two\n\nAnother.\n"
INLINE = re.compile(r"<style|<[a-z][^<>]*\s(?:style|on[a-z]+)\s*=|javascript:", re.IGNORECASE)
SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<body>.*?)</script>", re.IGNORECASE | re.DOTALL)


def test_no_page_holds_a_script_or_a_style_of_its_own(serving: Serving, stock: Stock) -> None:
    pages = {**VISITOR, **addresses(serving, stock)}
    asked = [("", path) for path in pages.values()]
    asked += [(stock.sessions["Wren"], path) for path in (*WRITER.values(), stock.first("steps"))]
    asked += [(stock.sessions["Keeper"], path) for path in HOST.values()]
    for session, path in asked:
        answer = serving.get(path, Cookie=f"session={session}" if session else "")
        assert "<h1" in answer.text, path
        without_data = SCRIPT.sub(data_only, answer.text)
        assert not INLINE.search(without_data), (path, INLINE.search(without_data))
        assert "unsafe" not in answer.headers["content-security-policy"], path


def data_only(found: re.Match[str]) -> str:
    """Nothing, for a script that is data or a file; else the script, so that it is found."""
    if re.search(r'type="application/(ld\+)?json"', found["attributes"]):
        assert isinstance(json.loads(found["body"]), (dict, list))
        return ""
    return "" if not found["body"].strip() and "src=" in found["attributes"] else "<style"
