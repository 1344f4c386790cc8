"""Web push in a real browser: allowing it, what is shown, and where a tap leads.

Chromium would subscribe at a service of its maker, which no test may reach: in the page `subscribe` hands out
an endpoint on this machine, and what that takes in is given to the browser's own worker.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Worker, expect

from tests.browser.conftest import PASSWORD, PEOPLE, OpenPage
from tests.browser.test_every_page import WIDTHS, faults, judge
from tests.receiving import Service, Subscriber, service
from tests.serving import Serving, served, until

pytestmark = pytest.mark.browser

BROWSER = Subscriber()
PATH = "/settings/notifications/"
SUBSCRIBE = """(() => {
    const told = TOLD;
    const subscription = () => ({
        endpoint: told.endpoint,
        toJSON: () => told,
        unsubscribe: async () => { localStorage.removeItem("subscribed"); return true; },
    });
    const known = () => localStorage.getItem("subscribed");
    PushManager.prototype.getSubscription = async () => known() ? subscription() : null;
    PushManager.prototype.subscribe = async ({ userVisibleOnly, applicationServerKey }) => {
        if (!userVisibleOnly || applicationServerKey.length !== 65) throw new Error("a bad key");
        localStorage.setItem("subscribed", "yes");
        return subscription();
    };
})()"""
COMMENT = """
import json
from talehouse.accounts.models import PenName
from talehouse.comments.saying import Place, say
from talehouse.stories import publishing
from talehouse.stories.models import Part

pen = PenName.objects.get(name="Wren")
story = publishing.create(by=pen.account, pen_name=pen, title="Still Water", rating="general")
part = publishing.add_part(story, by=pen.account, title="Reeds", html="<p>Nothing moved.</p>")
publishing.publish(part, by=pen.account)
part = Part.objects.select_related("story", "published").get(pk=part.pk)
print(say(Place(story=part.story, part=part), by=PenName.objects.get(name="Reed").account, text="Hush.").pk)
"""
SHOWN = """async () => {
    const shown = await (await navigator.serviceWorker.ready).getNotifications();
    return shown.map(({ title, body, data }) => [title, body, data.url]);
}"""
TAP = """(url) => new Promise((done) => {
    self.clients.openWindow = async (opened) => done(opened);
    const notification = { close() {}, data: { url } };
    const tapped = new ExtendableEvent("notificationclick");
    Object.defineProperty(tapped, "notification", { value: notification });
    Object.defineProperty(tapped, "waitUntil", { value: () => {} });
    self.dispatchEvent(tapped);
})"""
RENEW = """([old, told]) => new Promise((done) => {
    PushManager.prototype.subscribe = async ({ userVisibleOnly, applicationServerKey }) => {
        if (!userVisibleOnly || applicationServerKey.length !== 87) throw new Error("a bad key");
        return { toJSON: () => told };
    };
    const changed = new ExtendableEvent("pushsubscriptionchange");
    Object.defineProperty(changed, "oldSubscription", { value: old && { endpoint: old } });
    Object.defineProperty(changed, "waitUntil", { value: (work) => work.then(() => done(true)) });
    self.dispatchEvent(changed);
})"""
REACHED = """
SELECT d.endpoint FROM notifications_device d
JOIN accounts_penname p ON p.account_id = d.account_id WHERE p.name = ?
"""
MORE = PEOPLE.replace('{"Wren"', '{"Mira": {}, "Alder": {}, "Sedge": {}, "Wren"')


@pytest.fixture(scope="module")
def house(new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """An archive that may ask services on this machine."""
    folder = tmp_path_factory.mktemp("pushing") / "data"
    with served(folder, new_database(), TALEHOUSE_FETCH_NEAR="yes") as archive:
        yield archive


@pytest.fixture(scope="module")
def sessions(house: Serving) -> dict[str, str]:
    made: dict[str, str] = house.python(f"PASSWORD = {PASSWORD!r}\n{MORE}")
    return made


@pytest.fixture(scope="module")
def box() -> Iterator[Service]:
    with service() as made:
        yield made


Allowing = Callable[..., Page]


@pytest.fixture
def allowing(open_page: OpenPage, house: Serving, sessions: dict[str, str], box: Service) -> Allowing:
    """The page of settings in a browser that would subscribe at the box."""

    def make(who: str, *, may: bool = True, **options: Any) -> Page:
        page = open_page(sessions[who], base_url=house.url, reduced_motion="reduce", **options)
        if may:
            page.context.grant_permissions(["notifications"], origin=house.url)
        told = {"endpoint": box.endpoint(who), "keys": {"p256dh": BROWSER.p256dh, "auth": BROWSER.auth}}
        page.add_init_script(SUBSCRIBE.replace("TOLD", json.dumps(told)))
        page.goto(PATH)
        return page

    return make


def seen(page: Page, name: str) -> list[str]:
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += faults(page, name)
    return found


def worker_of(page: Page) -> Worker:
    """The house's service worker in this browser."""
    worker: Worker = until(lambda: next(iter(page.context.service_workers), None))
    return worker


def deliver(page: Page, words: str) -> None:
    """Give the worker a message as the browser does once it has read it."""
    session = page.context.new_cdp_session(page)
    versions: list[dict[str, Any]] = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda told: versions.extend(told["registrations"]))
    session.send("ServiceWorker.enable")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    until(lambda: page.evaluate("1") and versions)
    origin = page.evaluate("location.origin")
    wanted = {"origin": origin, "registrationId": versions[0]["registrationId"], "data": words}
    session.send("ServiceWorker.deliverPushMessage", wanted)


