"""A vocabulary from a file into the archive, and out again.

What wranglers have done here stands: a tag that they have sorted is not sorted otherwise by a file. It is
done in batches, each its own transaction, and doing it twice is the same as once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

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
from talehouse.wrangling.models import Act, Change
from talehouse.wrangling.sorting import hold_the_order, only_wranglers

BATCH = 1_000
Key = tuple[str, str]
Progress = Callable[[int, int], None]
T = TypeVar("T")


@dataclass(slots=True)
class Brought:
    """What became of a file: tags that were made, sorted, and left as they are, and steps upward."""

    made: int = 0
    sorted: int = 0
    kept: int = 0
    steps: int = 0
    skipped: Counter[str] = field(default_factory=Counter)


def key_of(kind: str, name: str) -> Key:
    """What makes two entries the same tag."""
    return kind, name_key(tidy(name))[:200]


def _slices(things: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    rest = iter(things)
    while some := list(islice(rest, size)):
        yield some


def bring(entries: Sequence[Entry], *, by: Account | None, progress: Progress | None = None) -> Brought:
    """Put what a file says into the archive. `by` is None for the host at the command line."""
    if by is not None:
        only_wranglers(by)
    return _Bringing(entries, by, progress).run()


class _Bringing:
    """One file on its way in: canonical tags first, then what means them, then what stands above what."""

    def __init__(self, entries: Sequence[Entry], by: Account | None, progress: Progress | None) -> None:
        self.by, self.progress, self.brought = by, progress, Brought()
        self.wanted = self._once(entries)
        self.rows: dict[Key, Tag] = {}
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
        synonyms = [key for key, entry in self.wanted.items() if entry.standing == Standing.SYNONYM]
        others = [key for key, entry in self.wanted.items() if entry.standing != Standing.SYNONYM]
        for keys in (others, synonyms):
            for some in _slices(keys):
                self._batch(some)
        self._above()
        self._members()
        with transaction.atomic():
            Change.objects.create(act=Act.IMPORT, by=self.by, stories=0)
            bump("lists")
        return self.brought

    @transaction.atomic
    def _batch(self, keys: list[Key]) -> None:
        hold_the_order()
        there = found_rows(keys)
        self.rows |= there
        new = [self._new(key) for key in keys if key not in there]
        _give_slugs(new)
        made = Tag.objects.bulk_create(new)
        self.rows |= {(tag.kind, tag.name_key): tag for tag in made}
        count_uses(tag.pk for tag in made)
        self.brought.made += len(made)
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
        Tag.objects.bulk_update(changed, ["standing", "merged_into"], batch_size=200)
        self.brought.sorted += len(changed)
        self._tell(changed)

    def _tell(self, tags: Sequence[Tag]) -> None:
        by = self.by.pk if self.by else None
        record_each("tag.wrangled", actor=by, subjects=tags)
        bump(*(f"tag:{tag.pk}" for tag in tags))

    @transaction.atomic
    def _above(self) -> None:
        hold_the_order()
        told = [(key, entry) for key, entry in self.wanted.items() if entry.above]
        steps: dict[int, set[int]] = {}
        for pk, above in Above.objects.values_list("tag_id", "above_id") if told else ():
            steps.setdefault(pk, set()).add(above)
        new, moved = [], {}
        for key, entry in told:
            tag = self.rows[key]
            for over in map(self._row, (key_of(*one) for one in entry.above)):
                if over is None or not _may(steps, tag, over):
                    self.brought.skipped["steps upward that cannot be"] += 1
                elif over.pk not in steps.setdefault(tag.pk, set()):
                    steps[tag.pk].add(over.pk)
                    new.append(Above(tag=tag, above=over))
                    moved[tag.pk] = tag
        Above.objects.bulk_create(new, batch_size=BATCH)
        self.brought.steps += len(new)
        self._tell(list(moved.values()))

    @transaction.atomic
    def _members(self) -> None:
        told = [(self.rows[key], entry) for key, entry in self.wanted.items() if entry.members]
        known = set(Member.objects.values_list("relationship_id", flat=True)) if told else set()
        new: list[Member] = []
        for tag, entry in told:
            people = [self._row(key_of(TagKind.CHARACTER, name)) for name in entry.members]
            each = {one.pk: one for one in people if one and one.standing == Standing.CANONICAL}
            if tag.kind != TagKind.RELATIONSHIP or tag.pk in known or len(each) < len(people):
                self.brought.skipped["members that cannot be"] += tag.pk not in known
                continue
            new += [
                Member(relationship=tag, character_id=pk, position=place) for place, pk in enumerate(each)
            ]
        Member.objects.bulk_create(new, batch_size=BATCH)


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
