"""A large archive for `bench search`: only the rows that the index is made of, written straight by SQL."""

from __future__ import annotations

import json
import sys
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt
from django.conf import settings
from django.core.management import call_command
from django.db import connection, models, transaction

from talehouse.accounts.models import Account, PenName
from talehouse.ops.bench.tagging import VocabularyError, from_folder
from talehouse.ops.bench.words import Prose
from talehouse.stories.models import EffectiveTag, Role, Story, StoryCategory, StoryTag, StoryWarning
from talehouse.tags.models import Tag
from talehouse.tags.vocabulary import TagKind

Array = npt.NDArray[Any]
HABITS = {
    "fandom": (2, 1.2),
    "genre": (4, 2.2),
    "character": (8, 3.6),
    "relationship": (4, 1.7),
    "theme": (12, 5),
}
"""Of each kind: the most, and the mean, of a binomial draw; about twelve a story remain once doubles go."""
OF_FANDOM = 0.8
"""So many of the characters and relationships are of the story's fandom, the others of any."""
CAST = 40
NOW = 1_780_000_000
RATINGS = {"general": 30, "teen": 40, "mature": 15, "explicit": 10, "not-rated": 5}
STATUSES = {"complete": 45, "in-progress": 40, "hiatus": 10, "abandoned": 5}
LANGUAGES = {"en": 80, "es": 6, "zh": 4, "ru": 3, "de": 3, "fr": 2, "ja": 1, "pt-BR": 1}
WARNINGS = {"none-apply": 60, "chose-not": 25, "violence": 10, "death": 5}
CATEGORIES = {"m-m": 45, "f-m": 20, "gen": 20, "f-f": 10, "multi": 4, "other": 1}
MADE = "made.json"


def main(arguments: list[str]) -> None:
    """STORIES SEED VOCABULARY: fill the data folder of the settings."""
    stories, seed, vocabulary = int(arguments[0]), int(arguments[1]), arguments[2]
    begun = time.monotonic()
    call_command("migrate", verbosity=0, interactive=False)
    try:
        counts = _weights(stories, seed, vocabulary)
    except VocabularyError as error:
        print(error)
        raise SystemExit(2) from error
    made = _Archive(stories, seed, counts).make()
    told = {**made, "made_s": round(time.monotonic() - begun, 1)}
    (Path(settings.DATA) / MADE).write_text(json.dumps(told))


def _weights(stories: int, seed: int, vocabulary: str) -> dict[str, tuple[Sequence[str], Array]]:
    """The names of each kind and how often each is used."""
    sizes = {
        "fandom": 10 + stories // 50,
        "genre": 30,
        "character": 50 + stories // 8,
        "relationship": 50 + stories // 8,
        "theme": 100 + stories // 5,
    }
    told: dict[str, tuple[Sequence[str], Array]] = {
        kind: ([f"{kind} {n}" for n in range(size)], 1 / np.arange(1, size + 1))
        for kind, size in sizes.items()
    }
    if vocabulary:
        real = from_folder(Path(vocabulary), Prose(Random(seed)), 100)
        for kind in (TagKind.FANDOM, TagKind.THEME):
            ordered = sorted(real[kind].items(), key=lambda one: -one[1])
            names = {name.strip()[:150].casefold(): name.strip()[:150] for name, _n in ordered}
            counts = {name.strip()[:150].casefold(): count for name, count in reversed(ordered)}
            told[str(kind)] = (list(names.values()), np.array([counts[key] for key in names]))
    return told


