"""A visitor arrives by a link and reads on: text at once, no cookie, and the markup that others rely on."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Stock
from tests.serving import Serving

pytestmark = pytest.mark.browser
COUNTERS = {"ReadAction", "LikeAction", "CommentAction"}


def json_ld(page: Page) -> list[dict[str, Any]]:
    """Every JSON-LD thing of a page."""
    texts = page.locator("script[type='application/ld+json']").all_text_contents()
    found = [json.loads(text) for text in texts]
    return [thing for one in found for thing in (one if isinstance(one, list) else one.get("@graph", [one]))]


def counters(thing: dict[str, Any]) -> set[str]:
    """Which counters a thing shows; each has a whole number."""
    told = thing["interactionStatistic"]
    assert all(isinstance(one["userInteractionCount"], int) for one in told)
    kinds = [one["interactionType"] for one in told]
    return {(kind["@type"] if isinstance(kind, dict) else kind).rpartition("/")[2] for kind in kinds}


def test_from_home_to_the_next_part(page: Page, stock: Stock) -> None:
    page.goto("/")
    page.locator("main a[href^='/stories/']").first.click()
    expect(page.locator("h1")).to_be_visible()
    page.goto(stock.stories["steps"]["url"])
    page.get_by_role("link", name="Start reading").click()
    expect(page.locator("article[data-part]")).to_contain_text("The lamp was lit")
    expect(page.locator("h1")).to_contain_text("First Step")
    page.locator("[data-next]").click()
    expect(page.locator("h1")).to_contain_text("Second Step")
    page.keyboard.press("j")
    expect(page.locator("h1")).to_contain_text("Third Step")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("h1")).to_contain_text("Second Step")
    page.keyboard.press("ArrowRight")
    expect(page.locator("h1")).to_contain_text("Third Step")
    page.keyboard.press("k")
    expect(page.locator("h1")).to_contain_text("Second Step")
    page.keyboard.press("t")
    expect(page.locator("h1")).to_contain_text("Three Steps")


def test_reading_sets_no_cookie(page: Page, stock: Stock) -> None:
    for path in ("/", "/browse/", stock.stories["steps"]["url"], stock.first("steps"), "/about/counting/"):
        page.goto(path)
    assert page.context.cookies() == []


def test_the_text_is_there_before_any_script_and_covered_by_nothing(page: Page, stock: Stock) -> None:
    page.goto(stock.long_part, wait_until="commit")
    first = page.locator("article[data-part] > *").first
    expect(first).to_be_in_viewport()
    on_top = page.evaluate(
        """() => {
            const block = document.querySelector("article[data-part] > *");
            const box = block.getBoundingClientRect();
            return block.contains(document.elementFromPoint(box.left + box.width / 2, box.top + 8));
        }"""
    )
    assert on_top
    assert page.locator("dialog[open]").count() == 0


def test_every_block_is_a_direct_child_of_the_article_with_an_id(page: Page, stock: Stock) -> None:
    page.goto(stock.long_part)
    article = page.locator("article[data-part]")
    assert article.get_attribute("data-part") == stock.long_part.split("/")[2].split("-")[0]
    ids = article.evaluate("(article) => [...article.children].map((child) => child.id)")
    assert len(ids) > 30
    assert all(name.startswith("b-") and len(name) > 2 for name in ids)
    assert len(set(ids)) == len(ids)


def test_a_part_tells_machines_what_it_is(page: Page, stock: Stock) -> None:
    page.goto(stock.first("steps"))
    chapter = next(thing for thing in json_ld(page) if thing["@type"] == "Chapter")
    assert counters(chapter) == COUNTERS
    assert chapter["name"] == "First Step"


def test_a_story_tells_machines_what_it_is(page: Page, stock: Stock) -> None:
    page.goto(stock.stories["steps"]["url"])
    book = next(thing for thing in json_ld(page) if thing["@type"] == "Book")
    assert counters(book) == COUNTERS
    assert book["name"] == "Three Steps"


def test_an_address_without_its_slug_leads_to_the_right_one(page: Page, stock: Stock) -> None:
    for right in (stock.stories["steps"]["url"], stock.first("steps")):
        for given in (right.partition("-")[0] + "/", right.partition("-")[0] + "-an-older-title/"):
            page.goto(given)
            assert page.url.endswith(right)


def test_an_adult_part_asks_first_and_shows_itself_once(page: Page, stock: Stock) -> None:
    page.goto(stock.first("dark"))
    assert page.locator("article[data-part]").count() == 0
    page.get_by_role("link", name="Show this once").click()
    expect(page.locator("article[data-part]")).to_contain_text("The lamp was lit")


def test_the_blocking_script_is_small_and_a_first_visit_light(
    open_page: OpenPage, serving: Serving, stock: Stock
) -> None:
    page = open_page()
    watcher = page.context.new_cdp_session(page)
    weights: list[float] = []
    asked: list[str] = []
    watcher.on("Network.requestWillBeSent", lambda event: asked.append(event["request"]["url"]))
    watcher.on("Network.loadingFinished", lambda event: weights.append(event["encodedDataLength"]))
    watcher.send("Network.enable")
    page.goto(stock.long_part, wait_until="networkidle")
    loaded = [url for url in asked if not url.startswith("data:")]
    assert len(loaded) <= 6, loaded
    assert sum(weights) <= 60 * 1024, dict(zip(loaded, weights, strict=False))
    assert page.locator("article[data-part]").inner_text().count(" ") > 1900
    blocking = page.locator("script[src]:not([type=module]):not([async]):not([defer])")
    sources = [str(one.get_attribute("src")) for one in blocking.all()]
    assert sum(len(serving.get(source).text.encode()) for source in sources) < 1024, sources
