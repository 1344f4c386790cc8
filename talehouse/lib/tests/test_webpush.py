"""Messages for browsers: the example of the standard, any words, and what is no key."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st

from talehouse.lib import webpush
from talehouse.lib.webpush import MOST_WORDS, BadKeyError, check_keys, decode, encode, encrypt
from tests.receiving import Subscriber

# RFC 8291, appendix A
WORDS = b"When I grow up, I want to be a watermelon"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
THEIR_KEY = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
THEIR_POINT = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
OUR_KEY = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
MESSAGE = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBr"
    "u3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_example_of_the_standard() -> None:
    made = encrypt(
        WORDS, p256dh=THEIR_POINT, auth=AUTH, block=0, once=webpush.private_key(OUR_KEY), salt=decode(SALT)
    )
    assert encode(made) == MESSAGE
    assert Subscriber(key=webpush.private_key(THEIR_KEY), secret=decode(AUTH)).read(made) == WORDS


@given(st.binary(max_size=MOST_WORDS))
def test_any_words_arrive_and_their_length_does_not(words: bytes) -> None:
    browser = Subscriber()
    made = encrypt(words, p256dh=browser.p256dh, auth=browser.auth)
    assert browser.read(made) == words
    assert len(made) <= 4096 and ((len(made) - 102) % 256 == 0 or len(made) == 4096)


def test_nobody_else_reads_it() -> None:
    made = encrypt(WORDS, p256dh=THEIR_POINT, auth=AUTH)
    with pytest.raises(InvalidTag):
        Subscriber().read(made)
    assert made != encrypt(WORDS, p256dh=THEIR_POINT, auth=AUTH), "each message has keys of its own"


def test_what_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 3993"):
        encrypt(bytes(MOST_WORDS + 1), p256dh=THEIR_POINT, auth=AUTH)


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [
        ("", AUTH),
        ("nonsense!", AUTH),
        (THEIR_POINT[:-4], AUTH),
        (encode(b"\4" + bytes(64)), AUTH),
        (encode(b"\2" + decode(THEIR_POINT)[1:33]), AUTH),
        (THEIR_POINT, ""),
        (THEIR_POINT, AUTH[:-2]),
        (THEIR_POINT, AUTH + "AAAA"),
        (THEIR_POINT, "é" * 22),
    ],
)
def test_what_is_no_key_is_refused(p256dh: str, auth: str) -> None:
    with pytest.raises(BadKeyError):
        check_keys(p256dh, auth)


def test_keys_may_be_padded() -> None:
    check_keys(THEIR_POINT + "=", AUTH + "==")


def test_the_house_signs_for_one_service() -> None:
    key = webpush.private_key(webpush.new_key())
    until = datetime(2026, 3, 4, tzinfo=UTC)
    told = webpush.authorization(
        "https://Push.example:8443/a/b?c=d", key=key, contact="mailto:host@example.org", until=until
    )
    scheme, _space, rest = told.partition(" ")
    token, public = (part.partition("=")[2] for part in rest.split(","))
    head, claims, signature = token.split(".")
    assert (scheme, json.loads(decode(head))) == ("vapid", {"typ": "JWT", "alg": "ES256"})
    assert json.loads(decode(claims)) == {
        "aud": "https://push.example:8443",
        "exp": int(until.timestamp()),
        "sub": "mailto:host@example.org",
    }
    first, second = decode(signature)[:32], decode(signature)[32:]
    der = encode_dss_signature(int.from_bytes(first, "big"), int.from_bytes(second, "big"))
    point = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), decode(public))
    point.verify(der, f"{head}.{claims}".encode(), ECDSA(SHA256()))
    with pytest.raises(InvalidSignature):
        point.verify(der, f"{head}.{claims}x".encode(), ECDSA(SHA256()))
