"""The WSGI layer before Django: who gets which bytes, how often Django renders, and what never leaves."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from typing import Any, NamedTuple
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import brotli
import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, transaction
from django.test.utils import CaptureQueriesContext

from talehouse.pages import housing, versions
from talehouse.pages.asking import Application, Environ, StartResponse
from talehouse.pages.layer import PageLayer
from talehouse.pages.note import HEADER, Note
from talehouse.pages.person import Person
from talehouse.pages.store import CannotCheck
from talehouse.pages.tests import urls

pytestmark = [pytest.mark.usefixtures("small_house"), pytest.mark.django_db]


class Got(NamedTuple):
    """An answer of the layer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def page(self) -> bytes:
        """The body without its encoding."""
        coding = self.headers.get("Content-Encoding")
        if coding == "br":
            return bytes(brotli.decompress(self.body))
        return gzip.decompress(self.body) if coding == "gzip" else self.body


class Django:
    """Django's own WSGI application, counting what it is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.seen: list[Environ] = []
        self.delay = 0.0
        self._handler = WSGIHandler()

    def __call__(self, environ: Environ, start: StartResponse) -> Iterable[bytes]:
        """WSGI."""
        self.asked.append((environ["PATH_INFO"], environ["QUERY_STRING"]))
        self.seen.append(environ)
        time.sleep(self.delay)
        answer: Iterable[bytes] = self._handler(environ, start)
        return answer


@pytest.fixture
def django() -> Iterator[Django]:
    """Django behind the layer; it leaves the test's transaction open, as Django's own test client does."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield Django()
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def layer(django: Django) -> PageLayer:
    """The layer with this room's settings."""
    return PageLayer(django)


def ask(layer: Application, path: str, method: str = "GET", body: bytes = b"", **extra: str) -> Got:
    """One request, checked by wsgiref's validator."""
    environ: dict[str, Any] = {}
    setup_testing_defaults(environ)
    path, _, query = path.partition("?")
    environ |= {"PATH_INFO": path, "QUERY_STRING": query, "REQUEST_METHOD": method, "HTTP_HOST": "testserver"}
    environ |= {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body)) if body else ""}
    environ |= {f"HTTP_{name.upper()}": value for name, value in extra.items()}
    if not body:
        del environ["CONTENT_LENGTH"]
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start(status: str, headers: list[tuple[str, str]], _error: object = None) -> Any:
        started.append((status, headers))
        return lambda _data: None

    answer = validator(layer)(environ, start)
    found = b"".join(answer)
    answer.close()  # type: ignore[attr-defined]
    status, headers = started[-1]
    return Got(int(status[:3]), dict(headers), found)


def bump(*keys: str) -> None:
    """A rule changes something."""
    with transaction.atomic():
        versions.bump(*keys)


def test_visitors_share_one_rendering(layer: PageLayer, django: Django) -> None:
    first, second = ask(layer, "/kept/a/"), ask(layer, "/kept/a/", accept_encoding="gzip, br")
    assert first.page == second.page == b"<h1>a</h1>sign in<p>0</p>votes"
    assert first.headers["Vary"] == "Accept-Encoding, Cookie, Accept-Language"
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert HEADER not in {**first.headers, **second.headers}
    assert len(django.asked) == 1


def test_large_pages_are_compressed(layer: PageLayer) -> None:
    title = "tale" * 100
    plain = ask(layer, f"/kept/{title}/").body
    for coding in ("br", "gzip"):
        got = ask(layer, f"/kept/{title}/", accept_encoding=coding)
        assert got.headers["Content-Encoding"] == coding
        assert got.page == plain


