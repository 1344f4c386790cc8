"""Reading aloud: sentence by sentence, each marked while it is spoken; what is hidden is not said."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Stock
from tests.browser.test_every_page import faults, judge
from tests.browser.test_reader_settings import open_settings
from tests.serving import Serving, until

pytestmark = pytest.mark.browser

VOICE = """window.said = [];
window.voice = { now: null,
    speak(one) { window.said.push({ text: one.text, lang: one.lang, rate: one.rate }); this.now = one; },
    cancel() { const one = this.now; this.now = null; one?.onerror?.({ error: "interrupted" }); },
    pause() {}, resume() {} };
Object.defineProperty(window, "speechSynthesis", { value: window.voice });
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
window.finish = () => { const one = window.voice.now; window.voice.now = null; one?.onend?.(); };
window.marked = () => [...(CSS.highlights.get("spoken") || [])].map(String).join("");"""
"""A voice that says nothing and is done when the test says so."""

STORY = """
import json
from talehouse.accounts.models import PenName
from talehouse.stories import publishing
pen = PenName.objects.get(name="Wren")
story = publishing.create(by=pen.account, pen_name=pen, title="Said Aloud", rating="general")
html = ('<p>Mr. Cope came <em>in</em>. “Is it warm?” he asked!</p><hr>'
    '<p>It was <span class="spoiler">the cat</span> again. The end.</p>')
part = publishing.add_part(story, by=pen.account, title="Aloud", html=html)
publishing.publish(part, by=pen.account)
print(json.dumps(part.url))
"""
SENTENCES = ["Mr. Cope came in.", "“Is it warm?” he asked!", "It was again.", "The end."]


@pytest.fixture(scope="module")
def aloud(serving: Serving, stock: Stock) -> str:
    """The address of a part with sentences, a scene break and a spoiler."""
    return str(serving.python(STORY))


def begin(page: Page, address: str) -> None:
    """Open the part and have it read."""
    page.add_init_script(VOICE)
    page.goto(address)
    open_settings(page)
    page.get_by_role("button", name="Read aloud").click()
    expect(page.locator("#reader-settings")).to_be_hidden()
    expect(page.locator("#aloud")).to_be_visible()


def last(page: Page) -> str:
    """What was said last."""
    return str(page.evaluate("window.said.at(-1).text"))


def test_sentence_by_sentence_to_the_end(page: Page, aloud: str) -> None:
    begin(page, aloud)
    for sentence in SENTENCES:
        assert last(page) == sentence
        assert page.evaluate("window.marked()").replace("  ", " ").strip() == sentence
        page.evaluate("window.finish()")
    expect(page.locator("#aloud")).to_be_hidden()
    assert page.evaluate("window.marked()") == ""
    assert [one["text"] for one in page.evaluate("window.said")] == SENTENCES
    assert {one["lang"] for one in page.evaluate("window.said")} == {"en"}


def test_a_pause_keeps_the_place(page: Page, aloud: str) -> None:
    begin(page, aloud)
    page.evaluate("window.finish()")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Continue")).to_be_visible()
    assert page.evaluate("window.voice.now") is None
    page.get_by_role("button", name="Continue").click()
    assert [one["text"] for one in page.evaluate("window.said")] == [SENTENCES[0], *[SENTENCES[1]] * 2]


def test_stopping_leaves_nothing_marked(page: Page, aloud: str) -> None:
    begin(page, aloud)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#aloud")).to_be_hidden()
    assert page.evaluate("[window.voice.now, window.marked()]") == [None, ""]
    assert page.evaluate("document.activeElement.hasAttribute('data-opens')")


def test_the_speed_is_taken_at_once_and_kept(page: Page, aloud: str) -> None:
    begin(page, aloud)
    page.get_by_label("Speed").select_option("1.5")
    assert page.evaluate("window.said.map((one) => one.rate)") == [1, 1.5]
    page.reload()
    open_settings(page)
    page.get_by_role("button", name="Read aloud").click()
    assert page.evaluate("window.said[0].rate") == 1.5


def test_an_opened_spoiler_is_said(page: Page, aloud: str) -> None:
    page.add_init_script(VOICE)
    page.goto(aloud)
    page.locator(".spoiler").click()
    open_settings(page)
    page.get_by_role("button", name="Read aloud").click()
    for _sentence in SENTENCES[:2]:
        page.evaluate("window.finish()")
    assert last(page) == "It was the cat again."


def test_the_page_follows(open_page: OpenPage, stock: Stock) -> None:
    page = open_page(reduced_motion="reduce")
    begin(page, stock.long_part)
    page.evaluate("for (let n = 0; n < 40; n += 1) window.finish()")
    assert page.evaluate("window.said.length") == 41
    box = "[...CSS.highlights.get('spoken')][0].getBoundingClientRect()"
    until(lambda: page.evaluate(f"{box}.top >= 0 && {box}.bottom <= innerHeight && scrollY > 200"))


def test_without_highlights_the_paragraph_is_marked(page: Page, aloud: str) -> None:
    page.add_init_script("delete window.Highlight;")
    page.add_init_script(VOICE)
    page.goto(aloud)
    open_settings(page)
    page.get_by_role("button", name="Read aloud").click()
    expect(page.locator("article .spoken")).to_have_text("Mr. Cope came in. “Is it warm?” he asked!")


def test_a_browser_without_voices_offers_none(page: Page, aloud: str) -> None:
    page.add_init_script("delete window.speechSynthesis; delete Window.prototype.speechSynthesis;")
    page.goto(aloud)
    open_settings(page)
    expect(page.get_by_role("button", name="Read aloud")).to_have_count(0)


def test_a_browser_whose_voices_say_nothing_is_told_of(page: Page, aloud: str) -> None:
    page.add_init_script(VOICE)
    page.add_init_script(
        "window.voice.speak = (one) => setTimeout(() => one.onerror({ error: 'synthesis-unavailable' }));"
    )
    page.goto(aloud)
    for _again in range(2):
        open_settings(page)
        page.get_by_role("button", name="Read aloud").click()
        expect(page.locator("#aloud").get_by_role("status")).to_have_text("This browser has no voice.")
        expect(page.get_by_role("button", name="Pause")).to_have_count(0)
        page.get_by_role("button", name="Stop").click()
        expect(page.locator("#aloud")).to_be_hidden()


def test_a_voice_that_breaks_off_stops(page: Page, aloud: str) -> None:
    begin(page, aloud)
    page.evaluate("window.voice.now.onstart()")
    page.evaluate("window.voice.now.onerror({ error: 'audio-busy' })")
    expect(page.locator("#aloud")).to_be_hidden()


def test_axe_finds_nothing_while_it_reads(open_page: OpenPage, aloud: str) -> None:
    page = open_page(reduced_motion="reduce")
    page.set_viewport_size({"width": 360, "height": 800})
    begin(page, aloud)
    judge(faults(page, "aloud"))
