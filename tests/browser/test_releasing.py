"""A writer gives parts their time, a story its rhythm, and looks at the month, at a desk and on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Stock
from tests.browser.test_every_page import judge, look
from tests.serving import Serving

pytestmark = pytest.mark.browser

NEW_YORK = ZoneInfo("America/New_York")

MAKE = """
import json
from talehouse.accounts.models import Account, PenName
from talehouse.stories import publishing
pen = PenName.objects.get(name="Wren")
by = pen.account
Account.objects.filter(pk=by.pk).update(time_zone="America/New_York")
text = "<p>The lamp was lit, and nobody had lit it.</p>"
made = publishing.create(by=by, pen_name=pen, title=TITLE, rating="general")
publishing.publish(publishing.add_part(made, by=by, title="The Lamp", html=text), by=by)
for title in ("The Weir", "The Orchard", "The Rope"):
    publishing.add_part(made, by=by, title=title, html=text)
print(json.dumps({"story": made.pk, **dict(made.parts.values_list("title", "pk"))}))
"""

Make = Callable[[str], dict[str, int]]


@pytest.fixture
def make(serving: Serving, stock: Stock) -> Make:
    """A story with one part out and three drafts, by a writer whose clocks are New York's."""
    return lambda title: serving.python(f"TITLE = {title!r}\n{MAKE}")


