"""The front as a real process before a real server: hits, misses, truth, and clients who mean no good."""

from __future__ import annotations

import gzip
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import brotli
import pytest

from talehouse.pages.tests.running import House, read_all
from talehouse.pages.tests.stub import BIG

HEAD = b"GET /echo HTTP/1.1\r\nHost: tales.example\r\n"
POST = b"POST /echo HTTP/1.1\r\nHost: tales.example\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """One running house for the module; each test asks for pages of its own."""
    running = House(extra=("--header-timeout", "1", "--body-timeout", "1", "--trusted-proxies", "10.0.0.0/8"))
    try:
        yield running.start()
        assert "unexpected" not in running.errors()
    finally:
        running.stop()


def renders(house: House, path: str) -> int:
    """How often Django's stand-in rendered a path."""
    return int(json.loads(house.get("/renders", Cookie="session=x")[1]).get(path, 0))


def test_a_visitors_page_is_rendered_once(house: House) -> None:
    first, body = house.get("/parts/once/")
    second, again = house.get("/parts/once/")
    assert (first.status, second.status) == (200, 200)
    assert body == again
    assert b"render 1" in body
    assert second.headers["ETag"] == first.headers["ETag"]
    assert second.headers["Cache-Control"] == "private, no-cache"
    assert second.headers["Vary"] == "Accept-Encoding, Cookie, Accept-Language"
    assert "X-Talehouse-Page" not in first.headers
    assert "X-Talehouse-Page" not in second.headers
    assert renders(house, "/parts/once/") == 1


def test_fifty_misses_at_once_render_once(house: House) -> None:
    with ThreadPoolExecutor(50) as clients:
        bodies = set(clients.map(lambda _: house.get("/parts/crowd/")[1], range(50)))
    assert len(bodies) == 1
    assert renders(house, "/parts/crowd/") == 1


def test_every_encoding_is_the_same_page(house: House) -> None:
    plain = house.get("/parts/coded/")[1]
    brotlied, body = house.get("/parts/coded/", Accept_Encoding="gzip, br")
    zipped, other = house.get("/parts/coded/", Accept_Encoding="gzip")
    assert brotlied.headers["Content-Encoding"] == "br"
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert brotli.decompress(body) == gzip.decompress(other) == plain
    assert house.get("/parts/coded/")[1] == plain
    assert brotlied.headers["ETag"] != zipped.headers["ETag"]


def test_an_unchanged_page_is_not_sent_again(house: House) -> None:
    tag = house.get("/parts/same/")[0].headers["ETag"]
    for value in (tag, f'"other", {tag}', tag.removeprefix("W/"), "*"):
        response, body = house.get("/parts/same/", If_None_Match=value)
        assert (response.status, body) == (304, b"")
        assert response.headers["ETag"] == tag
    assert house.get("/parts/same/", If_None_Match='"other"')[0].status == 200


def test_a_conditional_request_can_fill_the_store(house: House) -> None:
    assert house.get("/parts/conditional/", If_None_Match='"unknown"')[0].status == 200
    assert house.get("/parts/conditional/")[1].count(b"render 1") == 1


def test_head_has_the_head_of_get_and_no_body(house: House) -> None:
    assert house.ask("HEAD", "/parts/head/")[0].status == 200
    got = house.get("/parts/head/")[0]
    head, body = house.ask("HEAD", "/parts/head/")
    assert body == b""
    assert head.headers["Content-Length"] == got.headers["Content-Length"]
    assert head.headers["ETag"] == got.headers["ETag"]


def test_variants_do_not_mix(house: House) -> None:
    house.get("/parts/variant/")
    assert b"render 2" in house.get("/parts/variant/", Accept_Language="es")[1]
    assert b"render 3" in house.get("/parts/variant/", Cookie="rating=mature")[1]
    assert b"render 2" in house.get("/parts/variant/", Cookie="language=es; rating=teen")[1]
    assert b"render 1" in house.get("/parts/variant/", Cookie="theme=night")[1]


def test_junk_parameters_share_the_page(house: House) -> None:
    house.get("/parts/query/")
    assert b"render 1" in house.get("/parts/query/?utm_source=x")[1]
    assert b"render 2" in house.get("/parts/query/?show=all&fbclid=1")[1]
    assert b"render 2" in house.get("/parts/query/?show=all")[1]


def test_somebody_signed_in_never_gets_the_visitors_page(house: House) -> None:
    house.get("/parts/signed/")
    first, body = house.get("/parts/signed/", Cookie="session=abc")
    assert b"render 2" in body
    assert "X-Talehouse-Page" not in first.headers
    assert b"render 3" in house.get("/parts/signed/", Cookie="session=abc")[1]
    assert b"render 1" in house.get("/parts/signed/")[1]


