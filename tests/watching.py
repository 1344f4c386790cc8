"""One more consumer of the log, for worker processes under test (`watching_settings.py` names it)."""

from __future__ import annotations

from collections.abc import Sequence

from talehouse.activity.log import record
from talehouse.activity.models import Event
from talehouse.stories.models import Part


def note(events: Sequence[Event]) -> None:
    """Write one row for each release that was handed over, in the order in which they came."""
    for event in events:
        if event.verb == "part.released":
            record("watch.noted", actor=None, subject=Part(pk=event.subject_id))
