"""What must never leave the server: account ids, addresses, uuids, hashes, and what ties two pen names."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import unquote, urljoin, urlsplit

import pytest
import time_machine
from django.core.management.color import no_style
from django.db import connection

from talehouse.accounts import pen_names
from talehouse.accounts.models import Account, PenName
from talehouse.stories import describing, publishing
from talehouse.stories.models import Story
from tests.addresses import places, rows
from tests.cast import PROSE, Archive, Cast, first
from tests.whole import Whole

FIRST = 7_700_000_001
"""Account ids of these tests begin here: a number that nothing else has."""
LINK = re.compile(r'(?:href|src|action)="([^"]*)"|<loc>([^<]*)</loc>')
WORD = re.compile(r"[\w-]{3,}")


@pytest.fixture(autouse=True)
def large_account_ids(db: None, caplog: pytest.LogCaptureFixture) -> None:
    """So that a leaked id is not taken for the number of a story."""
    caplog.set_level(logging.CRITICAL, logger="django.request")
    Account.objects.create_user("first@example.org", pk=FIRST)
    with connection.cursor() as cursor:
        for line in connection.ops.sequence_reset_sql(no_style(), [Account]):
            cursor.execute(line)


def secrets() -> Iterator[tuple[str, str]]:
    """(what it is, the value) for every account."""
    for account in Account.objects.all():
        name = account.email.partition("@")[0]
        yield f"the id of {name}", str(account.pk)
        yield f"the address of {name}", account.email
        yield f"the uuid of {name}", str(account.uuid)
        yield f"the uuid of {name}", account.uuid.hex
        yield f"the password hash of {name}", account.password


def links(text: str, base: str) -> Iterator[str]:
    """The addresses of this house that a page names."""
    for one, other in LINK.findall(text):
        parts = urlsplit(urljoin(base, (one or other).replace("&amp;", "&")))
        if parts.path.startswith("/") and not parts.path.startswith(("/static/", "/accounts/logout")):
            yield unquote(parts.path) + (f"?{parts.query}" if parts.query else "")


def crawl(whole: Whole, who: str, start: list[str]) -> Iterator[tuple[str, str]]:
    """(address, everything that the answer says), from `start` along all links."""
    waiting, seen = list(start), set(start)
    while waiting:
        path = waiting.pop()
        got = whole.get(path, who)
        yield path, got.text
        for link in links(got.text, f"http://testserver{path}"):
            if link not in seen:
                seen.add(link)
                waiting.append(link)


@pytest.mark.parametrize("who", ["visitor", "reader"])
def test_no_page_tells_of_an_account(cast: Cast, archive: Archive, whole: Whole, who: str) -> None:
    Account.objects.filter(pk=cast.writer.pk).update(password="argon2$argon2id$v=19$canary")
    known = list(secrets())
    start = ["/", *dict.fromkeys(row.path for row in rows(places(cast, archive)))]
    pages = list(crawl(whole, who, start))
    found = [
        f"{path} as {who} tells {what}"
        for path, text in pages
        for what, value in known
        if value in text and not (path.startswith("/accounts/") and what == f"the address of {who}")
    ]
    assert len(pages) > len(start) > 100
    assert not found, "\n" + "\n".join(found)


def test_the_crawl_would_see_a_leak(cast: Cast) -> None:
    assert cast.writer.pk > FIRST
    assert f"the id of writer={cast.writer.pk}" in [f"{what}={value}" for what, value in secrets()]


@time_machine.travel(datetime(2026, 3, 1, 12, tzinfo=UTC), tick=False)
def published(pen_name: PenName, title: str) -> Story:
    """A story under this name, in everything like those under other names."""
    by = pen_name.account
    story = publishing.create(by=by, pen_name=pen_name, title=title, rating="general")
    part = publishing.add_part(story, by=by, title="One", html=PROSE)
    publishing.publish(part, by=by)
    describing.set_series(story, f"{title} and after", owner=pen_name, by=by)
    PenName.objects.filter(pk=pen_name.pk).update(made_at=story.made_at)
    story.refresh_from_db()
    return story


def said(whole: Whole, who: str, story: Story, pen_name: PenName) -> set[str]:
    """The words and header values of all pages of a story and of its writer."""
    entry = story.series_entry
    part = story.parts.get()
    words: set[str] = set()
    for path in (
        pen_name.url,
        story.url,
        part.url,
        entry.series.url,
        f"/downloads/{story.pk}-{story.slug}.epub",
    ):
        got = whole.get(unquote(path), who)
        assert got.status == 200, path
        words |= {value for name, value in got.headers if name.lower() not in ("date", "content-length")}
        if "zip" not in got.header("Content-Type"):
            page = re.sub(r"<svg.*?</svg>", "", got.body.decode(), flags=re.DOTALL)
            words |= set(WORD.findall(page))
    return words


@pytest.mark.parametrize("who", ["visitor", "reader"])
def test_two_pen_names_of_one_account_share_nothing(cast: Cast, whole: Whole, who: str) -> None:
    """Whatever both say and nobody else says would tie them together."""
    double = cast.writer
    one = pen_names.add("Marguerite", by=double)
    other = pen_names.add("Bartholomew", by=double)
    third = cast.pen("stranger")
    fourth = cast.pen("co_writer")
    told = [
        said(whole, who, published(name, title), name)
        for name, title in ((one, "Ash"), (other, "Elm"), (third, "Oak"), (fourth, "Fir"))
    ]
    assert told[0] & told[1] - (told[2] | told[3]) == set()
    assert told[2] & told[3] - (told[0] | told[1]) == set()


PROGRAMS = ["/robots.txt", "/sitemap.xml", "/sitemap-stories-1.xml", "/sitemap-parts-1.xml", "/healthz"]
PROGRAMS += [f"/feeds/archive.{form}" for form in ("atom", "rss", "json")]
PROGRAMS += ["/sw.js"]


@pytest.mark.parametrize("who", ["visitor", "reader"])
def test_paths_for_programs_set_no_cookie(cast: Cast, archive: Archive, whole: Whole, who: str) -> None:
    for path in PROGRAMS:
        got = whole.get(path, who)
        assert got.status == 200, path
        assert got.header("Set-Cookie") == "", path


def test_the_beacon_sets_no_cookie(cast: Cast, archive: Archive) -> None:
    for who in ("visitor", "reader"):
        client = cast.client(who)
        client.cookies["language"] = "es"
        answer = client.post(
            "/beacon/read/", {"part": first(archive.public).pk}, headers={"origin": "http://testserver"}
        )
        assert answer.status_code in (204, 429)
        assert not answer.headers.get("Set-Cookie") and "csrf" not in answer.cookies


def test_what_a_visitor_reads_sets_no_cookie(cast: Cast, archive: Archive, whole: Whole) -> None:
    """Only a form that opens on a page of its own does: signing in, preferences, mails about a story."""
    pages = list(
        dict.fromkeys(
            row.path
            for row in rows(places(cast, archive))
            if row.get["visitor"] in (200, 404)
            and not row.path.startswith(("/accounts/", "/preferences/", "/by-mail/"))
            and row.url != "follow-by-mail"
        )
    )
    assert len(pages) > 50
    assert [path for path in pages if whole.get(path).header("Set-Cookie")] == []
