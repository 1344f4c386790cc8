"""Random rows, questions about them, and what plain Python answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from talehouse.search.columns import files
from talehouse.search.columns.building import build
from talehouse.search.columns.ordering import shuffled
from talehouse.search.columns.rows import COLUMNS, KIND_CODES, KINDS, SORTED_BY, Row, table_of
from talehouse.search.columns.tail import Change, append
from talehouse.search.questions import Answer, Counted, Question, Sort, Span, Without
from talehouse.tags.vocabulary import Rating

TAGS = {tag: tag % 6 for tag in range(1, 40)}
"""Kinds of tags; 0 are synonyms."""
FACETS = (*(f"tag:{kind}" for kind in KINDS), "rating", "warning", "status", "language")
RATINGS = [str(one) for one in Rating.values]


def _terms(tags: Iterable[int], pens: Iterable[int], words: tuple[str, str, str, str]) -> tuple[str, ...]:
    rating, audience, status, language = words
    told = {f"rating:{rating}", f"audience:{audience}", f"status:{status}", f"language:{language}"}
    told |= {f"tag:{tag}" for tag in tags} | {f"pen:{pen}" for pen in pens}
    return tuple(sorted(told | {"warning:death"} if 7 in set(tags) else told))


WORDS = st.tuples(
    st.sampled_from(RATINGS),
    st.sampled_from(["public", "members"]),
    st.sampled_from(["complete", "hiatus"]),
    st.sampled_from(["en", "de", "pt-BR"]),
)
ROW = st.builds(
    Row,
    story=st.integers(1, 60),
    numbers=st.tuples(*[st.integers(0, 6) for _ in COLUMNS]),
    terms=st.builds(
        _terms, st.sets(st.sampled_from(sorted(TAGS)), max_size=6), st.sets(st.integers(1, 4)), WORDS
    ),
)
TERM = st.one_of(
    st.integers(1, 42).map(lambda tag: f"tag:{tag}"),
    st.integers(1, 5).map(lambda pen: f"pen:{pen}"),
    st.sampled_from(["status:complete", "language:de", "warning:death", "language:xx", "nothing:1", "tag:x"]),
)
LIMIT = st.none() | st.integers(-1, 7)
QUESTION = st.builds(
    Question,
    member=st.booleans(),
    ratings=st.frozensets(st.sampled_from(RATINGS), min_size=1),
    include=st.lists(TERM, max_size=2).map(tuple),
    any_of=st.lists(st.lists(TERM, max_size=3).map(tuple), max_size=1).map(tuple),
    exclude=st.lists(TERM, max_size=2).map(tuple),
    spans=st.lists(
        st.builds(Span, st.sampled_from(["words", "parts", "published", "reads"]), LIMIT, LIMIT), max_size=2
    ).map(tuple),
    without=st.builds(
        Without,
        st.frozensets(st.integers(1, 60), max_size=3),
        st.frozensets(st.integers(1, 40), max_size=2),
        st.frozensets(st.integers(1, 4), max_size=1),
    ),
    only=st.none() | st.frozensets(st.integers(1, 80), min_size=20),
    sort=st.sampled_from(sorted(set(Sort) - {Sort.RELEVANCE})),
    seed=st.integers(0, 5),
    size=st.integers(1, 9),
    facets=st.just(FACETS),
    facet_size=st.integers(1, 5),
)


def answers(row: Row, question: Question) -> bool:
    """Whether a story answers a question, in plain words."""
    terms, numbers = set(row.terms), dict(zip(COLUMNS, row.numbers, strict=True))
    without = question.without
    return (
        any(f"rating:{rating}" in terms for rating in question.ratings)
        and (question.member or "audience:public" in terms)
        and terms.issuperset(question.include)
        and all(terms.intersection(group) for group in question.any_of)
        and terms.isdisjoint(question.exclude)
        and all(
            (span.low is None or numbers[span.number] >= span.low)
            and (span.high is None or numbers[span.number] <= span.high)
            for span in question.spans
        )
        and row.story not in without.stories
        and terms.isdisjoint(f"tag:{tag}" for tag in without.tags)
        and terms.isdisjoint(f"pen:{pen}" for pen in without.pen_names)
        and (question.only is None or row.story in question.only)
    )


def expected(rows: Iterable[Row], question: Question, kinds: Mapping[int, int] = TAGS) -> Answer:
    """The answer to a question for a first page, without its key."""
    found = [row for row in rows if answers(row, question)]
    ordered = sorted(found, key=lambda row: (_value(row, question), row.story), reverse=True)
    facets, more = {}, set()
    for kind in question.facets:
        counted = Counter(term for row in found for term in row.terms if _of_kind(term, kind, kinds))
        first = sorted(counted.items(), key=lambda one: (-one[1], _order(one[0])))
        facets[kind] = tuple(Counted(term, number) for term, number in first[: question.facet_size])
        if len(first) > question.facet_size:
            more.add(kind)
    stories = tuple(row.story for row in ordered[: question.size])
    return Answer(len(found), stories, "", facets, frozenset(more))


def _order(term: str) -> tuple[int, str]:
    return (int(term[4:]), "") if term.startswith("tag:") else (0, term)


def _of_kind(term: str, kind: str, kinds: Mapping[int, int]) -> bool:
    if kind.startswith("tag:"):
        return term.startswith("tag:") and kinds[int(term[4:])] == KIND_CODES[kind[4:]]
    return term.startswith(f"{kind}:")


def _value(row: Row, question: Question) -> int:
    if question.sort is Sort.RANDOM:
        return int(shuffled(np.array([row.story]), question.seed)[0])
    return row.numbers[COLUMNS.index(SORTED_BY[question.sort])]


def laid(folder: Path, rows: Iterable[Row], *changes: Change, kinds: Mapping[int, int] = TAGS) -> Path:
    """An index of these rows, and of changes that came later."""
    name = files.next_generation(folder)
    build(table_of(list(rows), kinds), {"transaction": 0, "position": 0, "at": ""}, folder / name)
    for change in changes:
        append(folder / name / files.TAIL, change)
    files.switch(folder, name)
    return folder
