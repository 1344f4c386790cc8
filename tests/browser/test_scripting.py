"""Nothing that somebody sends runs in Chromium, by whatever door it came in and whatever page shows it.

`attacking.py` sends every attempt of `tests/payloads.txt` through the rules; here the pages that show them
are opened, with our Content-Security-Policy in force and, as exported files, without any.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from lxml import etree
from playwright.sync_api import Browser, BrowserContext, Page, expect

from talehouse.imports.formats.epub.tests.books import Maker
from tests.attacks import payloads
from tests.browser.attacking import chunks
from tests.browser.conftest import BROWSER, Watch
from tests.serving import ROOT, Serving, served, until

pytestmark = pytest.mark.browser

ATTACK = """
import json, sys
sys.path.insert(0, {root!r})
from tests.browser.attacking import attack
print(json.dumps(attack()))
"""
TELL = """for (const name of ["alert", "confirm", "prompt", "print"])
    window[name] = (...words) => { window.__pwned(name, ...words.map(String)); };"""
"""What every attempt calls in the end tells us."""

FOUND = """(own) => {
    const bad = [];
    const seen = new Set();
    const say = (what, one) => bad.push(`${what}: ${one.outerHTML.slice(0, 200)}`);
    const near = (url) => { try { return new URL(url, document.baseURI); } catch { return null; } };
    const strange = ["IFRAME", "FRAME", "OBJECT", "EMBED", "BASE", "APPLET", "PORTAL", "MATH", "MARQUEE"];
    for (const one of document.querySelectorAll("*")) {
        const name = one.tagName.toUpperCase();
        if (strange.includes(name)) say("a strange element", one);
        if (name === "META" && one.httpEquiv) say("a command", one);
        const script = name === "SCRIPT" && !/json$|^importmap$/.test(one.type);
        if (script && near(one.src)?.origin !== location.origin) say("a script", one);
        if (one.id && seen.has(one.id)) say("an id twice", one);
        seen.add(one.id);
        for (const { name: attribute, value } of one.attributes) {
            if (/^(on.*|srcdoc|formaction|ping)$/i.test(attribute)) say("an attribute", one);
            if (!/^(href|src|action|data|poster|background|cite|xlink:href)$/i.test(attribute)) continue;
            const url = near(value);
            const schemes = one.matches("a") ? ["http:", "https:", "mailto:"] : ["http:", "https:", "data:"];
            if (url && !schemes.includes(url.protocol)) say("a scheme", one);
            const near_ = one.matches("a") || url?.protocol === "data:" || url?.origin === location.origin;
            if (url && !near_) say("far", one);
        }
    }
    for (const place of document.querySelectorAll(own)) for (const one of place.querySelectorAll("*")) {
        if (one.closest(".bubble, noscript")) continue;
        if (one.id && !/^(b-|fn-|fnref-)/.test(one.id)) say("an id", one);
        if (one.hasAttribute("style") || one.hasAttribute("name")) say("an attribute", one);
    }
    return bad;
}"""
"""What stands in a page that no page of ours has: asked of the browser, after its scripts have run."""
OWN = ".text, .said-text, aside.note, .summary, .about, .told bdi, .old-text"
"""Where words of people stand as markup."""


@dataclass
class Ran:
    """What ran, and what else must not happen in any page."""

    calls: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    policies: set[str] = field(default_factory=set)
    pages: int = 0
    watch: Watch = field(default_factory=Watch)

    def over(self, context: BrowserContext) -> None:
        """Look at everything in this profile."""
        context.expose_function("__pwned", lambda *words: self.calls.append(" ".join(map(str, words))))
        context.add_init_script(TELL)
        self.watch.over(context)

    def look(self, page: Page) -> None:
        """Ask the page that is open what stands in it."""
        self.pages += 1
        self.found += [f"{page.url}: {fault}" for fault in page.evaluate(FOUND, OWN)]

    def visit(self, page: Page, paths: Iterable[str]) -> None:
        """Open each of these pages, which must be there."""
        for path in paths:
            answer = page.goto(path)
            assert answer is not None and answer.status == 200, (answer and answer.status, path)
            self.policies.add(answer.headers.get("content-security-policy", ""))
            self.look(page)

    def judge(self) -> None:
        """Fail for the first kind of thing that happened."""
        assert not self.calls, f"ran: {self.calls}"
        assert not self.found, "\n".join(self.found[:20])
        self.watch.judge()
        for policy in self.policies:
            assert "script-src" in policy and "unsafe" not in policy, policy


@pytest.fixture(scope="module")
def house(new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """An archive of its own, as what is written here would spoil that of other tests."""
    with served(tmp_path_factory.mktemp("attacked") / "data", new_database(), ["--no-demo"]) as archive:
        yield archive


@pytest.fixture(scope="module")
def attacked(house: Serving) -> dict[str, Any]:
    """Where the attempts stand."""
    told: dict[str, Any] = house.python(ATTACK.format(root=str(ROOT)))
    return told


@pytest.fixture
def ran() -> Iterator[Ran]:
    """What ran while a test went on; judged when it is over."""
    ran = Ran()
    yield ran
    ran.judge()


@pytest.fixture
def enter(
    browser: Browser, house: Serving, attacked: dict[str, Any], ran: Ran
) -> Iterator[Callable[..., Page]]:
    """Opens a browser in which somebody has signed in, or ("") nobody."""
    contexts: list[BrowserContext] = []

    def new(who: str = "") -> Page:
        context = browser.new_context(base_url=house.url, user_agent=BROWSER.format(150), locale="en-GB")
        context.set_default_timeout(20_000)
        ran.over(context)
        contexts.append(context)
        if who:
            cookie = {"name": "session", "value": attacked["sessions"][who], "url": house.url}
            context.add_cookies([cookie])  # type: ignore[list-item]
        return context.new_page()

    yield new
    for context in contexts:
        context.close()


def every(page: Page, path: str, ran: Ran, link: str) -> None:
    """A list, page by page."""
    following: str | None = path
    while following:
        ran.visit(page, [following])
        found = page.locator(link)
        following = found.last.get_attribute("href") if found.count() else None
        if following and following.startswith("?"):
            following = path.partition("?")[0] + following


def test_the_attempts_would_run_elsewhere(browser: Browser) -> None:
    """On a page that takes them as they are and has no policy, many run by themselves: so we would see it."""
    calls: set[str] = set()
    context = browser.new_context()
    context.expose_function("__pwned", lambda *words: calls.add(" ".join(map(str, words))))
    context.add_init_script(TELL)
    page = context.new_page()
    page.set_content("<p>x</p>")
    for start in range(0, len(payloads()), 100):
        page.evaluate(
            """async (attempts) => { await Promise.all(attempts.map((attempt) => new Promise((done) => {
                const frame = document.createElement("iframe");
                frame.onload = done;
                frame.srcdoc = attempt;
                document.body.append(frame);
                setTimeout(done, 2000);
            }))); for (const frame of document.querySelectorAll("iframe")) frame.remove(); }""",
            payloads()[start : start + 100],
        )
    page.set_content('<p class="text" onclick="x()"><b id="vote"></b><img src="https://e.example/x"></p>')
    assert len(page.evaluate(FOUND, OWN)) == 3
    context.close()
    assert len(calls) > 150, len(calls)


def test_they_came_in(attacked: dict[str, Any]) -> None:
    """A door that let nothing in would prove nothing."""
    admitted = attacked["admitted"]
    assert admitted["comments"] == admitted["guests"] == len(payloads())
    assert admitted["stories"] > 100 and admitted["pen names"] > 300 and admitted["links"] > 50


KINDS = ("stories", "parts", "series", "tags", "names")


def test_what_readers_see(enter: Callable[..., Page], attacked: dict[str, Any], ran: Ran) -> None:
    """Each attempt on a page of one kind at least; the slow test opens all of them."""
    page = enter()
    for number, kind in enumerate(KINDS):
        ran.visit(page, attacked[kind][number :: len(KINDS)])
    ran.visit(page, ["/"])
    every(page, "/browse/", ran, ".pager a[rel=next]")
    assert ran.pages > 200


@pytest.mark.slow
def test_everything_that_readers_see(enter: Callable[..., Page], attacked: dict[str, Any], ran: Ran) -> None:
    page = enter()
    for kind in KINDS:
        ran.visit(page, attacked[kind])
    assert ran.pages > 1000


def test_what_is_said(enter: Callable[..., Page], attacked: dict[str, Any], ran: Ran) -> None:
    ids, page = attacked["ids"], enter("reed")
    for place in (f"/parts/{ids['long']}", f"/stories/{ids['story']}", f"/series/{ids['series']}"):
        every(page, f"{place}/comments/?order=oldest", ran, "a[data-more]")
    page.goto(attacked["long_url"])
    bubbles = page.locator("article .bubble.lit")
    expect(bubbles.first).to_be_attached()
    for number in range(0, bubbles.count(), 20):
        bubbles.nth(number).evaluate("(one) => one.click()")
        expect(page.locator("#talk-sheet .comment").first).to_be_visible()
        ran.look(page)
        page.locator("[data-closes-talk]").click()
    page.goto(f"/parts/{ids['long']}/comments/")
    for number in range(0, len(payloads()), 60):
        page.locator("#say").fill("\n\n".join(payloads()[number : number + 60])[:4900].replace("\0", ""))
        page.get_by_role("button", name="Look at it first").first.click()
        expect(page.locator(".look .said-text")).to_be_visible()
        ran.look(page)


def test_what_people_are_told(
    enter: Callable[..., Page], house: Serving, attacked: dict[str, Any], ran: Ran
) -> None:
    until(lambda: house.number("SELECT count(*) FROM notifications_notification") > 300, seconds=60)
    for who in ("reed", "mallory", "wren"):
        every(enter(who), "/notifications/", ran, "main a[href^='?before']")
    ran.visit(enter("wren"), ["/write/", "/settings/notifications/"])
    ran.visit(enter("rook"), ["/settings/people/"])


def test_what_its_writer_sees(enter: Callable[..., Page], attacked: dict[str, Any], ran: Ran) -> None:
    ids, page = attacked["ids"], enter("mallory")
    story, part = f"/write/stories/{ids['story']}", f"/write/parts/{ids['short']}"
    ran.visit(page, ["/write/", "/write/comments/", "/write/calendar/", f"/write/stories/{ids['held']}/"])
    ran.visit(
        page, [f"{story}/", *(f"{story}/{name}/" for name in ("parts", "people", "release", "replace"))]
    )
    ran.visit(page, [f"{part}/?as=markdown", f"{part}/?as=html", f"{part}/notes/", f"{part}/publish/"])
    ran.visit(page, [f"/write/parts/{ids['long']}/?as=markdown", f"/write/parts/{ids['long']}/?as=html"])
    every(page, f"{part}/revisions/", ran, "main a[href*='before=']")
    for number in range(2, 100, 7):
        ran.visit(page, [f"{part}/revisions/{number}/", f"{part}/revisions/?one={number - 1}&other={number}"])
    for paper in (part, f"/write/parts/{ids['long']}"):
        ran.visit(page, [f"{paper}/"])
        page.wait_for_selector("form[data-settled]")
        ran.look(page)
    settings = ("", "pen-names/", f"pen-names/{ids['name']}/", "close/", "people/")
    ran.visit(page, [f"/settings/{name}" for name in settings])
    ran.visit(enter("keeper"), ["/host/", "/host/people/", "/host/stories/"])


def test_what_stands_in_an_address(enter: Callable[..., Page], attacked: dict[str, Any], ran: Ran) -> None:
    page = enter("reed")
    comments = f"/parts/{attacked['ids']['long']}/comments/"
    for line in chunks(3000):
        lines = dict.fromkeys(("quote", "start", "block", "parent", "order", "after", "key", "write"), line)
        browse = dict.fromkeys(("tag", "kind", "sort", "status", "after", "before"), line)
        for path in (
            f"{comments}?{urlencode({**lines, 'block': ''})}",
            f"/browse/?{urlencode(browse)}",
            f"/accounts/signup/?next={quote(line)}",
            f"/preferences/?next={quote(line)}",
            f"/people/{quote(line[:200], safe='')}/",
            f"/tags/theme/{quote(line[:200], safe='')}/",
            f"/nothing/{quote(line[:200])}",
        ):
            page.goto(path)
            ran.look(page)


# Files


def files(folder: Path) -> list[Path]:
    """A page, a text in Markdown, and a book that hold everything."""
    both = "".join(payloads())
    title = escape_xml("".join(list(chunks(150))[0]))
    page = f"<title>{payloads()[52]}</title><meta name=author content='{payloads()[300]}'><h1>One</h1>{both}"
    page += "".join(f"<h2>{one}</h2><p>{one}</p>" for one in payloads()[::20])
    words = f"---\ntitle: {json.dumps(payloads()[50])}\nauthor: {json.dumps(payloads()[310])}\n"
    words += f"summary: {json.dumps(both[:9000])}\ntags: {json.dumps(payloads()[100:130])}\n"
    words += f"series: {json.dumps(payloads()[320])}\nlanguage: {json.dumps(payloads()[330])}\n---\n\n"
    words += "\n\n".join(
        f"# {one}\n\n{one}\n\n{other}" for one, other in zip(payloads(), payloads()[9:], strict=False)
    )
    book = Maker(
        f"<dc:title>{title}</dc:title><dc:creator>{title}</dc:creator><dc:language>en</dc:language>"
        f"<dc:description>{escape_xml(both[:9000])}</dc:description>"
        + "".join(f"<dc:subject>{escape_xml(one)}</dc:subject>" for one in payloads()[300:340])
    )
    for number, line in enumerate(list(chunks(900)), 1):
        book.chapter(f"c{number}.xhtml", line, escape_xml(line[:150]))
    written = {
        "page.html": page.encode("utf-8", "replace"),
        "words.md": words.encode(),
        "book.epub": book.build(),
    }
    for name, data in written.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in written]


def escape_xml(text: str) -> str:
    """Words as XML may hold them."""
    plain = re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def test_what_files_bring(enter: Callable[..., Page], ran: Ran, tmp_path: Path) -> None:
    page = enter("wren")
    page.goto("/write/import/")
    page.set_input_files("input[type=file]", files(tmp_path))
    ran.look(page)
    page.get_by_role("button", name="See what is in them").click()
    agree = page.get_by_role("button", name="Bring it in")
    expect(agree).to_be_visible(timeout=60_000)
    expect(page.locator("article.found")).to_have_count(3)
    ran.look(page)
    page.get_by_label("Rating").select_option("general")
    agree.click()
    publish = page.get_by_role("button", name=re.compile("^Publish"))
    expect(publish).to_have_count(3, timeout=60_000)
    ran.look(page)
    links = page.get_by_role("link", name=re.compile("^Open")).all()
    stories = [link.get_attribute("href") or "" for link in links]
    assert len(stories) == 3
    for story in stories:
        ran.visit(page, [story])
        contents = page.locator(".contents a")
        parts = [contents.nth(at).get_attribute("href") or "" for at in range(min(contents.count(), 8))]
        assert parts
        ran.visit(page, parts)


def test_what_people_take_away(
    browser: Browser, enter: Callable[..., Page], attacked: dict[str, Any], ran: Ran, tmp_path: Path
) -> None:
    """Books and pages that lie on somebody's disk have no policy at all."""
    asking = enter("mallory").request
    slug = attacked["stories"][0].rstrip("/").rpartition("/")[2]
    book = asking.get(f"/downloads/{slug}.epub").body()
    everything = asking.get("/settings/everything.zip", timeout=120_000).body()
    pages: list[Path] = []
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        for name in archive.namelist():
            if name.endswith(".xhtml"):
                etree.fromstring(archive.read(name))
                pages.append(tmp_path / name.replace("/", "-"))
                pages[-1].write_bytes(archive.read(name))
    with zipfile.ZipFile(io.BytesIO(everything)) as archive:
        names = [name for name in archive.namelist() if name.endswith((".html", ".xhtml", ".htm"))]
        for number, name in enumerate(names[:60]):
            pages.append(tmp_path / f"{number}.html")
            pages[-1].write_bytes(archive.read(name))
    assert len(pages) > 20, pages
    context = browser.new_context()
    ran.over(context)
    page = context.new_page()
    for path in pages:
        page.goto(path.as_uri())
        ran.pages += 1
        assert page.locator("script, iframe, object, embed, base").count() == 0, path
    context.close()
