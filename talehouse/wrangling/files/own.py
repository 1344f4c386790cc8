"""Our own columns: `kind,name,standing,merged_into,above,members,romantic`, as `docs/vocabulary.md` tells.

`above` has one line for each tag that stands right above, "kind: name"; `members` one for each character.
`romantic` is "yes", "no", or nothing. Columns in any order; all but the first three may be missing.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import IO

from talehouse.tags.vocabulary import Standing, TagKind
from talehouse.wrangling.files.entries import Entry, FileError, Told

COLUMNS = ("kind", "name", "standing", "merged_into", "above", "members", "romantic")
_ROMANTIC = {"yes": True, "no": False, "": None}


def read(file: IO[str], *, name: str) -> Told:
    """Everything in the file, in its order. Raises FileError."""
    told = Told()
    lines = csv.DictReader(file, restval="", strict=True)
    for row in lines:
        try:
            told.entries.append(_entry({key: value for key, value in row.items() if isinstance(key, str)}))
        except ValueError as error:
            raise FileError(f"{name}, line {lines.line_num}: {error}") from error
    return told


def _entry(row: dict[str, str]) -> Entry:
    kind, called, standing = row["kind"].strip(), row["name"].strip(), row["standing"].strip()
    romantic, merged_into = row.get("romantic", "").strip(), row.get("merged_into", "").strip()
    if kind not in TagKind.values:
        raise ValueError(f"there is no kind {kind!r}; the kinds are {', '.join(TagKind.values)}.")
    if standing not in Standing.values:
        raise ValueError(f"there is no standing {standing!r}; they are {', '.join(Standing.values)}.")
    if not called:
        raise ValueError("the name is missing.")
    if (standing == Standing.SYNONYM) is not bool(merged_into):
        raise ValueError("a synonym names its canonical tag in merged_into, and nothing else does.")
    if romantic not in _ROMANTIC:
        raise ValueError(f"romantic is yes, no or nothing, not {romantic!r}.")
    above = tuple(_above(line) for line in row.get("above", "").splitlines() if line.strip())
    members = tuple(line.strip() for line in row.get("members", "").splitlines() if line.strip())
    return Entry(kind, called, standing, merged_into, above, members, _ROMANTIC[romantic])


def _above(line: str) -> tuple[str, str]:
    kind, colon, called = (piece.strip() for piece in line.partition(":"))
    if not colon or kind not in TagKind.values or not called:
        raise ValueError(f"above should have lines like “fandom: Name”, not {line!r}.")
    return kind, called


def write(file: IO[str], entries: Iterable[Entry]) -> int:
    """Write entries; returns how many."""
    lines, number = csv.writer(file), 0
    lines.writerow(COLUMNS)
    for entry in entries:
        number += 1
        lines.writerow(
            [
                entry.kind,
                entry.name,
                entry.standing,
                entry.merged_into,
                "\n".join(f"{kind}: {name}" for kind, name in entry.above),
                "\n".join(entry.members),
                {True: "yes", False: "no", None: ""}[entry.romantic],
            ]
        )
    return number
