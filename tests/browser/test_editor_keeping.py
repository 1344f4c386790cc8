"""No word is lost (law 1): without a connection, after a crash, with two at one draft."""

from __future__ import annotations

import os
import re
import shutil
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from conftest import CHROMIUM_ARGUMENTS, CHROMIUM_NAMES
from tests.browser.conftest import PASSWORD, OpenPage, Stock
from tests.browser.editing import at, copies, crash, revisions, saved, stored, text_of, to_the_end
from tests.serving import Serving, all_processes, told, until

pytestmark = pytest.mark.browser


def test_offline_and_a_crash_lose_nothing(write: Callable[..., Page], sheet: int, serving: Serving) -> None:
    page = write(sheet)
    page.context.set_offline(True)
    to_the_end(page)
    page.keyboard.type(" Nobody heard this.")
    expect(page.locator("[data-state]")).to_have_text("Not sent: no connection")
    expect(page.get_by_text("There is no connection.")).to_be_visible()
    page.keyboard.type(" Nor this.")
    until(lambda: "Nor this." in copies(page)[0]["fields"]["text"])
    context = crash(page)
    assert "Nobody heard" not in stored(serving, sheet)
    context.set_offline(False)
    again = at(context.new_page(), sheet)
    expect(text_of(again)).to_contain_text("all the same. Nobody heard this. Nor this.")
    expect(again.get_by_text("Your last words are back.")).to_be_visible()
    saved(again)
    assert stored(serving, sheet).endswith("all the same. Nobody heard this. Nor this.</p>")
    until(lambda: copies(again) == [])
    assert revisions(serving, sheet, "aside") == 0


def test_reconnecting_sends_what_waited(write: Callable[..., Page], sheet: int, serving: Serving) -> None:
    page = write(sheet)
    page.context.set_offline(True)
    to_the_end(page)
    page.keyboard.type(" It waited.")
    expect(page.locator("[data-state]")).to_have_text("Not sent: no connection")
    page.context.set_offline(False)
    saved(page)
    assert "It waited." in stored(serving, sheet)
    expect(page.get_by_text("There is no connection.")).to_be_hidden()


def test_a_killed_browser_loses_nothing(
    browser: Browser, serving: Serving, stock: Stock, sheet: int, tmp_path: Path
) -> None:
    """SIGKILL for all of its processes, the words only on the disk of the device."""
    profile = str(tmp_path / "profile")

    def opened() -> BrowserContext:
        context = browser.browser_type.launch_persistent_context(
            profile,
            executable_path=chromium_of(),
            args=CHROMIUM_ARGUMENTS,
            base_url=serving.url,
            locale="en-GB",
        )
        context.add_cookies([{"name": "session", "value": stock.sessions["Wren"], "url": serving.url}])
        return context

    context = opened()
    page = at(context.pages[0], sheet)
    context.set_offline(True)
    to_the_end(page)
    page.keyboard.type(" Then the power went.")
    until(lambda: copies(page) and "power went." in copies(page)[0]["fields"]["text"])
    for pid in all_processes():
        if profile.encode() in told(pid, "cmdline"):
            os.kill(pid, signal.SIGKILL)
    with suppress(Error):
        context.close()
    for lock in Path(profile).glob("Singleton*"):
        lock.unlink()
    context = opened()
    page = at(context.pages[0], sheet)
    expect(text_of(page)).to_contain_text("Then the power went.")
    saved(page)
    context.close()
    assert "Then the power went." in stored(serving, sheet)


def chromium_of() -> str:
    """The program that the tests use."""
    return next(found for name in CHROMIUM_NAMES if (found := shutil.which(name)))


def test_leaving_at_once_loses_nothing(write: Callable[..., Page], sheet: int, serving: Serving) -> None:
    page = write(sheet)
    page.on("dialog", lambda dialog: dialog.accept())
    to_the_end(page)
    page.keyboard.type(" And left.")
    page.goto("/about/")
    until(lambda: "And left." in stored(serving, sheet))
    at(page, sheet)
    expect(text_of(page)).to_contain_text("And left.")


def test_an_expired_session_keeps_the_words_until_one_is_back(
    write: Callable[..., Page], sheet: int, serving: Serving
) -> None:
    page = write(sheet)
    page.context.clear_cookies(name="session")
    to_the_end(page)
    page.keyboard.type(" Who am I?")
    expect(page.locator("[data-state]")).to_have_text("Signed out")
    expect(page.get_by_text("You have been signed out.")).to_be_visible()
    assert "Who am I?" not in stored(serving, sheet)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in in another tab").click()
    other = opened.value
    other.get_by_label("Email").fill("wren@example.org")
    other.get_by_label("Password").fill(PASSWORD)
    other.locator("main form button:not([type=button])").first.click()
    other.wait_for_url(lambda url: "/accounts/" not in url)
    saved(page)
    assert "Who am I?" in stored(serving, sheet)


def test_another_person_on_the_device_sees_nothing_of_it(
    write: Callable[..., Page], sheet: int, serving: Serving, stock: Stock
) -> None:
    page = write(sheet)
    page.context.clear_cookies(name="session")
    to_the_end(page)
    page.keyboard.type(" Mine alone.")
    expect(page.locator("[data-state]")).to_have_text("Signed out")
    page.context.add_cookies([{"name": "session", "value": stock.sessions["Reed"], "url": serving.url}])
    expect(page.locator("[data-state]")).to_have_text("Not sent yet", timeout=20_000)
    until(lambda: copies(page))
    assert "Mine alone." not in stored(serving, sheet)
    owner = page.locator("form[data-owner]").get_attribute("data-owner")
    assert [copy["owner"] for copy in copies(page)] == [owner]
    page.evaluate(
        """async (part) => { window.found = await writing.store.of(part, "somebody else"); }""", str(sheet)
    )
    assert page.evaluate("() => window.found") == []


