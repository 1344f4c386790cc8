"""The editor in a real browser: writing, formats, and that no word is lost (law 1)."""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, expect

from conftest import CHROMIUM_ARGUMENTS, CHROMIUM_NAMES
from talehouse.lib import html as markup
from tests.browser.conftest import PASSWORD, OpenPage, Stock
from tests.browser.test_every_page import faults, judge
from tests.serving import Serving, all_processes, told, until

pytestmark = pytest.mark.browser
CLIPBOARD = Path(__file__).with_name("clipboard")
PICTURE = f"/media/{'a' * 64}.png"
CONSTRUCTS = [
    "<p>Plain <em>it</em>, <strong>bold <em>both</em></strong>, <i>i</i><b>b</b> <u>u</u> <s>s</s></p>",
    '<p class="center" dir="rtl" lang="ar">سلام</p>',
    '<p><span class="spoiler">who</span> <span lang="fr">un</span><span lang="fr">deux</span> <q>q</q></p>',
    "<p><ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby><br>b<wbr>c\u00ad\u00a0d</p>",
    '<p>see<sup><a class="fn" href="#fn-1" id="fnref-1">1</a></sup> a<sup>2</sup></p>',
    '<p><em>x <a href="https://e.org/">y</a> z</em></p>',
    "<h2>a</h2>",
    '<h3 class="right">b <em>c</em></h3>',
    "<hr>",
    "<blockquote><p>q1</p><ul><li>x</li></ul></blockquote>",
    "<ul><li>a</li><li>b<ul><li>c</li></ul></li><li><p>one</p><p>two</p></li></ul>",
    '<ol start="3" type="a"><li>a</li></ol>',
    "<pre>one\n\n  two &lt;b&gt;\n<em>x</em></pre>",
    "<pre><code>x\n</code></pre>",
    '<table><thead><tr><th>h</th></tr></thead><tbody><tr><td colspan="2">1</td><td><p>a</p><p>b</p></td></tr>'
    "</tbody></table>",
    "<figure><table><tbody><tr><td>1</td></tr></tbody></table><figcaption>t</figcaption></figure>",
    "<p><em><em>twice</em></em> and <small>less</small>, “yes” — no</p>",
    '<section class="footnotes"><ol><li id="fn-1">Note <a href="#fnref-1">back</a></li></ol></section>',
]

FIGURES = [
    f'<figure><img src="{PICTURE}" alt="A &amp; &quot;b&quot;"><figcaption><em>d</em></figcaption></figure>',
    f'<figure class="center"><img src="{PICTURE}" alt="" width="4" height="3"></figure>',
    f'<p><img src="{PICTURE}" alt="x"><img src="{PICTURE}" alt="y"></p>',
    f'<figure><figcaption>before</figcaption><img src="{PICTURE}" alt=""></figure>',
]

SHEETS = """
import json
from talehouse.accounts.models import PenName
from talehouse.stories import publishing
pen = PenName.objects.get(name="Wren")
story = publishing.create(by=pen.account, pen_name=pen, title="Sheets of Paper", rating="general")
print(json.dumps([
    publishing.add_part(story, by=pen.account, title=f"Sheet {number}", html=html).pk
    for number, html in enumerate(TEXTS, 1)
]))
"""
AT_THE_END = """() => {
    const { doc, selection } = writing.page.sheet.sheets.text.view.state;
    return selection.empty && selection.to === doc.content.size - 1;
}"""
SHORT = "<p>The lamp was lit, and nobody had lit it.</p><p>She sat down beside it all the same.</p>"


@pytest.fixture(scope="module")
def sheets(serving: Serving, stock: Stock) -> Iterator[int]:
    """Parts that nobody has written on yet, one for each test: `next(sheets)` is the next one's number."""
    texts = ["\n".join(CONSTRUCTS), *[SHORT] * 40]
    numbers: list[int] = serving.python(f"TEXTS = {texts!r}\n{SHEETS}")
    return iter(numbers)


@pytest.fixture(scope="module")
def everything(sheets: Iterator[int]) -> int:
    """The part with one block of every kind."""
    return next(sheets)


