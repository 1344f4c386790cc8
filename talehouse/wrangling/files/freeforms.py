"""A JSON object of names and counts: names of canonical themes. Those that nobody uses are left out."""

from __future__ import annotations

import html
import json
from typing import IO

from talehouse.tags.vocabulary import Standing, TagKind
from talehouse.wrangling.files.entries import Entry, FileError, Told


def read(file: IO[str], *, name: str) -> Told:
    """Everything in the file, in its order. Raises FileError."""
    try:
        counts = json.load(file)
    except ValueError as error:
        raise FileError(f"{name} is no JSON: {error}.") from error
    if not isinstance(counts, dict) or not all(type(count) in (int, float) for count in counts.values()):
        raise FileError(f"{name} should hold one object of names and counts.")
    told = Told()
    for called, count in counts.items():
        if count > 0:
            told.entries.append(Entry(TagKind.THEME, html.unescape(called), Standing.CANONICAL))
        else:
            told.skipped["not in use"] += 1
    return told
