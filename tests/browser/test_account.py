"""My account: pen names with their pages, closing, changing one's mind, and being gone."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.addresses import picture
from tests.browser.conftest import PASSWORD, PEOPLE, OpenPage
from tests.browser.test_every_page import WIDTHS, faults, judge
from tests.serving import Serving, until

pytestmark = pytest.mark.browser

STORY = """
from talehouse.accounts.models import PenName
from talehouse.stories import publishing

pen = PenName.objects.get(name="Lark")
made = publishing.create(by=pen.account, pen_name=pen, title="A Lark Ascends", rating="general")
part = publishing.add_part(made, by=pen.account, title="One", html="<p>Up, and up again.</p>")
publishing.publish(part, by=pen.account)
made.refresh_from_db()
print(json.dumps(made.url))
"""
COME = """
import json
from datetime import timedelta
from django.utils import timezone
from talehouse.accounts.models import Account
Account.objects.filter(email="lark@example.org").update(closes_at=timezone.now() - timedelta(seconds=1))
print(json.dumps(1))
"""


@pytest.fixture(scope="module")
def lark(serving: Serving) -> tuple[str, str]:
    """The session of somebody who will be gone at the end, and the address of their story."""
    makes = PEOPLE.rpartition("made = ")[0]
    session = serving.python(f"PASSWORD = {PASSWORD!r}\n{makes}print(json.dumps(person('Lark')))")
    return session, serving.python(f"import json\n{STORY}")


@pytest.fixture
def still(open_page: OpenPage, lark: tuple[str, str]) -> Callable[[], Page]:
    return lambda: open_page(lark[0], reduced_motion="reduce")


def seen(page: Page, name: str) -> list[str]:
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += faults(page, name)
    return found


def test_a_pen_name_is_made_renamed_shown_and_retired(
    still: Callable[[], Page], serving: Serving, tmp_path: Path
) -> None:
    page = still()
    page.goto("/settings/")
    found = seen(page, "settings")
    page.get_by_role("link", name="Make or change one").click()
    expect(page.locator("h1")).to_have_text("Pen names")
    found += seen(page, "pen names")
    page.get_by_label("Name").fill("lark")
    page.get_by_role("button", name="Make this name mine").click()
    expect(page.get_by_text("Somebody already writes under this name")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("lark")
    found += seen(page, "a name that is taken")
    page.get_by_label("Name").fill("Nightjar")
    page.get_by_role("button", name="Make this name mine").click()
    expect(page.locator("h1")).to_have_text("Nightjar")
    (tmp_path / "face.png").write_bytes(picture(7))
    page.get_by_label("Picture").set_input_files(tmp_path / "face.png")
    page.get_by_label("About the writer").fill("I write by night.")
    page.get_by_label("Links").fill("https://example.org/nightjar")
    page.get_by_role("button", name="Keep this").click()
    expect(page.get_by_text("Kept.", exact=True)).to_be_visible()
    found += seen(page, "a pen name")
    page.get_by_label("Name", exact=True).fill("Night Heron")
    page.get_by_role("button", name="Rename").click()
    expect(page.locator("h1")).to_have_text("Night Heron")
    expect(page.get_by_role("button", name=re.compile("End its link.*Nightjar"))).to_be_visible()
    found += seen(page, "a renamed pen name")
    page.goto("/people/nightjar/")
    assert page.url == f"{serving.url}/people/night-heron/"
    expect(page.get_by_text("I write by night.")).to_be_visible()
    expect(page.get_by_role("link", name="example.org/nightjar")).to_have_attribute(
        "rel", re.compile("nofollow")
    )
    assert page.locator("img.face").evaluate("(face) => face.complete && face.naturalWidth") == 8
    found += seen(page, "the page of a pen name")
    page.go_back()
    expect(page.locator("h1")).to_have_text("Night Heron")
    page.get_by_role("button", name="Retire it").click()
    expect(page.get_by_role("button", name="Bring it back")).to_be_visible()
    judge(found)


def test_taking_closing_keeping_and_being_gone(
    still: Callable[[], Page], serving: Serving, lark: tuple[str, str]
) -> None:
    page = still()
    page.goto("/settings/")
    with page.expect_download() as taking:
        page.get_by_role("link", name="Take everything with me").click()
    with zipfile.ZipFile(taking.value.path()) as archive:
        assert any("a-lark-ascends" in name for name in archive.namelist())
    page.get_by_role("link", name="Close my account").click()
    expect(page.locator("h1")).to_have_text("Close my account")
    found = seen(page, "closing")
    ask(page, "not my password")
    expect(page.get_by_text("This is not your password.")).to_be_visible()
    expect(page.get_by_label("Leave it to the archive")).to_be_checked()
    found += seen(page, "closing with a wrong password")
    ask(page, PASSWORD)
    expect(page.locator("h1")).to_have_text("Your account is being closed")
    found += seen(page, "being closed")
    page.goto("/settings/")
    found += seen(page, "settings of who leaves")
    page.get_by_role("button", name="Keep my account").click()
    expect(page.get_by_text("Your account stays")).to_be_visible()
    page.get_by_role("link", name="Close my account").click()
    ask(page, PASSWORD)
    expect(page.get_by_role("button", name="Keep my account")).to_be_visible()
    mails = [path.read_text() for path in (serving.data / "mail").iterdir()]
    assert any("lark@example.org" in mail and "Keep my account" in mail for mail in mails)
    serving.python(COME)
    until(lambda: serving.get("/people/lark/").status == 404, seconds=90, every=0.5)
    page.goto("/settings/")
    assert "/accounts/login/" in page.url
    page.goto(lark[1])
    expect(page.get_by_role("link", name="Orphan").first).to_be_visible()
    judge(found)


def ask(page: Page, password: str) -> None:
    page.get_by_label("Leave it to the archive").check()
    page.get_by_label("Your password").fill(password)
    page.get_by_role("button", name="Close my account in 14 days").click()
