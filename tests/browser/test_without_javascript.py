"""Everything works without JavaScript (law 7): reading, browsing, wishes, sign-in, bringing a story in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, OpenPage, Stock

pytestmark = pytest.mark.browser


@pytest.fixture
def plain(open_page: OpenPage) -> Page:
    """A page of a browser that runs no script."""
    return open_page(java_script_enabled=False)


def sign_in(page: Page, name: str) -> None:
    """Fill in the form."""
    page.get_by_label("Email").fill(f"{name.lower()}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main form button:not([type=button])").first.click()


def test_reading_from_home_to_the_last_part(plain: Page, stock: Stock, indexed: None) -> None:
    plain.goto("/")
    plain.get_by_role("link", name="Browse", exact=True).first.click()
    plain.get_by_role("searchbox", name="Search stories").fill("Three Steps")
    plain.get_by_role("button", name="Search").click()
    plain.locator(".order summary").click()
    plain.get_by_role("link", name="Newest").click()
    plain.locator("main .rows").get_by_role("link", name="Three Steps", exact=True).click()
    plain.get_by_role("link", name="Start reading").click()
    for title in ("First Step", "Second Step", "Third Step"):
        expect(plain.locator("h1")).to_contain_text(title)
        expect(plain.locator("article[data-part]")).to_contain_text("She sat down beside it")
        plain.locator("nav.turn a").first.click()
    expect(plain.locator("h1")).to_contain_text("Three Steps")


def test_browsing_by_tag_status_and_order(plain: Page, stock: Stock, indexed: None) -> None:
    plain.goto("/browse/")
    plain.get_by_label("With a tag").fill("Stairs")
    plain.get_by_role("button", name="Add", exact=True).click()
    rows = plain.locator(".rows > li")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Three Steps")
    plain.goto("/browse/?sort=words")
    words = [int(text.replace(",", "")) for text in word_counts(plain)]
    assert len(words) > 3
    assert words == sorted(words, reverse=True)
    plain.locator(".facet", has_text="Status").locator("summary").click()
    plain.get_by_role("link", name="Complete", exact=False).first.click()
    assert "with=status/complete" in plain.url
    badges = plain.locator(".rows .side .badge").all_text_contents()
    assert badges and set(badges) == {"Complete"}


def word_counts(page: Page) -> list[str]:
    """The numbers of words as the rows show them, in full."""
    texts = page.locator(".rows .side p:has-text('words')").all_text_contents()
    return [text.rpartition("·")[2].split()[0] for text in texts]


def test_wishes_are_kept_by_an_ordinary_form(plain: Page, stock: Stock) -> None:
    plain.goto("/preferences/")
    expect(plain.get_by_text("These need JavaScript")).to_be_visible()
    plain.get_by_label("Everything, explicit too").check()
    plain.get_by_role("button", name="Keep this").click()
    expect(plain.get_by_label("Everything, explicit too")).to_be_checked()
    plain.goto(stock.first("dark"))
    expect(plain.locator("article[data-part]")).to_contain_text("The lamp was lit")


def test_signing_in_and_out(plain: Page, stock: Stock) -> None:
    plain.goto(stock.first("steps"))
    plain.get_by_role("link", name="Sign in").first.click()
    sign_in(plain, "Reed")
    assert plain.url.endswith(stock.first("steps")), "back where one came from"
    expect(plain.get_by_role("link", name="Sign in")).to_have_count(0)
    plain.goto("/accounts/logout/")
    plain.get_by_role("main").get_by_role("button", name="Sign out").click()
    plain.goto("/")
    expect(plain.get_by_role("link", name="Sign in").first).to_be_visible()


def test_a_wrong_password_is_said_and_the_address_kept(plain: Page, stock: Stock) -> None:
    plain.goto("/accounts/login/")
    plain.get_by_label("Email").fill("reed@example.org")
    plain.get_by_label("Password").fill("not the password")
    plain.locator("main form button:not([type=button])").first.click()
    expect(plain.locator("main")).to_contain_text("are not correct")
    expect(plain.get_by_label("Email")).to_have_value("reed@example.org")


def test_bringing_a_story_in(
    open_page: OpenPage, stock: Stock, words_file: Callable[[str, str], Path]
) -> None:
    page = open_page(stock.sessions["Reed"], java_script_enabled=False)
    page.goto("/write/import/")
    page.set_input_files("input[type=file]", words_file("plainly.md", "# Plainly\n\nIt was said plainly.\n"))
    page.get_by_role("button", name="See what is in them").click()
    for _look in range(60):
        if page.get_by_role("button", name="Bring it in").count():
            break
        page.wait_for_timeout(250)
        page.get_by_role("link", name="Look now").click()
    expect(page.locator("main")).to_contain_text("Plainly")
    page.get_by_role("button", name="Throw this away").click()
    expect(page.locator("main")).to_contain_text("Bring a story in")
