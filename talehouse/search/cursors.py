"""Where the index lies, and up to which event of the log it knows the archive."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from talehouse.activity.log import Place, last
from talehouse.activity.models import Event


def folder() -> Path:
    """Where the index of stories lies."""
    return Path(settings.INDEX) / "stories"


def texts_folder() -> Path:
    """Where the index of texts lies."""
    return Path(settings.INDEX) / "texts"


def now() -> dict[str, Any]:
    """The cursor of somebody who begins to read the tables: everything up to there is in them.

    `at` tells this log from another one that has the same numbers: a backup that was brought back.
    """
    event = last()
    return {"transaction": 0, "position": 0, "at": ""} if event is None else at(event)


def at(event: Event) -> dict[str, Any]:
    """The cursor after an event."""
    return {"transaction": event.transaction or 0, "position": event.pk, "at": event.at.isoformat()}


def place(cursor: Mapping[str, Any]) -> Place:
    """The place in the log."""
    return Place(cursor["transaction"], cursor["position"])


def is_known(cursor: Mapping[str, Any]) -> bool:
    """Whether the log still holds the event at a cursor, so that nothing after it can be missing."""
    if not cursor["position"]:
        return True
    event = Event.objects.filter(pk=cursor["position"]).first()
    return event is not None and event.at.isoformat() == cursor["at"]