def allow_here(page: Page) -> None:
    """Somebody presses the button, and the browser stands on the list."""
    page.get_by_role("button", name="Allow on this device").click()
    expect(page.get_by_text("this one")).to_be_visible()


def test_a_browser_is_allowed_shows_what_comes_and_stops(
    allowing: Allowing, house: Serving, box: Service
) -> None:
    page = allowing("Wren")
    expect(page.get_by_text("Allow a browser first")).to_be_visible()
    found = seen(page, "before")
    page.get_by_role("button", name="Allow on this device").click()
    expect(page.get_by_text("This browser tells you from now on")).to_be_visible()
    expect(page.get_by_text("this one")).to_be_visible()
    expect(page.get_by_role("button", name="Allow on this device")).to_be_hidden()
    found += seen(page, "allowed")
    page.get_by_label("A comment on my story: Push").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("A comment on my story: Push")).to_be_checked()
    number = house.python(COMMENT)
    [posted] = until(lambda: box.to("Wren"), seconds=60)
    words = BROWSER.read(posted.body).decode()
    deliver(page, words)
    until(lambda: page.evaluate(SHOWN))
    assert page.evaluate(SHOWN) == [["Talehouse", "Reed has commented on “Reeds”", f"/comments/{number}/"]]
    page.get_by_role("button", name="Stop on this device").click()
    expect(page.get_by_text("Nothing is pushed to that browser any more")).to_be_visible()
    expect(page.get_by_role("button", name="Allow on this device")).to_be_visible()
    assert page.evaluate("localStorage.getItem('subscribed')") is None
    judge(found)


def test_a_tap_opens_the_page_and_nothing_of_anybody_else(allowing: Allowing, house: Serving) -> None:
    page = allowing("Reed")
    allow_here(page)
    worker = worker_of(page)
    assert worker.evaluate(TAP, "/comments/7/") == f"{house.url}/comments/7/"
    for foreign in (
        "https://elsewhere.example/a",
        "//elsewhere.example/a",
        "javascript:alert(1)",
        "https://[",
    ):
        assert worker.evaluate(TAP, foreign) == f"{house.url}/notifications/"


def test_a_browser_that_says_no_is_told_what_to_do(allowing: Allowing, box: Service) -> None:
    page = allowing("Keeper", may=False)
    page.get_by_role("button", name="Allow on this device").click()
    expect(page.get_by_text("The browser does not allow it")).to_be_visible()
    expect(page.get_by_text("No browser of yours is allowed yet")).to_be_visible()


def test_without_javascript_a_browser_is_taken_out(allowing: Allowing) -> None:
    page = allowing("Keeper")
    allow_here(page)
    plain = allowing("Keeper", java_script_enabled=False)
    expect(plain.get_by_text("To allow this browser, JavaScript is needed.")).to_be_visible()
    expect(plain.get_by_role("button", name="Allow on this device")).to_be_hidden()
    plain.get_by_role("button", name="Take it out").click()
    expect(plain.get_by_text("No browser of yours is allowed yet")).to_be_visible()


def told_of(box: Service, name: str) -> dict[str, Any]:
    """What a browser hands out that is reached under this name."""
    return {"endpoint": box.endpoint(name), "keys": {"p256dh": BROWSER.p256dh, "auth": BROWSER.auth}}


def reached(house: Serving, who: str) -> list[str]:
    """Where this person's browsers are reached, as the house knows it."""
    return [str(endpoint) for (endpoint,) in house.rows(REACHED, who)]


def test_the_worker_tells_the_house_of_another_address(
    allowing: Allowing, house: Serving, box: Service
) -> None:
    page = allowing("Mira")
    allow_here(page)
    worker = worker_of(page)
    assert reached(house, "Mira") == [box.endpoint("Mira")]
    worker.evaluate(RENEW, [box.endpoint("Mira"), told_of(box, "second")])
    assert reached(house, "Mira") == [box.endpoint("second")]
    worker.evaluate(RENEW, [None, told_of(box, "third")])
    assert reached(house, "Mira") == [box.endpoint("third")], "some browsers do not say where they were"
    page.context.clear_cookies()
    worker.evaluate(RENEW, [box.endpoint("third"), told_of(box, "fourth")])
    assert reached(house, "Mira") == [box.endpoint("third")], "nobody is signed in"


def test_a_page_tells_the_house_what_the_worker_could_not(
    allowing: Allowing, house: Serving, box: Service
) -> None:
    page = allowing("Alder")
    allow_here(page)
    page.add_init_script(SUBSCRIBE.replace("TOLD", json.dumps(told_of(box, "moved"))))
    with page.expect_response(lambda answer: answer.url.endswith("/devices/renew/")) as answered:
        page.goto("/about/")
    assert answered.value.status == 204
    assert reached(house, "Alder") == [box.endpoint("moved")]
    page.goto(PATH)
    expect(page.get_by_text("this one")).to_be_visible()


def test_a_browser_that_was_taken_out_elsewhere_does_not_come_back(
    allowing: Allowing, house: Serving, box: Service
) -> None:
    page = allowing("Sedge")
    allow_here(page)
    other = allowing("Sedge", java_script_enabled=False)
    other.get_by_role("button", name="Take it out").click()
    expect(other.get_by_text("No browser of yours is allowed yet")).to_be_visible()
    page.add_init_script(SUBSCRIBE.replace("TOLD", json.dumps(told_of(box, "back"))))
    with page.expect_response(lambda answer: answer.url.endswith("/devices/renew/")) as answered:
        page.goto(PATH)
    assert answered.value.status == 404
    expect(page.get_by_role("button", name="Allow on this device")).to_be_visible()
    assert page.evaluate("localStorage.getItem('subscribed')") is None
    assert reached(house, "Sedge") == []
