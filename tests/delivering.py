"""Handing the log to its consumers inside a test's own transaction.

On PostgreSQL the real delivery waits until a transaction is over, which that of a test never is.
"""

from __future__ import annotations

from talehouse.activity.log import consumers
from talehouse.activity.models import Cursor, Event


def deliver_now() -> int:
    """Give every consumer what it has not had; returns how many events were handed over."""
    handed = 0
    for name, consumer in consumers().items():
        cursor, _made = Cursor.objects.get_or_create(consumer=name)
        events = list(Event.objects.filter(pk__gt=cursor.position).order_by("pk"))
        if events:
            consumer(events)
            Cursor.objects.filter(pk=name).update(position=events[-1].pk)
        handed += len(events)
    return handed
