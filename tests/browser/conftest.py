"""The browsers of visitors and of people who have signed in, and what stands in the archive for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

from tests.browser.editing import CONSTRUCTS, SHEETS, SHORT, at
from tests.serving import Serving, until

BROWSER = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36"
)
NEAR = {"127.0.0.1", "localhost"}
PASSWORD = "a lamp above the weir"
_versions = count(151)

TELL_VIOLATIONS = """document.addEventListener("securitypolicyviolation", (event) => {
    console.error(`Content Security Policy: ${event.violatedDirective} in ${location.href}: ${event.sample}`);
});"""

PEOPLE = """
import json
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from talehouse.accounts import pen_names
from talehouse.accounts.models import Account

def person(name, **fields):
    account = Account.objects.create_user(name.lower() + "@example.org", PASSWORD, **fields)
    pen_names.add(name, by=account)
    session = SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session.create()
    return session.session_key

made = {"Wren": {}, "Reed": {}, "Keeper": {"host_since": timezone.now()}}
print(json.dumps({name: person(name, **fields) for name, fields in made.items()}))
"""

STORIES = """
import json
from talehouse.accounts.models import PenName
from talehouse.stories import describing, publishing

pen = PenName.objects.get(name="Wren")
by = pen.account
publishing.describe(pen.roles.get().story, by=by, rating="general")  # what nobody has rated would ask first

def story(title, *parts, **fields):
    made = publishing.create(by=by, pen_name=pen, title=title, **{"rating": "general", **fields})
    for title, text in parts:
        publishing.publish(publishing.add_part(made, by=by, title=title, html=text), by=by)
    made.refresh_from_db()
    return made

short = "<p>The lamp was lit, and nobody had lit it.</p><p>She sat down beside it all the same.</p>"
steps = story("Three Steps", ("First Step", short), ("Second Step", short), ("Third Step", short))
describing.set_tags(steps, [("theme", "Stairs"), ("genre", "Slice of life")], by=by)
describing.set_series(steps, "The Stairwell", owner=pen, by=by, position=1)
dark = story("After the Lamp", ("Only Part", short), rating="explicit")
lost = story("Taken Back", ("Here Today", short), ("Here Too", short))

def told(made):
    parts = list(made.parts.order_by("position"))
    return {"url": made.url, "parts": [part.pk for part in parts], "part_urls": [part.url for part in parts]}

print(json.dumps({"steps": told(steps), "dark": told(dark), "lost": told(lost)}))
"""


def long_text(words: int) -> str:
    """A text of so many words in paragraphs, each sentence a little different, as prose is."""
    nouns = "lamp weir keeper orchard water stone ledger rope winter mallow bell door sister".split()
    verbs = "held forgot counted carried followed answered mended lost kept called".split()
    said = []
    for number in range(words // 10):
        noun, verb = nouns[number % len(nouns)], verbs[(number * 7) % len(verbs)]
        other = nouns[(number * 5 + 3) % len(nouns)]
        said.append(f"The {noun} {verb} the {other} of row {number} that night.")
    return "\n\n".join(" ".join(said[at : at + 6]) for at in range(0, len(said), 6))


@dataclass
class Stock:
    """What stands in the archive besides the demo: people, by their session, and stories."""

    sessions: dict[str, str]
    stories: dict[str, Any]
    long_part: str

    def first(self, story: str) -> str:
        """The address of a story's first part."""
        return str(self.stories[story]["part_urls"][0])


@pytest.fixture(scope="session")
def stock(serving: Serving, tmp_path_factory: pytest.TempPathFactory) -> Stock:
    """People and stories, made once through the rules and the command line."""
    sessions = serving.python(f"PASSWORD = {PASSWORD!r}\n{PEOPLE}")
    path = tmp_path_factory.mktemp("written") / "The Long Night.txt"
    path.write_text(long_text(2000), encoding="utf-8")
    brought = serving.json("import", str(path), "--publish", "--pen-name", "Wren")["stories"][0]
    number, slug = serving.rows("SELECT id, slug FROM stories_part WHERE story_id = ?", brought["id"])[0]
    return Stock(sessions, serving.python(STORIES), f"/parts/{number}-{slug}/")


