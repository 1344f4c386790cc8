"""A reader votes and comments on words; the writer edits and moves the paragraph; the comment stays."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, OpenPage, Stock
from tests.serving import Serving, until

pytestmark = pytest.mark.browser

SELECT = """([selector, words]) => {
    const block = document.querySelector(selector);
    const node = [...block.childNodes].find((one) => one.textContent.includes(words));
    const range = document.createRange();
    range.setStart(node, node.textContent.indexOf(words));
    range.setEnd(node, node.textContent.indexOf(words) + words.length);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
}"""

PAINTED = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"
"""A browser passes no touches on before it has drawn what listens for them."""

MADE = """
import json
from talehouse.accounts.models import PenName
from talehouse.stories import publishing
pen = PenName.objects.get(name="Wren")
story = publishing.create(by=pen.account, pen_name=pen, title="Talked About", rating="general")
html = "<p>The lamp was lit, and nobody had lit it.</p><p>She sat down beside it all the same.</p>"
part = publishing.add_part(story, by=pen.account, title="Only", html=html)
publishing.publish(part, by=pen.account)
print(json.dumps({"id": part.pk, "url": part.url}))
"""

MOVED = """
from talehouse.stories import publishing
from talehouse.stories.models import Part
part = Part.objects.get(pk={pk})
by = part.story.roles.get().pen_name.account
html = "<p>She sat down beside it.</p><p>A new beginning.</p>"
html += "<p>That night the lamp was lit, and nobody had lit it.</p>"
publishing.edit(part, by=by, html=html)
publishing.publish(part, by=by)
print(0)
"""

SIGNED_IN = """
import json
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from talehouse.accounts.models import Account
reed = Account.objects.get(email="reed@example.org")
session = SessionStore()
session[SESSION_KEY] = str(reed.pk)
session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
session[HASH_SESSION_KEY] = reed.get_session_auth_hash()
session.create()
print(json.dumps(session.session_key))
"""
WIDTHS = """() => [...document.querySelectorAll(".wishes select")].map((one) => {
    const has = one.getBoundingClientRect().width;
    one.style.cssText = "position: absolute; inline-size: max-content; max-inline-size: none";
    const needs = one.getBoundingClientRect().width;
    one.style.cssText = "";
    return [has, needs];
})"""
"""How wide each choice is, and how wide its longest word would have it."""
IN_TWO_PACKETS = """() => {
    for (const one of document.querySelectorAll(".wishes option")) {
        const rest = one.firstChild.splitText(3);
        rest.remove();
        one.parentElement.getBoundingClientRect();
        one.append(rest);
    }
}"""
"""What Chromium sees when a packet ends within the words of a choice: it measures the first piece alone."""
NAMED = """
from talehouse.accounts.models import PenName
from talehouse.comments.saying import Place, say
from talehouse.stories.models import Part
part = Part.objects.select_related("story", "published").filter(title="First Step").first()
reed = PenName.objects.get(name="Reed").account
say(Place(story=part.story, part=part), by=reed, text="Look, @Keeper!")
print(0)
"""
ENDED = "from django.contrib.sessions.backends.db import SessionStore"


@pytest.fixture(scope="module")
def talked(serving: Serving, stock: Stock) -> dict[str, Any]:
    """A part that these tests talk about."""
    made: dict[str, Any] = serving.python(MADE)
    return made


def say(page: Page, text: str) -> None:
    """Write in the sheet and send."""
    form = page.locator("#talk-sheet form[data-say]").first
    form.locator("textarea").fill(text)
    form.get_by_role("button", name="Send").click()


def test_a_comment_on_words_follows_them(
    open_page: OpenPage, serving: Serving, stock: Stock, talked: dict[str, Any]
) -> None:
    reader = open_page(stock.sessions["Reed"])
    reader.goto(talked["url"])
    expect(reader.locator("#b-1 .bubble")).to_be_attached()
    reader.evaluate(SELECT, ["#b-1", "nobody had lit it"])
    reader.locator("#talk-here").click()
    expect(reader.locator("#talk-sheet .about").first).to_contain_text("nobody had lit it")
    say(reader, "Who, then?")
    expect(reader.locator("#talk-sheet .comment")).to_contain_text("Who, then?")
    expect(reader.locator("#b-1 .bubble")).to_have_text("1")
    serving.python(MOVED.format(pk=talked["id"]))
    rows = "SELECT how, block, quote FROM comments_comment WHERE part_id = ?"
    until(lambda: serving.rows(rows, talked["id"])[0][0] == "exact", seconds=20)
    writer = open_page(stock.sessions["Wren"])
    writer.goto(talked["url"])
    bubble = writer.locator("article .bubble.lit")
    expect(bubble).to_have_count(1)
    expect(writer.locator("article > p").nth(2).locator(".bubble.lit")).to_have_text("1")
    bubble.click()
    expect(writer.locator("#talk-sheet .comment")).to_contain_text("nobody had lit it")


def test_a_comment_by_keys_alone_and_its_address(
    open_page: OpenPage, stock: Stock, talked: dict[str, Any]
) -> None:
    page = open_page(stock.sessions["Reed"], viewport={"width": 360, "height": 740})
    page.goto(talked["url"])
    expect(page.locator("article .bubble").first).to_be_attached()
    page.keyboard.press("c")
    area = page.locator("#talk-sheet textarea").first
    expect(area).to_be_focused()
    page.keyboard.type("By keys.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    said = page.locator("#talk-sheet .comment", has_text="By keys.")
    expect(said).to_be_visible()
    number = re.sub(r"\D", "", said.get_attribute("id") or "")
    page.keyboard.press("Escape")
    expect(page.locator("#talk-sheet")).to_be_hidden()
    page.goto(f"/comments/{number}/")
    expect(page.locator(f"#c-{number}")).to_contain_text("By keys.")


def test_a_vote_waits_for_the_connection(open_page: OpenPage, stock: Stock, talked: dict[str, Any]) -> None:
    page = open_page(stock.sessions["Reed"])
    page.goto(talked["url"])
    button = page.locator("form[data-vote] button")
    page.context.set_offline(True)
    button.click()
    expect(page.locator(".vote-said")).to_contain_text("sent later")
    page.context.set_offline(False)
    expect(page.locator(".vote-said")).to_have_text("")
    page.reload()
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")


def test_a_notification_whose_link_is_followed_has_been_read(
    open_page: OpenPage, serving: Serving, stock: Stock
) -> None:
    serving.python(NAMED)
    page = open_page(stock.sessions["Keeper"])
    rows = "SELECT id FROM notifications_notification WHERE kind = 'mention' AND read_at IS "
    until(lambda: serving.rows(f"{rows} NULL"), seconds=60)
    page.goto("/notifications/")
    line = page.locator(".told li", has_text="names you")
    expect(line).to_have_class("new")
    box = line.get_by_role("button", name="I have read it").bounding_box()
    assert box and box["height"] >= 44
    with page.expect_request("**/notifications/*/read/"):
        line.get_by_role("link").click()
    page.wait_for_url("**/parts/**")
    until(lambda: serving.rows(f"{rows} NOT NULL"))
    page.goto("/notifications/")
    expect(line).to_be_visible()
    expect(line).not_to_have_class("new")


@pytest.mark.parametrize("cookie", ["stays", "goes"])
def test_a_vote_in_an_ended_session_waits_for_signing_in(
    open_page: OpenPage, serving: Serving, stock: Stock, talked: dict[str, Any], cookie: str
) -> None:
    session = serving.python(SIGNED_IN)
    page = open_page(session)
    page.goto(f"{talked['url']}?from=a-friend")
    button = page.locator("form[data-vote] button")
    before = button.get_attribute("aria-pressed")
    after = "true" if before == "false" else "false"
    expect(page.get_by_role("link", name="Sign in", exact=True)).to_have_count(0)
    if cookie == "stays":
        serving.python(f"{ENDED}\nSessionStore({session!r}).delete()\nprint(0)")
    else:
        page.context.clear_cookies(name="session")
    button.click()
    expect(page.locator(".vote-said")).to_have_text("You are signed out: sign in, and your vote is sent.")
    expect(button).to_have_attribute("aria-pressed", after)
    page.get_by_role("link", name="Sign in", exact=True).click()
    page.get_by_label("Email").fill("reed@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"**{talked['url']}?from=a-friend")
    until(lambda: page.evaluate("() => localStorage.getItem('talehouse.votes')") is None)
    page.reload()
    expect(button).to_have_attribute("aria-pressed", after)


def test_without_javascript_each_paragraph_leads_to_its_comments(
    open_page: OpenPage, stock: Stock, talked: dict[str, Any]
) -> None:
    page = open_page(stock.sessions["Reed"], java_script_enabled=False)
    page.goto(talked["url"])
    page.locator("article > p").first.get_by_role("link", name="Comments on this paragraph").click()
    page.get_by_label("Your comment").first.fill("Plainly said.")
    page.get_by_role("button", name="Send").first.click()
    expect(page.locator("main")).to_contain_text("Plainly said.")


@pytest.mark.parametrize("width", [360, 760, 1440])
@pytest.mark.parametrize("language", ["en-GB", "es"])
def test_no_choice_of_mails_is_cut(open_page: OpenPage, stock: Stock, width: int, language: str) -> None:
    page = open_page(stock.sessions["Reed"], locale=language, viewport={"width": width, "height": 800})
    page.goto("/settings/notifications/")
    page.evaluate(IN_TWO_PACKETS)
    widths = page.evaluate(WIDTHS)
    assert len(widths) > 5 and all(has >= needs for has, needs in widths), widths
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("width", "theme"), [(360, "night"), (1440, "paper")])
def test_axe_finds_nothing(
    open_page: OpenPage, stock: Stock, talked: dict[str, Any], width: int, theme: str
) -> None:
    page = open_page(stock.sessions["Reed"], viewport={"width": width, "height": 800})
    page.add_init_script(
        f"localStorage.setItem('talehouse.reader', {json.dumps(json.dumps({'theme': theme}))})"
    )
    wrong = []
    pages = {"list": f"/parts/{talked['id']}/comments/", "sheet": talked["url"]}
    for path in ("list", "sheet", "/notifications/", "/settings/notifications/", "/settings/people/"):
        page.goto(pages.get(path, path))
        if path == "sheet":
            page.locator("article .bubble").first.wait_for(state="attached")
            page.keyboard.press("c")
            page.locator("#talk-sheet form").first.wait_for()
        found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        wrong += [f"{path}: {one['id']} {one['nodes'][0]['html'][:120]}" for one in found]
        too_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        wrong += [f"{path} is wider than the window"] if too_wide else []
    assert not wrong, "\n".join(wrong)


def test_a_paragraph_that_is_pressed_and_held_opens_its_comments(
    open_page: OpenPage, stock: Stock, talked: dict[str, Any]
) -> None:
    """And it stays: a browser takes a touch beside an open sheet as the wish to close it."""
    page = open_page(stock.sessions["Reed"], viewport={"width": 360, "height": 800}, has_touch=True)
    page.goto(talked["url"])
    expect(page.locator(".text .bubble").first).to_be_attached()
    box = page.locator("article.text > p").first.bounding_box()
    assert box
    place = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    page.evaluate(PAINTED)
    finger = page.context.new_cdp_session(page)
    began = time.time()
    finger.send(
        "Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [place], "timestamp": began}
    )
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": [], "timestamp": began + 0.9})
    expect(page.get_by_label("Your comment")).to_be_visible()
