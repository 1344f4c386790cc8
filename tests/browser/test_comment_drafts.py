"""What somebody writes for a comment stays on their device until the archive has it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Stock
from tests.browser.test_talking import MADE
from tests.serving import Serving

pytestmark = pytest.mark.browser

WORDS = "Who lit it, then?"


@pytest.fixture(scope="module")
def talked(serving: Serving, stock: Stock) -> dict[str, Any]:
    """A part that these tests talk about."""
    made: dict[str, Any] = serving.python(MADE.replace("Talked About", "Begun"))
    return made


def sheet(page: Page, talked: dict[str, Any]) -> Any:
    """The field for a comment on the first paragraph, in the sheet."""
    page.goto(talked["url"])
    expect(page.locator("article .bubble").first).to_be_attached()
    page.keyboard.press("c")
    area = page.locator("#talk-sheet textarea").first
    expect(area).to_be_focused()
    return area


def sign_in(page: Page, serving: Serving, session: str) -> None:
    page.context.add_cookies([{"name": "session", "value": session, "url": serving.url}])


def test_a_session_that_ends_before_the_sheet_is_sent_loses_no_word(
    open_page: OpenPage, serving: Serving, stock: Stock, talked: dict[str, Any]
) -> None:
    page = open_page(stock.sessions["Reed"])
    sheet(page, talked).fill(WORDS)
    page.context.clear_cookies(name="session")
    page.locator("#talk-sheet form[data-say]").first.get_by_role("button", name="Send").click()
    expect(page.locator("#talk-sheet #unsent")).to_have_value(WORDS)
    sign_in(page, serving, stock.sessions["Reed"])
    expect(sheet(page, talked)).to_have_value(WORDS)
    page.locator("#talk-sheet form[data-say]").first.get_by_role("button", name="Send").click()
    expect(page.locator("#talk-sheet .comment")).to_contain_text(WORDS)
    expect(page.locator("#talk-sheet textarea").first).to_have_value("")
    expect(sheet(page, talked)).to_have_value("")


def test_what_is_no_refusal_of_a_comment_leaves_the_sheet_as_it_is(
    open_page: OpenPage, stock: Stock, talked: dict[str, Any]
) -> None:
    """So does a page whose key ran out."""
    page = open_page(stock.sessions["Reed"])
    area = sheet(page, talked)
    area.fill(WORDS)
    page.context.clear_cookies(name="csrf")
    page.locator("#talk-sheet form[data-say]").first.get_by_role("button", name="Send").click()
    expect(page.locator("#talk-sheet [role=alert]")).to_contain_text("Your words are still here")
    expect(area).to_have_value(WORDS)
    expect(sheet(page, talked)).to_have_value(WORDS)


def test_a_session_that_ends_before_the_page_of_comments_is_sent_loses_no_word(
    open_page: OpenPage, serving: Serving, stock: Stock, talked: dict[str, Any]
) -> None:
    page = open_page(stock.sessions["Reed"])
    path = f"/parts/{talked['id']}/comments/"
    page.goto(path)
    page.locator("#say").fill(WORDS)
    page.context.clear_cookies(name="session")
    page.get_by_role("button", name="Send").first.click()
    expect(page.locator("#unsent")).to_have_value(WORDS)
    sign_in(page, serving, stock.sessions["Reed"])
    page.goto(path)
    expect(page.locator("#say")).to_have_value(WORDS)
    page.get_by_role("button", name="Send").first.click()
    expect(page.locator(".comment", has_text=WORDS).first).to_be_visible()
    expect(page.locator("#say")).to_have_value("")


def test_a_change_that_was_not_sent_stays(
    open_page: OpenPage, serving: Serving, stock: Stock, talked: dict[str, Any]
) -> None:
    page = open_page(stock.sessions["Reed"])
    page.goto(f"/parts/{talked['id']}/comments/")
    page.locator("#say").fill("The first words.")
    page.get_by_role("button", name="Send").first.click()
    page.wait_for_url("**#c-*")
    path = f"/comments/{page.url.rpartition('#c-')[2]}/edit/"
    area = page.get_by_label("Your comment")
    page.goto(path)
    area.fill("Other words.")
    page.context.clear_cookies(name="session")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#unsent")).to_have_value("Other words.")
    sign_in(page, serving, stock.sessions["Reed"])
    page.goto(path)
    expect(area).to_have_value("Other words.")
    page.get_by_role("link", name="Leave it as it is").click()
    page.goto(path)
    expect(area).to_have_value("The first words.")
    area.fill("Better words.")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**#c-*")
    page.goto(path)
    expect(area).to_have_value("Better words.")
    assert "Better" not in json.dumps(page.evaluate("({...sessionStorage, ...localStorage})"))


SESSION = """
import json
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from talehouse.accounts.models import PenName

