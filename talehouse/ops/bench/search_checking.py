"""Checks every answer of `bench search` against plain SQL over the same rows, outside of the timing."""

from __future__ import annotations

import json
import pickle
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from talehouse.ops.bench.search_asking import ASKED
from talehouse.search.questions import Answer, Counted, Question, Sort, Term

_TABLES = """
CREATE TABLE n AS SELECT id, rating, status, language, visibility AS audience, word_count AS words,
    part_count AS parts, CAST(strftime('%s', release_at) AS INTEGER) AS published,
    CAST(strftime('%s', updated_at) AS INTEGER) AS updated, read_count AS reads, vote_count AS votes,
    comment_count AS comments FROM house.stories_story;
CREATE UNIQUE INDEX n_id ON n (id);
CREATE TABLE t (story INTEGER, tag INTEGER, PRIMARY KEY (story, tag)) WITHOUT ROWID;
INSERT INTO t SELECT story_id, tag_id FROM house.stories_effectivetag ORDER BY story_id, tag_id;
CREATE INDEX t_tag ON t (tag, story);
CREATE TABLE kind AS SELECT id, kind FROM house.tags_tag;
CREATE UNIQUE INDEX kind_id ON kind (id);
CREATE TABLE w AS SELECT story_id AS story, code FROM house.stories_storywarning;
CREATE INDEX w_code ON w (code, story);
CREATE TABLE c AS SELECT story_id AS story, code FROM house.stories_storycategory;
CREATE INDEX c_code ON c (code, story);
CREATE TABLE p AS SELECT story_id AS story, pen_name_id AS pen FROM house.stories_role;
CREATE INDEX p_pen ON p (pen, story);
ANALYZE;
"""
"""The numbers of the same rows by themselves, with indexes for what is asked: the real tables take hours."""
_COLUMNS = {
    Sort.UPDATED: "updated",
    Sort.NEWEST: "published",
    Sort.READS: "reads",
    Sort.VOTES: "votes",
    Sort.COMMENTS: "comments",
    Sort.WORDS: "words",
}


def main(arguments: list[str]) -> None:
    """Print what differs."""
    data = Path(settings.DATA)
    told = sqlite3.connect(data / "numbers.sqlite3", isolation_level=None)
    told.executescript("PRAGMA synchronous=OFF; PRAGMA journal_mode=OFF; PRAGMA cache_size=-300000;")
    told.execute("ATTACH ? AS house", [str(data / "talehouse.sqlite3")])
    told.executescript("PRAGMA temp_store=MEMORY;" + _TABLES)
    asked = pickle.loads((data / ASKED).read_bytes())
    wrong, broad = [], 0
    for number, one in enumerate(asked, 1):
        differences = list(_differences(told, one["question"], one["answer"]))
        broad += one["answer"].total > 300_000
        if differences:
            wrong.append(f"{one['class']}: {'; '.join(differences)}: {one['question']}")
        if number % 20 == 0:
            print(f"Checked {number} of {len(asked)}, {len(wrong)} differ.", file=sys.stderr, flush=True)
    print(json.dumps({"mismatches": len(wrong), "broad": broad, "wrong": wrong[:5]}))


def _differences(told: sqlite3.Connection, question: Question, answer: Answer) -> Iterator[str]:
    told.execute("DROP TABLE IF EXISTS temp.hit")
    told.execute(f"CREATE TEMP TABLE hit AS SELECT n.* FROM n WHERE {' AND '.join(_conditions(question))}")
    total = told.execute("SELECT COUNT(*) FROM hit").fetchone()[0]
    if total != answer.total:
        yield f"{answer.total} instead of {total} stories"
    if question.sort in _COLUMNS:
        order = f"ORDER BY {_COLUMNS[question.sort]} DESC, id DESC LIMIT {question.size}"
        page = tuple(row[0] for row in told.execute(f"SELECT id FROM hit {order}"))
        if page != answer.stories:
            yield "another page"
    counted = dict(_facets(told))
    for kind in question.facets:
        true = sorted(counted.get(kind, ()), key=_order)
        if tuple(true[: question.facet_size]) != answer.facets[kind]:
            yield f"other counts of {kind}"
        if (len(true) > question.facet_size) != (kind in answer.more):
            yield f"{kind}: more, or not"


def _order(one: Counted) -> tuple[int, int, str]:
    tag = int(one.term[4:]) if one.term.startswith("tag:") else 0
    return -one.stories, tag, one.term


def _facets(told: sqlite3.Connection) -> Iterator[tuple[str, list[Counted]]]:
    found: dict[str, list[Counted]] = {}
    counts = "SELECT tag, COUNT(*) AS stories FROM hit JOIN t ON t.story = hit.id GROUP BY tag"
    tags = f"SELECT kind, tag, stories FROM ({counts}) JOIN kind ON kind.id = tag"
    for kind, tag, count in told.execute(tags):
        found.setdefault(f"tag:{kind}", []).append(Counted(f"tag:{tag}", count))
    for rating, count in told.execute("SELECT rating, COUNT(*) FROM hit GROUP BY rating"):
        found.setdefault("rating", []).append(Counted(f"rating:{rating}", count))
    yield from found.items()


def _conditions(question: Question) -> Iterator[str]:
    yield f"rating IN ({', '.join(repr(one) for one in sorted(question.ratings))})"
    if not question.member:
        yield "audience = 'public'"
    for term in question.include:
        yield _has(term)
    for group in question.any_of:
        yield "(" + " OR ".join(map(_has, group)) + ")"
    for term in question.exclude:
        yield f"NOT ({_has(term)})"
    for span in question.spans:
        if span.low is not None:
            yield f"{span.number} >= {span.low}"
        if span.high is not None:
            yield f"{span.number} <= {span.high}"
    without = question.without
    for column, ids in (("id", without.stories), ("tag", without.tags), ("pen", without.pen_names)):
        if ids:
            told = ", ".join(map(str, sorted(ids)))
            tables = {"id": f"({told})", "tag": f"(SELECT story FROM t WHERE tag IN ({told}))"}
            yield f"n.id NOT IN {tables.get(column, f'(SELECT story FROM p WHERE pen IN ({told}))')}"


def _has(term: Term) -> str:
    group, _, code = term.partition(":")
    if group == "tag":
        return f"n.id IN (SELECT story FROM t WHERE tag = {int(code)})"
    if group in ("warning", "category"):
        return f"n.id IN (SELECT story FROM {group[0]} WHERE code = '{code}')"
    return f"{group} = '{code}'"


if __name__ == "__main__":
    main(sys.argv[1:])
