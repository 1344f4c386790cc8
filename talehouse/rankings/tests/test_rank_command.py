"""`talehouse rank`: the ranks and what is alike, anew."""

from __future__ import annotations

import json
from io import StringIO

from django.core.management import call_command

from talehouse.rankings.models import Rank
from talehouse.rankings.tests import crowds
from tests.cast import Cast, story


def told(*options: str) -> str:
    """What it prints."""
    out = StringIO()
    call_command("rank", *options, stdout=out)
    return out.getvalue()


def test_it_works_them_out_and_says_how_many_places(cast: Cast) -> None:
    crowds.read(story(cast, "One"), 5)
    assert "rising: 1\n" in told()
    Rank.objects.all().delete()
    found = json.loads(told("--json"))
    assert found["places"] == {
        "rising": 1,
        "loved": 0,
        "finished": 0,
        "gems": 0,
        "longest": 1,
        "fresh": 1,
    }
    assert found["changed"] == 3 and found["alike_changed"] == 0
