"""The desk in a real browser: order by mouse and keyboard, undo, the form, and all without a script."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage, Stock
from tests.browser.test_every_page import WIDTHS, faults, judge, look
from tests.serving import Serving

pytestmark = pytest.mark.browser

MAKE = """
import json
from talehouse.accounts.models import PenName
from talehouse.stories import describing, publishing

pen = PenName.objects.get(name="Wren")
story = publishing.create(by=pen.account, pen_name=pen, title=TITLE, rating="general")
describing.set_warnings(story, ["chose-not"], by=pen.account)
describing.set_tags(story, [("genre", "Mystère lent"), ("theme", "Stairs, and lamps")], by=pen.account)
text = "<p>The lamp was lit.</p><p>The <em>la</em>mp went out.</p>"
for number in range(1, PARTS + 1):
    part = publishing.add_part(story, by=pen.account, title=f"Step {number}", html=text)
    publishing.publish(part, by=pen.account)
print(json.dumps(story.pk))
"""

Make = Callable[..., int]


@pytest.fixture
def make(serving: Serving, stock: Stock) -> Make:
    """Makes a story of Wren's with so many published parts, and gives its number."""

    def made(title: str, parts: int = 4) -> int:
        number: int = serving.python(f"TITLE, PARTS = {title!r}, {parts}\n{MAKE}")
        return number

    return made


SOON = 30_000
"""How long a busy machine may take for a form, in milliseconds."""


def shows(page: Page, expected: list[str]) -> None:
    """The parts stand in this order."""
    expect(page.locator(".part-list h3")).to_have_text(expected, timeout=SOON)


def row(page: Page, title: str) -> Locator:
    return page.locator(".part-list > li").filter(has_text=title)


def parts_page(open_page: OpenPage, stock: Stock, number: int, **options: Any) -> Page:
    page = open_page(stock.sessions["Wren"], **options)
    page.goto(f"/write/stories/{number}/parts/")
    return page


def kept(page: Page, expected: list[str]) -> None:
    """The order stands in the page, and on the server."""
    shows(page, expected)
    page.reload()
    shows(page, expected)


def test_parts_are_dragged_into_order(open_page: OpenPage, stock: Stock, make: Make) -> None:
    page = parts_page(open_page, stock, make("Dragged"), viewport={"width": 1200, "height": 1000})
    grip = row(page, "Step 4").locator("[data-grip]").bounding_box()
    target = row(page, "Step 1").bounding_box()
    assert grip and target
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.mouse.move(grip["x"] + 10, grip["y"] + 10)
        page.mouse.down()
        page.mouse.move(grip["x"] + 10, target["y"] + target["height"] / 2, steps=12)
        page.mouse.move(grip["x"] + 10, target["y"] + 4, steps=3)
        page.mouse.up()
    expect(page.locator("[data-says]")).to_have_text("Step 4 is number 1 now.")
    kept(page, ["Step 4", "Step 1", "Step 2", "Step 3"])


def test_parts_are_put_in_order_by_keyboard(open_page: OpenPage, stock: Stock, make: Make) -> None:
    page = parts_page(open_page, stock, make("By Keyboard", 3))
    down = page.get_by_role("button", name="Move Step 1 down")
    down.focus()
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.keyboard.press("Enter")
    expect(down).to_be_focused()
    expect(page.locator(".part-list .no")).to_have_text(["1", "2", "3"])
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Move Step 1 up")).to_be_focused()
    kept(page, ["Step 2", "Step 3", "Step 1"])


def test_many_are_deleted_and_brought_back(open_page: OpenPage, stock: Stock, make: Make) -> None:
    page = parts_page(open_page, stock, make("Undone", 5))
    page.get_by_label("Choose Step 2").check()
    page.get_by_label("Choose Step 4").click(modifiers=["Shift"])
    expect(page.get_by_text("3 chosen")).to_be_visible(timeout=SOON)
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("3 parts are deleted.")).to_be_visible(timeout=SOON)
    shows(page, ["Step 1", "Step 5"])
    page.get_by_role("button", name="Undo").click()
    shows(page, [f"Step {number}" for number in range(1, 6)])