def test_each_person_gets_their_own_holes_from_the_same_rendering(layer: PageLayer, django: Django) -> None:
    visitor = ask(layer, "/kept/a/")
    ana = ask(layer, "/kept/a/", cookie="session=ana", accept_encoding="gzip")
    assert ana.page == b"<h1>a</h1><b>Ana &amp; co</b><p>0</p><i>vote 0 of 1</i>"
    assert len(django.asked) == 2, "members share a rendering of their own"
    assert ask(layer, "/kept/a/", cookie="session=ana").page == ana.page
    assert len(django.asked) == 2
    ben = ask(layer, "/kept/a/", cookie="session=ben", accept_encoding="gzip, br")
    assert ben.page == b"<h1>a</h1><b>Ben</b><p>0</p><i>vote 0 of 2</i>"
    assert len(django.asked) == 3, "another language and rating is another page"
    assert len({visitor.headers["ETag"], ana.headers["ETag"], ben.headers["ETag"]}) == 3
    assert ask(layer, "/kept/a/").page == visitor.page


def test_a_persons_page_is_spliced_from_compressed_pieces(layer: PageLayer) -> None:
    title = "tale" * 100
    plain = ask(layer, f"/kept/{title}/", cookie="session=ana")
    zipped = ask(layer, f"/kept/{title}/", cookie="session=ana", accept_encoding="gzip, br")
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert zipped.page == plain.body
    assert len(zipped.body) < len(plain.body)


def test_the_shared_rendering_knows_nobody(layer: PageLayer, django: Django) -> None:
    ask(layer, "/kept/a/?utm_source=x", cookie="session=ben; csrf=1", user_agent="me", referer="there")
    seen = django.seen[0]
    assert not {"HTTP_COOKIE", "HTTP_USER_AGENT", "HTTP_REFERER"} & set(seen)
    assert seen["QUERY_STRING"] == ""
    assert tuple(seen["talehouse.variant"]) == ("es", "mature", True)


@pytest.mark.parametrize("cookie", ["", "session=ana"])
def test_a_change_is_seen_at_once_after_a_write_here(layer: PageLayer, cookie: str) -> None:
    assert b"<p>0</p>" in ask(layer, "/kept/a/", cookie=cookie).page
    bump("story:1")
    assert ask(layer, "/change/", "POST", b"x").status == 302
    assert b"<p>1</p>" in ask(layer, "/kept/a/", cookie=cookie).page


def test_somebody_signed_in_sees_every_change_at_once(layer: PageLayer) -> None:
    for number in range(4):
        assert b"<p>%d</p>" % number in ask(layer, "/kept/a/", cookie="session=ana").page
        bump("story:1")


def test_holes_and_numbers_of_a_kept_page_are_one_question(layer: PageLayer) -> None:
    """And the numbers are those of the moment at which the holes were filled."""
    ask(layer, "/kept/a/", cookie="session=ana")
    with CaptureQueriesContext(connection) as asked:
        ask(layer, "/kept/a/", cookie="session=ana")
    [question] = [entry["sql"] for entry in asked if versions.TABLE in entry["sql"]]
    assert len(asked) == 1 and question.count(versions.TABLE) == len({"story:1"})


def test_a_beacon_makes_nothing_be_checked(layer: PageLayer) -> None:
    ask(layer, "/kept/a/")
    bump("story:1")
    ask(layer, "/beacon/read/", "POST", b"x")
    entry = layer.store.get(("/kept/a/", "en", "teen"))
    assert entry is not None
    assert layer.store.due(entry, entry.checked_at + 0.5) is None


def test_counts_may_lag(layer: PageLayer, django: Django) -> None:
    ask(layer, "/kept/a/", cookie="session=ana")
    bump("reads:1")
    ask(layer, "/kept/a/", cookie="session=ana")
    assert len(django.asked) == 1


def test_an_unchanged_page_is_not_sent_again(layer: PageLayer) -> None:
    for cookie in ("", "session=ana"):
        tag = ask(layer, "/kept/a/", cookie=cookie).headers["ETag"]
        got = ask(layer, "/kept/a/", cookie=cookie, if_none_match=f'"x", {tag}')
        assert (got.status, got.body, got.headers["ETag"]) == (304, b"", tag)
    ben = ask(layer, "/kept/a/", cookie="session=ben", if_none_match=tag)
    assert ben.status == 200