@pytest.fixture
def sheet(everything: int, sheets: Iterator[int]) -> int:
    """A part of two short paragraphs."""
    return next(sheets)


@pytest.fixture
def write(open_page: OpenPage, stock: Stock) -> Callable[..., Page]:
    """Opens the editor of a part as its writer."""

    def opened(part: int, query: str = "", **options: Any) -> Page:
        page = open_page(stock.sessions["Wren"], **options)
        return at(page, part, query)

    return opened


def at(page: Page, part: int, query: str = "") -> Page:
    """Open the editor in this page, and wait until it has looked for words that wait."""
    page.goto(f"/write/parts/{part}/{query}")
    page.wait_for_selector("form[data-settled]")
    return page


def text_of(page: Page) -> Locator:
    """The sheet of the text."""
    return page.get_by_role("textbox", name="Text", exact=True)


def to_the_end(page: Page) -> None:
    """Put the cursor behind the last word of the text."""
    text_of(page).locator("p").last.click()

    def there() -> bool:
        page.keyboard.press("Control+End")
        return bool(page.evaluate(AT_THE_END))

    until(there)


def saved(page: Page) -> None:
    """Wait until the page says so."""
    expect(page.locator("[data-state][data-kind=saved]")).to_contain_text(re.compile(r"Saved \d\d:\d\d:\d\d"))


def stored(serving: Serving, part: int) -> str:
    """The newest text on the server, without block ids; what was set aside does not count."""
    rows = serving.rows(
        "SELECT html FROM stories_revision WHERE part_id = ? AND kind <> 'aside' ORDER BY number DESC", part
    )
    return re.sub(r' id="b-[0-9a-z]+"', "", str(rows[0][0]))


def revisions(serving: Serving, part: int, kind: str = "%") -> int:
    """How many there are."""
    return serving.number(
        "SELECT count(*) FROM stories_revision WHERE part_id = ? AND kind LIKE ?", part, kind
    )


def copies(page: Page) -> list[dict[str, Any]]:
    """What this device keeps, of anybody."""
    found: list[dict[str, Any]] = page.evaluate(
        """() => new Promise((resolve, reject) => {
            const asked = indexedDB.open("talehouse-writing", 1);
            asked.onerror = () => reject(asked.error);
            asked.onsuccess = () => {
                const all = asked.result.transaction("copies").objectStore("copies").getAll();
                all.onsuccess = () => { asked.result.close(); resolve(all.result); };
            };
        })"""
    )
    return found


def crash(page: Page) -> BrowserContext:
    """The page's process dies at once, as by a crash: nothing is said to it before."""
    context = page.context
    with page.expect_event("crash"):
        try:
            page.goto("chrome://crash", timeout=5_000)
        except Exception as error:  # noqa: BLE001  what it says depends on who notices first
            assert "crash" in str(error).lower() or "Timeout" in str(error), error
    page.close()
    return context


# Writing


def test_what_is_typed_is_on_the_server_a_moment_later(
    write: Callable[..., Page], sheet: int, serving: Serving
) -> None:
    page = write(sheet)
    to_the_end(page)
    page.keyboard.press("Enter")
    page.keyboard.type("It was still warm.")
    expect(page.locator("[data-state]")).to_have_text("Not saved yet")
    saved(page)
    assert stored(serving, sheet) == SHORT.replace("</p><p>", "</p>\n<p>") + "\n<p>It was still warm.</p>"
    until(lambda: copies(page) == [])
    expect(page.locator("[data-words]")).to_have_text("21")
    page.get_by_label("Title").fill("The warm lamp")
    saved_by_hand(page)
    page.reload()
    expect(page.get_by_label("Title")).to_have_value("The warm lamp")


def saved_by_hand(page: Page) -> None:
    """Ctrl+S, and wait for the answer."""
    with page.expect_response(re.compile("/keep/$")) as answer:
        page.keyboard.press("Control+s")
    assert answer.value.ok
    saved(page)


