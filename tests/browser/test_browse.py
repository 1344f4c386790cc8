"""Browsing as people do: filter, leave out, go back, keep, follow; on a phone; and without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Stock
from tests.serving import until

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("indexed")]


def facet(page: Page, title: str) -> None:
    """Unfold the facet of this name."""
    one = page.locator("details.facet", has=page.get_by_role("heading", name=title, exact=True))
    if one.get_attribute("open") is None:
        one.locator("summary").click()


def found(page: Page) -> int:
    """How many stories there are, on all pages; other tests may have made more than one page holds."""
    return int(page.locator("p.sum").inner_text().split()[0])


def test_filtering_leaving_out_and_going_back(open_page: OpenPage, stock: Stock) -> None:
    page = open_page()
    page.goto("/browse/")
    everything = found(page)
    facet(page, "Genre")
    page.locator(".facet a.want", has_text="Slice of life").click()
    expect(page.locator(".rows > li")).to_have_count(1)
    assert page.url.endswith("with=genre/slice-of-life")
    expect(page.locator(".chosen a", has_text="Slice of life")).to_be_visible()
    page.go_back()
    until(lambda: found(page) == everything)
    facet(page, "Genre")
    page.get_by_role("link", name="Leave out Slice of life").click()
    until(lambda: found(page) == everything - 1)
    expect(page.get_by_role("link", name="Three Steps", exact=True)).to_have_count(0)
    page.locator(".chosen a", has_text="Slice of life").click()
    until(lambda: found(page) == everything)


def test_words_of_a_text_lead_to_their_block(open_page: OpenPage, stock: Stock) -> None:
    page = open_page()
    page.goto("/browse/")
    page.get_by_role("searchbox").fill('"nobody had lit it"')
    page.get_by_role("searchbox").press("Enter")
    passage = page.locator(".row", has_text="Three Steps").locator(".passage a")
    expect(passage.locator("mark").first).to_be_visible()
    way, _, words = (passage.get_attribute("href") or "").partition(":~:text=")
    assert words == "The%20lamp%20was%20lit%2C%20and-,nobody%20had%20lit%20it"
    block = page.locator(f"#{way.partition('#')[2]}")
    passage.click()
    expect(block).to_be_in_viewport()
    expect(block).to_contain_text("nobody had lit it")
    assert page.evaluate("() => location.href") == way, "scripts of the page see the block alone"
    marked = block.screenshot()
    other, nowhere = open_page(), f"{way}:~:text=no-,such,-words"
    other.goto(nowhere)
    block = other.locator(f"#{way.partition('#')[2]}")
    expect(block).to_be_in_viewport()
    assert marked != (unmarked := block.screenshot()), "the words are marked"
    other.goto("/browse/")
    other.goto(way)
    assert block.screenshot() == unmarked, "and nothing else differs"


def test_words_are_marked_where_somebody_stopped_reading(open_page: OpenPage, stock: Stock) -> None:
    page = open_page(session=stock.sessions["Reed"])
    page.goto("/browse/?q=%22row+120%22")
    way, _, words = (page.locator("[data-passage]").get_attribute("href") or "").partition(":~:text=")
    assert "-,row%20120,-" in words
    number = way.partition("#b-")[2]
    page.goto(way)
    page.locator(f"#b-{number}").evaluate("(block) => scrollBy(0, block.getBoundingClientRect().top - 200)")
    kept = f"""() => localStorage.getItem("talehouse.places")?.includes('"block":"{number}"')"""
    page.wait_for_function(kept)
    page.goto("/browse/?q=%22row+120%22")
    page.locator("[data-passage]").click()
    expect(page.locator(f"#b-{number}")).to_be_in_viewport()
    expect(page.locator(f"#b-{number}")).to_have_attribute("data-here", "You were here")


def test_the_order_is_a_menu(open_page: OpenPage, stock: Stock) -> None:
    page = open_page()
    page.goto("/browse/")
    page.locator(".order summary").click()
    page.locator(".order").get_by_role("link", name="Longest").click()
    expect(page.locator(".order summary")).to_contain_text("Longest")
    assert page.url.endswith("sort=words")


def test_tags_are_offered_while_one_types(open_page: OpenPage, stock: Stock) -> None:
    page = open_page()
    page.goto("/browse/?with=genre/slice-of-life")
    page.get_by_label("With a tag").press_sequentially("sta")
    expect(page.locator("#tags-known option")).to_have_count(1)
    assert page.locator("#tags-known option").get_attribute("value") == "Stairs"
    page.get_by_label("With a tag").fill("Stairs")
    page.get_by_label("With a tag").press("Enter")
    expect(page.locator(".chosen a", has_text="Stairs")).to_be_visible()
    assert page.url.endswith("with=genre/slice-of-life&with=theme/stairs")


@pytest.mark.parametrize("scripts", [True, False])
def test_keeping_a_search_following_it_and_letting_it_hold(
    open_page: OpenPage, stock: Stock, scripts: bool
) -> None:
    page = open_page(stock.sessions["Reed"], java_script_enabled=scripts)
    page.goto("/browse/?without=theme/stairs")
    page.get_by_role("link", name="Keep this search").click()
    name = f"No stairs, {scripts}"
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Keep", exact=True).click()
    panel = page.locator("section.panel", has_text=name)
    panel.get_by_role("button", name="Follow").click()
    expect(page.locator("section.panel", has_text=name).get_by_text("Followed")).to_be_visible()
    panel.get_by_role("button", name="Let it hold everywhere").click()
    expect(page.locator("section.panel", has_text=name).get_by_text("Holds everywhere")).to_be_visible()
    page.goto("/browse/?q=lamp")
    expect(page.get_by_role("link", name="Three Steps", exact=True)).to_have_count(0)
    page.goto("/library/searches/")
    panel.get_by_role("button", name="Remove").click()
    expect(page.locator("section.panel", has_text=name)).to_have_count(0)
    page.goto("/browse/?q=lamp")
    expect(page.get_by_role("link", name="Three Steps", exact=True)).to_have_count(1)


def test_on_a_phone_filters_are_folded(open_page: OpenPage, stock: Stock) -> None:
    page = open_page(viewport={"width": 360, "height": 740})
    page.goto("/browse/")
    filters = page.locator("details[data-filters]")
    expect(filters.get_by_label("With a tag")).to_be_hidden()
    filters.locator("> summary").click()
    expect(filters.get_by_label("With a tag")).to_be_visible()
    facet(page, "Status")
    page.locator(".facet a.want", has_text="In progress").click()
    expect(page.locator(".chosen a", has_text="In progress")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
