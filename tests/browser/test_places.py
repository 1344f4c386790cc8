"""Two devices of one reader, a network that goes and comes, wrong clocks: what was read last wins."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.serving import Serving, until

pytestmark = pytest.mark.browser

MADE = """
import json
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from talehouse.accounts import pen_names
from talehouse.accounts.models import Account, PenName
from talehouse.accounts.owner_marks import owner_mark
from talehouse.stories import publishing

account = Account.objects.create_user("places-NUMBER@example.org", "a lamp above the weir")
pen_names.add("Places NUMBER", by=account)
session = SessionStore()
session[SESSION_KEY] = str(account.pk)
session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
session[HASH_SESSION_KEY] = account.get_session_auth_hash()
session.create()
pen = PenName.objects.get(name="Wren")
story = publishing.create(by=pen.account, pen_name=pen, title="Long Way NUMBER", rating="general")
line = "The lamp above the weir was lit again, and the water carried its light as far as the orchard. "
for title in ("First Mile", "Second Mile", "Third Mile"):
    html = "".join(f"<p>{title}, step {n}. {line * 4}</p>" for n in range(1, 41))
    publishing.publish(publishing.add_part(story, by=pen.account, title=title, html=html), by=pen.account)
story.refresh_from_db()
parts = list(story.parts.order_by("position"))
print(json.dumps({"session": session.session_key, "account": account.pk, "owner": owner_mark(account.pk),
    "story": story.url, "title": story.title, "id": story.pk,
    "ids": [part.pk for part in parts], "parts": [part.url for part in parts]}))
