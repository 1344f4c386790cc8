"""Heads of answers: what is remembered changes nothing, and nothing that signs somebody in is remembered."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from talehouse.pages.front import wire
from talehouse.pages.front.answer import Head, Heads
from talehouse.pages.front.wire import Refused

LINES = st.sampled_from(
    [
        *(b"Content-Type: text/html", b"content-type:text/html  ", b"Vary: Cookie", b"Set-Cookie: session=1"),
        *(b"Content-Length: 5", b"content-length: 7", b"Transfer-Encoding: chunked", b"Connection: x, Close"),
        *(b"X-Talehouse-Page: {}", b"Server: x", b"X: a\nY: b", b" folded", b"", b"No colon", b"X: \xe9\x80"),
    ]
)
SHARED = Heads()


def plainly(raw: bytes) -> tuple[int, wire.Headers, wire.Framing] | None:
    """The head as it is read without any remembering; None if it is refused."""
    first, *lines = raw.split(b"\r\n")
    try:
        headers = wire.read_headers(b"\r\n".join(lines)) if lines != [b""] else [wire.read_header(b"")]
        return wire.read_status(first), headers, wire.framing(headers)
    except Refused:
        return None


def remembered(heads: Heads, raw: bytes) -> Head | None:
    """The head as ``heads`` reads it; None if it is refused."""
    try:
        return heads.read(raw)
    except Refused as refused:
        assert refused.status == 502
        return None


@given(
    st.sampled_from([b"HTTP/1.1 200 OK", b"HTTP/1.0 404 ", b"HTTP/2 200", b""]), st.lists(LINES, max_size=5)
)
def test_remembering_changes_nothing(first: bytes, lines: list[bytes]) -> None:
    raw = b"\r\n".join((first, *lines))
    expected = plainly(raw)
    for heads in (Heads(), SHARED, SHARED):
        head = remembered(heads, raw)
        assert (None if head is None else (head.status, head.headers, head.framing)) == expected
        if head is not None:
            assert head.closes == (b"Connection: x, Close" in lines)


@given(st.lists(st.sampled_from([b"Vary: Cookie", b"Set-Cookie: a=b", b"Server: x", b"ETag: 1"]), max_size=5))
def test_what_is_passed_is_read_the_same_again(lines: list[bytes]) -> None:
    head = Heads().read(b"\r\n".join((b"HTTP/1.1 200 OK", *lines, b"Content-Length: 3")))
    again = Heads().read(head.passed(b"\r\n", in_chunks=False)[:-4])
    assert again.framing == head.framing
    passed = [pair for pair in head.headers if pair[0] != "server"]
    assert sorted(again.headers) == sorted(passed)


def test_cookies_are_not_remembered_and_memory_is_bounded() -> None:
    heads = Heads()
    heads.read(b"HTTP/1.1 200 OK\r\nSet-Cookie: session=secret\r\nsEt-cookie: session=secret\r\nVary: Cookie")
    for number in range(5000):
        heads.read(b"HTTP/1.1 200 OK\r\nX: %d\r\nY: %s" % (number, b"y" * 5000))
    known = vars(heads)["_known"]
    assert not any(b"secret" in line for line in known)
    assert 0 < len(known) <= 1024
    assert max(map(len, known)) < 1000
