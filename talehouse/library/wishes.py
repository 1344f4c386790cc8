"""How somebody wants their library, and the pace at which they read."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F

from talehouse.accounts.models import Account
from talehouse.lib.words import WORDS_A_MINUTE, speed
from talehouse.library.models import Wishes

SLOWEST, FASTEST = 60, 1200
"""Words a minute: whoever is slower did something else meanwhile, whoever is faster did not read."""
ENOUGH = 1000
"""So many words must have been measured before a pace is believed."""
MUCH = 100_000
"""Beyond it what was measured counts half, so that the pace follows its reader."""


def wishes_of(account: Account) -> Wishes:
    """Their row, or the defaults, not saved."""
    return Wishes.objects.filter(account=account).first() or Wishes(account=account)


def row_of(account: Account) -> Wishes:
    """Their row, made if there is none yet."""
    return Wishes.objects.get_or_create(account=account)[0]


@transaction.atomic
def change(*, by: Account, **wanted: Any) -> None:
    """Write these fields of the row."""
    row = row_of(by)
    Wishes.objects.filter(pk=row.pk).update(**wanted)


def measure(words: int, seconds: int, language: str, *, by: Account) -> bool:
    """A part of so many words was read in one go; returns whether that is a pace that somebody reads at.

    Languages counted by letter are brought to words, so that one number holds for all. Called by a rule, in
    its transaction.
    """
    alike = round(words * WORDS_A_MINUTE / speed(language))
    if seconds < 1 or not SLOWEST <= alike * 60 / seconds <= FASTEST:
        return False
    row = row_of(by)
    mine = Wishes.objects.filter(pk=row.pk)
    mine.update(words=F("words") + alike, seconds=F("seconds") + seconds)
    mine.filter(words__gt=MUCH).update(words=F("words") / 2, seconds=F("seconds") / 2)
    return True


def minutes(words: int, language: str, wishes: Wishes | None) -> int:
    """Whole minutes for so many words at my own pace, else at that of most people; 0 for none."""
    if not words:
        return 0
    measured = wishes is not None and wishes.words >= ENOUGH and wishes.seconds > 0
    pace = wishes.words * 60 / wishes.seconds if measured and wishes is not None else WORDS_A_MINUTE
    return max(1, round(words * WORDS_A_MINUTE / speed(language) / pace))
