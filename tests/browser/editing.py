"""An editor that is open in a browser, and what becomes of its words, for the tests of this folder."""

from __future__ import annotations

import io
import re
from typing import Any

from PIL import Image
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.serving import Serving, until

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


def saved_by_hand(page: Page) -> None:
    """Ctrl+S, and wait for the answer."""
    with page.expect_response(re.compile("/keep/$")) as answer:
        page.keyboard.press("Control+s")
    assert answer.value.ok
    saved(page)


def a_picture() -> bytes:
    """32 × 24 pixels."""
    target = io.BytesIO()
    Image.new("RGBA", (32, 24), (240, 180, 80, 128)).save(target, "PNG")
    return target.getvalue()
