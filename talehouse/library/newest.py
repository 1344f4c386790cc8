"""Rows that take what is told of them only if it is newer than what they have, whatever order it comes in.

Each function is one statement, so two devices at once cannot lose anything; it runs in the rule's
transaction. Rows are sorted, so that two transactions take them in the same order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from talehouse.library.models import PartRead, Reading, Visit


class PartRow(NamedTuple):
    """What is told of a part: a place (`read_at` null: none), and that it was read or marked unread then."""

    part: int
    block: str = ""
    share: int = 0
    read_at: datetime | None = None
    finished_at: datetime | None = None
    unread_at: datetime | None = None


class StoryRow(NamedTuple):
    """What is told of a story: the place in it, and the shelf that follows from it ("": none)."""

    story: int
    part: int
    block: str
    share: int
    read_at: datetime
    key: str
    shelf: str


_PARTS = """
INSERT INTO {table} AS t (account_id, part_id, block, share, read_at, finished_at, unread_at) VALUES {rows}
ON CONFLICT (account_id, part_id) DO UPDATE SET
  block = CASE WHEN {newer} THEN excluded.block ELSE t.block END,
  share = CASE WHEN {newer} THEN excluded.share ELSE t.share END,
  read_at = CASE WHEN {newer} THEN excluded.read_at ELSE t.read_at END,
  finished_at = CASE
    WHEN excluded.unread_at IS NOT NULL AND t.finished_at <= excluded.unread_at THEN NULL
    WHEN excluded.finished_at IS NOT NULL
      AND (t.unread_at IS NULL OR excluded.finished_at > t.unread_at)
      AND (t.finished_at IS NULL OR excluded.finished_at > t.finished_at) THEN excluded.finished_at
    ELSE t.finished_at END,
  unread_at = CASE
    WHEN excluded.unread_at IS NOT NULL AND (t.unread_at IS NULL OR excluded.unread_at > t.unread_at)
    THEN excluded.unread_at ELSE t.unread_at END
"""
_NEWER_PART = (
    "excluded.read_at IS NOT NULL AND (t.read_at IS NULL"
    " OR excluded.read_at > t.read_at OR (excluded.read_at = t.read_at AND excluded.share > t.share))"
)

_STORIES = """
INSERT INTO {table} AS t
  (account_id, story_id, part_id, block, share, read_at, key, shelf, shelved_at, touched_at) VALUES {rows}
ON CONFLICT (account_id, story_id) DO UPDATE SET
  part_id = CASE WHEN {newer} THEN excluded.part_id ELSE t.part_id END,
  block = CASE WHEN {newer} THEN excluded.block ELSE t.block END,
  share = CASE WHEN {newer} THEN excluded.share ELSE t.share END,
  read_at = CASE WHEN {newer} THEN excluded.read_at ELSE t.read_at END,
  key = CASE WHEN {newer} AND excluded.key <> '' THEN excluded.key ELSE t.key END,
  touched_at = CASE WHEN excluded.touched_at > t.touched_at THEN excluded.touched_at ELSE t.touched_at END,
  shelf = CASE WHEN {moves} THEN excluded.shelf ELSE t.shelf END,
  shelved_at = CASE WHEN {moves} THEN excluded.shelved_at ELSE t.shelved_at END
"""
_NEWER_STORY = (
    "(t.read_at IS NULL OR excluded.read_at > t.read_at OR (excluded.read_at = t.read_at"
    " AND (excluded.part_id > t.part_id OR (excluded.part_id = t.part_id AND excluded.share > t.share))))"
)
_MOVES = (
    "(t.shelved_at IS NULL OR excluded.shelved_at > t.shelved_at) AND ((excluded.shelf <> '' AND"
    " t.shelf IN ('', 'to-read')) OR (excluded.shelf = 'finished' AND t.shelf = 'reading'))"
)

_VISITS = """
INSERT INTO {table} AS t (account_id, part_id, at) VALUES {rows}
ON CONFLICT (account_id, part_id) DO UPDATE SET
  at = CASE WHEN excluded.at > t.at THEN excluded.at ELSE t.at END
"""


def tell_parts(account: int, rows: Iterable[PartRow]) -> None:
    """Bring these parts of an account up to date; one row a part."""
    values = [
        (account, row.part, row.block, row.share, row.read_at, row.finished_at, row.unread_at)
        for row in sorted(rows, key=lambda row: row.part)
    ]
    _run(_PARTS, PartRead._meta.db_table, values, newer=_NEWER_PART)


def tell_stories(account: int, rows: Iterable[StoryRow]) -> None:
    """Bring these stories of an account up to date; one row a story."""
    values = [
        (
            account,
            row.story,
            row.part,
            row.block,
            row.share,
            row.read_at,
            row.key,
            row.shelf,
            row.read_at if row.shelf else None,
            row.read_at,
        )
        for row in sorted(rows, key=lambda row: row.story)
    ]
    _run(_STORIES, Reading._meta.db_table, values, newer=_NEWER_STORY, moves=_MOVES)


def tell_visits(account: int, visits: Iterable[tuple[int, datetime]]) -> None:
    """These parts were open then; one a part."""
    _run(_VISITS, Visit._meta.db_table, [(account, part, at) for part, at in sorted(visits)])


def _run(statement: str, table: str, values: Sequence[tuple[Any, ...]], **conditions: str) -> None:
    if not values:
        return
    row = f"({', '.join(['%s'] * len(values[0]))})"
    sql = statement.format(table=table, rows=", ".join([row] * len(values)), **conditions)
    adapted = [
        connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value
        for row_of in values
        for value in row_of
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, adapted)
