"""A writer looks back: what was saved, what has changed, restoring, and two who wrote at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Stock
from tests.browser.test_every_page import judge, look
from tests.serving import Serving

pytestmark = pytest.mark.browser

PAST = """
import json
from talehouse.accounts.models import PenName
from talehouse.stories import drafting, publishing, revising

pen = PenName.objects.get(name="Wren")
by = pen.account
made = publishing.create(by=by, pen_name=pen, title="The Weir in Spring", rating="general")
lines = [f"<p>Line {n} of the old song.</p>" for n in range(30)]
part = publishing.add_part(made, by=by, title="First Song", html="".join(lines))
publishing.publish(part, by=by)
lines[4] = "<p>Line 4 of the <em>new</em> song.</p>"
lines[20] = "<h2>A heading stands here</h2>"
drafting.save(part, by=by, html="".join(lines), base=1, tab="a", title="Second Song", automatic=True)
turned = "".join([*lines[10:], *lines[:2], lines[5]])
drafting.save(part, by=by, html=turned, base=2, tab="a", note_after="<p>Bye</p>")
drafting.save(part, by=by, html="".join(lines[:10]), base=1, tab="b")
revising.name(part.revisions.get(number=2), by=by, name="Before the flood")
other = publishing.add_part(made, by=by, title="Other Song", html="<p>Nothing of it is written.</p>")
print(json.dumps([part.pk, other.pk]))
"""


@dataclass
class Past:
    """The addresses of two parts: one with a past, one with a single text."""

    old: str
    new: str


@pytest.fixture(scope="module")
def past(serving: Serving, stock: Stock) -> Past:
    """A part that was saved four times, once set aside; and one to write in."""
    old, new = serving.python(PAST)
    return Past(f"/write/parts/{old}/", f"/write/parts/{new}/")


def test_comparing_and_restoring(open_page: OpenPage, stock: Stock, past: Past) -> None:
    page = open_page(stock.sessions["Wren"])
    page.goto(f"{past.old}revisions/")
    expect(page.get_by_role("link", name="Before the flood")).to_be_visible()
    page.get_by_role("group", name="Revision 1").get_by_label("older").check()
    page.get_by_role("group", name="Revision 2").get_by_label("newer").check()
    page.get_by_role("button", name="Compare the two").click()
    expect(page.locator(".new ins", has_text="new")).to_be_visible()
    expect(page.locator(".old del", has_text="old").first).to_be_visible()
    expect(page.get_by_text("13 paragraphs unchanged")).to_be_visible()
    place = page.locator("[data-walk-place]")
    for key, told in (
        ("n", "Change 1 of 3"),
        ("j", "Change 2 of 3"),
        ("k", "Change 1 of 3"),
        ("p", "Change 1 of 3"),
    ):
        page.keyboard.press(key)
        expect(place).to_have_text(told)
    expect(page.locator("#change-1")).to_be_focused()
    page.locator(".side.was").get_by_role("button", name="Restore").click()
    expect(page.get_by_role("status")).to_contain_text("Revision 1 is the draft again, as revision 5")
    expect(page.locator("#r-5")).to_contain_text("Restored from 1")


def test_on_a_phone_both_are_one_text(open_page: OpenPage, stock: Stock, past: Past) -> None:
    page = open_page(stock.sessions["Wren"], viewport={"width": 360, "height": 740})
    page.goto(f"{past.old}revisions/?one=1&other=2")
    changed = page.locator(".pair.is-changed", has_text="Line 4").locator("div:visible")
    expect(changed).to_have_count(1)
    expect(changed.locator("del", has_text="old")).to_be_visible()
    expect(changed.locator("ins", has_text="new")).to_be_visible()


def test_a_name_is_given(open_page: OpenPage, stock: Stock, past: Past) -> None:
    page = open_page(stock.sessions["Wren"])
    page.goto(f"{past.old}revisions/")
    page.locator("#r-1 summary").click()
    page.get_by_label("A name for revision 1").fill("As it was first")
    page.locator("#r-1").get_by_role("button", name="Keep the name").click()
    expect(page.locator("#r-1 h3")).to_contain_text("As it was first")


def write(page: Page, text: str) -> None:
    """Put a text into the plain editor."""
    page.get_by_label("Text", exact=True).fill(text)


@pytest.mark.parametrize(
    ("button", "kept"), [("Keep mine", "Mine, of noon."), ("Take theirs", "Theirs, of dawn.")]
)
def test_two_windows_without_javascript(
    open_page: OpenPage, stock: Stock, past: Past, button: str, kept: str
) -> None:
    mine, theirs = (open_page(stock.sessions["Wren"], java_script_enabled=False) for _ in range(2))
    for window, text in ((mine, "Mine, of noon."), (theirs, "Theirs, of dawn.")):
        window.goto(f"{past.new}?as=html")
        write(window, f"<p>{text} {button}</p>")
    for window in (theirs, mine):
        window.get_by_role("button", name="Save", exact=True).click()
    expect(
        mine.get_by_text("Somebody saved this part while you were writing. Both texts are kept.")
    ).to_be_visible()
    expect(mine.locator("del", has_text=re.compile("Theirs")).first).to_be_attached()
    mine.get_by_role("button", name=button).click()
    mine.goto(f"{past.new}?as=html")
    expect(mine.get_by_label("Text", exact=True)).to_have_value(re.compile(kept))
    mine.goto(f"{past.new}revisions/")
    expect(mine.locator(".revisions > li.waits")).to_have_count(0)


@pytest.fixture
def still(open_page: OpenPage) -> Callable[..., Page]:
    """Opens pages in which nothing moves."""
    return lambda session="", **options: open_page(session, reduced_motion="reduce", **options)


def test_axe_finds_nothing(still: Callable[..., Page], stock: Stock, past: Past) -> None:
    pages = {
        "revisions": f"{past.old}revisions/",
        "one text of several": f"{past.old}revisions/1/",
        "an old text": f"{past.old}revisions/2/",
        "compare": f"{past.old}revisions/?one=1&other=3",
        "conflict": f"{past.old}revisions/?one=3&other=4&conflict=1",
        "no difference": f"{past.old}revisions/?one=1&other=1",
    }
    judge(look(still(stock.sessions["Wren"]), pages))
