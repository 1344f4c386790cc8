"""The columns answer as plain Python does, whatever stands in the base and whatever in the tail."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from talehouse.search.columns import counting, files, ordering
from talehouse.search.columns.building import build
from talehouse.search.columns.folding import folded
from talehouse.search.columns.index import Index
from talehouse.search.columns.rows import Matched, Row
from talehouse.search.columns.tail import Change
from talehouse.search.questions import Answer, Question, Sort, Span
from talehouse.search.tests.archive import FACETS, QUESTION, RATINGS, ROW, TAGS, expected, laid

ROWS = st.lists(ROW, max_size=40, unique_by=lambda row: row.story)
CHANGES = st.lists(
    st.builds(
        lambda rows, gone: Change(rows, gone, TAGS, None), ROWS, st.lists(st.integers(1, 60), max_size=5)
    ),
    max_size=3,
)


@contextmanager
def opened(rows: list[Row], *changes: Change) -> Iterator[Index]:
    """An index of these in a folder of its own."""
    memory = Path("/dev/shm")  # hundreds of small indexes, each written durably
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        index = Index(laid(Path(folder), rows, *changes))
        yield index
        index.close()


def as_now(rows: list[Row], changes: list[Change]) -> list[Row]:
    """The rows after the changes."""
    known = {row.story: row for row in rows}
    for change in changes:
        for story in change.gone:
            known.pop(story, None)
        known |= {row.story: row for row in change.rows}
    return list(known.values())


def without_key(answer: Answer) -> Answer:
    """What `expected` can tell."""
    return replace(answer, next="")


@given(ROWS, CHANGES, QUESTION)
def test_answers_are_those_of_plain_python(
    rows: list[Row], changes: list[Change], question: Question
) -> None:
    with opened(rows, *changes) as index:
        assert without_key(index.find(question)) == expected(as_now(rows, changes), question)


@given(ROWS, CHANGES, QUESTION)
def test_a_folded_index_answers_the_same(rows: list[Row], changes: list[Change], question: Question) -> None:
    with opened(rows, *changes) as index:
        before = index.find(question)
        base, tail = index.refresh()
        build(folded(base, tail), dict(tail.cursor), index.folder / "00000009")
        files.switch(index.folder, "00000009")
        assert index.find(question) == before
        assert index.refresh()[1].size == 0


@given(ROWS, CHANGES, QUESTION)
def test_pages_follow_one_another_without_gap(
    rows: list[Row], changes: list[Change], question: Question
) -> None:
    whole = expected(as_now(rows, changes), replace(question, size=100)).stories
    met: list[int] = []
    with opened(rows, *changes) as index:
        answer = index.find(question)
        met += answer.stories
        while answer.next:
            answer = index.find(replace(question, after=answer.next))
            met += answer.stories
    assert tuple(met) == whole


@given(ROWS, CHANGES, QUESTION)
def test_broad_answers_count_by_intersecting_and_walk_the_written_orders(
    rows: list[Row], changes: list[Change], question: Question
) -> None:
    """The ways that are taken for a million stories are taken for few, too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counting, "_CHEAP", -1)
        patch.setattr(counting, "_INTERSECT_NS", 0.001)
        patch.setattr(ordering, "_WALKED", 1)
        patch.setattr(ordering, "_CROWD", 2)
        with opened(rows, *changes) as index:
            assert without_key(index.find(question)) == expected(as_now(rows, changes), question)


@given(ROWS, QUESTION)
def test_a_tag_that_became_a_synonym_leaves_its_facet(rows: list[Row], question: Question) -> None:
    """Its stories are retagged, so all of their rows come anew, with what the tag is now."""
    for tag, kind in ((1, 0), (6, 2)):
        kinds = {**TAGS, tag: kind}
        retagged = [row for row in rows if f"tag:{tag}" in row.terms]
        with opened(rows, Change(retagged, [], kinds, None)) as index:
            assert without_key(index.find(question)) == expected(rows, question, kinds)


@given(ROWS, QUESTION)
def test_the_kind_of_a_tag_alone_may_change(rows: list[Row], question: Question) -> None:
    """Stories that carry a synonym and what it means are under the same tags as before: no row comes anew."""
    kinds = {**TAGS, 1: 0, 6: 2, 12: 1, 8: 3}
    with opened(rows, Change([], [], kinds, None)) as index, pytest.MonkeyPatch.context() as patch:
        assert without_key(index.find(question)) == expected(rows, question, kinds)
        patch.setattr(counting, "_CHEAP", -1)
        patch.setattr(counting, "_INTERSECT_NS", 0.001)
        assert without_key(index.find(question)) == expected(rows, question, kinds)


def everything(**wish: object) -> Question:
    """A question of a member about all ratings."""
    return Question(member=True, ratings=frozenset(RATINGS), **wish)  # type: ignore[arg-type]


def many(number: int) -> list[Row]:
    """Rows of which each tag is on its share: tag t on every t-th story."""
    return [
        Row(
            story,
            tuple((story * place) % 97 for place in range(1, 10)),
            ("audience:public", "rating:teen", *(f"tag:{tag}" for tag in TAGS if story % tag == 0)),
        )
        for story in range(1, number + 1)
    ]


@pytest.mark.parametrize("sort", sorted(set(Sort) - {Sort.RELEVANCE}))
def test_orders_of_many_stories(sort: Sort) -> None:
    rows = many(9_000)
    changes = [Change(many(50)[10:], [3, 4], TAGS, None)]
    with opened(rows, *changes) as index:
        for include in ((), ("tag:2",), ("tag:37",)):
            question = everything(sort=sort, include=include, facets=FACETS, facet_size=3, size=30)
            assert without_key(index.find(question)) == expected(as_now(rows, changes), question)


def test_no_key_tells_how_many_finish_a_story_or_asks_for_it() -> None:
    with opened(many(90), Change(many(20)[10:], [3], TAGS, None)) as index:
        question = everything(sort=Sort.FINISHED, size=30)
        first = index.find(question)
        assert first.next == f"0.{first.stories[-1]}"
        keys = (first.next, f"96.{first.stories[-1]}", f"-1.{first.stories[-1]}")
        assert len({index.find(replace(question, after=key)).stories for key in keys}) == 1
        assert index.find(replace(question, after="96.999")) == first


def test_relevance_puts_the_best_match_first() -> None:
    with opened(many(10)) as index:
        answer = index.find(
            everything(sort=Sort.RELEVANCE, size=2),
            Matched(np.array([4, 7, 9, 99]), np.array([10, 30, 20, 5])),
        )
        assert (answer.total, answer.stories, answer.next) == (3, (7, 9), "20.9")


def test_stories_without_words_are_all_others() -> None:
    with opened(many(5)) as index:
        answer = index.find(everything(), Matched(np.array([2, 4]), np.zeros(2), but=True))
        assert sorted(answer.stories) == [1, 3, 5]


def test_a_span_without_such_a_number_is_an_error() -> None:
    with opened(many(3)) as index, pytest.raises(ValueError, match="no number"):
        index.find(everything(spans=(Span("height", 1, 2),)))


def test_a_key_that_is_none_begins_at_the_beginning() -> None:
    with opened(many(3)) as index:
        for after in ("x", "1", "1.x", "9" * 50 + ".1", "."):
            assert index.find(everything(after=after)).total == 3
        assert index.find(everything(after="x")).stories == index.find(everything()).stories