def test_a_text_that_nobody_touches_stays_as_it_is(
    write: Callable[..., Page], everything: int, serving: Serving
) -> None:
    before = serving.rows("SELECT number, html FROM stories_revision WHERE part_id = ?", everything)
    assert str(before[0][1]).count(' id="b-') == len(CONSTRUCTS)
    page = write(everything)
    saved_by_hand(page)
    for way in ("markdown", "html"):
        at(page, everything, f"?as={way}")
        page.get_by_role("button", name="Save", exact=True).click()
        saved(page)
    assert serving.rows("SELECT number, html FROM stories_revision WHERE part_id = ?", everything) == before


WRITTEN_ANEW = """async (blocks) => {
    const build = await import(document.querySelector("form").dataset.editor);
    const model = writing.model(build.pm);
    const again = [];
    model.parse(blocks.join("\\n")).forEach((node) => {
        const copy = build.pm.model.Node.fromJSON(model.schema, node.toJSON());
        again.push([node.type.name === "piece", model.serialise(model.schema.node("doc", null, [copy]))]);
    });
    return again;
}"""


def test_what_is_written_anew_says_the_same(write: Callable[..., Page], sheet: int) -> None:
    """Without the memory of how it came, as after a change in the block; only odd figures are pieces."""
    blocks = [*CONSTRUCTS, *FIGURES]
    again = write(sheet).evaluate(WRITTEN_ANEW, blocks)
    odd = [block for block, (is_piece, _html) in zip(blocks, again, strict=True) if is_piece]
    assert odd == [
        "<figure><table><tbody><tr><td>1</td></tr></tbody></table><figcaption>t</figcaption></figure>",
        FIGURES[3],
    ]

    def clean(html: str) -> str:
        return markup.sanitise(html, picture=lambda source: source)

    changed = [
        (block, html)
        for block, (_is_piece, html) in zip(blocks, again, strict=True)
        if clean(block) != clean(html)
    ]
    assert [markup.text_of(clean(one)) for one, _other in changed] == [
        markup.text_of(clean(other)) for _one, other in changed
    ]
    assert len(changed) <= 3, "languages side by side, a link within a format, a format twice"


def test_one_changed_block_leaves_all_others(
    write: Callable[..., Page], everything: int, serving: Serving
) -> None:
    before = stored(serving, everything).split("\n<")
    page = write(everything)
    text_of(page).locator("h2").click()
    page.keyboard.press("End")
    page.keyboard.type("bc")
    saved(page)
    after = stored(serving, everything).split("\n<")
    assert [(old, new) for old, new in zip(before, after, strict=True) if old != new] == [
        ("h2>a</h2>", "h2>abc</h2>")
    ]


def typed(page: Page) -> str:
    """What stands on the sheet, without the empty line below the last thing."""
    html: str = page.evaluate("() => writing.page.sheet.fields().text")
    return html.removesuffix("\n<p></p>")


TOOLS = {
    "Bold": "<p><strong>one two</strong></p>",
    "Italic": "<p><em>one two</em></p>",
    "Underlined": "<p><u>one two</u></p>",
    "Struck out": "<p><s>one two</s></p>",
    "Spoiler": '<p><span class="spoiler">one two</span></p>',
    "Heading": "<h2>one two</h2>",
    "Smaller heading": "<h3>one two</h3>",
    "Quote": "<blockquote><p>one two</p></blockquote>",
    "List": "<ul><li>one two</li></ul>",
    "Numbered list": "<ol><li>one two</li></ol>",
    "Centred": '<p class="center">one two</p>',
}


def test_every_tool_does_and_undoes(write: Callable[..., Page], sheet: int) -> None:
    page = write(sheet)
    text_of(page).click()
    page.keyboard.press("Control+a")
    page.keyboard.type("one two")
    for name, wanted in TOOLS.items():
        tool = page.get_by_role("toolbar").get_by_role("button", name=name, exact=True)
        page.keyboard.press("Control+a")
        tool.click()
        assert typed(page) == wanted, name
        expect(tool).to_have_attribute("aria-pressed", "true")
        tool.click()
        assert typed(page) == "<p>one two</p>", f"{name}, twice"
    page.get_by_role("button", name="Undo").click()
    assert typed(page) != "<p>one two</p>"
    page.get_by_role("button", name="Redo").click()
    assert typed(page) == "<p>one two</p>"


