"""Stories kept on a device: they open with the server gone, follow what changes, and belong to one person."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.serving import Serving, served, until

pytestmark = pytest.mark.browser

PEOPLE = """
import json
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from talehouse.accounts import pen_names
from talehouse.accounts.models import Account
from talehouse.stories import publishing

def person(name):
    address = name.lower().replace(" ", "-") + "@example.org"
    account = Account.objects.create_user(address, "a lamp above the weir")
    pen_names.add(name, by=account)
    session = SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session.create()
    return account, session.session_key

(wren, wren_session), (reed, reed_session) = person("Wren NUMBER"), person("Reed NUMBER")
made = publishing.create(by=wren, pen_name=wren.pen_name, title="By Lamplight", rating="general")
for title in ("First", "Second"):
    text = f"<p>The {title.lower()} part, word by word.</p>"
    publishing.publish(publishing.add_part(made, by=wren, title=title, html=text), by=wren)
members = publishing.create(by=wren, pen_name=wren.pen_name, title="For Us", rating="general")
publishing.describe(members, by=wren, visibility="members")
only = publishing.add_part(members, by=wren, title="Only", html="<p>Among ourselves.</p>")
publishing.publish(only, by=wren)
made.refresh_from_db(); members.refresh_from_db()
print(json.dumps({"wren": wren_session, "reed": reed_session, "story": made.url, "id": made.pk,
    "pen": wren.pen_name.name,
    "parts": [part.url for part in made.parts.order_by("position")], "members": members.url,
    "only": members.parts.get().url}))
