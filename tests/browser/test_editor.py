"""The editor in a real browser: writing, and every format."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from talehouse.lib import html as markup
from tests.browser.editing import (
    CONSTRUCTS,
    PICTURE,
    SHORT,
    a_picture,
    at,
    copies,
    saved,
    saved_by_hand,
    stored,
    text_of,
    to_the_end,
)
from tests.serving import Serving, until

pytestmark = pytest.mark.browser
CLIPBOARD = Path(__file__).with_name("clipboard")

FIGURES = [
    f'<figure><img src="{PICTURE}" alt="A &amp; &quot;b&quot;"><figcaption><em>d</em></figcaption></figure>',
    f'<figure class="center"><img src="{PICTURE}" alt="" width="4" height="3"></figure>',
    f'<p><img src="{PICTURE}" alt="x"><img src="{PICTURE}" alt="y"></p>',
    f'<figure><figcaption>before</figcaption><img src="{PICTURE}" alt=""></figure>',
]


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
    page.get_by_label("Address").fill("javascript:alert(1)")
    page.get_by_role("button", name="Set the link").click()
    expect(page.locator("#ask-href:invalid")).to_be_visible()
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