account = PenName.objects.get(name="Reed").account
session = SessionStore()
session[SESSION_KEY] = str(account.pk)
session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
session[HASH_SESSION_KEY] = account.get_session_auth_hash()
session.create()
print(json.dumps(session.session_key))
"""
OLDER = """(days) => {
    const name = "talehouse.comments.drafts";
    const kept = JSON.parse(localStorage.getItem(name));
    for (const one of Object.values(kept)) one.at -= days * 24 * 60 * 60 * 1000;
    localStorage.setItem(name, JSON.stringify(kept));
}"""
KEPT = "Object.keys(JSON.parse(localStorage.getItem('talehouse.comments.drafts') || '{}'))"


def test_a_draft_outlives_its_tab_and_is_seen_by_nobody_else_here(
    open_page: OpenPage, serving: Serving, stock: Stock, talked: dict[str, Any]
) -> None:
    """It goes when somebody signs out on purpose; what others have begun here stays."""
    page = open_page(serving.python(SESSION))
    sheet(page, talked).fill(WORDS)
    again = page.context.new_page()
    page.close()
    expect(sheet(again, talked)).to_have_value(WORDS)
    mine = again.evaluate(KEPT)
    sign_in(again, serving, stock.sessions["Wren"])
    area = sheet(again, talked)
    expect(area).to_have_value("")
    area.fill("As somebody else.")
    (others,) = set(again.evaluate(KEPT)) - set(mine)
    sign_in(again, serving, serving.python(SESSION))
    again.goto("/accounts/logout/")
    again.get_by_role("main").get_by_role("button", name="Sign out", exact=True).click()
    again.wait_for_url(lambda url: "logout" not in url)
    assert again.evaluate(KEPT) == [others]


def test_a_draft_goes_after_thirty_days(open_page: OpenPage, stock: Stock, talked: dict[str, Any]) -> None:
    page = open_page(stock.sessions["Reed"])
    path = f"/parts/{talked['id']}/comments/"
    page.goto(path)
    page.locator("#say").fill(WORDS)
    page.evaluate(OLDER, 29)
    page.goto(path)
    expect(page.locator("#say")).to_have_value(WORDS)
    page.evaluate(OLDER, 2)
    page.goto(path)
    expect(page.locator("#say")).to_have_value("")
    page.wait_for_function(f"{KEPT}.length === 0")


def test_a_comment_is_deleted_in_the_sheet_which_says_so(
    open_page: OpenPage, stock: Stock, talked: dict[str, Any]
) -> None:
    page = open_page(stock.sessions["Reed"])
    sheet(page, talked).fill("Too much said.")
    page.locator("#talk-sheet form[data-say]").first.get_by_role("button", name="Send").click()
    said = page.locator("#talk-sheet .comment", has_text="Too much said.")
    said.locator("summary", has_text="⋯").click()
    expect(said.get_by_role("button", name="Delete it for good")).to_be_hidden()
    said.locator("summary", has_text="Delete it").click()
    said.get_by_role("button", name="Delete it for good").click()
    expect(page.locator("#talk-sheet [role=status]")).to_have_text("Your comment is gone.")
    expect(said).to_have_count(0)
