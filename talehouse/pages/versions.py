"""Versions: the numbers that tell whether a kept page is still true.

A rule that changes what a page shows calls ``bump`` inside its transaction, so the change and its number
become visible in the same moment. A kept page remembers the numbers that it was made from.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from talehouse.pages.models import Version

LONGEST_KEY = 80
TABLE = Version._meta.db_table
NUMBER = f"SELECT number FROM {TABLE} WHERE key = %s"  # noqa: S608 - the name of our own table
"""The number of one key as a scalar of a larger query; NULL for one that was never bumped."""


def bump(*keys: str) -> None:
    """Raise the number of each key by one, in one statement, inside the caller's transaction.

    Keys are sorted, so two transactions that bump the same keys lock the rows in the same order.
    Raises ``RuntimeError`` outside a transaction and ``ValueError`` for an empty or over-long key.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("bump() needs a transaction: call it in the rule's transaction.atomic().")
    unique = sorted(set(keys))
    for key in unique:
        _check(key)
    if not unique:
        return
    rows = ", ".join(["(%s, 1)"] * len(unique))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TABLE} (key, number) VALUES {rows} "
            f"ON CONFLICT (key) DO UPDATE SET number = {TABLE}.number + 1",
            unique,
        )


def numbers(keys: Iterable[str]) -> dict[str, int]:
    """The number of each key, by one query; a key that was never bumped is at 0."""
    found = dict.fromkeys(keys, 0)
    if not found:
        return found
    marks = ", ".join(["%s"] * len(found))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT key, number FROM {TABLE} WHERE key IN ({marks})", list(found))
        found.update(cursor.fetchall())
    return found


def _check(key: str) -> None:
    if not key or len(key) > LONGEST_KEY:
        raise ValueError(f"A version key has 1 to {LONGEST_KEY} characters; this one has {len(key)}: {key!r}")
