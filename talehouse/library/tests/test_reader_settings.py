"""The settings of the reading page on the account: the newest wins, by the time at which they were chosen."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from talehouse.library import reader_settings
from talehouse.library.models import Wishes
from talehouse.library.reader_settings import Told, keep, known, milliseconds, my_settings, read
from talehouse.pages.person import Person
from talehouse.stories.errors import RuleError
from tests.cast import Cast

NIGHT, LARGE = {"theme": "night"}, {"size": "6"}


def told(settings: dict[str, str], ago: int = 0, ahead: timedelta = timedelta()) -> Told:
    """Chosen so many seconds ago, on a device whose clock is ahead."""
    now = timezone.now() + ahead
    return Told(settings, now - timedelta(seconds=ago), now)


def kept(cast: Cast) -> Any:
    return Wishes.objects.get(account=cast.reader).reader


def test_what_was_chosen_is_kept(cast: Cast) -> None:
    row = keep(told(NIGHT), by=cast.reader)
    assert row.reader == kept(cast) == NIGHT
    assert row.reader_at is not None and row.reader_at <= timezone.now()


def test_the_newest_wins_whatever_comes_first(cast: Cast) -> None:
    keep(told(NIGHT, ago=10), by=cast.reader)
    assert keep(told(LARGE, ago=60), by=cast.reader).reader == NIGHT
    assert keep(told(LARGE, ago=5), by=cast.reader).reader == LARGE
    assert kept(cast) == LARGE


def test_a_clock_that_is_wrong_by_a_day_wins_nothing(cast: Cast) -> None:
    keep(told(NIGHT, ago=10), by=cast.reader)
    tomorrow = told(LARGE, ago=60, ahead=timedelta(days=1))
    assert keep(tomorrow, by=cast.reader).reader == NIGHT
    yesterday = told(LARGE, ago=0, ahead=-timedelta(days=1))
    assert keep(yesterday, by=cast.reader).reader == LARGE


def test_a_time_to_come_counts_as_now(cast: Cast) -> None:
    row = keep(told(NIGHT, ago=-90), by=cast.reader)
    assert row.reader_at is not None and row.reader_at <= timezone.now()


def test_only_what_there_is_to_choose_is_kept() -> None:
    wild = {"theme": "pink", "size": "6", "font": ["easy"], "onload": "x", "gap": "space"}
    assert known(wild) == {"size": "6", "gap": "space"}


def test_others_settings_stay(cast: Cast) -> None:
    keep(told(LARGE), by=cast.stranger)
    keep(told(NIGHT), by=cast.reader)
    assert Wishes.objects.get(account=cast.stranger).reader == LARGE


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"settings": []}',
        b'{"settings": {}, "at": "x", "now": 1}',
        b'{"settings": {}, "at": 1e99, "now": 1}',
        b'{"settings": {"a": "' + b"a" * 3000 + b'"}, "at": 1, "now": 1}',
    ],
)
def test_what_cannot_be_read_is_refused(body: bytes) -> None:
    with pytest.raises(RuleError):
        read(body)


def test_a_page_sends_and_hears_what_counts(cast: Cast) -> None:
    client = cast.client("reader")
    now = milliseconds(timezone.now())
    body = json.dumps({"settings": {**NIGHT, "nonsense": "1"}, "at": now - 5000, "now": now})
    answer = client.post("/settings/reader/", body, content_type="application/json")
    assert answer.status_code == 200
    assert answer.json()["settings"] == NIGHT
    older = json.dumps({"settings": LARGE, "at": now - 60_000, "now": now})
    again = client.post("/settings/reader/", older, content_type="application/json")
    assert again.json() == answer.json()


def test_the_hole_tells_the_script_by_one_question(cast: Cast) -> None:
    person = Person(cast.reader.pk, "en", "teen", "Reader", {"form_token": "t0ken"})
    assert "&quot;at&quot;: 0" in my_settings(person, "")
    keep(told(NIGHT), by=cast.reader)
    row = Wishes.objects.get(account=cast.reader)
    with CaptureQueriesContext(connection) as asked:
        hole = my_settings(person, "")
    assert len(asked) == 1
    assert "night" in hole and str(milliseconds(row.reader_at)) in hole and "t0ken" in hole


def test_the_form_knows_each_setting() -> None:
    """What the page offers is what the account keeps."""
    template = "talehouse/reading/templates/reading/_settings.html"
    form = (reader_settings.__file__.partition("talehouse/library")[0], template)
    with open("".join(form), encoding="utf-8") as file:
        page = file.read()
    offered = {name for name in reader_settings.KNOWN if f'name="{name}"' in page}
    assert offered == set(reader_settings.KNOWN) - {"speed"}
    for name in offered - {"size", "leading"}:
        assert all(f'name="{name}" value="{value}"' in page for value in reader_settings.KNOWN[name])


def test_milliseconds_of_never() -> None:
    assert milliseconds(None) == 0
    assert milliseconds(datetime.fromisoformat("1970-01-01T00:00:01+00:00")) == 1000
