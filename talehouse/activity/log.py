"""Recording what happened, and handing it on in batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, models, transaction
from django.utils.module_loading import import_string

from talehouse.activity.models import Cursor, Event

Consumer = Callable[[Sequence[Event]], None]
BATCH = 500
OLDEST_OPEN = """
SELECT coalesce(min(number), pg_snapshot_xmax(pg_current_snapshot())::text::bigint) FROM (
    SELECT xip::text::bigint AS number FROM pg_snapshot_xip(pg_current_snapshot()) AS xip
    UNION ALL SELECT pg_current_xact_id_if_assigned()::text::bigint
) AS open
WHERE number & 4294967295 NOT IN (
    SELECT backend_xid::text::bigint FROM pg_stat_activity
    WHERE datname <> current_database() AND backend_xid IS NOT NULL
)
"""
"""PostgreSQL counts the transactions of all its databases together. Left out is only what is known to run in
another one, by the low half of its number; of other roles nothing is known, so theirs are waited for."""


def record(verb: str, *, actor: int | None, subject: models.Model, **data: Any) -> Event:
    """Write one row into the log, inside the transaction of the rule that did it.

    `verb` is "noun.past" ("part.published"); `actor` is an account's id, or None for the clock.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("record() belongs inside the transaction of the rule that it tells of.")
    return Event.objects.create(
        verb=verb,
        actor_id=actor,
        subject_type=subject._meta.model_name or "",
        subject_id=subject.pk,
        data=data,
        transaction=_transaction_number(),
    )


def record_each(verb: str, *, actor: int | None, subjects: Sequence[models.Model]) -> None:
    """`record` for many subjects of one kind, in their order, by one query."""
    if not connection.in_atomic_block:
        raise RuntimeError("record_each() belongs inside the transaction of the rule that it tells of.")
    number = _transaction_number()
    Event.objects.bulk_create(
        [
            Event(
                verb=verb,
                actor_id=actor,
                subject_type=subject._meta.model_name or "",
                subject_id=subject.pk,
                data={},
                transaction=number,
            )
            for subject in subjects
        ]
    )


def _transaction_number() -> int | None:
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        return int(cursor.fetchone()[0])


class Place(NamedTuple):
    """How far somebody has read: on PostgreSQL a transaction and an event in it, else (0, event)."""

    transaction: int = 0
    position: int = 0


def after(place: Place) -> models.QuerySet[Event]:
    """Events after a place, in an order in which none can come before one that was read already.

    On PostgreSQL that is the order of transactions: one that began earlier may take its row number later, so
    numbers alone would skip what commits late. Transactions that are open, and all younger ones, wait.
    """
    if connection.vendor != "postgresql":
        return Event.objects.filter(pk__gt=place.position).order_by("pk")
    same = models.Q(transaction=place.transaction, pk__gt=place.position)
    later = models.Q(transaction__gt=place.transaction)
    return Event.objects.filter(same | later, transaction__lt=_oldest_open()).order_by("transaction", "pk")


def _oldest_open() -> int:
    with connection.cursor() as asked:
        asked.execute(OLDEST_OPEN)
        return int(asked.fetchone()[0])


def last() -> Event | None:
    """The last event in the order of `after`: whoever now reads the tables knows all up to it."""
    events = Event.objects.all()
    if connection.vendor == "postgresql":
        return events.filter(transaction__lt=_oldest_open()).order_by("-transaction", "-pk").first()
    return events.order_by("-pk").first()


def consumers() -> dict[str, Consumer]:
    """The consumers that the settings name."""
    return {name: import_string(path) for name, path in settings.ACTIVITY_CONSUMERS.items()}


def deliver(name: str, consumer: Consumer, *, batch: int = BATCH) -> int:
    """Give `consumer` its next events; the cursor moves in the transaction of its effects.

    A crash repeats nothing and skips nothing. Returns how many events were handed over.
    """
    Cursor.objects.get_or_create(consumer=name)
    with transaction.atomic():
        cursor = Cursor.objects.select_for_update().get(consumer=name)
        events = list(after(Place(cursor.transaction, cursor.position))[:batch])
        if events:
            consumer(events)
            cursor.position, cursor.transaction = events[-1].pk, events[-1].transaction or 0
            cursor.save(update_fields=["position", "transaction", "moved_at"])
    return len(events)


def deliver_all() -> int:
    """One round for every consumer; returns how many events were handed over."""
    return sum(deliver(name, consumer) for name, consumer in consumers().items())