def test_a_change_elsewhere_is_seen_within_the_second(house: House) -> None:
    before = house.get("/parts/elsewhere/")[1]
    house.bump()
    time.sleep(1.05)
    assert house.get("/parts/elsewhere/")[1] != before


def test_a_change_through_the_front_is_seen_at_once(house: House) -> None:
    version = re.compile(rb"version (\d+)")
    for _ in range(10):
        before = version.search(house.get("/parts/at-once/")[1])
        assert house.ask("POST", "/change", b"x=1")[1] == b"changed"
        after = version.search(house.get("/parts/at-once/")[1])
        assert before is not None and after is not None
        assert int(after.group(1)) == int(before.group(1)) + 1


def test_what_is_not_kept_passes_through_each_time(house: House) -> None:
    for _ in range(2):
        response, body = house.get("/nothing/")
        assert (response.status, body) == (404, b"missing")


def test_static_files_are_kept_for_everybody(house: House) -> None:
    first, body = house.get("/static/a.css")
    second, again = house.get("/static/a.css", Cookie="session=abc", Accept_Encoding="br")
    assert first.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert brotli.decompress(again) == body
    assert second.headers["Vary"] == "Accept-Encoding"
    assert renders(house, "static") == 1


def test_pipelined_requests_are_answered_in_order(house: House) -> None:
    house.get("/parts/pipe/")
    page = b"GET /parts/pipe/ HTTP/1.1\r\nHost: tales.example\r\n\r\n"
    post = b"POST /echo?n=%d HTTP/1.1\r\nHost: tales.example\r\nContent-Length: 3\r\n\r\nabc"
    chunks = POST.replace(b"echo", b"echo?n=7") + CHUNKED + b"2\r\nab\r\n0\r\n\r\n"
    last = b"GET /echo?n=9 HTTP/1.1\r\nHost: tales.example\r\nConnection: close\r\n\r\n"
    found = house.raw(page + post % 1 + page + page + post % 2 + chunks + last)
    order = re.findall(rb'render 1|"query": "n=(\d)"', found)
    assert order == [b"", b"1", b"", b"", b"2", b"7", b"9"]
    assert found.count(b"HTTP/1.1 200 OK") == 7
    assert house.raw(page + post % 1, more=page + last).count(b"HTTP/1.1 200 OK") == 4


def test_a_long_row_of_pipelined_hits_is_answered_whole(house: House) -> None:
    house.get("/parts/row/")
    page = b"GET /parts/row/ HTTP/1.1\r\nHost: tales.example\r\n\r\n"
    with socket.create_connection(("127.0.0.1", house.port), timeout=20) as client:
        sender = threading.Thread(
            target=client.sendall, args=(page * 1999 + page[:-2] + b"Connection: close\r\n\r\n",)
        )
        sender.start()
        time.sleep(0.3)
        found = read_all(client)
        sender.join()
    assert found.count(b"HTTP/1.1 200 OK") == 2000


def test_a_body_arrives_whole_with_and_without_a_length(house: House) -> None:
    body = bytes(range(256)) * 8000
    assert json.loads(house.ask("POST", "/echo", body)[1])["length"] == len(body)
    connection = house.connect()
    connection.request(
        "POST",
        "/echo",
        iter([body, b"x", body]),
        encode_chunked=True,
        headers={"Transfer-Encoding": "chunked"},
    )
    assert json.loads(connection.getresponse().read())["length"] == 2 * len(body) + 1
    connection.close()


def test_expect_is_answered_before_the_body(house: House) -> None:
    with socket.create_connection(("127.0.0.1", house.port), timeout=20) as client:
        client.sendall(POST + b"Content-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n")
        assert client.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"ok")
        assert b'"length": 2' in read_all(client)


def test_a_body_above_the_limit_is_refused(house: House) -> None:
    announced = b"POST /echo HTTP/1.1\r\nHost: tales.example\r\nContent-Length: 9000000\r\n\r\n"
    assert house.raw(announced).startswith(b"HTTP/1.1 413 ")
    chunked = b"POST /echo HTTP/1.1\r\nHost: tales.example\r\nTransfer-Encoding: chunked\r\n\r\n"
    piece = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
    assert house.raw(chunked + piece * 9).startswith(b"HTTP/1.1 413 ")


def test_a_long_answer_is_streamed(house: House) -> None:
    assert len(house.get("/big")[1]) == BIG
    old = house.raw(b"GET /big HTTP/1.0\r\nHost: tales.example\r\n\r\n")
    assert old.endswith(b"x" * 1000)
    assert len(old.partition(b"\r\n\r\n")[2]) == BIG


