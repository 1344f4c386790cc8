"""The tags of a bench archive: names of each kind, drawn as often as people use them."""

from __future__ import annotations

import csv
import html
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from random import Random

from talehouse.lib.slugs import name_key, slug
from talehouse.ops.bench.words import Prose, chosen, zipf
from talehouse.tags.models import Tag
from talehouse.tags.naming import tidy
from talehouse.tags.vocabulary import TagKind

Names = dict[str, float]


class VocabularyError(Exception):
    """The folder does not hold what it should; the message says which file, and what is wrong."""


@dataclass(frozen=True, slots=True)
class Habit:
    """How many tags of a kind a story has: a binomial draw of `most` with the mean `mean`."""

    kind: TagKind
    most: int
    mean: float


HABITS = (
    Habit(TagKind.FANDOM, 2, 1.1),
    Habit(TagKind.GENRE, 3, 1.6),
    Habit(TagKind.CHARACTER, 8, 3.0),
    Habit(TagKind.RELATIONSHIP, 4, 1.3),
    Habit(TagKind.THEME, 12, 4.0),
)
"""About eleven tags a story."""


def generated(prose: Prose, stories: int) -> dict[TagKind, Names]:
    """Names for an archive of this size, Zipf by rank. More stories bring more names, as in real archives."""
    sizes = {
        TagKind.FANDOM: 8 + stories // 5,
        TagKind.GENRE: 20,
        TagKind.CHARACTER: 20 + stories // 2,
        TagKind.RELATIONSHIP: 12 + stories // 3,
        TagKind.THEME: 30 + stories,
    }
    found: dict[TagKind, Names] = {}
    for kind, size in sizes.items():
        names: dict[str, None] = {}
        while len(names) < size:
            names[_invented(prose, kind)] = None
        found[kind] = dict(zip(names, zipf(size), strict=True))
    return found


def _invented(prose: Prose, kind: TagKind) -> str:
    if kind == TagKind.CHARACTER:
        return prose.name()
    if kind == TagKind.RELATIONSHIP:
        return f"{prose.name()}/{prose.name()}"
    return prose.title(1 if kind == TagKind.GENRE else 4)


def from_folder(folder: Path, prose: Prose, stories: int) -> dict[TagKind, Names]:
    """Fandoms and themes by name and count from `fandoms.csv` and `freeforms.json`, the rest generated.

    `fandoms.csv` has the columns id, type, name, canonical, cached_count, merger_id; `freeforms.json` is one
    object from name to count. Rows without a name ("None") and without a use are left out.
    Raises VocabularyError.
    """
    fandoms, themes = dict(_fandoms(folder / "fandoms.csv")), dict(_themes(folder / "freeforms.json"))
    for name, found in (("fandoms.csv", fandoms), ("freeforms.json", themes)):
        if not found:
            raise VocabularyError(f"{folder / name} holds no name that is in use.")
    return {**generated(prose, stories), TagKind.FANDOM: fandoms, TagKind.THEME: themes}


def _fandoms(path: Path) -> Iterator[tuple[str, float]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, skipinitialspace=True):
                count = float(row["cached_count"] or 0)
                if row["name"] != "None" and count > 0:
                    yield html.unescape(row["name"]), count
    except (OSError, UnicodeDecodeError, KeyError, ValueError, TypeError, csv.Error) as error:
        raise VocabularyError(f"{path} cannot be read as a table of fandoms: {_why(error)}.") from error


def _themes(path: Path) -> Iterator[tuple[str, float]]:
    try:
        counts = json.loads(path.read_text("utf-8"))
        for name, count in counts.items():
            if name != "None" and float(count) > 0:
                yield html.unescape(name), float(count)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise VocabularyError(
            f"{path} cannot be read as an object of names and counts: {_why(error)}."
        ) from error


def _why(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"there is no column {error}"
    return str(getattr(error, "strerror", None) or error)


class Tagger:
    """Draws the tags of one story after the other, and knows the rows of all that were drawn."""

    def __init__(self, dice: Random, names: dict[TagKind, Names]) -> None:
        self._dice = dice
        self._names = {kind: list(counts) for kind, counts in names.items()}
        self._weights = {kind: list(accumulate(counts.values())) for kind, counts in names.items()}
        self._slugs: set[tuple[str, str]] = set()
        self.rows: dict[tuple[str, str], Tag] = {}

    def draw(self) -> list[Tag]:
        """The tags of one story, each once, in the order of the kinds. New ones have no key yet."""
        found: dict[int, Tag] = {}
        for habit in HABITS:
            count = sum(self._dice.random() < habit.mean / habit.most for _ in range(habit.most))
            for name in chosen(self._dice, self._names[habit.kind], self._weights[habit.kind], count):
                tag = self._row(habit.kind, tidy(name))
                if tag is not None:
                    found[id(tag)] = tag
        return list(found.values())

    def _row(self, kind: str, name: str) -> Tag | None:
        """As `tags.naming.named` would make it: one row for all spellings, one slug for each row."""
        key = name_key(name)[:200]
        if not key:
            return None
        if (kind, key) not in self.rows:
            self.rows[kind, key] = Tag(kind=kind, name=name, name_key=key, slug=self._slug(kind, name))
        return self.rows[kind, key]

    def _slug(self, kind: str, name: str) -> str:
        base = own = slug(name, limit=100)
        number = 1
        while (kind, own) in self._slugs:
            number += 1
            own = f"{base}-{number}"
        self._slugs.add((kind, own))
        return own
