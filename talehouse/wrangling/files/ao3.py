"""The columns in which the Archive of Our Own publishes its tags:
`id, type, name, canonical, cached_count, merger_id`.

`canonical` is a word for true or false; `merger_id` is the id of the canonical tag of a synonym, or nothing,
or -1. A tag whose name is withheld is called "None" or "Redacted". Types without a kind of ours are left out.
"""

from __future__ import annotations

import csv
import html
from collections.abc import Iterator
from typing import IO, NamedTuple

from talehouse.tags.vocabulary import Standing, TagKind
from talehouse.wrangling.files.entries import Entry, FileError, Told

COLUMNS = ("id", "type", "name", "canonical", "cached_count", "merger_id")
KINDS = {
    "Fandom": TagKind.FANDOM,
    "Character": TagKind.CHARACTER,
    "Relationship": TagKind.RELATIONSHIP,
    "Freeform": TagKind.THEME,
}
WITHHELD = ("None", "Redacted", "")
LONGEST_CHAIN = 20


class Row(NamedTuple):
    """One line of the file."""

    kind: str
    name: str
    canonical: bool
    merger: str


def read(file: IO[str], *, name: str) -> Told:
    """Everything in the file, in its order. Raises FileError."""
    told = Told()
    rows: dict[str, Row] = dict(_rows(file, told, name))
    for row in rows.values():
        told.entries.append(_entry(row, rows, told))
    return told


def _rows(file: IO[str], told: Told, name: str) -> Iterator[tuple[str, Row]]:
    lines = csv.reader(file, skipinitialspace=True, strict=True)
    for columns in lines:
        if lines.line_num == 1 or not columns:
            continue
        if len(columns) < len(COLUMNS) - 1:
            raise FileError(f"{name}, line {lines.line_num}: there should be {len(COLUMNS)} columns.")
        pk, kind, called, canonical, _count, merger = (*columns, "")[:6]
        if kind not in KINDS:
            told.skipped[f"of the type {kind}"] += 1
        elif called.strip() in WITHHELD:
            told.skipped["withheld names"] += 1
        else:
            is_canonical = canonical.strip().lower() in ("true", "t", "1")
            yield pk, Row(KINDS[kind], html.unescape(called), is_canonical, merger.strip())


def _entry(row: Row, rows: dict[str, Row], told: Told) -> Entry:
    if row.canonical:
        return Entry(row.kind, row.name, Standing.CANONICAL)
    if row.merger in ("", "-1"):
        return Entry(row.kind, row.name, Standing.UNSORTED)
    meant = _meant(row, rows)
    if meant is None:
        told.skipped["synonyms of what is not in the file"] += 1
        return Entry(row.kind, row.name, Standing.UNSORTED)
    return Entry(row.kind, row.name, Standing.SYNONYM, merged_into=meant.name)


def _meant(row: Row, rows: dict[str, Row]) -> Row | None:
    """The canonical tag of the same kind at the end of the chain."""
    found: Row | None = row
    for _step in range(LONGEST_CHAIN):
        if found is None or found.canonical:
            break
        found = rows.get(found.merger)
    return found if found and found.canonical and found.kind == row.kind else None
