"""Putting tags in order in a browser: without JavaScript, on every width, and axe finds nothing."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Stock
from tests.serving import Serving

pytestmark = pytest.mark.browser

TAGS = """
import json
from talehouse.accounts.models import PenName
from talehouse.stories import describing, publishing
from talehouse.tags.models import Tag
pen = PenName.objects.get(name="Wren")
names = ["Salt Marsh", "salt marsh!", "marsh, salt"]
for number, name in enumerate(names):
    made = publishing.create(by=pen.account, pen_name=pen, title=f"Marsh {number}", rating="general")
    describing.set_tags(made, [("theme", name)], by=pen.account)
    part = publishing.add_part(made, by=pen.account, title="One", html="<p>Water stood.</p>")
    publishing.publish(part, by=pen.account)
print(json.dumps({name: Tag.objects.get(name=name).pk for name in names}))
"""


@pytest.fixture(scope="module")
def tags(serving: Serving, stock: Stock) -> dict[str, int]:
    """Three spellings of one theme, each on a story."""
    made: dict[str, int] = serving.python(TAGS)
    return made


def test_a_wrangler_makes_spellings_one_tag_and_undoes_it_without_a_script(
    open_page: OpenPage, stock: Stock, tags: dict[str, int]
) -> None:
    page = open_page(stock.sessions["Keeper"], java_script_enabled=False)
    page.goto(f"/wrangling/tags/{tags['Salt Marsh']}/")
    page.get_by_role("link", name="Make canonical").click()
    page.get_by_role("button", name="Do it").click()
    expect(page.get_by_role("status")).to_contain_text("done")
    page.goto("/wrangling/?q=marsh")
    for name in ("salt marsh!", "marsh, salt"):
        page.locator(f"#tag-{tags[name]}").check()
    page.get_by_role("button", name="Look at it first").click()
    expect(page.get_by_text("This joins 1 story to “Salt Marsh”.")).to_have_count(2)
    page.get_by_role("button", name="Do it").click()
    expect(page.get_by_role("status")).to_contain_text("2 tags")
    assert page.url.endswith("/wrangling/?q=marsh")
    page.goto("/tags/theme/salt-marsh/")
    expect(page.get_by_role("heading", name="Also written")).to_be_visible()
    page.goto("/wrangling/log/")
    page.get_by_role("button", name="Undo all 2 that were done at once").click()
    expect(page.get_by_role("status")).to_contain_text("2 changes are undone.")
    page.goto("/tags/theme/salt-marsh/")
    expect(page.get_by_role("heading", name="Also written")).to_have_count(0)


PATHS = {
    "desk": "/wrangling/",
    "canonical": "/wrangling/?standing=canonical",
    "tag": "/wrangling/tags/{}/",
    "preview": "/wrangling/preview/?act=aside&tag={}",
    "refused": "/wrangling/preview/?act=synonym&tag={}&name=zebra",
    "log": "/wrangling/log/",
    "who": "/host/wranglers/",
    "public": "/tags/theme/salt-marsh/",
}


@pytest.mark.parametrize("name", PATHS)
def test_axe_finds_nothing_and_nothing_is_too_wide(
    open_page: OpenPage, stock: Stock, tags: dict[str, int], name: str
) -> None:
    page = open_page(stock.sessions["Keeper"])
    for width in (360, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(PATHS[name].format(tags["salt marsh!"]))
        assert found(page) == [], f"{name} at {width}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} at {width}"


def found(page: Page) -> list[str]:
    """What axe says of the page."""
    answer = Axe().run(page, options={"resultTypes": ["violations"]})
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in answer.response["violations"]]
