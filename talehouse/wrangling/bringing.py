"""A vocabulary from a file into the archive, and out again.

What wranglers have done here stands: a tag that they have sorted is not sorted otherwise by a file. It is
done in batches, each its own transaction, and doing it twice is the same as once. The log keeps what each tag
was and is, so that all of it can be undone (`undoing_imports.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, TypeVar

from django.db import transaction

from talehouse.accounts.models import Account
from talehouse.activity.log import record_each
from talehouse.lib.slugs import name_key, slug
from talehouse.pages.versions import bump
from talehouse.stories.tagging import count_uses
from talehouse.tags.models import Above, Member, Tag
from talehouse.tags.naming import romance, tidy
from talehouse.tags.vocabulary import Standing, TagKind, may_stand_above
from talehouse.wrangling.files.entries import Entry
from talehouse.wrangling.models import Act, Change, Touched
from talehouse.wrangling.order import Changed, Order, State, write
from talehouse.wrangling.sorting import hold_the_order, only_wranglers

BATCH = 1_000
Key = tuple[str, str]
Progress = Callable[[int, int], None]
T = TypeVar("T")


@dataclass(slots=True)
class Brought:
    """What became of a file: tags that were made, sorted, and left as they are, and steps upward.

    `change` is its row in the log, by which it can be undone.
    """

    change: Change
    made: int = 0
    sorted: int = 0
    kept: int = 0
    steps: int = 0
    skipped: Counter[str] = field(default_factory=Counter)


def key_of(kind: str, name: str) -> Key:
    """What makes two entries the same tag."""
    return kind, name_key(tidy(name))[:200]


def _slices(things: Iterable[T], size: int | None = None) -> Iterator[list[T]]:
    rest = iter(things)
    while some := list(islice(rest, size or BATCH)):
        yield some


def bring(entries: Sequence[Entry], *, by: Account | None, progress: Progress | None = None) -> Brought:
    """Put what a file says into the archive. `by` is None for the host at the command line."""
    if by is not None:
        only_wranglers(by)
    return _Bringing(entries, by, progress).run()


class _Bringing:
    """One file on its way in: canonical tags first, then what means them, then what stands above what."""

    def __init__(self, entries: Sequence[Entry], by: Account | None, progress: Progress | None) -> None:
        self.by, self.progress = by, progress
        self.brought = Brought(Change(act=Act.IMPORT, by=by))
        self.wanted = self._once(entries)
        self.rows: dict[Key, Tag] = {}
        self.left_as: dict[int, State] = {}
        self.done = 0

    def _once(self, entries: Sequence[Entry]) -> dict[Key, Entry]:
        """Each tag once: of two spellings in one file the canonical one counts, else the first."""
        found: dict[Key, Entry] = {}
        for entry in entries:
            key = key_of(entry.kind, entry.name)
            if not key[1]:
                self.brought.skipped["without a letter"] += 1
            elif key not in found or entry.standing == Standing.CANONICAL != found[key].standing:
                self.brought.skipped["the same tag again"] += key in found
                found[key] = entry
            else:
                self.brought.skipped["the same tag again"] += 1
        return found

    def run(self) -> Brought:
        self.brought.change.save()  # first, so that half of it can be undone, too
        synonyms = [key for key, entry in self.wanted.items() if entry.standing == Standing.SYNONYM]
        others = [key for key, entry in self.wanted.items() if entry.standing != Standing.SYNONYM]
        for keys in (others, synonyms):
            for some in _slices(keys):
                self._batch(some)
        self._above()
        self._members()
        with transaction.atomic():
            bump("lists")
        return self.brought

    @transaction.atomic
    def _batch(self, keys: list[Key]) -> None:
        hold_the_order()
        entries = [self.wanted[key] for key in keys]
        self._read_again(key_of(one.kind, one.merged_into) for one in entries if one.merged_into)
        there = found_rows(keys)
        self.rows |= there
        new = [self._new(key) for key in keys if key not in there]
        _give_slugs(new)
        made = Tag.objects.bulk_create(new)
        self.rows |= {(tag.kind, tag.name_key): tag for tag in made}
        count_uses(tag.pk for tag in made)
        self.brought.made += len(made)
        self._note({tag.pk: (State(romantic=tag.romantic), _state(tag)) for tag in made})
        self._sort([there[key] for key in keys if key in there])
        self.done += len(keys)
        if self.progress:
            self.progress(self.done, len(self.wanted))

    def _new(self, key: Key) -> Tag:
        entry = self.wanted[key]
        name = tidy(entry.name)
        romantic = entry.romantic if entry.romantic is not None else romance(entry.kind, name)
        standing, meant = self._standing(key)
        self.brought.sorted += standing != Standing.UNSORTED
        return Tag(
            kind=entry.kind,
            name=name,
            name_key=key[1],
            standing=standing,
            merged_into=meant,
            romantic=romantic,
        )

    def _standing(self, key: Key) -> tuple[str, Tag | None]:
        """As the file says, if what it means is canonical here."""
        entry = self.wanted[key]
        if entry.standing != Standing.SYNONYM:
            return entry.standing, None
        meant = self._row(key_of(entry.kind, entry.merged_into))
        if meant is not None and meant.merged_into is not None:
            meant = meant.merged_into
        if meant is None or meant.standing != Standing.CANONICAL or (meant.kind, meant.name_key) == key:
            self.brought.skipped["synonyms of what is not canonical"] += 1
            return Standing.UNSORTED, None
        return Standing.SYNONYM, meant

    def _row(self, key: Key) -> Tag | None:
        if key not in self.rows:
            self.rows |= found_rows([key])
        return self.rows.get(key)

    def _sort(self, tags: list[Tag]) -> None:
        """Tags that are here already: only the unsorted ones are sorted."""
        changed: list[Tag] = []
        for tag in tags:
            standing, meant = self._standing((tag.kind, tag.name_key))
            if tag.standing == Standing.UNSORTED != standing:
                tag.standing, tag.merged_into = standing, meant
                changed.append(tag)
            else:
                self.brought.kept += 1
        order = Order()
        order.load(tag.pk for tag in changed)
        was = {tag.pk: order[tag.pk] for tag in changed}
        Tag.objects.bulk_update(changed, ["standing", "merged_into"], batch_size=200)
        self.brought.sorted += len(changed)
        self._note(
            {
                tag.pk: (
                    was[tag.pk],
                    replace(was[tag.pk], standing=tag.standing, merged_into=tag.merged_into_id),
                )
                for tag in changed
            }
        )
        self._tell(changed)

    def _note(self, changed: Changed) -> None:
        """Keep in the log what these tags were and are. One that somebody else has changed while this was on
        its way stays noted as this left it, so that an undo leaves it alone.
        """
        noted = {
            pk: (was, now)
            for pk, (was, now) in changed.items()
            if was != now and self.left_as.get(pk, was) == was
        }
        Touched.objects.bulk_create(
            [
                Touched(change=self.brought.change, tag_id=pk, before=was.told(), after=now.told())
                for pk, (was, now) in noted.items()
            ],
            update_conflicts=True,
            unique_fields=["tag", "change"],
            update_fields=["after"],
        )
        self.left_as |= {pk: now for pk, (_was, now) in noted.items()}

    def _tell(self, tags: Sequence[Tag]) -> None:
        by = self.by.pk if self.by else None
        record_each("tag.wrangled", actor=by, subjects=tags)
        bump(*(f"tag:{tag.pk}" for tag in tags))

    def _read_again(self, keys: Iterable[Key]) -> None:
        """Others may have sorted these since they were read."""
        self.rows |= found_rows(set(keys))

    @transaction.atomic
    def _above(self) -> None:
        hold_the_order()
        told = [(key, entry) for key, entry in self.wanted.items() if entry.above]
        self._read_again(
            one for key, entry in told for one in (key, *(key_of(*over) for over in entry.above))
        )
        steps: dict[int, set[int]] = {}
        for pk, above in Above.objects.values_list("tag_id", "above_id") if told else ():
            steps.setdefault(pk, set()).add(above)
        new: dict[int, set[int]] = {}
        for key, entry in told:
            tag = self.rows[key]
            for over in map(self._row, (key_of(*one) for one in entry.above)):
                if over is None or not _may(steps, tag, over):
                    self.brought.skipped["steps upward that cannot be"] += 1
                elif over.pk not in steps.setdefault(tag.pk, set()):
                    steps[tag.pk].add(over.pk)
                    new.setdefault(tag.pk, set()).add(over.pk)
                    self.brought.steps += 1
        self._write({pk: {"above": above} for pk, above in new.items()})
        self._tell([Tag(pk=pk) for pk in new])

    @transaction.atomic
    def _members(self) -> None:
        hold_the_order()
        told = [(key, entry) for key, entry in self.wanted.items() if entry.members]
        self._read_again(one for key, entry in told for one in (key, *map(_character, entry.members)))
        known = set(Member.objects.values_list("relationship_id", flat=True)) if told else set()
        new: dict[int, tuple[int, ...]] = {}
        for key, entry in told:
            tag, people = self.rows[key], [self._row(_character(name)) for name in entry.members]
            each = {one.pk: one for one in people if one and one.standing == Standing.CANONICAL}
            if tag.kind != TagKind.RELATIONSHIP or tag.pk in known or len(each) < len(people):
                self.brought.skipped["members that cannot be"] += tag.pk not in known
                continue
            new[tag.pk] = tuple(each)
        self._write({pk: {"members": members} for pk, members in new.items()})

    def _write(self, new: dict[int, dict[str, Any]]) -> None:
        """Let these tags have what stands above them, or their members, besides what they have."""
        for some in _slices(new):
            order = Order()
            order.load(some)
            changed = {pk: (order[pk], _with(order[pk], **new[pk])) for pk in some}
            write(changed)
            self._note(changed)


def _state(tag: Tag) -> State:
    """Of a tag that is new."""
    return State(tag.standing, tag.merged_into_id, tag.romantic)


def _with(state: State, *, above: Collection[int] = (), members: tuple[int, ...] = ()) -> State:
    return replace(state, above=state.above | set(above), members=members or state.members)


def _character(name: str) -> Key:
    return key_of(TagKind.CHARACTER, name)


def _may(steps: dict[int, set[int]], tag: Tag, above: Tag) -> bool:
    """Both canonical, of kinds that go, and no circle."""
    if {tag.standing, above.standing} != {Standing.CANONICAL} or not may_stand_above(above.kind, tag.kind):
        return False
    seen, rest = set(), [above.pk]
    while rest:
        one = rest.pop()
        if one == tag.pk:
            return False
        if one not in seen:
            seen.add(one)
            rest += steps.get(one, ())
    return True


def found_rows(keys: Iterable[Key]) -> dict[Key, Tag]:
    """The tags that are here, of these kinds and keys."""
    by_kind: dict[str, list[str]] = {}
    for kind, key in keys:
        by_kind.setdefault(kind, []).append(key)
    return {
        (tag.kind, tag.name_key): tag
        for kind, names in by_kind.items()
        for some in _slices(names, 500)
        for tag in Tag.objects.filter(kind=kind, name_key__in=some).select_related("merged_into")
    }


def _give_slugs(tags: Sequence[Tag]) -> None:
    """A slug of its own for each, as `tags.naming` would give it: a number where the name's is taken."""
    bases = {id(tag): slug(tag.name, limit=100) for tag in tags}
    waiting, number = list(tags), 1
    given: set[Key] = set()
    while waiting:
        wish = {id(tag): bases[id(tag)] + ("" if number == 1 else f"-{number}") for tag in waiting}
        taken = given | {
            pair
            for some in _slices(wish.values(), 500)
            for pair in Tag.objects.filter(slug__in=some).values_list("kind", "slug")
        }
        later: list[Tag] = []
        for tag in waiting:
            if (tag.kind, wish[id(tag)]) in taken:
                later.append(tag)
            else:
                tag.slug = wish[id(tag)]
                taken.add((tag.kind, tag.slug))
                given.add((tag.kind, tag.slug))
        waiting, number = later, number + 1