def test_what_clients_may_not_say_is_taken_away(house: House) -> None:
    connection = house.connect()
    said = {
        **{"X-Forwarded-For": "1.2.3.4", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"},
        **{"X-Real-IP": "1.2.3.4", "Forwarded": "for=1.2.3.4", "X_Forwarded_For": "1.2.3.4"},
        **{"X-Talehouse-Page": "{}", "X-Secret": "1", "Connection": "x-secret", "Keep-Alive": "5"},
    }
    connection.request("GET", "/echo", headers=said)
    seen = json.loads(connection.getresponse().read())
    connection.close()
    assert seen["HTTP_X_FORWARDED_FOR"] == "127.0.0.1"
    assert seen["HTTP_X_FORWARDED_PROTO"] == "http"
    assert seen["HTTP_X_FORWARDED_HOST"] == f"127.0.0.1:{house.port}"
    forbidden = {
        "HTTP_X_REAL_IP",
        "HTTP_FORWARDED",
        "HTTP_X_TALEHOUSE_PAGE",
        "HTTP_X_SECRET",
        "HTTP_KEEP_ALIVE",
    }
    assert not forbidden & set(seen)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (
            POST + b"Content-Length: 4\r\n" + CHUNKED + b"0\r\n\r\n",
            400,
        ),
        (b"POST /echo HTTP/1.1\r\nHost: tales.example\r\nTransfer-Encoding: xchunked\r\n\r\n", 501),
        (b"POST /echo HTTP/1.1\r\nHost: tales.example\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\n", 400),
        (b"POST /echo HTTP/1.0\r\nHost: tales.example\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (HEAD + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\nx", 400),
        (HEAD + b"Content-Length: -1\r\n\r\n", 400),
        (HEAD + b"X: a\r\n b\r\n\r\n", 400),
        (HEAD + b"X : a\r\n\r\n", 400),
        (HEAD + b"X: a\nY: b\r\n\r\n", 400),
        (b"GET /echo HTTP/1.1\nHost: tales.example\n\n", 400),
        (b"GET /echo HTTP/1.1\r\n\r\n", 400),
        (HEAD + b"Host: tales.example\r\n\r\n", 400),
        (b"GET /parts/once/ HTTP/1.1\r\nHost: evil.example\r\n\r\n", 400),
        (b"GET http://tales.example/ HTTP/1.1\r\nHost: tales.example\r\n\r\n", 400),
        (HEAD + b"Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n", 400),
        (HEAD + b"Expect: wonders\r\n\r\n", 417),
        (b"TRACE / HTTP/1.1\r\nHost: tales.example\r\n\r\n", 501),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: tales.example\r\n\r\n", 414),
        (b"GET /" + b"a" * 90000, 414),
        (HEAD + b"X: " + b"a" * 33000 + b"\r\n\r\n", 431),
        (HEAD + b"X: a\r\n" * 101 + b"\r\n", 431),
        (HEAD + b"X: " + b"a" * 60000, 431),
    ],
)
def test_doubtful_requests_are_refused_and_the_connection_ends(
    house: House, data: bytes, status: int
) -> None:
    hidden = b"GET /echo?smuggled HTTP/1.1\r\nHost: tales.example\r\n\r\n"
    found = house.raw(data + hidden)
    assert found.startswith(b"HTTP/1.1 %d " % status)
    assert found.count(b"\r\nDate: ") == 1
    assert b"smuggled" not in found
    assert b"Connection: close" in found


def test_slow_clients_are_cut_off(house: House) -> None:
    assert house.raw(b"GET / HTTP/1.1\r\nHost: tal").startswith(b"HTTP/1.1 408 ")
    assert house.raw(b"") == b""
    stalled = b"POST /echo HTTP/1.1\r\nHost: tales.example\r\nContent-Length: 9\r\n\r\nabc"
    assert house.raw(stalled).startswith(b"HTTP/1.1 408 ")


def test_a_client_who_leaves_does_not_stop_the_page_for_others(house: House) -> None:
    with socket.create_connection(("127.0.0.1", house.port)) as client:
        client.sendall(b"GET /parts/left/ HTTP/1.1\r\nHost: tales.example\r\n\r\n")
        time.sleep(0.02)
    assert b"render 1" in house.get("/parts/left/")[1]


def test_a_client_who_stops_reading_holds_nobody_up(house: House) -> None:
    with socket.create_connection(("127.0.0.1", house.port)) as client:
        client.sendall(b"GET /big HTTP/1.1\r\nHost: tales.example\r\n\r\n" * 3)
        time.sleep(0.1)
        assert house.get("/parts/once/")[0].status == 200


def test_connections_are_reused_and_half_closed_ones_answered(house: House) -> None:
    connection = house.connect()
    for path in ("/parts/keep/", "/parts/keep/", "/echo", "/nothing/", "/parts/keep/"):
        connection.request("GET", path)
        assert connection.getresponse().read()
    connection.close()
    with socket.create_connection(("127.0.0.1", house.port), timeout=20) as client:
        client.sendall(HEAD + b"\r\n")
        client.shutdown(socket.SHUT_WR)
        assert read_all(client).startswith(b"HTTP/1.1 200 ")