def test_keys_of_formats_and_lines(write: Callable[..., Page], sheet: int, serving: Serving) -> None:
    page = write(sheet)
    text_of(page).click()
    page.keyboard.press("Control+a")
    page.keyboard.type("a ")
    page.keyboard.press("Control+i")
    page.keyboard.type("b")
    page.keyboard.press("Control+i")
    page.keyboard.press("Control+b")
    page.keyboard.type("c")
    page.keyboard.press("Control+b")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("d")
    page.keyboard.press("Enter")
    page.keyboard.type("***")
    page.keyboard.press("Enter")
    page.keyboard.type("after")
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Control+Shift+8")
    page.keyboard.type("one")
    page.keyboard.press("Enter")
    page.keyboard.type("two")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.type("end")
    saved(page)
    assert stored(serving, sheet).split("\n") == [
        "<p>a <em>b</em><strong>c</strong><br>d</p>",
        "<hr>",
        "<p>after</p>",
        "<hr>",
        "<ul><li>one<ul><li>two</li></ul></li></ul>",
        "<p>end</p>",
    ]


def test_footnote_link_ruby_and_picture(write: Callable[..., Page], sheet: int, serving: Serving) -> None:
    page = write(sheet)
    tool = page.get_by_role("toolbar").get_by_role("button", name="Footnote")
    to_the_end(page)
    tool.click()
    page.keyboard.type("The second.")
    text_of(page).locator("p").first.click()
    page.keyboard.press("End")
    tool.click()
    page.keyboard.type("The first.")
    page.keyboard.press("Control+Alt+f")  # and back to its mark
    page.keyboard.type(" Well")
    page.keyboard.press("Control+k")
    page.get_by_label("Address").fill("example.org/weir")
    page.get_by_role("button", name="Set the link").click()
    page.get_by_role("button", name="Reading above the letters").click()
    page.get_by_label("Letters", exact=True).fill("堰")
    page.get_by_label("How they are read").fill("せき")
    page.get_by_role("button", name="Set it").click()
    page.get_by_role("button", name="Picture").click()
    dialog = page.locator("#ask-picture")
    dialog.locator("input[type=file]").set_input_files(
        {"name": "lamp.png", "mimeType": "image/png", "buffer": a_picture()}
    )
    dialog.get_by_label("What it shows").fill("A lamp")
    dialog.get_by_role("button", name="Put it in").click()
    expect(text_of(page).locator("figure img")).to_have_js_property("complete", value=True)
    saved(page)
    html = stored(serving, sheet)
    first, second = html.index('href="#fn-2"'), html.index('href="#fn-1"')
    assert first < second, "the mark that came later stands first"
    assert '>1</a></sup> Well<a href="https://example.org/weir"' in html
    assert "<ruby>堰<rt>せき</rt></ruby>" in html
    assert re.search(
        r'<figure><img src="/media/[0-9a-f]{64}\.png" alt="A lamp" width="32" height="24"></figure>', html
    )
    assert html.endswith('<ol><li id="fn-2">The first.</li><li id="fn-1">The second.</li></ol></section>')
    assert text_of(page).locator("figure img").evaluate("(image) => image.naturalWidth") == 32


def a_picture() -> bytes:
    """32 × 24 pixels."""
    target = io.BytesIO()
    Image.new("RGBA", (32, 24), (240, 180, 80, 128)).save(target, "PNG")
    return target.getvalue()


def paste(page: Page, **data: str) -> None:
    """What the browser tells a page when somebody pastes."""
    kinds = {"html": "text/html", "text": "text/plain"}
    page.evaluate(
        """(data) => {
            const carried = new DataTransfer();
            for (const [kind, value] of Object.entries(data)) carried.setData(kind, value);
            document.activeElement.dispatchEvent(
                new ClipboardEvent("paste", { clipboardData: carried, bubbles: true, cancelable: true }));
        }""",
        {kinds[name]: value for name, value in data.items()},
    )


