"""The order among tags as it would be: changes in memory over the rows, until somebody writes them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet

from talehouse.tags.models import Above, Member, Tag
from talehouse.tags.vocabulary import Standing


@dataclass(frozen=True, slots=True)
class State:
    """What wranglers have made of one tag: its row, and its own steps upward. All together are the order."""

    standing: str = Standing.UNSORTED
    merged_into: int | None = None
    romantic: bool | None = None
    above: frozenset[int] = frozenset()
    members: tuple[int, ...] = ()

    def told(self) -> dict[str, Any]:
        """As the log keeps it."""
        return {
            "standing": self.standing,
            "merged_into": self.merged_into,
            "romantic": self.romantic,
            "above": sorted(self.above),
            "members": list(self.members),
        }

    @classmethod
    def of(cls, told: dict[str, Any]) -> State:
        """From what the log has kept."""
        return cls(**{**told, "above": frozenset(told["above"]), "members": tuple(told["members"])})

    @property
    def is_canonical(self) -> bool:
        """Whether others may be its synonyms and stand under it."""
        return self.standing == Standing.CANONICAL


Changed = Mapping[int, tuple[State, State]]
"""For the id of each tag, what it was and what it is."""


class Order:
    """Asked by the id of a tag. `change` changes it here only; `begin` and `changed` frame one act."""

    def __init__(self) -> None:
        self._tags: dict[int, Tag] = {}
        self._now: dict[int, State] = {}
        self._then: dict[int, State] = {}

    def load(self, ids: Iterable[int]) -> None:
        """Fetch the rows that are not here yet, by three questions."""
        missing = set(ids) - self._now.keys()
        if not missing:
            return
        tags = Tag.objects.in_bulk(missing)
        above: dict[int, set[int]] = {}
        for pk, other in Above.objects.filter(tag__in=missing).values_list("tag_id", "above_id"):
            above.setdefault(pk, set()).add(other)
        members: dict[int, list[int]] = {}
        rows = Member.objects.filter(relationship__in=missing).order_by("position", "pk")
        for pk, other in rows.values_list("relationship_id", "character_id"):
            members.setdefault(pk, []).append(other)
        for pk, tag in tags.items():
            self._tags[pk] = tag
            self._now[pk] = self._then[pk] = State(
                tag.standing,
                tag.merged_into_id,
                tag.romantic,
                frozenset(above.get(pk, ())),
                tuple(members.get(pk, ())),
            )

    def __getitem__(self, pk: int) -> State:
        self.load([pk])
        return self._now[pk]

    def tag(self, pk: int) -> Tag:
        """The row itself, for its kind and name."""
        self.load([pk])
        return self._tags[pk]

    def name(self, pk: int) -> str:
        """The tag's name."""
        return self.tag(pk).name

    def change(self, pk: int, **columns: Any) -> None:
        """Let it be otherwise."""
        self._now[pk] = replace(self[pk], **columns)

    def put(self, pk: int, state: State) -> None:
        """Let it be so."""
        self.load([pk])
        self._now[pk] = state

    def _those(self, rows: QuerySet[Any, Any], test: Callable[[State], bool]) -> set[int]:
        """Tags of which this is true now; `rows` are the ids of those of which it is true in the tables."""
        self.load(rows)
        return {pk for pk, state in self._now.items() if test(state)}

    def synonyms(self, pk: int) -> set[int]:
        """The tags that are synonyms of this one."""
        rows = Tag.objects.filter(merged_into=pk).values_list("pk", flat=True)
        return self._those(rows, lambda state: state.merged_into == pk)

    def below(self, pk: int) -> set[int]:
        """The tags that stand right under this one."""
        rows = Above.objects.filter(above=pk).values_list("tag_id", flat=True)
        return self._those(rows, lambda state: pk in state.above)

    def relationships(self, pk: int) -> set[int]:
        """The relationships to which this character belongs."""
        rows = Member.objects.filter(character=pk).values_list("relationship_id", flat=True)
        return self._those(rows, lambda state: pk in state.members)

    def over(self, pk: int) -> set[int]:
        """All that stands above, however far."""
        found: set[int] = set()
        step = set(self[pk].above)
        while step:
            found |= step
            self.load(step)
            step = {other for one in step for other in self[one].above} - found
        return found

    def begin(self) -> None:
        """An act begins here."""
        self._then = dict(self._now)

    def forget(self) -> None:
        """The act is not done: all is as it was when it began."""
        self._now = {**self._now, **self._then}

    def changed(self) -> dict[int, tuple[State, State]]:
        """What the act has changed: what was, and what is."""
        return {pk: (was, self._now[pk]) for pk, was in sorted(self._then.items()) if was != self._now[pk]}


def write(changed: Changed) -> None:
    """Put changes into the tables: few questions for many tags that change alike."""
    rows: dict[tuple[str, int | None, bool | None], list[int]] = {}
    for pk, (was, now) in changed.items():
        if _row(was) != _row(now):
            rows.setdefault(_row(now), []).append(pk)
    for (standing, merged_into, romantic), pks in rows.items():
        Tag.objects.filter(pk__in=pks).update(standing=standing, merged_into=merged_into, romantic=romantic)
    _write_above(changed)
    _write_members(changed)


def _row(state: State) -> tuple[str, int | None, bool | None]:
    return state.standing, state.merged_into, state.romantic


def _write_above(changed: Changed) -> None:
    bare = [pk for pk, (was, now) in changed.items() if was.above and not now.above]
    Above.objects.filter(tag__in=bare).delete()
    for pk, (was, now) in changed.items():
        if now.above and was.above - now.above:
            Above.objects.filter(tag=pk, above__in=was.above - now.above).delete()
    Above.objects.bulk_create(
        [
            Above(tag_id=pk, above_id=one)
            for pk, (was, now) in changed.items()
            for one in sorted(now.above - was.above)
        ]
    )


def _write_members(changed: Changed) -> None:
    moved = {pk: now.members for pk, (was, now) in changed.items() if was.members != now.members}
    Member.objects.filter(relationship__in=moved).delete()
    Member.objects.bulk_create(
        [
            Member(relationship_id=pk, character_id=one, position=place)
            for pk, members in moved.items()
            for place, one in enumerate(members)
        ]
    )


def carrying(pks: Collection[int]) -> set[int]:
    """Those of these tags that have synonyms, tags under them, or relationships to which they belong."""
    found: set[int] = set()
    for rows in (
        Tag.objects.filter(merged_into__in=pks).values_list("merged_into_id", flat=True),
        Above.objects.filter(above__in=pks).values_list("above_id", flat=True),
        Member.objects.filter(character__in=pks).values_list("character_id", flat=True),
    ):
        found.update(pk for pk in rows.order_by().distinct() if pk is not None)
    return found
