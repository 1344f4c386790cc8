"""`talehouse bench search` on a small archive: its answers are those of SQL, and a wrong one would show."""

from __future__ import annotations

import pickle
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from talehouse.ops.bench import search, search_checking
from talehouse.ops.bench.search import FILTERS, SearchWish
from talehouse.ops.bench.search_questions import ALL, TEEN, Mix
from talehouse.search.questions import Answer, Counted, Question, Sort, Span, Without


@pytest.mark.sqlite
def test_filters_of_a_small_archive() -> None:
    told = search.run(SearchWish(stories=1_500, queries=40, only=FILTERS), lambda _sentence: None)
    assert told["wrong"] == []
    assert (told["stories"], told["mismatches"]) == (1_500, 0)
    assert told["queries"] >= 40
    assert told["muted"] > 0
    assert told["p50_ms"] <= told["p95_ms"] <= told["max_ms"]
    for name in ("build_s", "index_mb", "memory_mb", "open_ms"):
        assert told[name] > 0
    assert set(told["goals"]) == set(search.GOALS)
    assert "one tag" in search.table(told)


def test_the_mix_is_the_same_for_a_seed_and_has_its_shares() -> None:
    tags = {
        kind: [(number, 100 - number) for number in range(1, 50)] for kind in ("fandom", "genre", "theme")
    }
    tags["character"] = tags["theme"]

    def draw(seed: int) -> list[tuple[str, Question]]:
        return Mix(tags, 1000, 50, seed).draw(200)

    assert draw(1) == draw(1) != draw(2)
    drawn = draw(1)
    assert len(drawn) == 200
    assert sum(name == "broad" for name, _question in drawn) == 24
    assert sum(bool(question.without.tags) for _name, question in drawn) == 41


def test_a_wrong_answer_is_told() -> None:
    told = sqlite3.connect(":memory:")
    told.executescript(
        "CREATE TABLE n (id, rating, status, language, audience, words, updated);"
        "CREATE TABLE t (story, tag); CREATE TABLE kind (id, kind);"
        "CREATE TABLE w (story, code); CREATE TABLE c (story, code); CREATE TABLE p (story, pen);"
        "INSERT INTO n VALUES (1, 'teen', 'complete', 'en', 'public', 50, 7),"
        " (2, 'teen', 'complete', 'en', 'members', 60, 8), (3, 'mature', 'hiatus', 'de', 'public', 70, 9);"
        "INSERT INTO t VALUES (1, 5), (2, 5), (3, 6); INSERT INTO kind VALUES (5, 'theme'), (6, 'theme');"
        "INSERT INTO w VALUES (3, 'death'); INSERT INTO p VALUES (2, 4)"
    )

    def wrong(question: Question, answer: Answer) -> list[str]:
        return list(search_checking._differences(told, question, answer))

    asked = Question(member=True, ratings=ALL, facets=("tag:theme",), facet_size=1)
    facets: dict[str, tuple[Counted, ...]] = {"tag:theme": (Counted("tag:5", 2),)}
    right = Answer(3, (3, 2, 1), "", facets, frozenset({"tag:theme"}))
    assert wrong(asked, right) == []
    assert wrong(asked, replace(right, total=2)) == ["2 instead of 3 stories"]
    assert wrong(asked, replace(right, stories=(3, 1, 2))) == ["another page"]
    assert wrong(asked, replace(right, facets={"tag:theme": (Counted("tag:5", 1),)}))
    assert wrong(asked, replace(right, more=frozenset()))
    for wish, stories in (
        ({"member": False}, (3, 1)),
        ({"ratings": TEEN}, (2, 1)),
        ({"include": ("tag:5",)}, (2, 1)),
        ({"exclude": ("warning:death", "status:draft")}, (2, 1)),
        ({"any_of": (("language:de", "tag:9"),)}, (3,)),
        ({"spans": (Span("words", 55, 65),)}, (2,)),
        ({"without": Without(frozenset({1}), frozenset({6}), frozenset({4}))}, ()),
        ({"sort": Sort.WORDS}, (3, 2, 1)),
    ):
        other = replace(asked, facets=(), **wish)
        assert wrong(other, Answer(len(stories), stories)) == []


def test_what_was_asked_can_be_kept(tmp_path: Path) -> None:
    question = Question(member=True, ratings=ALL, without=Without(frozenset({1})))
    (tmp_path / "asked").write_bytes(pickle.dumps(question))
    assert pickle.loads((tmp_path / "asked").read_bytes()) == question
