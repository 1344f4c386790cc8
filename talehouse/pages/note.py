"""The note on a kept answer: what it depends on, as an internal header between view, layer and front."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

HEADER = "X-Talehouse-Page"
_MOST_KEYS = 500


@dataclass(frozen=True, slots=True)
class Note:
    """Version numbers in the moment of the answer.

    ``depends`` must all still hold; ``counts`` are looked at once a minute; ``until`` is the Unix time at
    which the answer ends by itself; ``holes`` is how many the template drew; with ``visitors_only`` the
    answer is not shown to people who are signed in.
    """

    depends: Mapping[str, int] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    until: float | None = None
    holes: int = 0
    visitors_only: bool = False

    def write(self) -> str:
        """The header's value: compact JSON in ASCII, keys d, c, u, h, v."""
        value: dict[str, object] = {"d": dict(self.depends), "c": dict(self.counts), "u": self.until}
        value |= {"h": self.holes, "v": int(self.visitors_only)}
        return json.dumps(value, separators=(",", ":"))

    @classmethod
    def read(cls, value: str) -> Note | None:
        """The note in a header's value; None if it is not one of ours."""
        try:
            raw = json.loads(value)
            until = raw["u"]
            note = cls(
                {str(key): int(number) for key, number in raw["d"].items()},
                {str(key): int(number) for key, number in raw["c"].items()},
                None if until is None else float(until),
                int(raw.get("h", 0)),
                bool(raw.get("v", 0)),
            )
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return None
        return note if len(note.depends) + len(note.counts) <= _MOST_KEYS else None
