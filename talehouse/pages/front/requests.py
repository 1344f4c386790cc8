"""What a request asks of the front, remembered by its bytes so that equal heads are read once.

Only heads without a session cookie are remembered, within bounds: nothing that signs somebody in stays here.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final, TypeVar

from talehouse.pages import encoding
from talehouse.pages.address import Hosts, Key, QueryRules, is_usual
from talehouse.pages.front import wire
from talehouse.pages.front.options import Network, Options
from talehouse.pages.front.wire import Framing, Headers, Refused
from talehouse.pages.variant import Variant, Variants, has_session

T = TypeVar("T")
STATIC: Final = "/static/"
QUIET_WRITES: Final = ("/beacon/",)
READING: Final = frozenset({"GET", "HEAD"})
_REMEMBERED: Final = 4096
_LONGEST_REMEMBERED: Final = 1500
_NOT_OURS: Final = frozenset(
    {"authorization", "range", "hx-request", "upgrade", "if-match", "if-unmodified-since"}
)
_FORWARDED: Final = re.compile(r"x-forwarded-.*|x-real-ip|forwarded|x-talehouse-.*|.*_.*")
_HOP: Final = frozenset(
    {
        *("connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te"),
        *("trailer", "transfer-encoding", "upgrade", "http2-settings", "expect", "content-length", "host"),
    }
)
_MARKED: Final = frozenset(
    {"connection", "content-length", "cookie", "expect", "host", "transfer-encoding", "upgrade"}
)
_FOR_ONE: Final = frozenset({"accept-encoding", "if-none-match", "if-modified-since"})


@dataclass(frozen=True, slots=True)
class Line:
    """A request line and what follows from it alone; ``page`` is the key's path, None if never kept."""

    method: str
    path: str
    query: str
    minor: int
    page: str | None
    is_static: bool

    @property
    def target(self) -> str:
        """The address as it was asked for."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def writes(self) -> bool:
        """Whether pages may look different after it."""
        return self.method not in READING and not self.path.startswith(QUIET_WRITES)


@dataclass(frozen=True, slots=True)
class Block:
    """A block of headers and what follows from it alone."""

    headers: Headers
    host: str
    framing: Framing
    closes: bool
    expects: bool
    is_plain: bool
    has_session: bool
    variant: Variant
    wanted: tuple[str, ...]
    if_none_match: str

    @property
    def has_body(self) -> bool:
        """Whether bytes follow the head."""
        return self.framing.chunked or bool(self.framing.length)


@dataclass(frozen=True, slots=True)
class Request:
    """One request of a client."""

    line: Line
    block: Block

    @property
    def keeps_alive(self) -> bool:
        """Whether the client may send another request after this one."""
        return self.line.minor == 1 and not self.block.closes

    @property
    def key(self) -> Key | None:
        """The key of the page that may answer it, or None."""
        line, block = self.line, self.block
        if line.page is None or not block.is_plain:
            return None
        if line.is_static:
            return (line.page, "", "")
        return None if block.has_session else (line.page, block.variant.language, block.variant.rating)


class Reader:
    """Reads heads; equal bytes are read once."""

    def __init__(self, options: Options) -> None:
        self._hosts = Hosts(options.hosts)
        self._variants = Variants(options.languages, options.default_language)
        self._rules = QueryRules(options.page_query)
        self._lines: dict[bytes, Line] = {}
        self._blocks: dict[bytes, Block] = {}

    def read(self, line: bytes, block: bytes) -> Request:
        """The request of a first line and a block of headers; raises ``Refused``."""
        known_line = self._lines.get(line) or self._read_line(line)
        known_block = self._blocks.get(block) or self._read_block(block)
        if known_line.minor == 0 and known_block.framing.chunked:
            raise Refused(400, "HTTP/1.0 knows no chunks.")
        return Request(known_line, known_block)

    def _read_line(self, raw: bytes) -> Line:
        method, path, query, minor = wire.read_request_line(raw)
        line = Line(method, path, query, minor, self._page(method, path, query), path.startswith(STATIC))
        if len(raw) <= _LONGEST_REMEMBERED and line.page is not None:
            _remember(self._lines, raw, line)
        return line

    def _page(self, method: str, path: str, query: str) -> str | None:
        if method not in READING or not is_usual(path):
            return None
        if path.startswith(STATIC):
            return None if query else path
        canonical = self._rules.canonical(path, query)
        if canonical is None:
            return None
        return f"{path}?{canonical}" if canonical else path

    def _read_block(self, raw: bytes) -> Block:
        headers = wire.read_headers(raw)
        joined: dict[str, str] = {}
        for name, value in headers:
            joined[name] = f"{joined[name]},{value}" if name in joined else value
        marked = [pair for pair in headers if pair[0] in _MARKED]
        framing = wire.framing(marked)
        host = self._host(marked)
        cookie = "; ".join(wire.values(marked, "cookie"))
        block = Block(
            headers=headers,
            host=host,
            framing=framing,
            closes="connection" in joined and "close" in wire.tokens(marked, "connection"),
            expects="expect" in joined and _expects(marked),
            is_plain=not (joined.keys() & _NOT_OURS or framing.chunked or framing.length),
            has_session=has_session(cookie),
            variant=self._variants.of(cookie, joined.get("accept-language", "")),
            wanted=encoding.wanted(joined.get("accept-encoding", "")),
            if_none_match=joined.get("if-none-match", ""),
        )
        if len(raw) <= _LONGEST_REMEMBERED and block.is_plain and not block.has_session:
            _remember(self._blocks, raw, block)
        return block

    def _host(self, headers: Headers) -> str:
        hosts = wire.values(headers, "host")
        if len(hosts) != 1:
            raise Refused(400, "A request names exactly one host.")
        if hosts[0] not in self._hosts:
            raise Refused(400, "This house does not answer to that name.")
        if "websocket" in wire.tokens(headers, "upgrade"):
            raise Refused(400, "There is no WebSocket here.")
        return hosts[0]


def _expects(headers: Headers) -> bool:
    wishes = wire.tokens(headers, "expect")
    if wishes - {"100-continue"}:
        raise Refused(417, "This expectation cannot be met.")
    return bool(wishes)


def _remember(known: dict[bytes, T], raw: bytes, value: T) -> None:
    if len(known) >= _REMEMBERED:
        known.clear()
    known[raw] = value


def client_address(peer: str, headers: Headers, trusted: tuple[Network, ...]) -> str:
    """The client's address: the peer, or behind trusted proxies the last address that none of them has."""
    if not is_trusted(peer, trusted):
        return peer
    chain = [part.strip() for value in wire.values(headers, "x-forwarded-for") for part in value.split(",")]
    nearest = peer
    for address in reversed(chain):
        if not _is_address(address):
            break
        nearest = address
        if not is_trusted(address, trusted):
            break
    return nearest