def told() -> Iterator[Entry]:
    """All that wranglers have sorted here, canonical tags first, as a file has it."""
    tags = Tag.objects.exclude(standing=Standing.UNSORTED).select_related("merged_into")
    for standing in (Standing.CANONICAL, Standing.ASIDE, Standing.SYNONYM):
        for some in _slices(tags.filter(standing=standing).order_by("kind", "name", "pk").iterator(BATCH)):
            yield from _entries(some)


def _entries(tags: Sequence[Tag]) -> Iterator[Entry]:
    above: dict[int, list[Key]] = {}
    for pk, kind, name in (
        Above.objects.filter(tag__in=tags)
        .order_by("above__kind", "above__name")
        .values_list("tag_id", "above__kind", "above__name")
    ):
        above.setdefault(pk, []).append((kind, name))
    members: dict[int, list[str]] = {}
    for pk, name in Member.objects.filter(relationship__in=tags).values_list(
        "relationship_id", "character__name"
    ):
        members.setdefault(pk, []).append(name)
    for tag in tags:
        yield Entry(
            tag.kind,
            tag.name,
            tag.standing,
            tag.merged_into.name if tag.merged_into else "",
            tuple(above.get(tag.pk, ())),
            tuple(members.get(tag.pk, ())),
            tag.romantic,
        )
