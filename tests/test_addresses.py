"""Every address × the cast: who gets what, and that nobody is told of what they may not see."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from talehouse.stories import describing
from talehouse.stories.models import Story
from tests.addresses import WHO, Row, places, rows
from tests.cast import Archive, Cast
from tests.indexing import index_now


def patterns(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, str]]:
    """(name, whole pattern) of every address; one without a name is named by its pattern."""
    for entry in resolver.url_patterns:
        whole = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield entry.name or whole, whole
        else:
            yield from patterns(entry, whole)


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Refusals are what these tests are about; the log need not tell of each."""
    caplog.set_level(logging.CRITICAL, logger="django.request")
    caplog.set_level(logging.CRITICAL, logger="django.security.csrf")


class Browsers:
    """One signed-in browser for each of the cast; what a request changes is undone after it."""

    def __init__(self, cast: Cast, *, csrf: bool = False) -> None:
        self.cookies = {who: cast.client(who).cookies for who in WHO}
        self.client = Client(enforce_csrf_checks=csrf, raise_request_exception=False)

    def ask(self, who: str, method: str, row: Row) -> Any:
        """The answer; a fault of the server is one, with 500."""
        self.client.cookies = SimpleCookie(self.cookies[who].output(header="", sep=";"))
        with transaction.atomic():
            answer = self.client.get(row.path) if method == "GET" else self.client.post(row.path)
            transaction.set_rollback(True)
        return answer


def told(answer: Any) -> str:
    """Everything that an answer says."""
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return f"{headers}\n{content.decode('utf-8', 'replace')}"


def differences(browsers: Browsers, row: Row, method: str) -> Iterator[str]:
    """What is not as the row says, one sentence each."""
    expected = row.get if method == "GET" else row.post or {}
    for who, status in expected.items():
        answer = browsers.ask(who, method, row)
        where = f"{method} {row.path} as {who}"
        if answer.status_code != status:
            yield f"{where}: {answer.status_code} {answer.headers.get('Location', '')}, not {status}"
            continue
        if status in (403, 404):
            words = [word for word in row.secret if word not in row.path]
            yield from (f"{where} tells “{word}”" for word in words if word in told(answer))
        if method == "GET" and status == 200 and row.marks.get(who, "") not in told(answer):
            yield f"{where} lacks “{row.marks[who]}”"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_everybody_gets_what_the_table_says(cast: Cast, archive: Archive, method: str) -> None:
    browsers = Browsers(cast)
    table = list(rows(places(cast, archive)))
    index_now()
    wrong = [line for row in table for line in differences(browsers, row, method)]
    assert not wrong, "\n" + "\n".join(wrong)


def test_every_address_has_a_row(cast: Cast, archive: Archive) -> None:
    named = {row.url for row in rows(places(cast, archive))}
    missing = [
        f"The address {whole!r} ({name}) has no row in tests/addresses.py: say there who gets what."
        for name, whole in patterns(get_resolver())
        if name not in named
    ]
    assert not missing, "\n" + "\n".join(missing)


def test_every_row_is_of_the_address_that_it_names(cast: Cast, archive: Archive) -> None:
    """A row under the wrong name would hide an address that has none."""
    wrong = [
        f"{row.path} is {found}, not {row.url}"
        for row in rows(places(cast, archive))
        if (found := resolve(row.path.partition("?")[0]).url_name) != row.url
    ]
    assert not wrong, "\n" + "\n".join(wrong)


def test_an_address_without_a_row_is_noticed() -> None:
    """The walk finds addresses in every depth: allauth's stand in an `include`."""
    found = dict(patterns(get_resolver()))
    assert found["account_login"] == "accounts/login/"
    assert found["home"] == ""


def test_what_takes_no_post_refuses_it(cast: Cast, archive: Archive) -> None:
    browsers = Browsers(cast)
    table = [row for row in rows(places(cast, archive)) if row.post is None]
    one_each = {row.url: row for row in table if row.url not in {row.url for row in table if row.post}}
    wrong = [
        f"POST {row.path} as {who}: {status}, not 405"
        for row in one_each.values()
        for who in ("visitor", "writer")
        if (status := browsers.ask(who, "POST", row).status_code) != 405
    ]
    assert one_each
    assert not wrong, "\n" + "\n".join(wrong)


def test_every_post_needs_its_token(cast: Cast, archive: Archive) -> None:
    """A form of another site carries the cookies but no token. The beacon asks for the origin instead; the
    link that ends mails is a secret by itself, and mail programs send nothing else (RFC 8058)."""
    browsers = Browsers(cast, csrf=True)
    table = [
        row
        for row in rows(places(cast, archive))
        if row.post and row.url not in ("beacon-read", "notifications-end", "mail-follow-end")
    ]
    wrong = [
        f"POST {row.path} as {who} without a token: {answer.status_code}"
        for row in table
        for who in ("visitor", "writer", "host")
        if (answer := browsers.ask(who, "POST", row)).status_code != 403
    ]
    assert not wrong, "\n" + "\n".join(wrong)


LISTS = (
    "/",
    "/browse/",
    "/browse/?sort=words",
    "/tags/theme/lamps/",
    "/people/writer/",
    "/sitemap-stories-1.xml",
    "/sitemap-parts-1.xml",
)
HELD = ("unlisted without its key", "private", "draft", "adult", "hidden", "withdrawn", "deleted")


def test_lists_name_nothing_that_is_not_to_be_met(cast: Cast, archive: Archive) -> None:
    """Not even to the writer, whose drafts are on the desk; members' things to members only."""
    at = places(cast, archive)
    for kind in at.stories.values():
        if Story.objects.editable_by(cast.writer).filter(pk=kind.story.pk).exists():
            describing.set_tags(kind.story, [("theme", "Lamps")], by=cast.writer)
    held = [word for name in HELD for word in (at.stories[name].story.title, at.stories[name].story.url)]
    held += [part.url for name, (part, _who) in at.parts.items() if name != "for members"]
    members = [at.stories["members"].story.url, archive.members_part.url]
    browsers = Browsers(cast)
    wrong, met = [], set()
    for path in (*LISTS, archive.public.series_entry.series.url):
        for who in WHO:
            text = told(browsers.ask(who, "GET", Row("", path, {})))
            words = held + (members if who == "visitor" else [])
            wrong += [f"{path} as {who} tells “{word}”" for word in words if word in text]
            met |= {word for word in (archive.public.url, *members) if word in text}
    assert not wrong, "\n" + "\n".join(wrong)
    assert met == {archive.public.url, *members}


def test_the_contents_of_a_story_name_no_part_that_is_not_out(cast: Cast, archive: Archive) -> None:
    at = places(cast, archive)
    browsers = Browsers(cast)
    pages = [archive.public.url, *(part.url for part in archive.public.parts.filter(position__lte=3))]
    wrong = [
        f"{path} as {who} tells of the {name} part"
        for path in pages
        for who in WHO
        for name, (part, opens) in at.parts.items()
        if who not in opens and part.title in told(browsers.ask(who, "GET", Row("", path, {})))
    ]
    assert not wrong, "\n" + "\n".join(wrong)
