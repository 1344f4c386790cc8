"""What a device tells of its places, and what it is told: JSON, checked; times in milliseconds.

The device sends, with times by its own clock,
`{"now": …, "places": [{"part", "at", "block", "share", "finished", "seconds", "key"}, …], "ask": [part, …]}`
and gets `{"now": …, "places": [{"part", "at", "block", "share", "read"}, …]}`: `now` by our clock, `at` and
`read` (0: not read) by its own again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from talehouse.library.models import PartRead
from talehouse.library.placing import LONGEST_BLOCK, MOST, Place
from talehouse.stories.errors import RuleError

LARGEST = 100_000
"""Bytes of one message."""
_BLOCK = re.compile(rf"[0-9a-z]{{0,{LONGEST_BLOCK}}}")
_KEY = re.compile(r"[\w-]{0,30}", re.ASCII)
_LAST = 253_402_300_799_000
DAY = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Told:
    """One message of a device."""

    now: datetime
    places: list[Place]
    ask: list[int]


def read(body: bytes) -> Told:
    """What the message says; RuleError for one that is no such message."""
    try:
        if len(body) > LARGEST:
            raise ValueError("too long")
        message = json.loads(body)
        places = [_place(one) for one in _some(message["places"])]
        ask = [_number(one, 1, 2**63 - 1) for one in _some(message.get("ask", []))]
        return Told(_moment(message["now"]), places, ask)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise RuleError(_("This is no list of places.")) from error


def _some(value: Any) -> list[Any]:
    if not isinstance(value, list) or len(value) > MOST:
        raise ValueError("not a list, or too long")
    return value


def _place(one: Any) -> Place:
    return Place(
        part=_number(one["part"], 1, 2**63 - 1),
        at=_moment(one["at"]),
        block=_text(one.get("block", ""), _BLOCK),
        share=_number(one.get("share", 0), 0, 1000),
        finished=one.get("finished") is True,
        seconds=_number(one.get("seconds", 0), 0, DAY),
        key=_text(one.get("key", ""), _KEY),
    )


def _number(value: Any, least: int, most: int) -> int:
    if type(value) is not int or not least <= value <= most:
        raise ValueError("not such a number")
    return value


def _text(value: Any, shape: re.Pattern[str]) -> str:
    if not isinstance(value, str) or not shape.fullmatch(value):
        raise ValueError("not such a text")
    return value


def _moment(value: Any) -> datetime:
    milliseconds = _number(value, 0, _LAST)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)


def answer(known: Iterable[PartRead], *, now: datetime, device_now: datetime) -> dict[str, Any]:
    """Where one is in these parts, for a device whose clock says `device_now`."""

    def theirs(moment: datetime | None) -> int:
        return _milliseconds(moment + (device_now - now)) if moment else 0

    places = [
        {
            "part": row.part_id,
            "block": row.block,
            "share": row.share,
            "at": theirs(row.read_at),
            "read": theirs(row.finished_at),
        }
        for row in known
    ]
    return {"now": _milliseconds(now), "places": places}


def _milliseconds(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