class _Archive:
    def __init__(self, stories: int, seed: int, weights: dict[str, tuple[Sequence[str], Array]]) -> None:
        self.stories, self.weights = stories, weights
        self.dice = np.random.default_rng(seed)
        self.ids = np.arange(1, stories + 1)

    def make(self) -> dict[str, Any]:
        pairs = self._pairs()
        with transaction.atomic():
            indexes = _without_indexes(StoryTag, EffectiveTag, Story, Role, StoryWarning, StoryCategory, Tag)
            pens = self._people()
            _fill(Tag, self._tags())
            _fill(Story, self._stories())
            some = self.dice.integers(0, len(pens), self.stories)
            now = datetime.fromtimestamp(NOW, UTC)
            roles = ({"story": int(pk), "pen_name": pens[at], "kind": "author", "accepted_at": now}
                     for pk, at in zip(self.ids, some, strict=True))  # fmt: skip
            _fill(Role, roles)
            for model, weights in ((StoryWarning, WARNINGS), (StoryCategory, CATEGORIES)):
                drawn = zip(self.ids.tolist(), self._draw(weights), strict=True)
                _fill(model, ({"story": pk, "code": code} for pk, code in drawn))
            _pour(pairs)
        with connection.cursor() as cursor:
            for statement in (*indexes, "ANALYZE"):
                cursor.execute(statement)
        return {"stories": self.stories, "tags": sum(map(len, self._names())), "story_tags": len(pairs)}

    def _names(self) -> list[Sequence[str]]:
        return [names for names, _weights in self.weights.values()]

    def _draw(self, weights: dict[str, int]) -> list[str]:
        shares = np.array(list(weights.values()), float)
        drawn = self.dice.choice(len(weights), self.stories, p=shares / shares.sum())
        words = list(weights)
        return [words[one] for one in drawn]

    def _people(self) -> list[int]:
        account = Account.objects.create_user("writers@localhost")
        names = [f"Writer {number}" for number in range(1, 2 + self.stories // 10)]
        made = PenName.objects.bulk_create(
            [PenName(account=account, name=name, name_key=name.lower(), slug=name.lower().replace(" ", "-"))
             for name in names],
            batch_size=1000,
        )  # fmt: skip
        return [pen.pk for pen in made]

    def _tags(self) -> Iterator[dict[str, Any]]:
        number = 0
        for kind, (names, _weights) in self.weights.items():
            for name in names:
                number += 1
                yield {"id": number, "kind": kind, "name": name, "name_key": name.casefold(),
                       "slug": f"{kind}-{number}", "uuid": uuid.UUID(int=number)}  # fmt: skip

    def _pairs(self) -> Array:
        """Story and tag, each pair once, in their order. Characters go with fandoms, as in life."""
        found, first, fandom = [], 1, np.zeros(self.stories, np.int64)
        for kind, (names, weights) in self.weights.items():
            most, mean = HABITS[kind]
            each = self.dice.binomial(most, mean / most, self.stories)
            who = np.repeat(self.ids, each)
            shares = np.cumsum(weights) / np.sum(weights)
            what = np.searchsorted(shares, self.dice.random(len(who)))
            if kind in ("character", "relationship"):
                cast = np.cumsum(1 / np.arange(1, CAST + 1))
                ours = np.searchsorted(cast / cast[-1], self.dice.random(len(who)))
                ours = (fandom[who - 1] * CAST + ours) % len(names)
                what = np.where(self.dice.random(len(who)) < OF_FANDOM, ours, what)
            if kind == "fandom":
                fandom[who - 1] = what
            found.append(np.stack([who, np.minimum(what, len(names) - 1) + first], axis=1))
            first += len(names)
        keys = np.concatenate(found)
        packed = np.unique(keys[:, 0] * 2**32 + keys[:, 1])
        return np.stack([packed >> 32, packed & 0xFFFFFFFF], axis=1)

    def _stories(self) -> Iterator[dict[str, Any]]:
        size = self.stories
        fame = size / self.dice.permutation(np.arange(1, size + 1))
        published = NOW - self.dice.integers(0, 1500 * 86_400, size)
        updated = published + (self.dice.random(size) ** 2 * (NOW - published)).astype(np.int64)
        columns = {
            "id": self.ids,
            "word_count": np.exp(self.dice.normal(8.5, 1.4, size)).astype(np.int64) + 100,
            "part_count": 1 + self.dice.geometric(0.3, size),
            "read_count": (fame * 20).astype(np.int64),
            "vote_count": (fame * self.dice.random(size)).astype(np.int64),
            "comment_count": (fame * self.dice.random(size) / 4).astype(np.int64),
        }
        words = {
            "rating": RATINGS,
            "status": STATUSES,
            "language": LANGUAGES,
            "visibility": {"public": 95, "members": 5},
        }
        lists = {name: column.tolist() for name, column in columns.items()}
        lists |= {name: self._draw(weights) for name, weights in words.items()}
        for name, times in (("release_at", published), ("updated_at", updated)):
            lists[name] = [datetime.fromtimestamp(at, UTC) for at in times.tolist()]
        names = list(lists)
        for values in zip(*lists.values(), strict=True):
            row = dict(zip(names, values, strict=True))
            yield {**row, "uuid": uuid.UUID(int=row["id"]), "title": f"Story {row['id']}", "slug": "story"}


def _without_indexes(*tables: type[models.Model]) -> list[str]:
    """Drop the indexes that are not part of a table, and return what makes them again."""
    made = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(
                "SELECT name, sql FROM sqlite_master"
                " WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = %s",
                [table._meta.db_table],
            )
            for name, sql in cursor.fetchall():
                cursor.execute(f'DROP INDEX "{name}"')
                made.append(sql)
    return made


def _fill(table: type[models.Model], rows: Iterable[dict[str, Any]]) -> None:
    """Insert rows; what one does not say is the field's default."""
    fields = [field for field in table._meta.concrete_fields if field.column != "id"]
    usual = {field.name: field.get_db_prep_save(field.get_default(), connection) for field in fields}
    first = next(iter(rows := iter(rows)))
    by_name: dict[str, Any] = {field.name: field for field in table._meta.concrete_fields}
    said = [by_name[name] for name in first]
    names = [*first, *(name for name in usual if name not in first)]
    columns = [by_name[name].column for name in names]
    rest = tuple(usual[name] for name in names[len(first) :])

    def values() -> Any:
        for row in (one for some in ([first], rows) for one in some):
            yield (
                *(
                    value if isinstance(value, int | str) else field.get_db_prep_save(value, connection)
                    for field, value in zip(said, row.values(), strict=True)
                ),
                *rest,
            )

    marks = ", ".join(["%s"] * len(names))
    told = f"INSERT INTO {table._meta.db_table} ({', '.join(columns)}) VALUES ({marks})"
    with connection.cursor() as cursor:
        cursor.executemany(told, values())


def _pour(pairs: Array) -> None:
    """The tags of all stories, and the same as effective tags: nothing is wrangled here."""
    own, effective = StoryTag._meta.db_table, EffectiveTag._meta.db_table
    rows: Any = ((story, tag) for some in np.array_split(pairs, 200) for story, tag in some.tolist())
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {own} (story_id, tag_id, position) VALUES (%s, %s, 0)", rows)
        cursor.execute(
            f"INSERT INTO {effective} (story_id, tag_id, inherited) SELECT story_id, tag_id, 0 FROM {own}"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
