"""`talehouse rank`: the ranks and what is alike, anew."""

from __future__ import annotations

import json
from io import StringIO

from django.core.management import call_command

from talehouse.rankings.models import Alike, Rank
from talehouse.rankings.tests import crowds
from tests.cast import Cast, story


def told(*options: str) -> str:
    """What it prints."""
    out = StringIO()
    call_command("rank", *options, stdout=out)
    return out.getvalue()


def test_it_works_them_out_and_says_how_many_places(cast: Cast) -> None:
    crowds.read(story(cast, "One"), 5)
    said = told()
    assert "rising: 1\n" in said and "Rankings that have changed: 3 of 6.\n" in said
    assert "like them" not in said
    assert told().splitlines()[-1] == "fresh: 1", "nothing has changed since, and nothing is said of it"
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


def test_it_says_of_how_many_stories_what_is_like_them_has_changed(cast: Cast) -> None:
    one, two = story(cast, "One"), story(cast, "Two")
    Alike.objects.create(story=one, other=two, score=1)
    assert "Stories with a new list of others like them: 1.\n" in told()
