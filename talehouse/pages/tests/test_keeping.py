"""``@kept``: one moment for a page and its numbers, and nothing kept by accident."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.template import TemplateSyntaxError
from django.test import Client, RequestFactory

from talehouse.pages import versions
from talehouse.pages.holes import MOST, TooManyHoles
from talehouse.pages.keeping import kept, snapshot
from talehouse.pages.note import HEADER, Note
from talehouse.pages.tests import urls

pytestmark = pytest.mark.usefixtures("small_house")


def other_thread(work: Callable[[], None]) -> None:
    """Run something on a database connection of its own, to the end."""
    trouble: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as problem:
            trouble.append(problem)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if trouble:
        raise trouble[0]


def bump_elsewhere() -> None:
    """Another connection commits a change."""

    def work() -> None:
        with transaction.atomic():
            versions.bump("story:1")

    other_thread(work)


def note_of(client: Client, path: str) -> Note:
    """The note on an answer."""
    found = Note.read(client.get(path).headers[HEADER])
    assert found is not None
    return found


@pytest.mark.django_db
def test_a_kept_answer_says_what_it_depends_on(client: Client) -> None:
    versions.bump("story:1")
    response = client.get("/kept/a/")
    note = Note.read(response.headers[HEADER])
    assert note == Note({"story:1": 1}, {"reads:1": 0}, urls.UNTIL.timestamp(), 2)
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert {"Cookie", "Accept-Encoding", "Accept-Language"} <= set(response.headers["Vary"].split(", "))


@pytest.mark.django_db
def test_without_keep_nothing_is_kept_and_no_marker_stays(client: Client) -> None:
    response = client.get("/loose/")
    assert HEADER not in response.headers
    assert response.headers["Cache-Control"] == "private, no-store"
    assert b"hole" not in response.content
    assert b"sign in" in response.content


@pytest.mark.django_db
def test_only_a_good_answer_is_kept(client: Client) -> None:
    response = client.get("/gone/")
    assert response.status_code == 410
    assert HEADER not in response.headers


@pytest.mark.django_db
def test_a_page_for_one_person_is_not_kept_and_its_holes_are_filled(client: Client) -> None:
    client.cookies["session"] = "ana"
    response = client.get("/kept/a/")
    assert HEADER not in response.headers
    assert b"<b>Ana &amp; co</b>" in response.content
    assert b"<i>vote 0 of 1</i>" in response.content
    assert b"hole" not in response.content


@pytest.mark.django_db
def test_an_ordinary_view_has_no_markers(client: Client) -> None:
    assert client.get("/plain/").content == b"<h1>plain</h1>sign in<p>0</p>"
    client.cookies["session"] = "ben"
    assert b"<b>Ben</b>" in client.get("/plain/").content


@pytest.mark.django_db
def test_a_post_to_a_kept_view_is_refused(client: Client) -> None:
    assert client.post("/kept/a/").status_code == 405


@pytest.mark.django_db
def test_too_many_holes_fail_loudly(client: Client) -> None:
    assert client.get(f"/kept/a/?show={MOST - 1}").status_code == 200
    with pytest.raises(TooManyHoles):
        client.get(f"/kept/a/?show={MOST}")


@pytest.mark.parametrize(
    "template",
    [
        "{% load pages %}{% hole %}x{% endhole %}",
        "{% load pages %}{% hole me %}x{% endhole %}",
        "{% load pages %}{% hole 'nobody' %}x{% endhole %}",
        "{% load pages %}{% hole 'me' %}{% hole 'me' %}{% endhole %}{% endhole %}",
    ],
)
def test_a_hole_written_wrongly_does_not_compile(template: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        urls.draw(RequestFactory().get("/"), template)


@pytest.mark.django_db(transaction=True)
def test_a_change_during_the_view_leaves_an_entry_that_is_refused(client: Client) -> None:
    urls.between.append(bump_elsewhere)
    note = note_of(client, "/kept/a/")
    assert note.depends == {"story:1": 0}
    assert versions.numbers(["story:1"]) == {"story:1": 1}
    urls.between.clear()
    assert note_of(client, "/kept/a/").depends == {"story:1": 1}


@pytest.mark.django_db(transaction=True)
def test_a_reading_view_does_not_hold_a_writer_up() -> None:
    with snapshot():
        assert versions.numbers(["story:1"]) == {"story:1": 0}
        bump_elsewhere()
        bump_elsewhere()
        assert versions.numbers(["story:1"]) == {"story:1": 0}
    assert versions.numbers(["story:1"]) == {"story:1": 2}


@pytest.mark.django_db(transaction=True)
def test_a_view_that_fails_leaves_no_transaction_open() -> None:
    @kept
    def fails(_request: HttpRequest, /) -> HttpResponse:
        versions.numbers(["story:1"])
        raise ZeroDivisionError

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            fails(RequestFactory().get("/"))
    with transaction.atomic():
        versions.bump("story:1")
    assert versions.numbers(["story:1"]) == {"story:1": 1}
