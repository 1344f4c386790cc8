"""A footnote leads to its note, and from there back to the paragraph in which it was called."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage, Stock
from tests.browser.test_every_page import faults, judge
from tests.serving import Serving

pytestmark = pytest.mark.browser

STORY = """
import json
from talehouse.accounts.models import PenName
from talehouse.stories import publishing
pen = PenName.objects.get(name="Wren")
story = publishing.create(by=pen.account, pen_name=pen, title="Who Knew", rating="general")
call = '<sup><a class="fn" href="#fn-1" id="fnref-1">1</a></sup>'
notes = '<section class="footnotes"><ol><li id="fn-1">The cat did.</li></ol></section>'
html = f"<p>Nobody knew{call}.</p>" + "<p>And it rained.</p>" * 40 + notes
part = publishing.publish(publishing.add_part(story, by=pen.account, title="Who", html=html), by=pen.account)
print(json.dumps(part.url))
"""


def test_a_note_leads_back_to_where_it_was_called(
    open_page: OpenPage, serving: Serving, stock: Stock
) -> None:
    page = open_page(reduced_motion="reduce")
    page.goto(serving.python(STORY))
    first = page.get_by_text("Nobody knew")
    for _twice in range(2):
        page.get_by_role("link", name="1", exact=True).click()
        expect(page.get_by_text("The cat did.")).to_be_in_viewport()
        expect(first).not_to_be_in_viewport()
        back = page.get_by_role("link", name="Back to the text")
        expect(back).to_have_count(1)
        back.click()
        expect(first).to_be_in_viewport()
    judge(faults(page, "footnotes"))
