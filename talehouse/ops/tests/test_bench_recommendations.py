"""`talehouse bench recommendations`: the keys that machines read, and the table for people."""

from __future__ import annotations

import json
from io import StringIO

from django.core.management import call_command

from talehouse.ops.bench import readership, recommendations
from talehouse.ops.bench.readership import Size

SMALL = Size(stories=200, readers=200, finished=20, seed=3)


def test_what_it_prints_for_machines() -> None:
    out = StringIO()
    call_command(
        "bench", "recommendations", "--quick", "--stories", "300", "--seed", "9", "--json", stdout=out
    )
    told = json.loads(out.getvalue())
    assert (told["stories"], told["readers"], told["seed"]) == (300, 1500, 9)
    assert told["recall_at_20"] > told["popularity_recall_at_20"] > 0
    assert {"pairs", "asked", "ratio", "cold", "build_s", "machine"} <= told.keys()


def test_the_table() -> None:
    text = recommendations.table(recommendations.run(SMALL, lambda _sentence: None))
    assert "recall@20" in text and "three stories are known" in text


def test_one_seed_makes_one_readership_and_nobody_finishes_a_story_twice() -> None:
    readers, stories = readership.finished(SMALL)
    again = readership.finished(SMALL)
    assert (again[0] == readers).all() and (again[1] == stories).all()
    pairs = set(zip(readers.tolist(), stories.tolist(), strict=True))
    assert len(pairs) == len(readers) and {reader for reader, _story in pairs} == set(range(SMALL.readers))
    other = readership.finished(Size(stories=200, readers=200, finished=20, seed=4))
    assert len(other[1]) != len(stories) or (other[1] != stories).any()
