"""The first evening of a host: the welcome link, five questions, an empty house, and the way back in."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.serving import Begin

pytestmark = pytest.mark.browser
SECRET = "an orchard under water"


def make_account(page: Page) -> None:
    """The page behind the link."""
    page.get_by_label("Email").fill("host@example.org")
    page.get_by_label("Password").fill(SECRET)
    page.get_by_label("Pen name").fill("Mother of Weirs")
    page.get_by_role("button", name="Make my account").click()


def test_from_the_welcome_link_to_an_empty_house_and_back_in(open_page: OpenPage, begin: Begin) -> None:
    house = begin()
    house.start()
    page = open_page(base_url=house.url)
    page.goto(house.welcome)
    make_account(page)
    assert page.url.endswith("/host/setup/")
    page.get_by_label("Name of the archive").fill("The Weir House")
    page.get_by_label("In one line").fill("Stories that keep the water back")
    page.locator("input[name=sign_up]").first.check()
    page.locator("input[name=ceiling][value=mature]").check()
    page.locator("input[name=archive][value=demo]").check()
    page.locator("main form button").last.click()
    assert page.url.endswith("/host/")
    expect(page.get_by_role("link", name="The Weir House").first).to_be_visible()

    page.get_by_text("Remove the demo").click()
    page.get_by_role("button", name="Yes, remove it").click()
    expect(page.locator("main")).to_contain_text(re.compile(r"\d+ demo stories are gone"))
    expect(page.get_by_text("Remove the demo")).to_have_count(0)
    page.goto("/")
    expect(page.locator("main")).to_contain_text("its shelves are bare")

    page.goto("/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url(lambda url: "/accounts/" not in url)
    told = page.goto(house.welcome)
    assert told is not None and told.status == 404, "the link works once"
    assert page.goto("/host/").status == 404  # type: ignore[union-attr]

    page.goto("/accounts/login/")
    page.get_by_label("Email").fill("host@example.org")
    page.get_by_label("Password").fill(SECRET)
    page.locator("main form button:not([type=button])").first.click()
    assert page.goto("/host/").status == 200  # type: ignore[union-attr]
    assert house.json("doctor")["faults"] == 0


def test_a_weak_password_is_refused_and_the_rest_stays(open_page: OpenPage, begin: Begin) -> None:
    house = begin()
    house.start("--no-demo")
    page = open_page(base_url=house.url)
    page.goto(house.welcome)
    page.get_by_label("Email").fill("host@example.org")
    page.get_by_label("Password").fill("short")
    page.get_by_label("Pen name").fill("Mother of Weirs")
    page.get_by_role("button", name="Make my account").click()
    expect(page.locator("main")).to_contain_text("too short")
    expect(page.get_by_label("Email")).to_have_value("host@example.org")
    page.get_by_label("Password").fill(SECRET)
    page.get_by_role("button", name="Make my account").click()
    assert page.url.endswith("/host/setup/")
