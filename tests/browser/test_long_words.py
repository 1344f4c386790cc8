"""A word without end widens no page on a phone."""

from __future__ import annotations

import pytest

from tests.browser.conftest import OpenPage, Stock
from tests.browser.test_every_page import judge, too_wide
from tests.serving import Serving

pytestmark = pytest.mark.browser

STORY = """
import json
from talehouse.accounts.models import PenName
from talehouse.stories import publishing
from talehouse.stories.models import Part
pen = PenName.objects.get(name="Wren")
wide = {"title": "Donaudampfschiff" * 7, "rating": "general", "visibility": "private"}
story = publishing.create(by=pen.account, pen_name=pen, **wide)
part = publishing.add_part(story, by=pen.account, title="Rindfleischetikett" * 7, html="<p>Short.</p>")
part = publishing.publish(part, by=pen.account)
publishing.edit(Part.objects.get(pk=part.pk), by=pen.account, html="<p>Shorter.</p>")
publishing.add_part(story, by=pen.account, title="Waitingandwaiting" * 7, html="<p>Short.</p>")
print(json.dumps([story.pk, story.url, part.pk, part.url]))
"""


def test_a_word_without_end_widens_no_page(open_page: OpenPage, serving: Serving, stock: Stock) -> None:
    story, story_url, part, part_url = serving.python(STORY)
    page = open_page(stock.sessions["Wren"], viewport={"width": 360, "height": 780})
    of_story, of_part = f"/write/stories/{story}/", f"/write/parts/{part}/"
    found: list[str] = []
    for path in (
        "/write/",
        story_url,
        part_url,
        *(of_story + ending for ending in ("", "parts/", "people/", "release/", "ranks/", "replace/")),
        *(of_part + ending for ending in ("", "?as=html", "notes/", "revisions/", "publish/")),
        f"{of_part}revisions/?one=1&other=2",
        f"{of_part}revisions/1/",
        f"/parts/{part}/comments/",
        "/settings/close/",
    ):
        page.goto(path)
        found += [f"{path}: {wide}" for wide in too_wide(page)]
    judge(found)


CALLED = "from talehouse.site import house\nhouse.change(name=NAME)\nprint(1)"
BELOW = """() => {
    const shown = [...document.querySelectorAll(".bar > *")].filter((one) => one.offsetHeight);
    const end = document.querySelector(".bar .mark").getBoundingClientRect().bottom;
    return shown.filter((one) => one.getBoundingClientRect().top >= end).map((one) => one.textContent);
}"""
"""What stands in a row below the name."""


@pytest.mark.parametrize("name", ["The Reading Room", "Archive" * 11 + "abc"])
def test_the_name_of_the_archive_leaves_the_bar_one_row(
    open_page: OpenPage, serving: Serving, stock: Stock, name: str
) -> None:
    former = serving.rows("SELECT name FROM site_site")[0][0]
    serving.python(f"NAME = {name!r}\n{CALLED}")
    try:
        for session in ("", stock.sessions["Wren"]):
            page = open_page(session, viewport={"width": 360, "height": 780})
            for path in ("/", "/about/"):
                page.goto(path)
                assert page.locator(".bar .mark").inner_text() == name
                assert page.evaluate(BELOW) == []
                judge(too_wide(page))
    finally:
        serving.python(f"NAME = {former!r}\n{CALLED}")
