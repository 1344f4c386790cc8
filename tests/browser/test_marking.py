"""A reader marks words; the writer edits and moves the paragraph; the mark stays at its words."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Stock
from tests.browser.test_talking import MADE, MOVED, SELECT
from tests.serving import Serving, until

pytestmark = pytest.mark.browser

PAINTED = "() => [...(CSS.highlights.get('mine') ?? [])].map((range) => range.toString())"
FIND = """(words) => {
    const range = [...CSS.highlights.get("mine")].find((one) => one.toString() === words);
    const box = range.getClientRects()[0];
    return [box.left + box.width / 2, box.top + box.height / 2];
}"""


@pytest.fixture(scope="module")
def marked(serving: Serving, stock: Stock) -> dict[str, Any]:
    """A part that these tests mark."""
    made: dict[str, Any] = serving.python(MADE.replace("Talked About", "Marked"))
    return made


def painted(page: Page, *words: str) -> None:
    """Wait until these words, and no others, are painted."""
    page.wait_for_function(f"(wanted) => JSON.stringify(({PAINTED})()) === wanted", arg=_json(words))


def _json(words: tuple[str, ...]) -> str:
    return "[" + ",".join(f'"{one}"' for one in words) + "]"


def mark(page: Page, selector: str, words: str) -> None:
    """Select words and press the tool."""
    expect(page.locator(f"{selector} .bubble")).to_be_attached()
    page.evaluate(SELECT, [selector, words])
    page.get_by_role("button", name="Mark", exact=True).click()


def test_a_mark_follows_its_words(
    open_page: OpenPage, serving: Serving, stock: Stock, marked: dict[str, Any]
) -> None:
    page = open_page(stock.sessions["Reed"])
    page.goto(marked["url"])
    mark(page, "#b-1", "nobody had lit it")
    painted(page, "nobody had lit it")
    expect(page.locator("#talk-bar")).to_be_hidden()
    page.mouse.click(*page.evaluate(FIND, "nobody had lit it"))
    sheet = page.get_by_role("dialog", name="Your marks in this paragraph")
    expect(sheet.locator("blockquote")).to_have_text("nobody had lit it")
    note = sheet.get_by_label("Your note").first
    expect(note).to_be_focused()
    note.fill("Who, then?")
    sheet.get_by_role("button", name="Keep the note").click()
    expect(sheet).to_be_hidden()
    serving.python(MOVED.format(pk=marked["id"]))
    rows = "SELECT how FROM library_highlight WHERE part_id = ?"
    until(lambda: serving.rows(rows, marked["id"]) == [("exact",)], seconds=20)
    page.goto(marked["url"])
    painted(page, "nobody had lit it")
    dot = page.locator("article > p").nth(2).get_by_role("button", name="A mark of yours in this paragraph")
    dot.click()
    expect(sheet.get_by_label("Your note").first).to_have_value("Who, then?")
    page.goto("/library/marks/")
    expect(page.locator("main")).to_contain_text("nobody had lit it")
    page.get_by_role("link", name="In the text").first.click()
    painted(page, "nobody had lit it")
    page.locator(".mark-dot").click()
    sheet.get_by_role("button", name="Take the mark away").click()
    expect(sheet).to_be_hidden()
    expect(page.locator(".mark-dot")).to_have_count(0)
    painted(page)


def test_a_mark_by_keys_alone(open_page: OpenPage, stock: Stock, marked: dict[str, Any]) -> None:
    page = open_page(stock.sessions["Reed"], viewport={"width": 360, "height": 740})
    page.goto(marked["url"])
    expect(page.locator("article .bubble").first).to_be_attached()
    page.keyboard.press("m")
    sheet = page.get_by_role("dialog", name="Your marks in this paragraph")
    note = sheet.get_by_label("Your note")
    expect(note).to_be_focused()
    page.keyboard.type("By keys.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(sheet.get_by_role("button", name="Take the mark away")).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(page.get_by_role("button", name="A mark of yours in this paragraph")).to_be_visible()
    page.keyboard.press("m")
    sheet.get_by_role("button", name="Take the mark away").click()
    expect(sheet).to_be_hidden()


def test_words_that_are_gone_are_refused_in_words(
    open_page: OpenPage, serving: Serving, stock: Stock, marked: dict[str, Any]
) -> None:
    page = open_page(stock.sessions["Reed"])
    page.goto(marked["url"])
    expect(page.locator("article .bubble").first).to_be_attached()
    page.evaluate(
        "document.querySelector('article > p').firstChild.data = 'Nobody ever wrote these words here.'"
    )
    mark(page, "article > p:first-child", "ever wrote these")
    sheet = page.get_by_role("dialog", name="Your marks in this paragraph")
    expect(sheet.get_by_role("alert")).to_contain_text("not in the text any more")
    painted(page)


def test_a_visitor_has_no_tool_for_marks(page: Page, marked: dict[str, Any]) -> None:
    page.goto(marked["url"])
    expect(page.locator("article .bubble").first).to_be_attached()
    page.evaluate(SELECT, ["article > p:first-child", "She sat"])
    expect(page.locator("#talk-here")).to_be_visible()
    expect(page.get_by_role("button", name="Mark", exact=True)).to_have_count(0)


def test_a_list_is_put_in_order_by_its_arrows(open_page: OpenPage, serving: Serving, stock: Stock) -> None:
    numbers = [int(stock.stories[name]["url"].split("/")[2].partition("-")[0]) for name in ("steps", "lost")]
    page = open_page(stock.sessions["Reed"])
    for number in numbers:
        page.goto(f"/library/lists/add/{number}/")
        page.get_by_label("In order").or_(page.get_by_label("A new list", exact=True)).first.check()
        page.get_by_label("Title of the new list").fill("In order")
        page.get_by_role("button", name="Put it there").click()
        expect(page.get_by_role("status")).to_contain_text("In order")
    page.get_by_role("link", name="In order").click()
    expect(page.locator(".list-entries li h3")).to_have_text(["Three Steps", "Taken Back"])
    page.get_by_role("button", name="Move Taken Back up").click()
    expect(page.locator(".list-entries li h3")).to_have_text(["Taken Back", "Three Steps"])
    query = (
        "SELECT s.title FROM library_listentry e JOIN stories_story s ON s.id = e.story_id"
        " JOIN library_readinglist l ON l.id = e.list_id WHERE l.title = ? ORDER BY e.position"
    )
    until(lambda: serving.rows(query, "In order") == [("Taken Back",), ("Three Steps",)])


@pytest.mark.parametrize(("width", "theme"), [(360, "night"), (1440, "paper")])
def test_axe_finds_nothing(
    open_page: OpenPage, stock: Stock, marked: dict[str, Any], width: int, theme: str
) -> None:
    page = open_page(stock.sessions["Reed"], viewport={"width": width, "height": 800})
    page.add_init_script(f"localStorage.setItem('talehouse.reader', '{{\"theme\":\"{theme}\"}}')")
    story = stock.stories["steps"]["url"].split("/")[2].partition("-")[0]
    paths = ["/library/lists/", f"/library/lists/add/{story}/", "/library/hidden/", "/library/marks/"]
    paths += [f"/parts/{marked['id']}/marks/?block=1", f"/stories/{story}/follow-by-mail/", marked["url"]]
    wrong = []
    for path in paths:
        page.goto(path)
        if path == marked["url"]:
            expect(page.locator("article .bubble").first).to_be_attached()
            page.keyboard.press("m")
            expect(page.locator("[data-marks-body] textarea").first).to_be_focused()
        found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        wrong += [f"{path}: {one['id']} {one['nodes'][0]['html'][:120]}" for one in found]
        too_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        wrong += [f"{path} is wider than the window"] if too_wide else []
    assert not wrong, "\n".join(wrong)
