"""Messages for browsers: encrypted for one of them alone (RFC 8291), signed by the house (VAPID, RFC 8292).

Keys and secrets are written as the standards do: base64url without padding; a public key is the uncompressed
point on P-256 (65 bytes), a private one its number (32 bytes).
"""

from __future__ import annotations

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    derive_private_key,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

RECORD = 4096
"""Bytes of a whole message, which is one record; services need not take more (RFC 8291, section 4)."""
_OVERHEAD = 16 + 4 + 1 + 65 + 1 + 16  # salt, size, length of the key, the key; end of the words, tag
MOST_WORDS = RECORD - _OVERHEAD


class BadKeyError(ValueError):
    """What a browser gave is no key, or no secret, of the kind that the standard wants."""


def encode(raw: bytes) -> str:
    """base64url without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """The bytes of such a text. Raises BadKeyError."""
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise BadKeyError("not base64url") from None
    if encode(raw) != text.rstrip("=") or text.count("=") > 2:
        raise BadKeyError("not base64url")
    return raw


def new_key() -> str:
    """A private key for a house that has none yet."""
    return encode(generate_private_key(SECP256R1()).private_numbers().private_value.to_bytes(32, "big"))


def private_key(text: str) -> EllipticCurvePrivateKey:
    """The private key that `new_key` wrote."""
    return derive_private_key(int.from_bytes(decode(text), "big"), SECP256R1())


def public_point(key: EllipticCurvePrivateKey) -> bytes:
    """The public half, as browsers and services want it."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def check_keys(p256dh: str, auth: str) -> None:
    """Refuse what is no public key on the curve, or no secret of 16 bytes. Raises BadKeyError."""
    _point(decode(p256dh))
    if len(decode(auth)) != 16:
        raise BadKeyError("the secret has 16 bytes")


def _point(raw: bytes) -> EllipticCurvePublicKey:
    if len(raw) != 65:
        raise BadKeyError("the key has 65 bytes")
    try:
        return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), raw)
    except ValueError:
        raise BadKeyError("not a point on the curve") from None


def encrypt(
    words: bytes,
    *,
    p256dh: str,
    auth: str,
    block: int = 256,
    once: EllipticCurvePrivateKey | None = None,
    salt: bytes = b"",
) -> bytes:
    """The body of a message: one record of `aes128gcm` (RFC 8188) under keys agreed with the browser.

    The words are filled up to the next multiple of `block` bytes, so that their length tells little. `once`
    and `salt` are made anew for each message; the standard's own example names them.
    """
    if len(words) > MOST_WORDS:
        raise ValueError(f"A message holds at most {MOST_WORDS} bytes.")
    theirs = decode(p256dh)
    once, salt = once or generate_private_key(SECP256R1()), salt or os.urandom(16)
    ours = public_point(once)
    shared = once.exchange(ECDH(), _point(theirs))
    secret = _derived(shared, decode(auth), b"WebPush: info\0" + theirs + ours, 32)
    key = _derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\0", 12)
    filling = min(-(len(words) + 1) % block if block else 0, MOST_WORDS - len(words))
    sealed = AESGCM(key).encrypt(nonce, words + b"\2" + bytes(filling), None)
    return salt + RECORD.to_bytes(4, "big") + bytes([len(ours)]) + ours + sealed


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(secret)


def authorization(endpoint: str, *, key: EllipticCurvePrivateKey, contact: str, until: datetime) -> str:
    """The header by which the service of this endpoint knows the house: a token for that service alone.

    `until` is at most a day away (RFC 8292, section 2); `contact` is a mailto: or https: address.
    """
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc.lower()}",
        "exp": int(until.timestamp()),
        "sub": contact,
    }
    head = {"typ": "JWT", "alg": "ES256"}
    said = ".".join(encode(json.dumps(one, separators=(",", ":")).encode()) for one in (head, claims))
    first, second = decode_dss_signature(key.sign(said.encode(), ECDSA(SHA256())))
    signature = encode(first.to_bytes(32, "big") + second.to_bytes(32, "big"))
    return f"vapid t={said}.{signature},k={encode(public_point(key))}"