def test_everything_of_the_table_works_without_a_script(
    open_page: OpenPage, stock: Stock, make: Make
) -> None:
    page = parts_page(open_page, stock, make("Plainly Ordered", 3), java_script_enabled=False)
    page.get_by_role("button", name="Move Step 1 down").click()
    shows(page, ["Step 2", "Step 1", "Step 3"])
    page.get_by_label("Or choose by number").fill("2-3")
    page.get_by_role("button", name="Withdraw", exact=True).click()
    expect(page.locator(".part-list .badge.bad")).to_have_count(2, timeout=SOON)
    page.get_by_label("Choose Step 3").check()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Undo").click()
    shows(page, ["Step 2", "Step 1", "Step 3"])


def picture(folder: Path) -> Path:
    path = folder / "cover.png"
    target = io.BytesIO()
    Image.new("RGB", (700, 1050), (90, 40, 30)).save(target, "PNG")
    path.write_bytes(target.getvalue())
    return path


def fold(page: Page, name: str) -> None:
    page.locator("summary").filter(has_text=name).click()


def test_the_story_tells_of_itself_with_suggestions(
    open_page: OpenPage, stock: Stock, make: Make, tmp_path: Path
) -> None:
    make("Carries the Tag")
    number = make("Tells of Itself")
    page = open_page(stock.sessions["Wren"])
    page.goto(f"/write/stories/{number}/")
    fold(page, "Tags")
    genres = page.get_by_role("combobox", name="Genres")
    expect(page.locator(".tag-line").filter(has_text="Mystère lent")).to_have_count(1)
    page.get_by_role("button", name="Remove Mystère lent").click()
    genres.press_sequentially("MYST")
    expect(page.get_by_role("option", name="Mystère lent")).to_be_visible(timeout=SOON)
    genres.press("ArrowDown")
    genres.press("Enter")
    genres.press_sequentially("Slow burn,")
    themes = page.get_by_role("combobox", name="Themes")
    expect(page.get_by_role("button", name="Remove Stairs, and lamps")).to_have_count(1)
    themes.fill("Lanterns")
    themes.press("Tab")
    fold(page, "Cover")
    page.set_input_files("input[type=file]", picture(tmp_path))
    page.get_by_label("What it shows").fill("A lamp on a stair")
    page.get_by_role("button", name="Keep this").click()
    expect(page.get_by_text("Kept.")).to_be_visible(timeout=SOON)
    page.goto(f"/stories/{number}/")
    assert page.locator(".tags .chip").all_text_contents() == [
        "Mystère lent",
        "Slow burn",
        "Stairs, and lamps",
        "Lanterns",
    ]
    shown = page.locator(".lamp img").evaluate("(image) => image.decode().then(() => image.currentSrc)")
    assert shown.endswith(("-320.webp", "-640.webp"))


def test_the_form_works_without_a_script_and_keeps_what_was_typed(
    open_page: OpenPage, stock: Stock, make: Make
) -> None:
    number = make("Plainly Told", 1)
    page = open_page(stock.sessions["Wren"], java_script_enabled=False)
    page.goto(f"/write/stories/{number}/")
    fold(page, "Tags")
    expect(page.get_by_label("Themes")).to_have_value('"Stairs, and lamps"')
    page.get_by_label("Characters").fill("Anna, The Keeper")
    fold(page, "Warnings")
    page.get_by_label("No warnings apply").check()
    page.get_by_label("Graphic violence").check()
    page.get_by_role("button", name="Keep this").click()
    expect(page.get_by_text("cannot stand beside a warning")).to_be_visible(timeout=SOON)
    page.get_by_label("Graphic violence").uncheck()
    page.get_by_role("button", name="Keep this").click()
    expect(page.get_by_text("Kept.")).to_be_visible(timeout=SOON)
    page.goto(f"/stories/{number}/")
    expect(page.locator(".tags")).to_contain_text("The Keeper")