"""
WITHOUT_BLOCK = """
import re
from talehouse.stories import publishing
from talehouse.stories.models import Part
part = Part.objects.select_related("published").get(pk={pk})
by = part.story.roles.get().pen_name.account
html = re.sub(r'<p id="b-{block}">.*?</p>', "", part.published.html)
publishing.edit(part, by=by, html=html)
publishing.publish(part, by=by)
print(0)
"""
A_DAY = 24 * 60 * 60 * 1000
_numbers = count(1)
Made = dict[str, Any]


@pytest.fixture
def made(serving: Serving, stock: object) -> Made:
    """A reader of their own and a story of three long parts."""
    told: Made = serving.python(MADE.replace("NUMBER", str(next(_numbers))))
    return told


@pytest.fixture
def share(serving: Serving) -> Callable[[Made, int], int]:
    """Where the account is in a part, per mille; -1 for nowhere."""

    def of(made: Made, part: int) -> int:
        query = "SELECT share FROM library_partread WHERE account_id = ? AND part_id = ?"
        rows = serving.rows(query, made["account"], made["ids"][part])
        return int(rows[0][0]) if rows else -1

    return of


Share = Callable[[Made, int], int]


def device(open_page: OpenPage, made: Made, *, clock: int = 0, **options: Any) -> Page:
    """A device on which the reader has signed in; its clock is so many milliseconds ahead."""
    page = open_page(made["session"], viewport={"width": 820, "height": 700}, **options)
    if clock:
        page.add_init_script(f"{{ const now = Date.now.bind(Date); Date.now = () => now() + {clock}; }}")
    return page


def read_to(page: Page, step: int) -> None:
    """Scroll so that this paragraph is where somebody reads."""
    page.evaluate(
        "(step) => {"
        " const y = document.querySelectorAll('article > p')[step - 1].getBoundingClientRect().top;"
        " scrollBy({ top: y - 150, behavior: 'instant' }); }",
        step,
    )


def is_near(page: Page, step: int) -> bool:
    """Whether this paragraph is in the upper half of the window."""
    box = page.locator(f"article > p:nth-of-type({step})").bounding_box()
    return box is not None and -120 < box["y"] < 420


def kept(page: Page, name: str) -> dict[str, Any]:
    """What local storage holds under this name."""
    found: dict[str, Any] = page.evaluate("(name) => JSON.parse(localStorage.getItem(name)) || {}", name)
    return found


def test_a_place_arrives_and_another_device_offers_it(open_page: OpenPage, made: Made, share: Share) -> None:
    first = device(open_page, made)
    first.goto(made["parts"][0])
    read_to(first, 20)
    until(lambda: share(made, 0) > 350)
    assert kept(first, "talehouse.places.unsent") == {}
    second = device(open_page, made)
    second.goto(made["parts"][0])
    offer = second.get_by_role("link", name="Go to where you were")
    expect(offer).to_be_visible()
    offer.click()
    expect(offer).to_be_hidden()
    assert is_near(second, 20)
    expect(second.locator("article > [data-here]")).to_have_count(1)
    third = device(open_page, made)
    third.goto(made["parts"][0])
    third.get_by_role("button", name="Not now").click()
    expect(third.get_by_role("link", name="Go to where you were")).to_be_hidden()
    assert share(made, 0) > 350, "opening a part does not give up the place in it"


def test_home_and_story_lead_to_the_paragraph_with_and_without_javascript(
    open_page: OpenPage, made: Made, share: Share
) -> None:
    page = device(open_page, made)
    page.goto(made["parts"][1])
    read_to(page, 25)
    until(lambda: share(made, 1) > 450)
    page.goto("/")
    page.get_by_role("region", name="Continue reading").get_by_role("link", name=made["title"]).click()
    page.wait_for_url("**/parts/**#b-*")
    until(lambda: is_near(page, 25))
    expect(page.locator("article > [data-here]")).to_have_count(1)
    plain = device(open_page, made, java_script_enabled=False)
    plain.goto(made["story"])
    plain.get_by_role("link", name="Continue reading").click()
    plain.wait_for_url("**/parts/**#b-*")
    until(lambda: is_near(plain, 25))


def test_without_a_connection_it_waits_and_an_old_device_that_wakes_up_changes_nothing(
    open_page: OpenPage, made: Made, share: Share
) -> None:
    old, new = device(open_page, made), device(open_page, made)
    old.goto(made["parts"][0])
    until(lambda: share(made, 0) >= 0)
    old.context.set_offline(True)
    read_to(old, 12)
    until(lambda: kept(old, "talehouse.places.unsent"))
    new.goto(made["parts"][0])
    read_to(new, 30)
    until(lambda: share(made, 0) > 600)
    with old.expect_response("**/library/places/") as answer:
        old.context.set_offline(False)
    assert answer.value.ok
    until(lambda: kept(old, "talehouse.places.unsent") == {})
    assert share(made, 0) > 600
    expect(old.get_by_role("link", name="Go to where you were")).to_be_visible()
    read_to(old, 16)
    until(lambda: 200 < share(made, 0) < 500, seconds=40)


@pytest.mark.parametrize("clock", [A_DAY, -A_DAY], ids=["a day ahead", "a day behind"])
def test_a_clock_that_is_wrong_by_a_day_neither_wins_nor_loses(
    open_page: OpenPage, made: Made, share: Share, clock: int
) -> None:
    wrong, right = device(open_page, made, clock=clock), device(open_page, made)
    wrong.goto(made["parts"][0])
    read_to(wrong, 10)
    until(lambda: 100 < share(made, 0) < 350)
    right.goto(made["parts"][0])
    right.get_by_role("button", name="Not now").click()
    read_to(right, 30)
    until(lambda: share(made, 0) > 600)
    wrong.goto(made["parts"][0])
    offer = wrong.get_by_role("link", name="Go to where you were")
    offer.click()
    until(lambda: is_near(wrong, 30))
    read_to(wrong, 20)
    until(lambda: 350 < share(made, 0) < 600)


def test_a_part_read_to_its_end_is_marked_and_reading_goes_on_in_the_next(
    open_page: OpenPage, made: Made, share: Share
) -> None:
    page = device(open_page, made)
    page.goto(made["parts"][0])
    page.keyboard.press("End")
    until(lambda: share(made, 0) == 1000)
    page.goto(made["story"])
    expect(page.locator(f"[data-of='{made['ids'][0]}'][data-state=read]")).to_contain_text("read")
    mine = page.get_by_role("region", name="Your reading")
    expect(mine).to_contain_text("1 of 3 read")
    expect(mine.get_by_role("link", name="Second Mile")).to_have_attribute("href", made["parts"][1])
    mine.get_by_role("button", name="Finished").click()
    expect(mine.get_by_role("button", name="Finished")).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(mine.get_by_role("button", name="Finished")).to_have_attribute("aria-pressed", "true")


def test_a_paragraph_that_is_gone_leaves_the_place_near_it(
    open_page: OpenPage, made: Made, serving: Serving, share: Share
) -> None:
    page = device(open_page, made)
    page.goto(made["parts"][0])
    read_to(page, 20)
    until(lambda: share(made, 0) > 350)
    block = kept(page, "talehouse.places")[f"{made['owner']}:{made['ids'][0]}"]["block"]
    serving.python(WITHOUT_BLOCK.format(pk=made["ids"][0], block=block))
    again = device(open_page, made)
    again.goto(made["parts"][0])
    expect(again.locator("article > p")).to_have_count(39)
    again.get_by_role("link", name="Go to where you were").click()
    until(lambda: is_near(again, 20))


def test_a_visitors_place_stays_on_the_device(open_page: OpenPage, made: Made, serving: Serving) -> None:
    page = open_page(viewport={"width": 820, "height": 700})
    page.goto(made["parts"][0])
    read_to(page, 20)
    until(lambda: kept(page, "talehouse.places").get(f":{made['ids'][0]}", {}).get("share", 0) > 350)
    assert kept(page, "talehouse.places.unsent") == {}
    page.goto("/")
    page.get_by_role("region", name="Continue reading").get_by_role("link", name=made["title"]).click()
    page.wait_for_url("**/parts/**#b-*")
    until(lambda: is_near(page, 20))
    page.goto(made["story"])
    expect(page.locator(f"[data-of='{made['ids'][0]}'][data-state=half]")).to_be_visible()
    page.get_by_role("link", name="Continue reading").click()
    page.wait_for_url("**/parts/**#b-*")
    page.context.add_cookies([{"name": "session", "value": made["session"], "url": serving.url}])
    page.goto("/")
    expect(page.get_by_role("region", name="Continue reading")).to_be_hidden()
    page.goto(made["parts"][0])
    expect(page.locator("[data-my-place]")).to_be_attached()
    expect(page.get_by_role("link", name="Go to where you were")).to_be_hidden()


def test_what_waits_is_never_sent_as_somebody_else(
    open_page: OpenPage, made: Made, serving: Serving, share: Share
) -> None:
    page = device(open_page, made)
    part, other = made["ids"][2], "feedfeedfeedfeed"
    place = {"part": part, "at": 1_700_000_000_000, "block": "9", "share": 500}
    fields = "text=Not+mine&block=1&parent=&quote=&start="
    waiting: dict[str, Any] = {
        "talehouse.places.unsent": {f"{other}:{part}": place},
        "talehouse.places": {f"{other}:{part}": {**place, "story": made["id"], "title": "x", "url": "/"}},
        "talehouse.votes": {f"{other}:{part}": "1", str(part): "1"},
        "talehouse.comments.unsent": [
            {"owner": other, "at": 1, "url": f"/parts/{part}/comments/", "fields": fields, "tries": 0}
        ],
    }
    page.goto("/about/")
    for name, value in waiting.items():
        page.evaluate("([name, value]) => localStorage.setItem(name, value)", [name, json.dumps(value)])
    page.goto(made["parts"][2])
    expect(page.locator("form[data-vote]")).to_be_visible()
    expect(page.get_by_role("link", name="Go to where you were")).to_be_hidden()
    page.evaluate("dispatchEvent(new Event('online'))")
    until(lambda: 0 <= share(made, 2) < 100)
    for table in ("votes_vote", "comments_comment"):
        assert serving.number(f"SELECT count(*) FROM {table} WHERE part_id = ?", part) == 0
    assert f"{other}:{part}" in kept(page, "talehouse.places.unsent")
    assert list(kept(page, "talehouse.votes")) == [f"{other}:{part}"]
    assert len(kept(page, "talehouse.comments.unsent")) == 1
    name = f"{made['owner']}:{part}"
    page.evaluate("(votes) => localStorage.setItem('talehouse.votes', votes)", json.dumps({name: "1"}))
    mine = [{**waiting["talehouse.comments.unsent"][0], "owner": made["owner"]}]
    page.evaluate("(said) => localStorage.setItem('talehouse.comments.unsent', said)", json.dumps(mine))
    page.goto("/about/")
    for table in ("votes_vote", "comments_comment"):
        query = f"SELECT count(*) FROM {table} WHERE part_id = ?"
        until(lambda query=query: serving.number(query, part) == 1)  # type: ignore[misc]
    until(lambda: kept(page, "talehouse.votes") == {} and kept(page, "talehouse.comments.unsent") == {})


def test_a_device_that_is_full_or_broken_loses_no_place(
    open_page: OpenPage, made: Made, share: Share
) -> None:
    full = device(open_page, made)
    full.add_init_script(
        "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };"
    )
    full.goto(made["parts"][0])
    read_to(full, 20)
    until(lambda: share(made, 0) > 350)
    broken = device(open_page, made)
    broken.goto("/about/")
    many = {f":{n}": {"at": n, "share": 5, "block": "1", "story": n} for n in range(1, 700)}
    broken.evaluate("(all) => localStorage.setItem('talehouse.places', all)", json.dumps(many))
    broken.evaluate("localStorage.setItem('talehouse.places.unsent', '{broken')")
    broken.goto(made["parts"][1])
    read_to(broken, 20)
    until(lambda: share(made, 1) > 350)
    places = kept(broken, "talehouse.places")
    assert len(places) == 500
    assert f"{made['owner']}:{made['ids'][1]}" in places and ":1" not in places


@pytest.mark.parametrize(("width", "theme"), [(360, "night"), (1440, "paper")])
def test_axe_finds_nothing(
    open_page: OpenPage, made: Made, serving: Serving, share: Share, width: int, theme: str
) -> None:
    page = open_page(made["session"], viewport={"width": width, "height": 800})
    page.add_init_script(
        f"localStorage.setItem('talehouse.reader', {json.dumps(json.dumps({'theme': theme}))})"
    )
    page.goto(made["parts"][0])
    read_to(page, 20)
    until(lambda: share(made, 0) > 200)
    page.goto("/library/shelves/")
    page.get_by_label("A new shelf").fill("For rain")
    page.get_by_role("button", name="Make it").click()
    page.goto(made["story"])
    page.get_by_role("button", name="Follow").first.click()
    wrong = []
    pages = (
        "/",
        made["story"],
        made["parts"][0],
        "/library/",
        "/library/?shelf=to-read",
        "/library/history/",
    )
    more = ("/library/updates/", "/library/settings/", "/library/shelves/", f"/library/stories/{made['id']}/")
    for path in (*pages, *more):
        page.goto(path)
        found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        wrong += [f"{path}: {one['id']} {one['nodes'][0]['html'][:160]}" for one in found]
        too_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        wrong += [f"{path} is wider than the window"] if too_wide else []
    assert not wrong, "\n".join(wrong)
