"""What goes into the index, read from the database: all of it, or some stories."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import chain, combinations
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import BigIntegerField, Count, F, Func, Max, Min, Q, QuerySet
from django.utils import timezone

from talehouse.library.models import PartRead
from talehouse.search.columns.rows import COLUMNS, HIDDEN, KIND_CODES, NAMED, NUMBERED, Array, Row, Table
from talehouse.stories.models import (
    EffectiveTag,
    Part,
    Role,
    Story,
    StoryCategory,
    StoryTag,
    StoryWarning,
)
from talehouse.stories.people import AUTHORS
from talehouse.tags.models import Above, Tag
from talehouse.tags.vocabulary import TagKind
from talehouse.votes.models import Vote

RANGE = 50_000
"""Numbers of stories that are read at a time."""
FEWEST = 20
"""Signed-in readers from whom on shares are told of a story; below they are 0."""
SETTLED = timedelta(days=30)
"""A part has to be out for so long before it counts whether people have read up to it."""
MILLION = 1_000_000
_CHUNK = 20_000
_SLICE = 500
Known = Mapping[int, tuple[int, int]]
"""Of each tag: the code of its kind, and its canonical tag or itself."""
Progress = Callable[[int, int], None]


Which = Callable[[Any, str], Any]
"""Narrows rows to some stories, by the path of a story's key in them."""


def _between(first: int, last: int) -> Which:
    return lambda rows, path: rows.filter(**{f"{path}__gte": first, f"{path}__lte": last})


def _among(stories: Sequence[int]) -> Which:
    return lambda rows, path: rows.filter(**{f"{path}__in": stories})


class Seconds(Func):
    """A time as whole seconds since 1970, made by the database: a million times are read."""

    output_field = BigIntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """SQLite keeps times as text."""
        return self.as_sql(
            compiler, connection, template="CAST(strftime('%%%%s', %(expressions)s) AS INTEGER)", **context
        )

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """PostgreSQL keeps microseconds."""
        template = "FLOOR(EXTRACT(EPOCH FROM %(expressions)s))::bigint"
        return self.as_sql(compiler, connection, template=template, **context)


def everything(tell: Progress | None = None) -> Table:
    """All stories that somebody may meet in lists. `tell` hears the last number read, and the highest."""
    span = Story.objects.aggregate(first=Min("pk"), last=Max("pk"))
    known, above = known_tags(Tag.objects.all()), _above()
    reader = _Reader(known, above)
    first, last = span["first"] or 1, span["last"] or 0
    for start in range(first, last + 1, RANGE):
        reader.read(_between(start, start + RANGE - 1))
        if tell:
            tell(min(last, start + RANGE - 1), last)
    return reader.table()


def rows_of(story_ids: Iterable[int]) -> tuple[list[Row], list[int], dict[int, int]]:
    """The rows of these stories as they are now, those that nobody meets in lists, and the kinds of tags."""
    rows: list[Row] = []
    gone: list[int] = []
    kinds: dict[int, int] = {}
    above = _above()
    for some in _slices(sorted(set(story_ids))):
        carried = EffectiveTag.objects.filter(story__in=some).values("tag")
        own = StoryTag.objects.filter(story__in=some).values("tag")
        meant = Tag.objects.filter(pk__in=own).values("merged_into")
        tags = Tag.objects.filter(Q(pk__in=carried) | Q(pk__in=own) | Q(pk__in=meant))
        known = known_tags(tags)
        reader = _Reader(known, above)
        reader.read(_among(some))
        table = reader.table()
        rows += _rows(table)
        kinds.update(table.kinds)
        here = set(table.stories.tolist())
        gone += [pk for pk in some if pk not in here]
    return rows, gone, kinds


def _slices(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + _SLICE] for start in range(0, len(ids), _SLICE))


def known_tags(tags: QuerySet[Tag]) -> dict[int, tuple[int, int]]:
    """What has to be known of tags. A synonym is shown in no facet: its canonical tag is."""
    return {
        pk: (HIDDEN if merged else KIND_CODES[kind], merged or pk)
        for pk, kind, merged in _fetched(tags.values_list("pk", "kind", "merged_into"))
    }


def _above() -> dict[int, set[int]]:
    """For each fandom all fandoms that stand above it, near and far."""
    steps: dict[int, set[int]] = {}
    fandoms = Above.objects.filter(tag__kind=TagKind.FANDOM, above__kind=TagKind.FANDOM)
    for tag, above in fandoms.values_list("tag", "above"):
        steps.setdefault(tag, set()).add(above)

    def reach(tag: int, seen: set[int]) -> set[int]:
        for one in steps.get(tag, set()) - seen:
            seen.add(one)
            reach(one, seen)
        return seen

    return {tag: reach(tag, set()) for tag in steps}