@pytest.fixture(scope="session")
def indexed(serving: Serving, stock: Stock) -> None:
    """The worker has put all of it into the index."""
    until(lambda: "<bdi>Slice of life</bdi>" in serving.get("/browse/?with=theme/stairs").text, seconds=60)
    until(lambda: "Three Steps" in serving.get("/browse/?q=%22nobody+had+lit+it%22").text, seconds=60)


def first_part(serving: Serving, language: str) -> str:
    """The address of the first part of the demo's story in this language."""
    number, slug = serving.rows(
        "SELECT p.id, p.slug FROM stories_part p JOIN stories_story s ON s.id = p.story_id "
        "WHERE s.language = ? AND p.position = 1 ORDER BY p.id",
        language,
    )[0]
    return f"/parts/{number}-{quote(slug)}/"


@dataclass
class Watch:
    """What must not happen in any page, whatever the test is about."""

    far: list[str] = field(default_factory=list)
    thrown: list[str] = field(default_factory=list)
    forbidden: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Look at everything that this profile does."""
        context.add_init_script(TELL_VIOLATIONS)
        context.on("request", self._request)
        context.on("response", self._response)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.thrown.append(str(error.error)))

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname not in NEAR:
            self.far.append(request.url)

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.broken.append(f"{response.status} {response.url}")

    def _console(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.forbidden.append(message.text)

    def judge(self) -> None:
        """Fail for the first kind of thing that happened."""
        assert not self.far, f"asked a third party: {self.far}"
        assert not self.thrown, f"a script threw: {self.thrown}"
        assert not self.forbidden, f"against the Content Security Policy: {self.forbidden}"
        assert not self.broken, f"the server failed: {self.broken}"


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, serving: Serving) -> Iterator[OpenPage]:
    """Opens pages, each in a fresh profile of a browser of its own version.

    `session`: the session of who has signed in; other arguments are those of Playwright's `new_context`.
    Relative addresses are those of the archive.
    """
    contexts: list[BrowserContext] = []
    watch = Watch()

    def new(session: str = "", **options: Any) -> Page:
        told = {
            "base_url": serving.url,
            "user_agent": BROWSER.format(next(_versions)),
            "locale": "en-GB",
            "timezone_id": "UTC",
            **options,
        }
        context = browser.new_context(**told)
        context.set_default_timeout(15_000)
        watch.over(context)
        contexts.append(context)
        if session:
            context.add_cookies([{"name": "session", "value": session, "url": told["base_url"]}])
        return context.new_page()

    yield new
    for context in contexts:
        context.close()
    watch.judge()


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A visitor's page, in place of the general one: it watches for more."""
    return open_page()


@pytest.fixture
def words_file(tmp_path: Path) -> Callable[[str, str], Path]:
    """Writes a text file and gives its path."""

    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="module")
def sheets(serving: Serving, stock: Stock) -> Iterator[int]:
    """Parts that nobody has written on yet, one for each test: `next(sheets)` is the next one's number."""
    texts = ["\n".join(CONSTRUCTS), *[SHORT] * 40]
    numbers: list[int] = serving.python(f"TEXTS = {texts!r}\n{SHEETS}")
    return iter(numbers)


@pytest.fixture(scope="module")
def everything(sheets: Iterator[int]) -> int:
    """The part with one block of every kind."""
    return next(sheets)


@pytest.fixture
def sheet(everything: int, sheets: Iterator[int]) -> int:
    """A part of two short paragraphs."""
    return next(sheets)


@pytest.fixture
def write(open_page: OpenPage, stock: Stock) -> Callable[..., Page]:
    """Opens the editor of a part as its writer."""

    def opened(part: int, query: str = "", **options: Any) -> Page:
        page = open_page(stock.sessions["Wren"], **options)
        return at(page, part, query)

    return opened
