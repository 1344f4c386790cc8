"""What every test stands on: data of its own, the database that was asked for, no outside network, a browser.

Settings come from the environment, so this file sees to the environment before Django reads it: nothing of
the caller's `TALEHOUSE_…` counts but the database (SQLite unless TALEHOUSE_DATABASE_URL says otherwise).
"""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django
import hypothesis
import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from playwright.sync_api import Browser, Page, Request, sync_playwright

pytest_plugins = ["tests.cast", "tests.mail_server", "tests.serving"]
DATA = Path(tempfile.mkdtemp(prefix="talehouse-test-"))
DATABASE_URL = os.environ.get("TALEHOUSE_DATABASE_URL", "")
ENGINE = "postgresql" if DATABASE_URL.startswith("postgres") else "sqlite"

for _name in [name for name in os.environ if name.startswith("TALEHOUSE_")]:
    del os.environ[_name]
os.environ.update(
    DJANGO_SETTINGS_MODULE="config.settings",
    TALEHOUSE_DATA=str(DATA),
    TALEHOUSE_SECRET_KEY="only for tests, never for people",
)
if ENGINE == "postgresql":
    os.environ["TALEHOUSE_DATABASE_URL"] = DATABASE_URL
(DATA / "static").mkdir()  # whitenoise warns where there is none
django.setup()
# pytest-xdist's workers inherit this environment. With the settings' name in it, pytest-django would read the
# settings before this file gives the worker a folder of its own, and all would share ours.
del os.environ["DJANGO_SETTINGS_MODULE"]

ASKING = frozenset({"db", "transactional_db", "live_server", "new_database"})
"""Fixtures that give a test a database."""

hypothesis.settings.register_profile(
    "quick", deadline=None, max_examples=50, derandomize=True, database=None, print_blob=True
)
hypothesis.settings.register_profile(
    "thorough", deadline=None, max_examples=500, derandomize=True, database=None, print_blob=True
)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what is a law of the other database only (a skip would hide a missing part), and on
    PostgreSQL what asks no database at all: that runs on SQLite."""
    left_out = [item for item in items if not _belongs_here(item)]
    config.hook.pytest_deselected(items=left_out)
    out = set(left_out)
    items[:] = [item for item in items if item not in out]


def _belongs_here(item: pytest.Item) -> bool:
    if item.get_closest_marker("postgresql"):
        return ENGINE == "postgresql"
    if item.get_closest_marker("sqlite"):
        return ENGINE == "sqlite"
    asks = item.get_closest_marker("django_db") or ASKING & set(getattr(item, "fixturenames", ()))
    return ENGINE == "sqlite" or bool(asks)


def pytest_unconfigure() -> None:
    """Leaves nothing behind in the folder for temporary files."""
    shutil.rmtree(DATA, ignore_errors=True)


# The outside network


class OutsideNetworkError(AssertionError):
    """A test reached for the outside network. It is no OSError, so that no code takes it for bad luck."""


def is_near(address: object) -> bool:
    """Whether a socket address stays on this machine: a Unix socket or the loopback."""
    if not isinstance(address, tuple):
        return True
    host = str(address[0]).partition("%")[0]
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(scope="session", autouse=True)
def no_outside_network() -> Iterator[None]:
    """Python's sockets and name look-ups reach this machine only; anything else fails the test."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, guarded(getattr(socket.socket, name)))
        patch.setattr(socket, "getaddrinfo", guarded_lookup(socket.getaddrinfo))
        yield


def guarded(method: Any) -> Any:
    """A method of a socket that refuses far addresses; the address is its last argument."""

    def only_near(self: socket.socket, *arguments: Any) -> Any:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not is_near(arguments[-1]):
            self.close()
            raise OutsideNetworkError(f"the outside network is blocked in tests: {arguments[-1]!r}")
        return method(self, *arguments)

    return only_near


def guarded_lookup(lookup: Any) -> Any:
    """A name look-up that asks no server: numbers of any kind and localhost only."""

    def only_numbers(host: Any, *arguments: Any, **named: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name not in {None, "", "localhost"}:
            try:
                ipaddress.ip_address(name.partition("%")[0])
            except ValueError:
                raise OutsideNetworkError(f"no name is looked up in tests: {name!r}") from None
        return lookup(host, *arguments, **named)

    return only_numbers


# Django


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """SQLite in a real file: locks, WAL and several connections behave as they do for people.

    Each xdist worker has its own data folder, and on PostgreSQL a database of its own.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    name = str(DATA / "test.sqlite3") if ENGINE == "sqlite" else f"talehouse_test_{worker}"
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = name


@pytest.fixture(scope="session")
def new_database() -> Iterator[Callable[[], str]]:
    """Makes an empty database, of the kind that the suite runs on, for a process of its own; gives its URL.

    For tests that start `talehouse` itself: what such a process writes is seen by no transaction of a test.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    names = (f"talehouse_{worker}_{number}" for number in count(1))
    made: list[str] = []

    def make() -> str:
        made.append(next(names))
        if ENGINE == "sqlite":
            return f"sqlite:///{DATA / made[-1]}.sqlite3"
        with psycopg.connect(DATABASE_URL, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{made[-1]}"'.encode())
        return urlsplit(DATABASE_URL)._replace(path=f"/{made[-1]}").geturl()

    yield make
    if ENGINE == "postgresql":
        with psycopg.connect(DATABASE_URL, autocommit=True) as connection:
            for name in made:
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


_indexes = count(1)


@pytest.fixture(autouse=True)
def index_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test meets the index of another: each has a place of its own for one, where nothing is yet."""
    monkeypatch.setattr(settings, "INDEX", DATA / "indexes" / str(next(_indexes)))


@pytest.fixture(scope="session")
def collected_static() -> Path:
    """The folder of static files under their final names, as `talehouse serve` collects them."""
    call_command("collectstatic", interactive=False, verbosity=0)
    return Path(settings.STATIC_ROOT)


@pytest.fixture(autouse=True)
def static_for_pages(request: pytest.FixtureRequest) -> None:
    """Collects static files, once, before the first test that may render a page."""
    renders = {"client", "rf", "live_server", "db", "transactional_db", "page"}
    if renders & set(request.fixturenames) or request.node.get_closest_marker("django_db"):
        request.getfixturevalue("collected_static")


# The browser

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",  # root has none to offer, and every page is ours
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium, headless. It reaches this machine only.

    One for each module: while Playwright runs, its event loop stands in this thread, which Django and
    `asyncio.run` would refuse in tests that have nothing to do with a browser.
    """
    program = next((found for name in CHROMIUM_NAMES if (found := shutil.which(name))), None)
    if program is None:
        pytest.fail("Chromium is missing: run python3 scripts/system_needs.py")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "yes")
        opened = playwright.chromium.launch(executable_path=program, args=CHROMIUM_ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a fresh profile. The test fails if the page asked a third party for anything, or threw."""
    context = browser.new_context(locale="en-GB", timezone_id="UTC")
    far: list[str] = []
    errors: list[str] = []

    def see(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and not is_near((parts.hostname or "",)):
            far.append(request.url)

    context.on("request", see)
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield context.new_page()
    context.close()
    assert not far, f"asked a third party: {far}"
    assert not errors, f"a script threw: {errors}"