def _fetched(rows: QuerySet[Any, Any]) -> Iterator[tuple[Any, ...]]:
    """The rows as the database gives them: Django's own way takes twice as long for millions."""
    sql, values = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        while some := cursor.fetchmany(_CHUNK):
            yield from some


def _numbers(rows: QuerySet[Any, Any], width: int) -> Array:
    told = np.fromiter(chain.from_iterable(_fetched(rows)), np.int64)
    return told.reshape(-1, width)


class _Reader:
    """Collects a table, range by range."""

    def __init__(self, known: Known, above: Mapping[int, set[int]]) -> None:
        self._known, self._above = known, above
        self._stories: list[Array] = []
        self._columns: dict[str, list[Array]] = {name: [] for name in COLUMNS}
        self._pairs: dict[str, list[Array]] = {group: [] for group in (*NUMBERED, *NAMED)}
        self._names: dict[str, dict[str, int]] = {group: {} for group in NAMED}
        self._size = 0
        self._codes = np.array(sorted(known), np.int64)
        self._kinds = np.array([known[int(tag)][0] for tag in self._codes], np.int64)
        self._canonical = np.array([known[int(tag)][1] for tag in self._codes], np.int64)

    def table(self) -> Table:
        """All that was read."""
        return Table(
            stories=_joined(self._stories),
            numbers={name: _joined(each) for name, each in self._columns.items()},
            pairs={group: _halves(each) for group, each in self._pairs.items()},
            names={group: list(names) for group, names in self._names.items()},
            kinds={tag: code for tag, (code, _canonical) in self._known.items()},
        )

    def read(self, which: Which) -> None:
        """Read some stories; `which` narrows rows to them, by the path of the story's key."""
        self._ids = np.zeros(0, np.int64)
        if not self._read_stories(which):
            return
        self._add("tag", _numbers(which(EffectiveTag.objects, "story").values_list("story", "tag"), 2))
        own = _numbers(
            which(StoryTag.objects, "story").order_by().values_list("story", "tag", "position", "pk"), 4
        )
        self._add("own", own[:, :2])
        self._read_main(own)
        self._read_shape(own)
        pens = which(Role.objects, "story").filter(kind__in=AUTHORS, accepted_at__isnull=False)
        self._add("pen", _numbers(pens.order_by().values_list("story", "pen_name"), 2))
        for group, rows in (("warning", StoryWarning.objects), ("category", StoryCategory.objects)):
            told = list(_fetched(which(rows, "story").order_by().values_list("story", "code")))
            self._add(group, self._coded(group, told))
        self._read_shares(which)
        self._size += len(self._ids)

    def _read_stories(self, which: Which) -> int:
        told = which(Story.objects.listed_for_somebody(), "pk").order_by("pk")
        columns = ("word_count", "part_count", Seconds(F("release_at")), Seconds(F("updated_at")))
        rows = list(
            _fetched(
                told.values_list(
                    "pk", "rating", "status", "language", "visibility",
                    *columns, "read_count", "vote_count", "comment_count",
                )
            )
        )  # fmt: skip
        if not rows:
            return 0
        fields = list(zip(*rows, strict=True))
        self._ids = np.array(fields[0], np.int64)
        self._stories.append(self._ids)
        for name, values in zip(COLUMNS[:7], fields[5:], strict=True):
            self._columns[name].append(np.array([value or 0 for value in values], np.int64))
        for group, values in zip(("rating", "status", "language", "audience"), fields[1:5], strict=True):
            self._add(group, self._coded(group, list(zip(fields[0], values, strict=True))))
        return len(rows)

    def _coded(self, group: str, told: Sequence[tuple[int, str]]) -> Array:
        names = self._names[group]
        coded = [(story, names.setdefault(word, len(names))) for story, word in told]
        return np.array(coded, np.int64).reshape(-1, 2)

    def _add(self, group: str, pairs: Array) -> None:
        """Keep pairs of a story and a code, of the stories that were read."""
        place = np.minimum(np.searchsorted(self._ids, pairs[:, 0]), len(self._ids) - 1)
        ours = self._ids[place] == pairs[:, 0]
        self._pairs[group].append(np.stack([place[ours] + self._size, pairs[ours, 1]], axis=1))

    def _about(self, tags: Array, what: Array) -> Array:
        place = np.minimum(np.searchsorted(self._codes, tags), len(self._codes) - 1)
        return np.where(self._codes[place] == tags, what[place], 0)

    def _read_main(self, own: Array) -> None:
        """The first relationship, by its own name and by its canonical one."""
        if not len(own):
            return
        raw = self._about(self._about(own[:, 1], self._canonical), self._kinds)
        pairings = own[raw == KIND_CODES[TagKind.RELATIONSHIP]]
        pairings = pairings[np.lexsort((pairings[:, 3], pairings[:, 2], pairings[:, 0]))]
        first = pairings[np.unique(pairings[:, 0], return_index=True)[1]]
        meant = np.stack([first[:, 0], self._about(first[:, 1], self._canonical)], axis=1)
        self._add("main", np.concatenate([first[:, :2], meant]))

    def _read_shape(self, own: Array) -> None:
        """Two or more fandoms that are not one above the other make a crossover."""
        if not len(own):
            return
        meant = self._about(own[:, 1], self._canonical)
        fandoms = self._about(meant, self._kinds) == KIND_CODES[TagKind.FANDOM]
        pairs = np.unique(np.stack([own[fandoms, 0], meant[fandoms]], axis=1), axis=0)
        stories, starts, counts = np.unique(pairs[:, 0], return_index=True, return_counts=True)
        crossing = [
            (int(stories[one]), "crossover")
            for one in np.flatnonzero(counts > 1)
            if self._crosses(pairs[starts[one] : starts[one] + counts[one], 1].tolist())
        ]
        self._add("shape", self._coded("shape", crossing))

    def _crosses(self, fandoms: list[int]) -> bool:
        none: set[int] = set()
        return any(
            a not in self._above.get(b, none) and b not in self._above.get(a, none)
            for a, b in combinations(fandoms, 2)
        )

    def _read_shares(self, which: Which) -> None:
        """Votes, and having finished, in millionths of the signed-in readers."""
        loved, finished = np.zeros(len(self._ids), np.int64), np.zeros(len(self._ids), np.int64)
        readers = shares(which)
        place = {int(story): at for at, story in enumerate(self._ids)} if readers else {}
        for story, (love, finish) in readers.items():
            if story in place:
                loved[place[story]], finished[place[story]] = love, finish
        self._columns["loved"].append(loved)
        self._columns["finished"].append(finished)


