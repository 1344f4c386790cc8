"""Places by the page: what it tells the house, and what it hears."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from talehouse.accounts.form_tokens import token_for
from talehouse.lib.rates import Rate
from talehouse.library.models import PartRead
from talehouse.reading.views import placing
from talehouse.stories.models import Part
from tests.cast import Archive, Cast, first, story

PLACES = "/library/places/"


def milliseconds(moment: datetime) -> int:
    """As a browser tells the time."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def tell(
    client: Client, *places: dict[str, Any], ask: tuple[int, ...] = (), clock: timedelta = timedelta()
) -> Any:
    """What a page sends, by a clock that is so far ahead."""
    body = {"now": milliseconds(timezone.now() + clock), "places": list(places), "ask": list(ask)}
    return client.post(PLACES, json.dumps(body), content_type="application/json")


def at(part: Part, moment: datetime, share: int = 300, **more: Any) -> dict[str, Any]:
    """A place in a message."""
    return {"part": part.pk, "at": milliseconds(moment), "block": "1", "share": share, **more}


def test_a_page_tells_a_place_and_hears_where_other_devices_are(cast: Cast) -> None:
    part, now, client = first(story(cast)), timezone.now(), cast.client("reader")
    tell(client, at(part, now - timedelta(minutes=5), share=700))
    answer = tell(client, at(part, now - timedelta(minutes=9), share=200), clock=timedelta(0))
    (told,) = answer.json()["places"]
    assert (told["part"], told["block"], told["share"], told["read"]) == (part.pk, "1", 700, 0)
    day = timedelta(days=1)
    (told,) = tell(client, ask=(part.pk,), clock=day).json()["places"]
    assert abs(told["at"] - milliseconds(now + day - timedelta(minutes=5))) < 60_000, "by its own clock"
    assert tell(cast.client("stranger"), ask=(part.pk,)).json()["places"] == []


def test_a_place_is_taken_with_the_token_of_its_session_alone(cast: Cast) -> None:
    part, client = first(story(cast)), cast.client("reader")
    client.handler.enforce_csrf_checks = True
    body = json.dumps({"now": milliseconds(timezone.now()), "places": [at(part, timezone.now())]})
    options: dict[str, Any] = {"content_type": "application/json"}
    assert client.post(PLACES, body, **options).status_code == 403
    wrong = {"x-form-token": token_for("another")}
    assert client.post(PLACES, body, headers=wrong, **options).status_code == 403
    assert not PartRead.objects.exists()
    good = {"x-form-token": token_for(client.cookies["session"].value)}
    assert client.post(PLACES, body, headers=good, **options).status_code == 200
    assert PartRead.objects.count() == 1


def test_whoever_is_not_signed_in_is_told_so_and_keeps_it(cast: Cast) -> None:
    answer = tell(Client(), at(first(story(cast)), timezone.now()))
    assert (answer.status_code, "sign in" in answer.json()["message"]) == (401, True)


def test_too_many_messages_are_slowed_down(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placing, "RATE", Rate(limit=2, seconds=3600))
    part, client = first(story(cast)), cast.client("reader")
    statuses = [tell(client, at(part, timezone.now())).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert tell(cast.client("stranger"), at(part, timezone.now())).status_code == 200


def test_nothing_is_told_of_parts_that_may_not_be_seen(cast: Cast, archive: Archive) -> None:
    client = cast.client("reader")
    for made in (archive.private, archive.draft, archive.unlisted):
        assert tell(client, at(first(made), timezone.now())).json()["places"] == []
    key = archive.unlisted.key
    assert tell(client, at(first(archive.unlisted), timezone.now(), key=key)).json()["places"] != []