def test_pasting_from_word_and_plain(write: Callable[..., Page], sheet: int, serving: Serving) -> None:
    page = write(sheet)
    text_of(page).click()
    page.keyboard.press("Control+a")
    paste(page, html=(CLIPBOARD / "word.html").read_text(encoding="utf-8"), text="not this")
    page.keyboard.type(" Still.")
    page.keyboard.press("Enter")
    paste(page, text="plain one\n\nplain two")
    saved(page)
    assert stored(serving, sheet).split("\n")[-3:] == [
        "<p>After the weir there was only water. Still.</p>",
        "<p>plain one</p>",
        "<p>plain two</p>",
    ]
    assert "<em>warm</em>" in stored(serving, sheet)


def test_what_is_copied_within_the_editor_keeps_everything(
    write: Callable[..., Page], everything: int
) -> None:
    page = write(everything)
    text_of(page).locator("p").first.click()
    page.keyboard.press("Control+a")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    html = page.evaluate("() => writing.page.sheet.fields().text")
    page.keyboard.press("Control+c")
    page.keyboard.press("Control+v")
    again = page.evaluate("() => writing.page.sheet.fields().text")
    assert re.sub(r"\s+|<p></p>", "", again).count("spoiler") == 1
    assert set(re.findall(r"<(\w+)", html)) <= set(re.findall(r"<(\w+)", again)) | {"em"}
    page.keyboard.press("Control+z")
    assert page.evaluate("() => writing.page.sheet.fields().text") == html


def test_find_and_replace(write: Callable[..., Page], sheet: int, serving: Serving) -> None:
    page = write(sheet)
    to_the_end(page)  # it looks from there, and begins anew
    page.keyboard.press("Control+f")
    page.get_by_label("Find", exact=True).fill("IT")
    count = page.locator("[data-count]")
    expect(count).to_have_text("1 of 4")
    page.keyboard.press("Enter")
    expect(count).to_have_text("2 of 4")
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Shift+Enter")
    expect(count).to_have_text("4 of 4")
    expect(text_of(page).locator(".found")).to_have_count(4)
    expect(text_of(page).locator(".found.now")).to_be_in_viewport()
    page.get_by_label("Replace with").fill("the lamp")
    page.get_by_role("button", name="Replace", exact=True).click()
    expect(count).to_have_text("1 of 3")
    page.get_by_label("Find", exact=True).fill("nothing of the kind")
    expect(count).to_have_text("Not there")
    page.get_by_label("Find", exact=True).fill("lit")
    page.get_by_label("Replace with").fill("on")
    page.get_by_role("button", name="All", exact=True).click()
    expect(count).to_have_text("Replaced: 2")
    page.keyboard.press("Escape")
    expect(text_of(page)).to_be_focused()
    expect(text_of(page).locator(".found")).to_have_count(0)
    saved(page)
    assert stored(serving, sheet).startswith("<p>The lamp was on, and nobody had on it.</p>")


def test_the_toolbar_by_keyboard_and_full_screen(write: Callable[..., Page], sheet: int) -> None:
    page = write(sheet)
    bar = page.get_by_role("toolbar")
    bar.get_by_role("button").first.focus()
    for _step in range(2):
        page.keyboard.press("ArrowRight")
    expect(bar.get_by_role("button", name="Bold")).to_be_focused()
    page.keyboard.press("End")
    expect(bar.get_by_role("button", name="Nothing but the text")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(bar.get_by_role("button", name="Undo")).to_be_focused()
    assert bar.locator("[tabindex='0']").count() == 1
    page.keyboard.press("Control+Shift+f")
    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
    page.keyboard.press("Control+Shift+f")
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()


# No lost word


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


# Plain ways, phones, and everybody


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


def test_publishing_saves_first(write: Callable[..., Page], sheet: int, serving: Serving) -> None:
    page = write(sheet)
    to_the_end(page)
    page.keyboard.type(" Ready.")
    page.get_by_role("button", name="Publish").click()
    page.wait_for_url(re.compile(rf"/write/parts/{sheet}/publish/$"))
    assert "Ready." in stored(serving, sheet)


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
