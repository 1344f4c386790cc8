"""What a device may say: only what makes sense, and times go out by its own clock again."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talehouse.library.models import PartRead
from talehouse.library.placing import MOST
from talehouse.library.telling import LARGEST, answer, read
from talehouse.stories.errors import RuleError

GOOD = {"part": 7, "at": 1_700_000_000_000, "block": "a3", "share": 412, "finished": True, "seconds": 300}


def test_a_message_is_read() -> None:
    told = read(
        json.dumps({"now": 1_700_000_100_000, "places": [{**GOOD, "key": "k-_9"}], "ask": [8]}).encode()
    )
    (place,) = told.places
    assert (place.part, place.block, place.share, place.finished, place.seconds, place.key) == (
        7,
        "a3",
        412,
        True,
        300,
        "k-_9",
    )
    assert told.now - place.at == timedelta(seconds=100)
    assert told.ask == [8]


@pytest.mark.parametrize(
    "wrong",
    [
        {"part": 0},
        {"part": "7"},
        {"part": True},
        {"part": 2**63},
        {"at": -1},
        {"at": 10**20},
        {"at": 1.5},
        {"at": None},
        {"block": "A3"},
        {"block": "a" * 13},
        {"block": 3},
        {"share": 1001},
        {"share": -1},
        {"seconds": 10**9},
        {"key": "a\u0000b"},
        {"key": "k" * 31},
    ],
    ids=str,
)
def test_a_place_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    body = json.dumps({"now": 1_700_000_000_000, "places": [{**GOOD, **wrong}]})
    with pytest.raises(RuleError):
        read(body.encode())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff",
        b'{"now": 1}',
        b'{"now": "x", "places": []}',
        b'{"now": 1, "places": {}}',
        b'{"now": 1, "places": [1]}',
        b'{"now": 1, "places": [], "ask": ["x"]}',
        b"[" * 50_000,
        b" " * (LARGEST + 1),
        json.dumps({"now": 1, "places": [GOOD] * (MOST + 1)}).encode(),
    ],
)
def test_what_is_no_list_of_places_is_refused(body: bytes) -> None:
    with pytest.raises(RuleError):
        read(body)


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_nothing_breaks_it(body: bytes) -> None:
    with suppress(RuleError):
        read(body)


def test_times_go_out_by_the_clock_of_the_device() -> None:
    now = datetime(2026, 5, 1, 12, tzinfo=UTC)
    row = PartRead(part_id=7, block="a", share=5, read_at=now - timedelta(hours=1))
    told = answer([row], now=now, device_now=now + timedelta(days=1))
    day, hour = 24 * 60 * 60 * 1000, 60 * 60 * 1000
    assert told["places"] == [
        {"part": 7, "block": "a", "share": 5, "at": told["now"] + day - hour, "read": 0}
    ]
