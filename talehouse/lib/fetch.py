"""The one way to ask an address that somebody has named (web push, other houses): bounded, and to the open
Internet only.

The name is looked up once, every address that it has is checked, and the connection goes to the very one
that was checked: a name that answers differently a moment later gains nothing. Redirects are not followed,
proxies of the environment are not used, and no sentence of an error holds more than the host, since the rest
of such an address may be a secret.
"""

from __future__ import annotations

import io
import queue
import re
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

from talehouse import __version__

METHODS = frozenset({"GET", "HEAD", "POST"})
PORTS = {"https": 443, "http": 80}
MOST_BYTES = 1 << 20
SECONDS = 10.0
LONGEST = 2000
"""Characters of an address."""

_PLAIN = re.compile(r"[!-\[\]-~]+")  # printable ASCII without space and backslash
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in its last 32 bits
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_SPECIAL = (IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"), IPv6Network("3fff::/20"))
"""What IANA keeps for purposes of its own, and not every Python knows of."""


class FetchError(Exception):
    """Nothing came back; the message is for the log, and names the host at most."""


class RefusedError(FetchError):
    """We do not ask such an address, whatever is there."""


class NotReachedError(FetchError):
    """There is no such host, it does not answer, it is not who it should be, or it speaks no HTTP."""


class TooSlowError(FetchError):
    """The time was over before the answer was complete."""


class TooLongError(FetchError):
    """The answer is longer than was asked for."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer, whatever its status. The names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def fetch(
    url: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    most_bytes: int = MOST_BYTES,
    seconds: float = SECONDS,
    near: bool = False,
) -> Fetched:
    """Ask once, within `seconds` from the look-up of the name to the last byte.

    `near` is for tests and for trying on one machine: then the address may lie in a private network, and
    there http will do. Raises FetchError.
    """
    if method not in METHODS:
        raise RefusedError(f"The method {method!r} is not one of ours.")
    parts = check(url, near=near)
    host, until = parts.hostname or "", time.monotonic() + seconds
    taken = _connected(parts, until, near=near)
    try:
        return _asked(_Wire(taken, until), parts, method, dict(headers or {}), body, most_bytes)
    except TimeoutError:
        raise TooSlowError(f"{host} took too long.") from None
    except (OSError, HTTPException) as error:
        raise NotReachedError(f"{host} did not answer as it should: {type(error).__name__}.") from None
    finally:
        taken.close()


def check(url: str, *, near: bool = False) -> SplitResult:
    """The parts of an address that may be asked as far as its letters tell; the name is not looked up.

    Raises RefusedError.
    """
    if len(url) > LONGEST or not _PLAIN.fullmatch(url):
        raise RefusedError("An address is plain letters, at most 2000 of them.")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise RefusedError("That is no address.") from None
    if parts.scheme != "https" and not (near and parts.scheme == "http"):
        raise RefusedError("Only https is asked.")
    if not _HOST.fullmatch(host) or port == 0 or parts.username is not None or parts.fragment:
        raise RefusedError("An address has a host, and neither a user nor a fragment.")
    try:
        literal = ip_address(host)
    except ValueError:
        return parts
    if not near and not is_open(literal):
        raise RefusedError(f"{host} is not in the open Internet.")
    return parts


def is_open(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one machine's in the open Internet: not private, loopback, link-local, shared,
    reserved or for many at once, nor such an IPv4 address dressed as an IPv6 one."""
    if any(address in network for network in _SPECIAL):
        return False
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast
    if address.ipv4_mapped is not None:
        return is_open(address.ipv4_mapped)
    if address in _NAT64:
        return is_open(IPv4Address(int(address) & 0xFFFFFFFF))
    if address.sixtofour is not None:
        return is_open(address.sixtofour)
    return address.is_global and address in _GLOBAL_UNICAST


def _asked(
    wire: _Wire, parts: SplitResult, method: str, headers: dict[str, str], body: bytes, most: int
) -> Fetched:
    """One request over a connection that stands."""
    connection = HTTPConnection(parts.hostname or "")
    connection.sock = wire
    told = {
        "Host": parts.netloc.removesuffix(f":{PORTS[parts.scheme]}"),
        "User-Agent": f"Talehouse/{__version__}",
        "Accept-Encoding": "identity",
        "Connection": "close",
        **headers,
    }
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection.request(method, target, body=body if method == "POST" else None, headers=told)
    answer = connection.getresponse()
    try:
        content = answer.read(most + 1)
    finally:
        answer.close()
    if answer.length and len(content) <= most:
        raise NotReachedError(f"{parts.hostname} stopped in the middle of its answer.")
    if len(content) > most:
        raise TooLongError(f"{parts.hostname} answered with more than {most} bytes.")
    return Fetched(answer.status, {name.lower(): value for name, value in answer.getheaders()}, content)


def _connected(parts: SplitResult, until: float, *, near: bool) -> socket.socket:
    """A connection to the first address of the host that takes one, with TLS where that is asked for."""
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    found = _looked_up(host, port, until)
    for _family, (address, *_rest) in found:
        is_far = is_open(ip_address(str(address).partition("%")[0]))
        if not is_far and not near:
            raise RefusedError(f"{host} is not in the open Internet.")
        if is_far and parts.scheme == "http":
            raise RefusedError("Only https is asked.")
    failed: Exception = OSError()
    for family, place in found:
        taken = socket.socket(family, socket.SOCK_STREAM)
        try:
            taken.settimeout(_left(until))
            taken.connect(place)
            if parts.scheme == "https":
                taken = _trust().wrap_socket(taken, server_hostname=host)
        except (OSError, FetchError) as error:
            taken.close()
            failed = error
        else:
            return taken
    if isinstance(failed, TimeoutError | TooSlowError):
        raise TooSlowError(f"{host} took too long.")
    raise NotReachedError(f"{host} cannot be reached: {type(failed).__name__}.")


@lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    """Whom this machine believes; reading that costs more than a request."""
    return ssl.create_default_context()


Found = list[tuple[int, tuple[Any, ...]]]


def _looked_up(host: str, port: int, until: float) -> Found:
    """(family, address of the socket) for all addresses of a host. The system's own look-up knows no limit of
    time, so it is made in a thread that we need not wait for."""
    answers: queue.SimpleQueue[Found | BaseException] = queue.SimpleQueue()

    def look() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put([(family, place) for family, _type, _proto, _name, place in rows])
        except BaseException as error:  # it is raised again where it was asked
            answers.put(error)

    threading.Thread(target=look, daemon=True).start()
    try:
        found = answers.get(timeout=_left(until))
    except queue.Empty:
        raise TooSlowError(f"{host} took too long.") from None
    if isinstance(found, OSError | UnicodeError) or found == []:
        raise NotReachedError(f"There is no host {host}.")
    if isinstance(found, BaseException):
        raise found
    return found


def _left(until: float) -> float:
    """Seconds that are left. Raises TooSlowError when none are."""
    left = until - time.monotonic()
    if left <= 0:
        raise TooSlowError("The time is over.")
    return left


class _Wire:
    """What `http.client` asks of a socket; the whole conversation ends at one moment, however slowly the
    bytes drip. Closing is left to whoever opened the socket: `http.client` closes before the body is read."""

    def __init__(self, taken: socket.socket, until: float) -> None:
        self._socket, self._until = taken, until

    def sendall(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            self._socket.settimeout(_left(self._until))
            rest = rest[self._socket.send(rest) :]

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reading(self._socket, self._until))

    def close(self) -> None:
        """Nothing, see above."""


class _Reading(io.RawIOBase):
    """The bytes that come in, until that moment."""

    def __init__(self, taken: socket.socket, until: float) -> None:
        super().__init__()
        self._socket, self._until = taken, until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._socket.settimeout(_left(self._until))
        return self._socket.recv_into(buffer)
