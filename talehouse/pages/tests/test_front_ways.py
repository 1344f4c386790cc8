"""The front in its other circumstances: behind proxies, on a socket, busy, and asked how it is."""

from __future__ import annotations

import json
import signal
import socket
from collections.abc import Iterator

import brotli
import pytest

from talehouse.pages.store import BUSY_HITS
from talehouse.pages.tests.running import PATIENCE, House, read_all, until


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """A house whose front is reached through proxies on this machine and in one network."""
    running = House(extra=("--trusted-proxies", "127.0.0.0/8,10.0.0.0/8,fd00::/8"))
    try:
        yield running.start()
        assert "unexpected" not in running.errors()
    finally:
        running.stop()


def seen(house: House, **headers: str) -> dict[str, str]:
    """What the server behind the front is told."""
    told: dict[str, str] = json.loads(house.get("/echo", **headers)[1])
    return told


@pytest.mark.parametrize(
    ("said", "believed"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("1.1.1.1, 203.0.113.7", "203.0.113.7"),
        ("1.1.1.1, 203.0.113.7, 10.0.0.5", "203.0.113.7"),
        ("203.0.113.7,10.0.0.5,10.0.0.6", "203.0.113.7"),
        ("2001:db8::7, fd00::1", "2001:db8::7"),
        ("10.0.0.9, 10.0.0.5", "10.0.0.9"),
        ("203.0.113.7, nonsense, 10.0.0.5", "10.0.0.5"),
        ("203.0.113.7, nonsense", "127.0.0.1"),
        ("", "127.0.0.1"),
    ],
)
def test_the_client_is_the_last_whom_no_proxy_of_ours_is(house: House, said: str, believed: str) -> None:
    assert seen(house, X_Forwarded_For=said)["HTTP_X_FORWARDED_FOR"] == believed


def test_several_lines_of_a_chain_are_one(house: House) -> None:
    lines = b"X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 203.0.113.7\r\nX-Forwarded-For: 10.0.0.5\r\n"
    found = house.raw(b"GET /echo HTTP/1.1\r\nHost: tales.example\r\nConnection: close\r\n" + lines + b"\r\n")
    assert json.loads(found.partition(b"\r\n\r\n")[2])["HTTP_X_FORWARDED_FOR"] == "203.0.113.7"


@pytest.mark.parametrize(
    ("said", "believed"), [("https", "https"), ("http, https", "https"), ("gopher", "http")]
)
def test_a_trusted_proxy_says_how_visitors_come(house: House, said: str, believed: str) -> None:
    assert seen(house, X_Forwarded_Proto=said)["HTTP_X_FORWARDED_PROTO"] == believed


@pytest.mark.parametrize(
    ("trusted", "believed"), [((), ""), (("--trusted-proxies", "10.0.0.0/8"), "203.0.113.7")]
)
def test_it_listens_on_a_socket_even_where_an_old_one_lies(trusted: tuple[str, ...], believed: str) -> None:
    house = House(extra=trusted, listens_on_socket=True)
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(house.door))
    try:
        house.start()
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(PATIENCE)
            client.connect(str(house.door))
            page = b"GET /parts/socket/ HTTP/1.1\r\nHost: tales.example\r\n\r\n"
            said = b"X-Forwarded-For: 203.0.113.7\r\nConnection: close\r\n\r\n"
            client.sendall(page + page + b"GET /echo HTTP/1.1\r\nHost: tales.example\r\n" + said)
            found = read_all(client)
        assert found.count(b"render 1") == 2
        assert json.loads(found.rpartition(b"\r\n\r\n")[2])["HTTP_X_FORWARDED_FOR"] == believed
    finally:
        house.stop()


def test_a_page_that_is_asked_for_often_is_compressed_again(house: House) -> None:
    response, first = house.get("/words/", Accept_Encoding="br")
    tag = response.headers["ETag"]
    for _ in range(BUSY_HITS + 2):
        house.get("/words/", Accept_Encoding="br")
    until(lambda: len(house.get("/words/", Accept_Encoding="br")[1]) < len(first), "it stays as large")
    response, better = house.get("/words/", Accept_Encoding="br")
    assert brotli.decompress(better) == brotli.decompress(first) == house.get("/words/")[1]
    assert response.headers["ETag"] == tag
    assert response.headers["Content-Length"] == str(len(better))


def test_it_tells_how_requests_were_answered() -> None:
    house = House()
    try:
        house.start()
        for path in (
            "/parts/a/",
            "/parts/a/",
            "/parts/a/",
            "/parts/b/",
            "/static/a.css",
            "/nothing/",
            "/nothing/",
        ):
            house.get(path)
        house.get("/parts/a/", Cookie="session=x")
        house.ask("POST", "/echo", b"x")
        assert house.front is not None
        house.front.send_signal(signal.SIGUSR1)
        until(lambda: "hits" in house.errors(), "nothing was told")
        assert house.errors() == "front: hits=2 misses=3 tunnelled=4\n"
        assert house.get("/parts/a/")[0].status == 200
    finally:
        house.stop()