def release_at(serving: Serving, part: int) -> datetime | None:
    """When a part comes out."""
    told = serving.rows("SELECT release_at FROM stories_part WHERE id = ?", part)[0][0]
    if told is None:
        return None
    at = told if isinstance(told, datetime) else datetime.fromisoformat(told)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def test_a_part_gets_its_time_by_the_writers_clocks(
    open_page: OpenPage, stock: Stock, serving: Serving, make: Make
) -> None:
    """The browser stands in Tokyo; what counts is the zone that the page names."""
    made = make("A Time of Its Own")
    page = open_page(stock.sessions["Wren"], timezone_id="Asia/Tokyo")
    page.goto(f"/write/parts/{made['The Weir']}/publish/")
    expect(page.get_by_text("By the clocks of America/New York")).to_be_visible()
    day = datetime.now(NEW_YORK).date() + timedelta(days=9)
    expect(page.get_by_label("Day")).to_be_hidden()
    page.get_by_label("At a time").check()
    page.get_by_label("Day").fill(day.isoformat())
    page.get_by_label("Time", exact=True).fill("21:15")
    page.get_by_role("button", name="Schedule", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("comes out on")
    expect(page.get_by_role("heading", level=1)).to_contain_text("It comes out")
    assert release_at(serving, made["The Weir"]) == datetime.combine(day, time(21, 15), NEW_YORK)

    page.get_by_label("Day").fill("2020-02-02")
    page.get_by_role("button", name="Schedule", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("This time has passed")
    expect(page.get_by_label("Day")).to_have_value("2020-02-02")

    page.goto(f"/write/parts/{made['The Weir']}/publish/")
    page.get_by_role("button", name="Take it off the schedule").click()
    expect(page.get_by_role("status")).to_contain_text("a draft again")
    assert release_at(serving, made["The Weir"]) is None


def test_publishing_gives_a_link_to_share(open_page: OpenPage, stock: Stock, make: Make) -> None:
    made = make("A Link to Share")
    page = open_page(stock.sessions["Wren"], permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"/write/parts/{made['The Weir']}/publish/")
    page.get_by_role("button", name="Publish").click()
    link = page.get_by_label("It leads straight to this part")
    address = link.input_value()
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == address
    visitor = open_page()
    visitor.goto(address)
    expect(visitor.get_by_role("heading", level=1)).to_contain_text("The Weir")


def test_a_rhythm_empties_the_queue_by_keyboard_alone(
    open_page: OpenPage, stock: Stock, serving: Serving, make: Make
) -> None:
    made = make("Tuesdays and Fridays")
    page = open_page(stock.sessions["Wren"])
    page.goto(f"/write/stories/{made['story']}/release/")
    page.get_by_label("Tuesday").focus()
    page.keyboard.press("Space")
    page.get_by_label("Friday").focus()
    page.keyboard.press("Space")
    page.get_by_label("Time", exact=True).fill("18:00")
    page.get_by_label("Time zone").select_option("Europe/Berlin")
    page.get_by_role("button", name="Set the rhythm").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("This is the rhythm now.")
    page.get_by_role("button", name="Put all 3 drafts into the queue").press("Enter")
    expect(page.locator("ol.turns > li")).to_have_count(3)

    berlin = ZoneInfo("Europe/Berlin")
    for title in ("The Weir", "The Orchard", "The Rope"):
        at = release_at(serving, made[title])
        assert at is not None
        local = at.astimezone(berlin)
        assert (local.hour, local.minute, local.isoweekday() in (2, 5)) == (18, 0, True)

    page.get_by_role("button", name="Pause").press("Enter")
    expect(page.get_by_text("The rhythm is paused:")).to_be_visible()
    assert release_at(serving, made["The Weir"]) is None
    page.get_by_role("button", name="Go on").press("Enter")
    page.get_by_role("button", name=re.compile("Take out.*The Weir")).press("Enter")
    expect(page.locator("ol.turns > li")).to_have_count(2)
    expect(page.locator("ol.turns > li").first).to_contain_text("The Orchard")


def test_the_month_on_a_desk_and_on_a_phone(
    open_page: OpenPage, stock: Stock, serving: Serving, make: Make
) -> None:
    made = make("A Month of It")
    page = open_page(stock.sessions["Wren"])
    today = datetime.now(NEW_YORK).date()
    schedule(page, made["The Rope"], (today + timedelta(days=40)).isoformat(), "06:05")
    page.goto("/write/calendar/")
    table, mine = page.get_by_role("table"), f"a[href='/write/parts/{made['The Rope']}/publish/']"
    expect(table.get_by_role("columnheader")).to_have_count(7)
    expect(table.locator("[aria-current=date]")).to_have_count(1)
    for _month in range(2):
        if table.locator(mine).count():
            break
        page.get_by_role("link", name="After").click()
    expect(table.locator(mine)).to_contain_text("6:05")
    month = page.url

    page.set_viewport_size({"width": 360, "height": 780})
    expect(table).to_be_hidden()
    entry = page.locator("ol.busy").locator(mine)
    box = entry.bounding_box()
    assert box is not None and box["height"] >= 44
    entry.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("The Rope")
    page.goto(month)
    page.get_by_role("link", name="Before").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("")


def schedule(page: Page, part: int, day: str, at: str) -> None:
    """Give a part its time on its page."""
    page.goto(f"/write/parts/{part}/publish/")
    page.get_by_label("At a time").check()
    page.get_by_label("Day").fill(day)
    page.get_by_label("Time", exact=True).fill(at)
    page.get_by_role("button", name="Schedule", exact=True).click()


def test_without_javascript(open_page: OpenPage, stock: Stock, serving: Serving, make: Make) -> None:
    made = make("Plain Forms")
    page = open_page(stock.sessions["Wren"], java_script_enabled=False)
    day = datetime.now(NEW_YORK).date() + timedelta(days=3)
    schedule(page, made["The Weir"], day.isoformat(), "07:45")
    assert release_at(serving, made["The Weir"]) == datetime.combine(day, time(7, 45), NEW_YORK)


@pytest.mark.parametrize("scripts", [True, False])
def test_the_button_says_what_it_does(
    open_page: OpenPage, stock: Stock, serving: Serving, make: Make, scripts: bool
) -> None:
    made = make(f"What the Button Does {scripts}")
    page = open_page(stock.sessions["Wren"], java_script_enabled=scripts)
    page.goto(f"/write/stories/{made['story']}/release/")
    page.get_by_label("Friday").check(force=True)
    page.get_by_role("button", name="Set the rhythm").click()
    expect(page.get_by_role("status")).to_contain_text("This is the rhythm now.")
    page.goto(f"/write/parts/{made['The Weir']}/publish/")
    button = page.locator("button[name=do][value=publish]")
    ways = {"Now": "Publish", "At a time": "Schedule", "In its turn": "Into the queue"}
    for way, does in [*ways.items(), ("Now", "Publish")]:
        page.get_by_label(way).check()
        expect(button).to_have_accessible_name(does)
    page.get_by_label("In its turn").check()
    button.click()
    expect(page.get_by_role("status")).to_contain_text("waits in the queue")
    expect(button).to_have_accessible_name("Publish")


def test_axe_finds_nothing(open_page: OpenPage, stock: Stock, make: Make) -> None:
    made = make("In Every State")
    page = open_page(stock.sessions["Wren"], reduced_motion="reduce")
    pages = {
        "a draft": f"/write/parts/{made['The Weir']}/publish/",
        "out": f"/write/parts/{made['The Lamp']}/publish/",
        "no rhythm": f"/write/stories/{made['story']}/release/",
    }
    found = look(page, pages)
    page.goto(pages["no rhythm"])
    page.get_by_label("Tuesday").check(force=True)
    page.get_by_role("button", name="Set the rhythm").click()
    page.get_by_role("button", name="Put all 3 drafts into the queue").click()
    tomorrow = (datetime.now(NEW_YORK) + timedelta(days=1)).date().isoformat()
    schedule(page, made["The Orchard"], tomorrow, "12:00")
    found += look(
        page,
        {
            "a rhythm": pages["no rhythm"],
            "in its turn": pages["a draft"],
            "scheduled": f"/write/parts/{made['The Orchard']}/publish/",
            "calendar": "/write/calendar/",
        },
    )
    page.goto(f"/write/parts/{made['The Rope']}/publish/")
    page.get_by_label("At a time").check()
    page.get_by_label("Day").fill("")
    page.get_by_role("button", name="Schedule", exact=True).click()
    expect(page.locator(".errorlist").first).to_be_visible()
    judge(found)
