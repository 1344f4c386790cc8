"""The way from the front to the server behind it: few connections, nothing sent twice, nothing believed."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException

import pytest

from talehouse.pages.front.upstream import MOST_IDLE
from talehouse.pages.tests.inside import LONG, Inside
from talehouse.pages.tests.running import House, read_all, until

SIGNED_IN = "session=x"


@pytest.fixture(scope="module")
def inside() -> Iterator[Inside]:
    """One for the module."""
    running = Inside(extra=("--upstream-timeout", "1"))
    try:
        yield running.start()  # type: ignore[misc]
        assert "unexpected" not in running.errors()
        assert "Traceback" not in running.errors()
    finally:
        running.stop()


def get(inside: Inside, path: str) -> tuple[int, bytes]:
    """Status and body of a signed-in person's GET."""
    response, body = inside.get(path, Cookie=SIGNED_IN)
    return response.status, body


def test_a_server_with_few_places_answers_every_request() -> None:
    house = House(server_extra=("--backpressure", "4"))
    try:
        house.start()
        for number in range(100):
            assert house.ask("POST", "/echo", b"x" * number)[0].status == 200
            assert number % 10 or house.get("/echo", Cookie=SIGNED_IN)[0].status == 200
        with ThreadPoolExecutor(40) as clients:
            asked = [clients.submit(house.ask, "POST", "/echo", b"body") for _ in range(40)]
            assert {each.result()[0].status for each in asked} == {200}
    finally:
        house.stop()


def test_few_idle_connections_are_kept_and_not_for_long(inside: Inside) -> None:
    with ThreadPoolExecutor(30) as clients:
        assert set(clients.map(lambda _: get(inside, "/slow"), range(30))) == {(200, b"ok")}
    until(lambda: inside.open <= MOST_IDLE, "too many idle connections stay")
    before = inside.opened
    assert get(inside, "/plain") == (200, b"ok")
    assert inside.opened == before
    until(lambda: inside.open == 0, "idle connections stay for ever")


def test_a_connection_that_carried_a_body_is_closed(inside: Inside) -> None:
    until(lambda: inside.open == 0, "idle connections stay for ever")
    for _ in range(5):
        assert inside.ask("POST", "/plain", b"x")[1] == b"ok"
    until(lambda: inside.open == 0, "connections that carried a body stay")


def test_a_get_is_asked_again_when_its_old_connection_was_dead(inside: Inside) -> None:
    assert get(inside, "/once?a") == (200, b"ok")
    assert get(inside, "/once?b") == (200, b"ok")
    assert inside.seen("/once?b") == 2


@pytest.mark.parametrize(("body", "target"), [(b"x", "/gone?full"), (b"", "/gone?empty")])
def test_a_post_is_never_sent_twice(inside: Inside, body: bytes, target: str) -> None:
    assert get(inside, "/plain") == (200, b"ok")
    opened = inside.opened
    assert inside.ask("POST", target, body)[0].status == 502
    assert inside.seen(target) == 1
    assert inside.opened == opened + 1


def test_a_get_on_a_new_connection_is_asked_twice_and_not_for_ever(inside: Inside) -> None:
    """A server that is just ending still lets people in; one that drops them each time is broken."""
    until(lambda: inside.open == 0, "idle connections stay for ever")
    assert get(inside, "/gone?get")[0] == 502
    assert inside.seen("/gone?get") == 2


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_server_that_stays_silent_is_given_up(inside: Inside, method: str) -> None:
    response, body = inside.ask(method, "/silent", b"x" if method == "POST" else None, Cookie=SIGNED_IN)
    assert response.status == 504
    assert b"This takes too long" in body
    assert get(inside, "/plain") == (200, b"ok")
    assert inside.seen("/silent") <= 2


def test_a_visitors_page_that_never_comes_is_a_504_too(inside: Inside) -> None:
    assert inside.get("/silent")[0].status == 504


def test_answers_of_every_framing_come_through(inside: Inside) -> None:
    assert get(inside, "/early") == (200, b"ok")
    assert get(inside, "/chunks") == (200, b"chunks")
    assert get(inside, "/no-length") == (200, b"z" * LONG)
    assert get(inside, "/empty") == (204, b"")
    old = b"GET /chunks HTTP/1.0\r\nHost: tales.example\r\nCookie: session=x\r\n\r\n"
    assert inside.raw(old).endswith(b"\r\n\r\nchunks")
    assert inside.ask("HEAD", "/no-length", Cookie=SIGNED_IN)[1] == b""


def test_what_lies_behind_an_answer_is_nobodys(inside: Inside) -> None:
    for path in ("/behind", "/plain", "/behind", "/plain"):
        assert get(inside, path) == (200, b"ok")


@pytest.mark.parametrize("path", ["/half", "/broken-chunks"])
def test_an_answer_that_breaks_off_is_not_made_to_look_whole(inside: Inside, path: str) -> None:
    with pytest.raises((HTTPException, ConnectionError)):
        get(inside, path)


@pytest.mark.parametrize("path", ["/no-http", "/two-lengths", "/both", "/lone-lf", "/endless", "/long-line"])
def test_malformed_answers_are_not_passed_on(inside: Inside, path: str) -> None:
    status, body = get(inside, path)
    assert status == 502
    assert b"ok" not in body
    assert inside.get(path)[0].status == 502


def test_what_is_only_for_the_front_stays_there(inside: Inside) -> None:
    for _ in range(2):
        headers = inside.get("/headers", Cookie=SIGNED_IN)[0].headers
        assert headers["Set-Cookie"] == "a=b"
        assert not {"server", "x-talehouse-a"} & {name.lower() for name in headers}


def test_a_client_who_reads_slowly_slows_the_server_and_gets_all(inside: Inside) -> None:
    before = inside.wholly_sent
    with socket.create_connection(("127.0.0.1", inside.port), timeout=20) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
        client.sendall(b"GET /no-length?slow HTTP/1.0\r\nHost: tales.example\r\nCookie: session=x\r\n\r\n")
        until(lambda: inside.seen("/no-length?slow") == 1, "the request did not come")
        time.sleep(2.5)
        assert inside.wholly_sent == before
        assert get(inside, "/plain") == (200, b"ok")
        assert read_all(client).count(b"z") == LONG
    assert inside.wholly_sent == before + 1


def test_a_client_who_leaves_ends_the_exchange(inside: Inside) -> None:
    until(lambda: inside.open == 0, "idle connections stay for ever")
    with socket.create_connection(("127.0.0.1", inside.port), timeout=20) as client:
        client.sendall(b"GET /silent?left HTTP/1.1\r\nHost: tales.example\r\nCookie: session=x\r\n\r\n")
        until(lambda: inside.seen("/silent?left") == 1, "the request did not come")
    until(lambda: inside.open == 0, "the exchange goes on for nobody")


def test_requests_wait_for_a_place() -> None:
    inside = Inside(extra=("--upstream-connections", "2"))
    try:
        inside.start()
        with ThreadPoolExecutor(10) as clients:
            assert set(clients.map(lambda _: get(inside, "/slow"), range(10))) == {(200, b"ok")}
        assert inside.opened <= 2
    finally:
        inside.stop()