def test_a_story_begins_and_opens_in_the_editor(open_page: OpenPage, stock: Stock) -> None:
    page = open_page(stock.sessions["Reed"], java_script_enabled=False)
    page.goto("/write/")
    page.get_by_role("link", name="Write", exact=True).click()
    page.get_by_label("Title").fill("Begun Plainly")
    page.get_by_label("Rating").select_option("General")
    page.get_by_label("Text").fill("It began.\n\nAnd went on.")
    page.get_by_role("button", name="On to the editor").click()
    expect(page).to_have_url(re.compile(r"/write/parts/\d+/"), timeout=SOON)


def test_words_are_replaced_after_a_look(open_page: OpenPage, stock: Stock, make: Make) -> None:
    number = make("Replaced", 2)
    page = open_page(stock.sessions["Wren"])
    page.goto(f"/write/stories/{number}/replace/")
    page.get_by_label("Find").fill("lamp")
    page.get_by_label("Replace with").fill("torch")
    page.get_by_role("button", name="Look").click()
    expect(page.get_by_text("4 places found in 2 parts.")).to_be_visible(timeout=SOON)
    page.locator("input[name=place]").first.uncheck()
    expect(page.get_by_text("3 chosen")).to_be_visible(timeout=SOON)
    page.get_by_label("Publish the changed parts at once").check()
    page.get_by_role("button", name="Replace what is ticked").click()
    expect(page.get_by_text("3 places replaced in 2 parts.")).to_be_visible(timeout=SOON)
    page.goto(f"/stories/{number}/")
    page.get_by_role("link", name="Start reading").click()
    expect(page.locator("article[data-part]")).to_contain_text("The lamp was lit.")
    expect(page.locator("article[data-part]")).to_contain_text("The torch went out.")


def test_readers_pages_lead_its_people_to_the_desk(open_page: OpenPage, stock: Stock) -> None:
    for session, number in ((stock.sessions["Wren"], 1), (stock.sessions["Reed"], 0), ("", 0)):
        page = open_page(session)
        page.goto(stock.stories["steps"]["url"])
        expect(page.get_by_role("link", name="Edit this story")).to_have_count(number)
        page.goto(stock.first("steps"))
        expect(page.get_by_role("link", name="Edit this part")).to_have_count(number)


def undone(page: Page, width: int) -> list[str]:
    """What is wrong with the page that offers to undo, at this width."""
    page.set_viewport_size({"width": width, "height": 900})
    page.get_by_role("button", name="Undo").wait_for()
    page.wait_for_load_state()
    return faults(page, "undo")


def test_axe_finds_nothing_on_the_desk(
    open_page: OpenPage, serving: Serving, stock: Stock, make: Make
) -> None:
    number = make("Looked At", 3)
    page = open_page(stock.sessions["Wren"], reduced_motion="reduce")
    at = f"/write/stories/{number}/"
    gone = serving.rows("SELECT id FROM stories_part WHERE story_id = ?", number)[0][0]
    page.goto(f"{at}parts/")
    page.locator(f"input[name=part][value='{gone}']").check()
    page.get_by_role("button", name="Delete", exact=True).click()
    found = [fault for width in WIDTHS for fault in undone(page, width)]
    found += look(
        page,
        {
            "desk": "/write/",
            "new": "/write/new/",
            "story": at,
            "parts": f"{at}parts/",
            "replace": f"{at}replace/?find=lamp&into=torch",
            "nothing found": f"{at}replace/?find=dragon",
        },
    )
    page.goto(at)
    page.evaluate("for (const one of document.querySelectorAll('details.fold')) one.open = true")
    found += faults(page, "the whole form")
    judge(found)