def test_head_has_no_body(layer: PageLayer) -> None:
    head = ask(layer, "/kept/a/", "HEAD")
    assert head.body == b""
    assert head.headers["Content-Length"] == ask(layer, "/kept/a/").headers["Content-Length"]


def test_what_is_not_shared_goes_to_django_as_it_came(layer: PageLayer, django: Django) -> None:
    got = ask(layer, "/loose/?x=1", cookie="session=ana")
    assert b"<b>Ana" in got.page
    assert got.headers["Cache-Control"] == "private, no-store"
    assert django.asked == [("/loose/", ""), ("/loose/", "x=1")]
    ask(layer, "/loose/?x=1", cookie="session=ana")
    assert len(django.asked) == 3, "it is not tried twice again"


def test_a_page_only_for_visitors_is_rendered_for_people_by_django(layer: PageLayer, django: Django) -> None:
    assert b"sign in" in ask(layer, "/visitors/").page
    assert b"<b>Ana" in ask(layer, "/visitors/", cookie="session=ana").page
    assert b"sign in" in ask(layer, "/visitors/").page
    assert len(django.asked) == 3, "for the visitor, for members once, for Ana"


@pytest.mark.parametrize(
    "extra",
    [
        {"host": "evil.example"},
        {"authorization": "Basic eA=="},
        {"range": "bytes=0-1"},
        {"hx_request": "true"},
        {"cookie": "session=expired"},
    ],
)
def test_unusual_requests_pass_through_and_leave_nothing_internal(
    layer: PageLayer, django: Django, extra: dict[str, str]
) -> None:
    ask(layer, "/kept/a/")
    got = ask(layer, "/kept/a/", "GET", b"", **extra)
    assert len(django.asked) == 2
    assert HEADER not in got.headers
    assert b"hole" not in got.body
    assert int(got.headers.get("Content-Length", len(got.body))) == len(got.body)


@pytest.mark.django_db(transaction=True)
def test_misses_at_once_render_once(layer: PageLayer, django: Django) -> None:
    django.delay = 0.2
    start = threading.Barrier(8)

    def one(_number: int) -> bytes:
        start.wait()
        try:
            return ask(layer, "/kept/a/").page
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as clients:
        pages = list(clients.map(one, range(8)))
    assert len(set(pages)) == 1
    assert len(django.asked) == 1


def test_behind_a_front_the_note_goes_out_with_the_visitors_page(django: Django, settings: Any) -> None:
    settings.PAGE_FRONT = True
    layer = PageLayer(django)
    for _ in range(2):
        got = ask(layer, "/kept/a/", accept_encoding="br")
        note = Note.read(got.headers[HEADER])
        assert note == Note({"story:1": 0}, {"reads:1": 0}, urls.UNTIL.timestamp(), 0)
        assert got.body == b"<h1>a</h1>sign in<p>0</p>votes"
    assert HEADER not in ask(layer, "/kept/a/", cookie="session=ana").headers
    bump("story:1")
    assert b"<p>1</p>" in ask(layer, "/kept/a/").body, "behind a front there is no second of grace"


def test_kept_pages_outlive_an_outage_of_the_database(layer: PageLayer, django: Django) -> None:
    ask(layer, "/kept/a/")

    def away(_keys: object) -> dict[str, int]:
        raise CannotCheck

    house, _ = housing.from_settings()
    offline = PageLayer(django, house=replace(house, numbers=away), store=layer.store)
    layer.store.written()
    assert ask(offline, "/kept/a/").status == 200
    assert len(django.asked) == 1


def test_a_fault_of_the_layer_costs_speed_not_the_page(
    django: Django, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_person: Person, _wanted: object, _keys: object) -> tuple[list[str], dict[str, int]]:
        raise ZeroDivisionError

    house, store = housing.from_settings()
    layer = PageLayer(django, house=replace(house, fill=broken), store=store)
    assert b"<b>Ana" in ask(layer, "/kept/a/", cookie="session=ana").body
    assert "Django answers instead" in caplog.text
