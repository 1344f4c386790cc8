"""A browser that takes web push, and the service that stands between it and the house, on this machine.

What the standards say is written down here a second time, from the receiver's side.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from talehouse.lib.webpush import decode, encode


def _hmac(key: bytes, words: bytes) -> bytes:
    made = HMAC(key, SHA256())
    made.update(words)
    return made.finalize()


def _derived(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    """HKDF (RFC 5869) for lengths of one hash at most."""
    return _hmac(_hmac(salt, secret), info + b"\1")[:length]


@dataclass
class Subscriber:
    """A browser's side of a subscription."""

    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))
    secret: bytes = b"sixteen letters!"

    @property
    def point(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def p256dh(self) -> str:
        return encode(self.point)

    @property
    def auth(self) -> str:
        return encode(self.secret)

    def read(self, body: bytes) -> bytes:
        """The words of a message (RFC 8188 and 8291)."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        theirs, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(sealed) <= size, "one record"
        shared = self.key.exchange(ECDH(), EllipticCurvePublicKey.from_encoded_point(SECP256R1(), theirs))
        secret = _derived(self.secret, shared, b"WebPush: info\0" + self.point + theirs, 32)
        key = _derived(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _derived(salt, secret, b"Content-Encoding: nonce\0", 12)
        words = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\0")
        assert words[-1:] == b"\2", "the last record"
        return words[:-1]


class Posted(NamedTuple):
    """A request that came in; the names of headers are in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Service:
    """A push service. `statuses` is what it answers for a path, else 201; `extra` are headers of refusals."""

    port: int
    posted: list[Posted] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def endpoint(self, name: str) -> str:
        """The address for one browser."""
        return f"{self.origin}/send/{name}"

    def to(self, name: str) -> list[Posted]:
        """What came for one browser."""
        return [one for one in self.posted if one.path == f"/send/{name}"]


@contextmanager
def service() -> Iterator[Service]:
    """A push service that runs until the block ends."""
    found: list[Service] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            found[0].posted.append(Posted(self.path, headers, body))
            status = found[0].statuses.get(self.path, 201)
            self.send_response(status)
            for name, value in found[0].extra.items() if status > 299 else ():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_words: Any) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found.append(Service(server.server_port))
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield found[0]
        server.shutdown()
        thread.join()


def claims_of(posted: Posted) -> tuple[dict[str, Any], str]:
    """What the house's token claims, once its signature has been checked, and the key that it names."""
    scheme, _space, rest = posted.headers["authorization"].partition(" ")
    assert scheme == "vapid"
    told = dict(part.split("=", 1) for part in rest.split(","))
    head, claims, signature = told["t"].split(".")
    assert json.loads(decode(head)) == {"typ": "JWT", "alg": "ES256"}
    raw = decode(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    point = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), decode(told["k"]))
    point.verify(der, f"{head}.{claims}".encode(), ECDSA(SHA256()))
    return json.loads(decode(claims)), told["k"]