@pytest.mark.parametrize("status", [500, 507, 429])
def test_a_server_in_trouble_is_asked_again(
    write: Callable[..., Page], sheet: int, serving: Serving, status: int
) -> None:
    page = write(sheet)
    page.evaluate(
        """(status) => {
            const real = window.fetch;
            const headers = { "content-type": "application/json" };
            window.fetch = async () => new Response("{}", { status, headers });
            window.mend = () => { window.fetch = real; };
        }""",
        status,
    )
    to_the_end(page)
    page.keyboard.type(" Kept anyway.")
    expect(page.locator("[data-state]")).to_have_text("Not sent yet")
    until(lambda: copies(page))
    page.evaluate("() => window.mend()")
    page.evaluate("() => writing.page.keeper.send()")
    saved(page)
    assert "Kept anyway." in stored(serving, sheet)


def test_a_device_without_room_says_so_and_sends_at_once(
    write: Callable[..., Page], sheet: int, serving: Serving
) -> None:
    page = write(sheet)
    page.evaluate(
        """() => {
            const full = () => { throw new DOMException("", "QuotaExceededError"); };
            IDBObjectStore.prototype.put = full;
        }"""
    )
    to_the_end(page)
    page.keyboard.type(" No room.")
    saved(page)
    assert "No room." in stored(serving, sheet)
    page.context.set_offline(True)
    page.keyboard.type(" At all.")
    expect(page.get_by_text("This device has no room left.")).to_be_visible()


def undecided(serving: Serving, part: int) -> int:
    """How many texts that were set aside the list of revisions still asks about."""
    return serving.number(
        "SELECT count(*) FROM stories_revision WHERE part_id = ? AND kind = 'aside' AND settled_at IS NULL",
        part,
    )


def test_two_windows_quarrel_and_nothing_is_overwritten(
    write: Callable[..., Page], sheet: int, serving: Serving
) -> None:
    first = write(sheet)
    second = at(first.context.new_page(), sheet)
    expect(second.get_by_text("open in another window")).to_be_visible()
    to_the_end(first)
    first.keyboard.type(" Said the first.")
    saved(first)
    to_the_end(second)
    second.keyboard.type(" Said the second.")
    expect(second.get_by_text("Somebody saved this part meanwhile.")).to_be_visible()
    assert "Said the first." in stored(serving, sheet)
    assert revisions(serving, sheet, "aside") == 1
    compare = second.get_by_role("link", name="Compare both").get_attribute("href") or ""
    assert re.search(r"/revisions/\?one=\d+&other=\d+&conflict=1$", compare)
    second.get_by_role("button", name="Go on with mine").click()
    saved(second)
    assert stored(serving, sheet).endswith("all the same. Said the second.</p>")
    assert undecided(serving, sheet) == 0
    to_the_end(first)
    first.keyboard.type(" And again.")
    expect(first.get_by_text("Somebody saved this part meanwhile.")).to_be_visible()
    first.keyboard.type(" Typed since.")
    first.get_by_role("button", name="Take theirs").click()
    expect(text_of(first)).to_contain_text("Said the second.")
    expect(text_of(first)).not_to_contain_text("Said the first.")
    aside = serving.rows(
        "SELECT html FROM stories_revision WHERE part_id = ? AND kind = 'aside' ORDER BY number DESC", sheet
    )
    assert "Said the first. And again. Typed since." in str(aside[0][0])
    assert undecided(serving, sheet) == 0


def test_words_that_wait_while_somebody_saves_are_set_aside(
    write: Callable[..., Page], sheet: int, serving: Serving
) -> None:
    page = write(sheet)
    page.context.set_offline(True)
    to_the_end(page)
    page.keyboard.type(" From the train.")
    until(lambda: copies(page) and "train" in copies(page)[0]["fields"]["text"])
    context = crash(page)
    other = write(sheet)
    to_the_end(other)
    other.keyboard.type(" From the desk.")
    saved(other)
    context.set_offline(False)
    again = at(context.new_page(), sheet)
    expect(again.get_by_text("Somebody saved this part meanwhile.")).to_be_visible()
    expect(text_of(again)).to_contain_text("From the train.")
    assert "From the desk." in stored(serving, sheet)
    assert revisions(serving, sheet, "aside") == 1
    until(lambda: copies(again) == [])


def test_without_javascript_the_second_to_save_is_shown_both(
    open_page: OpenPage, stock: Stock, sheet: int, serving: Serving
) -> None:
    pages = [open_page(stock.sessions["Wren"], java_script_enabled=False) for _number in range(2)]
    for page in pages:
        page.goto(f"/write/parts/{sheet}/?as=markdown")
    for page, words in zip(pages, ("The first.", "The second."), strict=True):
        page.get_by_label("Text", exact=True).fill(words)
        page.get_by_role("button", name="Save", exact=True).click()
    pages[1].wait_for_url(re.compile(r"/revisions/\?one=\d+&other=\d+&conflict=1"))
    assert stored(serving, sheet) == "<p>The first.</p>"
    assert revisions(serving, sheet, "aside") == 1


def test_publishing_saves_first(write: Callable[..., Page], sheet: int, serving: Serving) -> None:
    page = write(sheet)
    to_the_end(page)
    page.keyboard.type(" Ready.")
    page.get_by_role("button", name="Publish").click()
    page.wait_for_url(re.compile(rf"/write/parts/{sheet}/publish/$"))
    assert "Ready." in stored(serving, sheet)
