"""A spoiler in a text is hidden until somebody wants to see it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage, Stock
from tests.browser.test_every_page import faults, judge
from tests.serving import Serving

pytestmark = pytest.mark.browser

STORY = """
import json
from talehouse.accounts.models import PenName
from talehouse.stories import publishing
pen = PenName.objects.get(name="Wren")
story = publishing.create(by=pen.account, pen_name=pen, title="Who Lit It", rating="general")
html = '<p>It was <span class="spoiler">the keeper</span>, and <span class="spoiler">not the cat</span>.</p>'
part = publishing.publish(publishing.add_part(story, by=pen.account, title="Who", html=html), by=pen.account)
print(json.dumps(part.url))
"""


def test_a_spoiler_opens_by_tap_and_by_key(open_page: OpenPage, serving: Serving, stock: Stock) -> None:
    address = serving.python(STORY)
    page = open_page(reduced_motion="reduce")
    page.goto(address)
    hidden = page.get_by_role("button", name="Hidden words: show them")
    expect(hidden).to_have_count(2)
    assert hidden.first.evaluate("(one) => getComputedStyle(one).filter") != "none"
    judge(faults(page, "spoilers"))
    hidden.first.click()
    expect(hidden).to_have_count(1)
    assert page.locator(".spoiler.open").evaluate("(one) => getComputedStyle(one).filter") == "none"
    hidden.first.focus()
    page.keyboard.press("Enter")
    expect(hidden).to_have_count(0)
    expect(page.locator("article")).to_contain_text("It was the keeper, and not the cat.")
    plain = open_page(java_script_enabled=False)
    plain.goto(address)
    expect(plain.locator(".spoiler").first).to_be_visible()
    assert plain.get_by_role("button", name="Hidden words: show them").count() == 0
