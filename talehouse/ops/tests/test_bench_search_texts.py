"""The bench of texts, in small."""

from __future__ import annotations

from pathlib import Path

from talehouse.ops.bench.search_texts import PARTS_OF_A_STORY, QUERIES, Archive, measure, questions
from talehouse.search.language.parsing import parse

PARTS = 30


def test_it_tells_every_figure_and_each_passage_is_right(tmp_path: Path) -> None:
    told = measure(PARTS, 1, tmp_path / "texts")
    assert {"parts", "p50_ms", "p95_ms", "build_parts_per_s", "index_mb", "memory_mb"} <= told.keys()
    assert told["parts"] == PARTS and set(told["classes"]) == set(QUERIES)
    assert told["passages_right"] == told["passages"] > 0


def test_a_seed_gives_the_same_archive_and_questions() -> None:
    one, other = Archive(7, PARTS), Archive(7, PARTS)
    assert one.story(2) == other.story(2) != Archive(8, PARTS).story(2)
    assert len(one.story(1).parts) == PARTS_OF_A_STORY
    asked = list(questions(one, one.dice()))
    assert asked == list(questions(other, other.dice()))
    assert all(parse(typed).words for _kind, typed in asked)
