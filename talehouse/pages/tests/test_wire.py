"""Reading HTTP strictly: what we accept, another parser reads alike; all that is doubtful is refused."""

from __future__ import annotations

import httptools
import pytest
from hypothesis import given
from hypothesis import strategies as st

from talehouse.pages.front import wire
from talehouse.pages.front.body import Body
from talehouse.pages.front.wire import Chunks, Framing, Refused

PIECES = st.sampled_from(
    [
        *(
            b"GET ",
            b"POST ",
            b"/",
            b"/a?b",
            b" HTTP/1.1",
            b" HTTP/1.0",
            b"\r\n",
            b"\n",
            b"\r",
            b" ",
            b"\t",
            b":",
        ),
        *(
            b"Host: a",
            b"Content-Length: 5",
            b"Content-Length: +5",
            b"Content-Length : 5",
            b"Transfer-Encoding",
        ),
        *(
            b": chunked",
            b": identity, chunked",
            b"X-A: b",
            b"X_A: b",
            b"\x00",
            b"\xff",
            b"\x0b",
            b"#",
            b"5",
            b",",
        ),
    ]
)
HEADS = st.lists(PIECES, max_size=14).map(b"".join)
GOOD = st.lists(
    st.tuples(
        st.from_regex(rb"[a-zA-Z0-9!#$%&'*+.^_`|~-]{1,12}", fullmatch=True),
        st.from_regex(rb"[!-~]{0,20}", fullmatch=True),
    ),
    max_size=8,
)


class Other:
    """What httptools sees."""

    def __init__(self) -> None:
        self.url = b""
        self.headers: list[tuple[str, str]] = []
        self.body = b""
        self.complete = False

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.decode("latin-1").lower(), value.decode("latin-1").strip(" \t")))

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self.complete = True


def read(head: bytes) -> tuple[wire.RequestLine, wire.Headers, Framing]:
    """Read a head without its empty line."""
    line, _, block = head.partition(b"\r\n")
    request, headers = wire.read_request_line(line), wire.read_headers(block)
    return request, headers, wire.framing(headers, minor=request.minor)


def assert_read_alike(head: bytes) -> None:
    """What we accept, the other parser accepts and sees the same."""
    try:
        request, headers, framing = read(head)
    except Refused:
        return
    other = Other()
    parser = httptools.HttpRequestParser(other)
    parser.feed_data(head + b"\r\n\r\n")
    assert parser.get_method().decode() == request.method
    assert other.url.decode() == (f"{request.path}?{request.query}" if b"?" in other.url else request.path)
    assert other.headers == headers
    assert other.complete == (not framing.chunked and not framing.length)


@given(HEADS)
def test_what_we_accept_of_rubbish_another_parser_reads_the_same_way(head: bytes) -> None:
    if b"\r\n\r\n" not in head:
        assert_read_alike(head)


@given(HEADS)
def test_what_we_accept_behind_a_good_line_is_read_alike(block: bytes) -> None:
    if b"\r\n\r\n" not in block and not block.endswith((b"\r", b"\n")) and not block.startswith(b"\r\n"):
        assert_read_alike(
            b"GET /a HTTP/1.1\r\nHost: a\r\n" + block if block else b"GET /a HTTP/1.1\r\nHost: a"
        )


@given(GOOD)
def test_good_headers_are_accepted_as_they_stand(headers: list[tuple[bytes, bytes]]) -> None:
    block = b"\r\n".join(name + b": \t" + value + b" " for name, value in headers)
    assert wire.read_headers(block) == [(name.decode().lower(), value.decode()) for name, value in headers]


@pytest.mark.parametrize(
    "block",
    [
        b"Host: a\r\n folded: b",
        b"Host: a\nX: b",
        b"Host: a\rX: b",
        b"Host : a",
        b": a",
        b"Host",
        b"H\x00st: a",
        b"Host: a\x00",
        b"H\xc3\xb6st: a",
        b"Host: a\r\n",
    ],
)
def test_malformed_headers_are_refused(block: bytes) -> None:
    with pytest.raises(Refused) as refused:
        wire.read_headers(block)
    assert refused.value.status == 400


