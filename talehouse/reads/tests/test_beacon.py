"""The beacon: what it counts, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from talehouse.lib.rates import Rate
from talehouse.reads import views
from talehouse.reads.models import Read
from tests.cast import Archive, Cast, first, story

HEADERS: dict[str, Any] = {
    "HTTP_ORIGIN": "http://127.0.0.1:8000",
    "HTTP_HOST": "127.0.0.1:8000",
    "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
}


@pytest.fixture(autouse=True)
def full_bucket() -> Iterator[None]:
    """Each test begins with the whole rate."""
    views.RATE._buckets.clear()
    yield


def send(client: Client, part: object, **headers: Any) -> int:
    return client.post("/beacon/read/", {"part": part}, **{**HEADERS, **headers}).status_code


def test_a_read_is_counted_without_a_cookie(cast: Cast) -> None:
    client = Client()
    part = first(story(cast))
    response = client.post("/beacon/read/", {"part": part.pk}, **HEADERS)
    assert response.status_code == 204 and not response.cookies
    assert send(client, part.pk) == 204
    assert Read.objects.count() == 1


@pytest.mark.parametrize(
    "origin",
    ["", "null", "https://elsewhere.example", "http://127.0.0.1:8000.evil.example", "http://[", "//[::1"],
)
def test_another_origin_is_refused(cast: Cast, origin: str) -> None:
    assert send(Client(), first(story(cast)).pk, HTTP_ORIGIN=origin) == 403
    assert not Read.objects.exists()


@pytest.mark.parametrize("part", ["", "x", "-1", "1" * 30])
def test_nonsense_is_refused(db: None, part: str) -> None:
    assert send(Client(), part) == 400


def test_a_part_that_may_not_be_seen_is_not_there(cast: Cast, archive: Archive) -> None:
    for part in (archive.scheduled, first(archive.private), first(archive.members), archive.members_part):
        assert send(Client(), part.pk) == 404
    assert send(cast.client("reader"), archive.members_part.pk) == 204


def test_the_writers_own_visit_does_not_count(cast: Cast) -> None:
    part = first(story(cast))
    assert send(cast.client("writer"), part.pk) == 204
    assert not Read.objects.exists()


def test_get_is_not_allowed(db: None) -> None:
    assert Client().get("/beacon/read/", **HEADERS).status_code == 405


def test_too_many_are_refused(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "RATE", Rate(limit=3, seconds=3600))
    part = first(story(cast))
    assert [send(Client(), part.pk) for _ in range(4)] == [204, 204, 204, 429]


def test_a_key_that_no_database_keeps_opens_nothing(cast: Cast, archive: Archive) -> None:
    data = {"part": first(archive.unlisted).pk, "key": "\0"}
    assert Client().post("/beacon/read/", data, **HEADERS).status_code == 404
