"""The editor without JavaScript, on phones, in every theme, twice as large."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Stock
from tests.browser.editing import (
    a_picture,
    at,
    copies,
    crash,
    saved,
    stored,
)
from tests.browser.test_every_page import faults, judge
from tests.serving import Serving, until

pytestmark = pytest.mark.browser


def test_markdown_and_html_without_javascript(
    open_page: OpenPage, stock: Stock, sheet: int, serving: Serving
) -> None:
    page = open_page(stock.sessions["Wren"], java_script_enabled=False)
    page.goto(f"/write/parts/{sheet}/")
    page.wait_for_url(re.compile(r"\?as=markdown$"))
    text = page.get_by_label("Text", exact=True)
    text.fill(
        text.input_value() + "\n\nA *third*, with **weight**.\n\n* * *\n\nThe end[^1].\n\n[^1]: For now."
    )
    page.get_by_role("button", name="HTML").click()
    assert "<em>third</em>, with <strong>weight</strong>" in text.input_value()
    assert "<hr>" in text.input_value()
    text.fill(text.input_value() + '\n<p class="center">Centred</p><script>alert(1)</script>')
    page.get_by_label("Title").fill("Written plainly")
    page.get_by_text("Add a picture at the end").click()
    page.get_by_label("File").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": a_picture()}
    )
    page.get_by_label("What it shows").fill("A lamp")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    html = stored(serving, sheet)
    assert '<p class="center">Centred</p>' in html and "alert" not in html
    assert 'alt="A lamp"' in html and '<li id="fn-1">For now.</li>' in html
    page.get_by_label("Title").fill(" ")
    text.fill("not lost")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(text).to_have_value("not lost")


def test_markdown_with_javascript_is_kept_too(
    write: Callable[..., Page], sheet: int, serving: Serving
) -> None:
    page = write(sheet, "?as=markdown")
    page.context.set_offline(True)
    page.get_by_label("Text", exact=True).press_sequentially("Typed *here*. ")
    until(lambda: copies(page) and "*here*. " in copies(page)[0]["fields"]["text"])
    context = crash(page)
    context.set_offline(False)
    again = context.new_page()
    again.goto(f"/write/parts/{sheet}/")  # on paper: it goes to where the words were typed
    again.wait_for_url(re.compile(r"\?as=markdown$"))
    saved(again)
    assert "Typed <em>here</em>." in stored(serving, sheet)


def test_a_phone_and_every_theme(write: Callable[..., Page], everything: int) -> None:
    page = write(everything, reduced_motion="reduce", viewport={"width": 360, "height": 780})
    expect(page.get_by_role("button", name="Publish")).to_be_in_viewport()
    found = faults(page, "editor")
    page.get_by_role("button", name="Find in the text").click()
    found += faults(page, "finding")
    page.get_by_role("button", name="Close").click()
    page.set_viewport_size({"width": 1440, "height": 900})
    found += faults(page, "editor")
    page.get_by_role("button", name="Link", exact=True).click()
    found += faults(page, "link")
    page.keyboard.press("Escape")
    for kind in ("conflict", "offline", "out", "found"):
        page.evaluate("(kind) => { document.querySelector(`[data-when=${kind}]`).hidden = false; }", kind)
    found += faults(page, "bars")
    for way in ("markdown", "html"):
        at(page, everything, f"?as={way}")
        for width in (360, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            found += faults(page, way)
    judge(found)


def test_twice_as_large_nothing_sticks_out(write: Callable[..., Page], everything: int) -> None:
    page = write(everything, viewport={"width": 180, "height": 320})
    wide = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0
    at(page, everything, "?as=html")
    assert page.evaluate(wide) <= 0