@pytest.mark.parametrize(
    ("block", "status"),
    [
        (b"Content-Length: 5\r\nTransfer-Encoding: chunked", 400),
        (b"Content-Length: 5\r\nContent-Length: 5", 400),
        (b"Content-Length: 5, 5", 400),
        (b"Content-Length: +5", 400),
        (b"Content-Length: -5", 400),
        (b"Content-Length: 5 5", 400),
        (b"Content-Length: 0x5", 400),
        (b"Content-Length:", 400),
        (b"Content-Length: 9999999999999999", 400),
        (b"Transfer-Encoding: gzip, chunked", 501),
        (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", 501),
        (b"Transfer-Encoding: xchunked", 501),
        (b"Transfer-Encoding: chunked, identity", 501),
    ],
)
def test_an_ambiguous_length_is_refused(block: bytes, status: int) -> None:
    with pytest.raises(Refused) as refused:
        wire.framing(wire.read_headers(block))
    assert refused.value.status == status


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"GET /", 400),
        (b"GET  / HTTP/1.1", 400),
        (b"GET / HTTP/2.0", 400),
        (b"GET / HTTP/1.1 ", 400),
        (b" GET / HTTP/1.1", 400),
        (b"GET http://a/ HTTP/1.1", 400),
        (b"GET a HTTP/1.1", 400),
        (b"GET /\xc3\xbc HTTP/1.1", 400),
        (b"GET /a#b HTTP/1.1", 400),
        (b"OPTIONS * HTTP/1.1", 400),
        (b"TRACE / HTTP/1.1", 501),
        (b"CONNECT / HTTP/1.1", 501),
        (b"get / HTTP/1.1", 501),
        (b"GET /" + b"a" * wire.LONGEST_LINE + b" HTTP/1.1", 414),
    ],
)
def test_request_lines_that_are_refused(line: bytes, status: int) -> None:
    with pytest.raises(Refused) as refused:
        wire.read_request_line(line)
    assert refused.value.status == status


def chunked(pieces: list[bytes]) -> bytes:
    """A chunked body."""
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces if piece) + b"0\r\n\r\n"


@given(
    st.lists(st.binary(max_size=60), max_size=6),
    st.lists(st.integers(1, 40), max_size=30),
    st.binary(max_size=9),
)
def test_chunks_come_out_whole_however_they_arrive(pieces: list[bytes], cuts: list[int], rest: bytes) -> None:
    raw = chunked(pieces) + rest
    reader, found, left = Chunks(), b"", b""
    for size in [*cuts, len(raw)]:
        part, raw = raw[:size], raw[size:]
        if reader.finished:
            left += part
            continue
        out, behind = reader.feed(part)
        found += b"".join(out)
        left += behind
    assert reader.finished
    assert found == b"".join(pieces)
    assert left == rest


@pytest.mark.parametrize(
    "raw",
    [
        b"5;a=b\r\nhello\r\n0\r\n\r\n",
        b"5\nhello\n0\n\n",
        b"+5\r\nhello\r\n0\r\n\r\n",
        b"0x5\r\nhello\r\n",
        b" 5\r\nhello\r\n",
        b"5\r\nhelloo\r\n0\r\n\r\n",
        b"\r\nhello",
        b"fffffffff\r\n",
        b"00000000000000",
        b"0\r\nbad trailer\r\n\r\n",
        b"0\r\nX: " + b"a" * 9000 + b"\r\n",
    ],
)
def test_malformed_chunks_are_refused(raw: bytes) -> None:
    with pytest.raises(Refused):
        Chunks().feed(raw)


@given(st.binary(max_size=80))
def test_rubbish_chunks_are_refused_or_read_like_another_parser(raw: bytes) -> None:
    reader = Chunks()
    try:
        pieces, rest = reader.feed(raw)
    except Refused:
        return
    if reader.finished:
        other = Other()
        parser = httptools.HttpRequestParser(other)
        parser.feed_data(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        parser.feed_data(raw[: len(raw) - len(rest)])
        assert other.complete
        assert other.body == b"".join(pieces)


def test_a_body_above_the_limit_is_refused_before_it_comes() -> None:
    with pytest.raises(Refused) as refused:
        Body(Framing(11, False), 10, 1.0, None)
    assert refused.value.status == 413


@pytest.mark.parametrize("buffer", [b"GET / HTTP/1.1\nHost: a\n\n", b"\n"])
def test_lines_without_cr_are_refused_at_once(buffer: bytes) -> None:
    with pytest.raises(Refused) as refused:
        wire.refuse_unfinished(buffer)
    assert refused.value.status == 400