"""
OF_WREN = """
from talehouse.accounts.models import PenName
from talehouse.stories import publishing, removing
from talehouse.stories.models import Story
story = Story.objects.get(pk={id})
wren = PenName.objects.get(name="{pen}").account
"""
_numbers = count(1)
LEFT = """async () => {
    const told = (asked) => new Promise((resolve, reject) => {
        asked.onsuccess = () => resolve(asked.result);
        asked.onerror = () => reject(asked.error);
    });
    const db = await told(indexedDB.open("talehouse-kept"));
    const stores = db.objectStoreNames.contains("stories");
    const stories = stores ? await told(db.transaction("stories").objectStore("stories").getAll()) : [];
    db.close();
    const names = [...Object.keys(localStorage), ...Object.keys(sessionStorage)];
    return {
        caches: (await caches.keys()).filter((name) => name.startsWith("talehouse-kept")),
        stories: stories.map((story) => story.title),
        keys: names.filter((name) => name.startsWith("talehouse")),
    };
}"""
PAGES = """async () => {
    const cache = await caches.open("talehouse-kept:");
    return (await cache.keys()).filter((one) => /[/](parts|stories)[/]/.test(one.url)).length;
}"""
FULL = """() => {
    const put = Cache.prototype.put;
    let pages = 0;
    Cache.prototype.put = function (name, answer) {
        if (String(name).startsWith("/parts/") && ++pages > 1)
            throw new DOMException("full", "QuotaExceededError");
        return put.call(this, name, answer);
    };
}"""
OLDER = """async () => {
    const told = (asked) => new Promise((resolve) => { asked.onsuccess = () => resolve(asked.result); });
    const db = await told(indexedDB.open("talehouse-kept"));
    const stories = db.transaction("stories", "readwrite").objectStore("stories");
    for (const story of await told(stories.getAll())) stories.put({ ...story, app: "older" });
    db.close();
    const cache = await caches.open("talehouse-kept:");
    await cache.put("/static/bundles/part.000000000000.css", new Response(""));
    for (const request of await cache.keys())
        if (request.url.includes("/parts/")) await cache.put(request, new Response("an old page"));
    localStorage.removeItem("talehouse.kept.looked");
}"""


@pytest.fixture(scope="module")
def archive(new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """An archive of its own, which a test may stop and start."""
    folder = tmp_path_factory.mktemp("kept") / "data"
    with served(folder, new_database(), ["--no-demo", "--workers", "1"]) as running:
        yield running


@pytest.fixture
def made(archive: Serving) -> dict[str, Any]:
    """Two people and two stories, other ones for each test."""
    found: dict[str, Any] = archive.python(PEOPLE.replace("NUMBER", str(next(_numbers))))
    return found


@pytest.fixture
def device(browser: Browser, archive: Serving) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=archive.url, locale="en-GB", timezone_id="UTC")
    context.set_default_timeout(15_000)
    yield context
    context.close()


def sign_in(device: BrowserContext, house: Serving, session: str) -> None:
    device.add_cookies([{"name": "session", "value": session, "url": house.url}])


def keep(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="Keep offline").click()
    expect(page.get_by_role("button", name="Kept offline")).to_be_visible()


def kept(page: Page) -> list[str]:
    """The titles on the page of what is kept, after the worker has looked what is new."""
    page.goto("/offline/")
    expect(page.locator("[data-kept]")).to_be_visible()
    return page.locator("[data-title]").all_inner_texts()


def in_storage(page: Page) -> dict[str, Any]:
    """What is left on the device: names of caches that hold pages, kept records, keys of ours."""
    found: dict[str, Any] = page.evaluate(LEFT)
    return found


def test_a_kept_story_opens_with_the_server_stopped(
    archive: Serving, made: dict[str, Any], device: BrowserContext
) -> None:
    page = device.new_page()
    keep(page, made["story"])
    expect(page.locator("[data-keep] [role=status]")).to_contain_text("2 parts")
    archive.stop()
    page.goto(made["parts"][1])
    expect(page.get_by_role("heading", level=1)).to_contain_text("Second")
    expect(page.locator("article[data-part]")).to_contain_text("word by word")
    width = "() => getComputedStyle(document.querySelector('article[data-part]')).maxInlineSize"
    assert page.evaluate(width) != "none", "its style sheet is there too"
    page.goto("/browse/")
    expect(page.get_by_role("heading", name="Kept on this device")).to_be_visible()
    expect(page.get_by_text("There is no connection.")).to_be_visible()
    assert page.locator("[data-title]").all_inner_texts() == ["By Lamplight"]
    archive.start("--no-demo", "--workers", "1")


def test_what_is_new_arrives_and_what_was_taken_back_goes(
    archive: Serving, made: dict[str, Any], device: BrowserContext
) -> None:
    page = device.new_page()
    keep(page, made["story"])
    archive.python(
        f"{OF_WREN.format(**made)}\n"
        "part = publishing.add_part(story, by=wren, title='Third', html='<p>New.</p>')\n"
        "publishing.publish(part, by=wren)\n"
        "publishing.edit(story.parts.get(title='First'), by=wren, html='<p>Said otherwise now.</p>')\n"
        "publishing.publish_changes(story.parts.get(title='First'), by=wren)\n"
        "removing.withdraw(story.parts.get(title='Second'), by=wren)\nprint(0)"
    )
    page.goto("/offline/")
    expect(page.locator("[data-kept-parts] a")).to_have_text(["First", "Third"])
    device.set_offline(True)
    page.goto(made["parts"][0])
    expect(page.locator("article[data-part]")).to_contain_text("Said otherwise now.")
    page.goto(made["parts"][1])
    expect(page.get_by_role("heading", name="Kept on this device")).to_be_visible()
    device.set_offline(False)
    archive.python(f"{OF_WREN.format(**made)}\nremoving.withdraw(story, by=wren)\nprint(0)")
    page.goto("/offline/")
    expect(
        page.get_by_text("Not readable any more, and removed from this device: By Lamplight")
    ).to_be_visible()
    expect(page.get_by_text("Nothing is kept yet")).to_be_visible()


def test_removing_by_hand_leaves_no_page(
    archive: Serving, made: dict[str, Any], device: BrowserContext
) -> None:
    page = device.new_page()
    keep(page, made["story"])
    page.get_by_role("button", name="Kept offline").click()
    expect(page.get_by_role("button", name="Keep offline")).to_be_visible()
    assert in_storage(page)["stories"] == []
    assert page.evaluate("async () => (await (await caches.open('talehouse-kept:')).keys()).length") == 0


def test_a_session_that_ends_by_itself_loses_nothing(
    archive: Serving, made: dict[str, Any], device: BrowserContext
) -> None:
    sign_in(device, archive, made["reed"])
    page = device.new_page()
    keep(page, made["members"])
    device.clear_cookies(name="session")
    assert kept(page) == ["For Us"]
    page.evaluate("() => localStorage.removeItem('talehouse.kept.looked')")
    assert kept(page) == ["For Us"], "the worker has looked again, without a session"
    device.set_offline(True)
    page.goto(made["only"])
    expect(page.locator("article[data-part]")).to_contain_text("Among ourselves.")


def test_other_people_on_the_device_never_see_it(
    archive: Serving, made: dict[str, Any], device: BrowserContext
) -> None:
    sign_in(device, archive, made["reed"])
    page = device.new_page()
    keep(page, made["members"])
    sign_in(device, archive, made["wren"])
    assert kept(page) == []
    device.set_offline(True)
    page.goto(made["only"])
    expect(page.get_by_role("heading", name="Kept on this device")).to_be_visible()
    expect(page.get_by_role("link", name="Sign in")).to_have_count(0)  # somebody is
    device.set_offline(False)
    sign_in(device, archive, made["reed"])
    assert kept(page) == ["For Us"]


def test_a_chosen_sign_out_leaves_nothing(
    archive: Serving, made: dict[str, Any], device: BrowserContext
) -> None:
    sign_in(device, archive, made["reed"])
    page = device.new_page()
    keep(page, made["members"])
    page.goto("/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    left = in_storage(page)
    assert left["stories"] == [] and left["caches"] == [] and left["keys"] == [], left


def test_what_waits_is_saved_to_a_file_before_signing_out(
    archive: Serving, made: dict[str, Any], device: BrowserContext, tmp_path: Path
) -> None:
    sign_in(device, archive, made["reed"])
    page = device.new_page()
    page.goto(made["parts"][0])
    device.route("**/parts/*/vote/", lambda route: route.abort())
    page.get_by_role("button", name="Vote").click()
    until(lambda: page.evaluate("() => localStorage.getItem('talehouse.votes')"))
    page.goto("/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out", exact=True).click()
    with page.expect_download() as told:
        page.get_by_role("button", name="Save them and sign out").click()
    saved = tmp_path / "saved.json"
    told.value.save_as(saved)
    assert json.loads(saved.read_text())["waiting"]["talehouse.votes"]
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    assert in_storage(page)["keys"] == []


def test_what_was_kept_without_an_account_goes_with_the_first_who_signs_in(
    archive: Serving, made: dict[str, Any], device: BrowserContext
) -> None:
    page = device.new_page()
    keep(page, made["story"])
    sign_in(device, archive, made["reed"])
    assert kept(page) == ["By Lamplight"]
    sign_in(device, archive, made["wren"])
    assert kept(page) == []


def test_a_corrupted_cache_is_made_whole_at_the_next_contact(
    archive: Serving, made: dict[str, Any], device: BrowserContext
) -> None:
    page = device.new_page()
    keep(page, made["story"])
    page.evaluate("() => caches.delete('talehouse-kept:')")
    device.set_offline(True)
    page.goto(made["parts"][0])
    expect(page.get_by_role("heading", name="Kept on this device")).to_be_visible()
    device.set_offline(False)
    page.evaluate("() => localStorage.removeItem('talehouse.kept.looked')")
    assert kept(page) == ["By Lamplight"]
    until(lambda: page.evaluate(PAGES) == 3)
    device.set_offline(True)
    page.goto(made["parts"][0])
    expect(page.locator("article[data-part]")).to_contain_text("word by word")


def test_a_story_that_does_not_fit_changes_nothing(
    archive: Serving, made: dict[str, Any], device: BrowserContext
) -> None:
    """The quota is exceeded by the second part: nothing half kept is left, and the reader is told."""
    page = device.new_page()
    page.goto(made["story"])
    page.evaluate("() => navigator.serviceWorker.register('/sw.js')")
    until(lambda: device.service_workers)
    worker = device.service_workers[0]
    worker.evaluate(FULL)
    page.get_by_role("button", name="Keep offline").click()
    expect(page.get_by_text("There is no room left on this device.")).to_be_visible()
    assert in_storage(page)["stories"] == []
    assert page.evaluate("async () => (await (await caches.open('talehouse-kept:')).keys()).length") == 0


def test_a_new_version_of_the_house_renews_what_is_kept(
    archive: Serving, made: dict[str, Any], device: BrowserContext
) -> None:
    """A page that was kept by an older version asks for files of that version: both are fetched anew."""
    page = device.new_page()
    keep(page, made["story"])
    page.evaluate(OLDER)
    assert kept(page) == ["By Lamplight"]
    holds = "async () => (await (await caches.open('talehouse-kept:')).keys()).map((request) => request.url)"
    until(lambda: not any("000000000000" in url for url in page.evaluate(holds)))
    device.set_offline(True)
    page.goto(made["parts"][0])
    expect(page.locator("article[data-part]")).to_contain_text("word by word")


def test_a_reading_list_is_kept_as_a_whole(
    archive: Serving, made: dict[str, Any], device: BrowserContext
) -> None:
    listed = archive.python(
        f"{OF_WREN.format(**made)}\n"
        "from talehouse.library import listing\n"
        "made = listing.make('Lamps', by=wren, is_public=True)\n"
        "listing.add(made, story, by=wren)\nprint('\"' + made.url + '\"')"
    )
    page = device.new_page()
    page.goto(listed)
    page.get_by_role("button", name="Keep these stories offline").click()
    expect(page.get_by_text("They are kept on this device.")).to_be_visible()
    assert kept(page) == ["By Lamplight"]


def test_an_adult_story_is_kept_at_the_second_press(
    archive: Serving, made: dict[str, Any], device: BrowserContext
) -> None:
    archive.python(
        f"{OF_WREN.format(**made)}\npublishing.describe(story, by=wren, rating='explicit')\nprint(0)"
    )
    page = device.new_page()
    page.goto(made["story"])
    page.get_by_role("button", name="Keep offline").click()
    expect(page.get_by_text("Press once more to keep it all the same.")).to_be_visible()
    assert in_storage(page)["stories"] == []
    page.get_by_role("button", name="Keep offline").click()
    expect(page.locator("[data-keep] [role=status]")).to_contain_text("2 parts")
