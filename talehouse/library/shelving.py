"""Shelves: one of the four that everybody has, and any of one's own.

They are private, so those whose account is suspended keep them too.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import CharField, Count, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account
from talehouse.lib.characters import plain
from talehouse.library.models import Reading, Shelf, ShelfEntry, Shelved
from talehouse.stories.errors import RuleError
from talehouse.stories.models import Story

MOST = 50
"""Shelves of one's own."""
LONGEST = 80


@transaction.atomic
def put(story: Story, shelf: str, *, by: Account, key: str = "") -> None:
    """Put a story on one of the four shelves; it leaves the one on which it stood. `key` opened it, if it is
    unlisted. The story was found through the gate.
    """
    if shelf not in Shelved.values:
        raise RuleError(_("There is no such shelf."))
    now = timezone.now()
    row, _made = Reading.objects.get_or_create(account=by, story=story)
    changed = {"shelf": shelf, "shelved_at": now, "touched_at": now} | ({"key": key} if key else {})
    Reading.objects.filter(pk=row.pk).update(**changed)


@transaction.atomic
def take_off(story: int, *, by: Account) -> bool:
    """The story with this id stands on none of the four any more; its places stay. Returns whether it did."""
    row = Reading.objects.filter(account=by, story=story).exclude(shelf="")
    return bool(row.update(shelf="", shelved_at=timezone.now()))


@transaction.atomic
def remove_story(story: int, *, by: Account) -> None:
    """The story with this id leaves my library: its shelves, and the place where I would go on. What I have
    read stays read. It need not be there any more.
    """
    ShelfEntry.objects.filter(shelf__account=by, story=story).delete()
    Reading.objects.filter(account=by, story=story).delete()


@transaction.atomic
def make(name: str, *, by: Account) -> Shelf:
    """A shelf of one's own."""
    wanted = _named(name, by)
    if Shelf.objects.filter(account=by).count() >= MOST:
        raise RuleError(_("You have %(most)d shelves of your own. Remove one first.") % {"most": MOST})
    return Shelf.objects.create(account=by, name=wanted)


@transaction.atomic
def rename(shelf: Shelf, name: str, *, by: Account) -> None:
    """Call a shelf of mine something else."""
    Shelf.objects.filter(pk=shelf.pk, account=by).update(name=_named(name, by, but=shelf.pk))


@transaction.atomic
def remove(shelf: Shelf, *, by: Account) -> None:
    """A shelf of mine goes; the stories on it stay where else they stand."""
    Shelf.objects.filter(pk=shelf.pk, account=by).delete()


def _named(name: str, by: Account, *, but: int = 0) -> str:
    """The name as it is kept, if this account may have such a shelf; its row is held from here on."""
    Account.objects.select_for_update().only("pk").get(pk=by.pk)
    wanted = plain(name)
    if not wanted:
        raise RuleError(_("Give the shelf a name."))
    if len(wanted) > LONGEST:
        raise RuleError(_("A name has %(most)d characters at most.") % {"most": LONGEST})
    if Shelf.objects.filter(account=by, name=wanted).exclude(pk=but).exists():
        raise RuleError(_("You have a shelf of this name already."))
    return wanted


@transaction.atomic
def add(story: Story, shelf: Shelf, *, by: Account, key: str = "") -> bool:
    """Put a story on a shelf of mine too; returns whether that is new. It was found through the gate."""
    if shelf.account_id != by.pk:
        raise RuleError(_("There is no such shelf."))
    row, _made = Reading.objects.get_or_create(account=by, story=story)
    Reading.objects.filter(pk=row.pk).update(touched_at=timezone.now(), **({"key": key} if key else {}))
    return ShelfEntry.objects.get_or_create(shelf=shelf, story=story)[1]


@transaction.atomic
def drop(story: int, shelf: Shelf, *, by: Account) -> bool:
    """Take the story with this id off a shelf of mine; returns whether it stood there."""
    return bool(ShelfEntry.objects.filter(shelf=shelf, shelf__account=by, story=story).delete()[0])


def own(account: Account) -> QuerySet[Any]:
    """My own shelves by name, each with `size`."""
    return Shelf.objects.filter(account=account).annotate(size=Count("entries")).order_by("name")


class Stands(NamedTuple):
    """A shelf and how many stories stand on it; `value` is one of the four, or the id of one's own."""

    value: str
    name: str
    size: int


def shelves(account: Account) -> list[Stands]:
    """The four, and then one's own by name; one query."""
    four: Any = Reading.objects.filter(account=account).exclude(shelf="").order_by()
    mine: Any = Shelf.objects.filter(account=account).order_by()
    told = four.values_list("shelf", Value("")).annotate(n=Count("pk"))
    told = told.union(
        mine.values_list(Cast("pk", CharField()), "name").annotate(n=Count("entries")), all=True
    )
    sizes = {value: Stands(value, name, size) for value, name, size in told}
    known = [Stands(value, str(label), sizes.pop(value, ("", "", 0))[2]) for value, label in Shelved.choices]
    return known + sorted(sizes.values(), key=lambda one: one.name)


def stories_on(account: Account, shelf: str) -> QuerySet[Reading] | QuerySet[ShelfEntry]:
    """What stands on a shelf: one of the four, the id of one's own, or "" for all of my library. Each row has
    `story_id`, `held` (the key of an unlisted story), `stands` (the one of the four), `at`, and the pace as
    `words` and `seconds`.
    """
    if not shelf.isdecimal():
        rows = Reading.objects.filter(account=account).annotate(
            held=F("key"), stands=F("shelf"), at=F("touched_at"), **_pace("account")
        )
        return rows.filter(shelf=shelf) if shelf else rows.exclude(shelf="", read_at=None)
    mine = Reading.objects.filter(account=account, story=OuterRef("story"))
    return ShelfEntry.objects.filter(shelf__account=account, shelf=int(shelf)).annotate(
        held=Coalesce(Subquery(mine.values("key")[:1]), Value("")),
        stands=Coalesce(Subquery(mine.values("shelf")[:1]), Value("")),
        at=F("made_at"),
        **_pace("shelf__account"),
    )


def _pace(account: str) -> dict[str, Any]:
    return {name: Coalesce(F(f"{account}__library_wishes__{name}"), 0) for name in ("words", "seconds")}