def is_trusted(peer: str, trusted: tuple[Network, ...]) -> bool:
    """Whether a peer is one of our own proxies; a Unix socket's peer (no address) is, if any proxy is
    trusted.
    """
    if not trusted:
        return False
    if not peer:
        return True
    return any(ipaddress.ip_address(peer) in network for network in trusted)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def head_for_upstream(
    request: Request, peer: str, options: Options, *, fill: bool = False, length: int | None = None
) -> bytes:
    """The request's head as Django's server gets it: written anew, without what a client may not say.

    ``fill``: the answer will be kept for many, so it must come whole and uncompressed. ``length``: the body's
    length where it was not announced.
    """
    line, block = request.line, request.block
    trusted = is_trusted(peer, options.trusted_proxies)
    dropped = _HOP | wire.tokens(block.headers, "connection") | (_FOR_ONE if fill else frozenset())
    out = [f"{line.method} {line.target} HTTP/1.1", f"Host: {block.host}"]
    cookies = []
    for name, value in block.headers:
        if name == "cookie":
            cookies.append(value)
        elif name not in dropped and not _FORWARDED.fullmatch(name):
            out.append(f"{name}: {value}")
    if cookies:
        out.append(f"cookie: {'; '.join(cookies)}")
    if fill:
        out.append("accept-encoding: identity")
    length = block.framing.length if length is None else length
    if length is not None:
        out.append(f"content-length: {length}")
    out.append(f"x-forwarded-for: {client_address(peer, block.headers, options.trusted_proxies)}")
    out.append(f"x-forwarded-proto: {_scheme(block.headers, options, trusted=trusted)}")
    out.append(f"x-forwarded-host: {block.host}")
    return ("\r\n".join(out) + "\r\n\r\n").encode("latin-1")


def _scheme(headers: Headers, options: Options, *, trusted: bool) -> str:
    said = wire.values(headers, "x-forwarded-proto") if trusted else []
    last = said[-1].rpartition(",")[2].strip().lower() if said else ""
    return last if last in ("http", "https") else options.scheme
