"""Language and rating: kept with an account, or in a visitor's two cookies; and where the form leads."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from talehouse.accounts import preferences
from talehouse.site import house
from tests.cast import Archive, Cast

WISHES = {"language": "es", "rating": "explicit"}


def test_a_visitor_keeps_wishes_in_cookies(archive: Archive) -> None:
    client = Client()
    assert "After Dark" not in client.get("/browse/").content.decode()
    answer = client.post("/preferences/", WISHES)
    assert {name: cookie.value for name, cookie in answer.cookies.items()} == WISHES
    assert all(cookie["httponly"] and cookie["samesite"] == "Lax" for cookie in answer.cookies.values())
    page = client.get("/browse/")
    assert "After Dark" in page.content.decode() and page.headers["Content-Language"] == "es"


def test_an_account_keeps_wishes(cast: Cast, archive: Archive) -> None:
    cast.client("reader").post("/preferences/", WISHES)
    cast.reader.refresh_from_db()
    assert (cast.reader.language, cast.reader.ceiling) == ("es", "explicit")
    assert "After Dark" in cast.client("reader").get("/browse/").content.decode()


@pytest.mark.parametrize("wrong", [{"language": "xx"}, {"rating": "everything"}, {"rating": ""}, {}])
def test_nonsense_is_not_kept(cast: Cast, wrong: dict[str, str]) -> None:
    client = cast.client("reader")
    answer = client.post("/preferences/", wrong)
    cast.reader.refresh_from_db()
    assert (cast.reader.language, cast.reader.ceiling) == ("", "teen")
    assert not answer.cookies


@pytest.mark.parametrize("path", ["/", "/browse/", "/library/", "/preferences/", "/nothing-here/"])
def test_the_language_of_an_account_holds_in_every_browser(cast: Cast, archive: Archive, path: str) -> None:
    preferences.change(by=cast.reader, language="es")
    client = cast.client("reader")
    client.cookies["language"] = "en"
    answer = client.get(path, headers={"Accept-Language": "en"})
    assert '<html lang="es"' in answer.content.decode() and answer.headers["Content-Language"] == "es"


def test_another_wish_leaves_the_language_of_the_account(cast: Cast) -> None:
    preferences.change(by=cast.reader, language="es")
    client = cast.client("reader")
    page = client.get("/preferences/", headers={"Accept-Language": "en"}).content.decode()
    assert re.search(r'<option value="es"[^>]* selected', page)


def test_what_is_not_given_stays(cast: Cast) -> None:
    preferences.change(by=cast.reader, ceiling="mature")
    preferences.change(by=cast.reader, language="es")
    cast.reader.refresh_from_db()
    assert (cast.reader.language, cast.reader.ceiling) == ("es", "mature")


def test_the_house_offers_nothing_above_its_limit(archive: Archive) -> None:
    house.change(ceiling="teen")
    client = Client()
    assert b'value="mature"' not in client.get("/preferences/").content
    client.post("/preferences/", {"rating": "explicit"})
    assert "After Dark" not in client.get("/browse/").content.decode()


@pytest.mark.parametrize(
    "onward",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "http:///evil"],
)
def test_the_form_leads_nowhere_else(db: None, onward: str) -> None:
    client = Client()
    assert "evil" not in client.get("/preferences/", {"next": onward}).content.decode()
    assert client.post("/preferences/", {"next": onward}).headers["Location"] == "/preferences/"


def test_the_form_leads_back(db: None) -> None:
    assert (
        Client().post("/preferences/", {"next": "/parts/1-x/?show=1"}).headers["Location"]
        == "/parts/1-x/?show=1"
    )


def test_an_account_has_a_time_zone(cast: Cast) -> None:
    client = cast.client("reader")
    assert 'value="UTC" selected' in client.get("/preferences/").content.decode()
    client.post("/preferences/", {"time_zone": "America/Argentina/Buenos_Aires"})
    cast.reader.refresh_from_db()
    assert cast.reader.time_zone == "America/Argentina/Buenos_Aires"
    assert "Argentina, Buenos Aires" in client.get("/preferences/").content.decode()


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../../etc/passwd", "europe/berlin"])
def test_a_zone_that_there_is_not_is_not_kept(cast: Cast, zone: str) -> None:
    cast.client("reader").post("/preferences/", {"time_zone": zone})
    cast.reader.refresh_from_db()
    assert cast.reader.time_zone == "UTC"
    with pytest.raises(ValueError, match="time zone"):
        preferences.change(by=cast.reader, time_zone=zone)


def test_a_visitor_needs_none(db: None) -> None:
    client = Client()
    assert "time_zone" not in client.get("/preferences/").content.decode()
    assert not client.post("/preferences/", {"time_zone": "Europe/Berlin"}).cookies