def shares(which: Which) -> dict[int, tuple[int, int]]:
    """For stories with enough signed-in readers: who voted, and who read the last part that has been out for
    30 days, each in millionths of those who began.
    """
    begun = _people(which(PartRead.objects.filter(part__deleted_at=None), "part__story"))
    readers = {story: people for story, people in begun.items() if people >= FEWEST}
    if not readers:
        return {}
    told: dict[int, tuple[int, int]] = {}
    for some in _slices(sorted(readers)):
        voters = _people(Vote.objects.filter(part__deleted_at=None, part__story__in=some))
        settled = Part.objects.standing().released().filter(story__in=some, kind=Part.Kind.CHAPTER)
        settled = settled.filter(
            release_at__lte=timezone.now() - SETTLED, visibility__in=("story", "members")
        )
        last = settled.order_by("story", "-position").values_list("story", "pk")
        ends = dict(reversed(list(last)))
        done = _people(PartRead.objects.filter(part__in=ends.values(), finished_at__isnull=False))
        for story in some:
            people = readers[story]
            love, end = (min(people, found.get(story, 0)) for found in (voters, done))
            told[story] = (love * MILLION // people, end * MILLION // people)
    return told


def _people(rows: QuerySet[Any]) -> dict[int, int]:
    """How many accounts there are for each story."""
    counted = rows.order_by().values("part__story").annotate(people=Count("account", distinct=True))
    return dict(counted.values_list("part__story", "people"))


def _joined(each: Sequence[Array]) -> Array:
    return np.concatenate(each) if each else np.zeros(0, np.int64)


def _halves(each: Sequence[Array]) -> tuple[Array, Array]:
    whole = np.concatenate(each) if each else np.zeros((0, 2), np.int64)
    return whole[:, 0], whole[:, 1]


def _rows(table: Table) -> list[Row]:
    """A small table as rows."""
    terms: list[set[str]] = [set() for _ in range(len(table.stories))]
    for group, (who, what) in table.pairs.items():
        names = table.names.get(group)
        for index, code in zip(who.tolist(), what.tolist(), strict=True):
            terms[index].add(f"{group}:{code if names is None else names[code]}")
    columns = [table.numbers[name].tolist() for name in COLUMNS]
    return [
        Row(story, tuple(column[index] for column in columns), tuple(sorted(terms[index])))
        for index, story in enumerate(table.stories.tolist())
    ]
