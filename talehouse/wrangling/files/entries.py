"""What a file says of one tag, and what is said of a file that cannot be read."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


class FileError(Exception):
    """The file does not hold what it should; the message says which file, where, and what is wrong."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A tag as a file has it. `above` are pairs of kind and name; `members` the names of characters."""

    kind: str
    name: str
    standing: str
    merged_into: str = ""
    above: tuple[tuple[str, str], ...] = ()
    members: tuple[str, ...] = ()
    romantic: bool | None = None


@dataclass(slots=True)
class Told:
    """All that a file says; `skipped` counts what was left out, by the reason."""

    entries: list[Entry] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
