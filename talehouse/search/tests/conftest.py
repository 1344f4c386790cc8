"""The log on PostgreSQL, as if nobody else used the server."""

from __future__ import annotations

import time

import pytest
from django.db import connection
from django.db.models import Max

from talehouse.activity import log
from talehouse.activity.models import Event

PATIENCE = 60.0
"""Seconds that a test of another worker may hold its transaction."""


@pytest.fixture(autouse=True)
def others_have_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    """Transactions of other databases on the server, those of tests beside this one, hold the log back, too:
    here whoever reads it waits until they are over.
    """
    oldest_open = log._oldest_open

    def patient() -> int:
        until = time.monotonic() + PATIENCE
        while (found := oldest_open()) <= (Event.objects.aggregate(at=Max("transaction"))["at"] or 0):
            if connection.in_atomic_block or time.monotonic() > until:
                break
            time.sleep(0.05)
        return found

    monkeypatch.setattr(log, "_oldest_open", patient)
