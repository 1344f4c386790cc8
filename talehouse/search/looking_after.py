"""What `talehouse doctor` says of the index."""

from __future__ import annotations

import json
from datetime import timedelta
from enum import StrEnum
from typing import Any

from django.utils import timezone

from talehouse.activity.log import BATCH, after
from talehouse.search import cursors, rebuilding
from talehouse.search.columns import files
from talehouse.search.columns.base import Base
from talehouse.search.columns.tail import records
from talehouse.search.concerning import concerned
from talehouse.search.questions import IndexMissing
from talehouse.search.texts.asking import Reader

LATE = timedelta(minutes=1)
"""An event that has waited for so long has been forgotten."""


class Health(StrEnum):
    """How an index is."""

    FINE = "fine"
    MISSING = "missing"
    BROKEN = "broken"
    LATE = "late"


def of_stories() -> Health:
    """The index of stories: every file is read and compared with its checksum."""
    where = cursors.folder()
    if not (used := files.current(where)):
        return Health.MISSING
    try:
        base = Base(where / used)
        cursor: dict[str, Any] = base.meta["cursor"]
        for change, _end in records(where / used / files.TAIL):
            cursor = dict(change.cursor or cursor)
        base.close()
    except (IndexMissing, OSError, ValueError, KeyError):
        return Health.BROKEN
    return _by_cursor(cursor)


def of_texts() -> Health:
    """The index of texts."""
    where = cursors.texts_folder()
    if not (used := files.current(where)):
        return Health.MISSING
    try:
        Reader(where / used / rebuilding.TEXTS)
        cursor = json.loads((where / used / rebuilding.CURSOR).read_bytes())
    except (IndexMissing, OSError, ValueError):
        return Health.BROKEN
    return _by_cursor(cursor)


def _by_cursor(cursor: dict[str, Any]) -> Health:
    """Late is who has left an event that concerns a story; of others the cursor need not know."""
    if not cursors.is_known(cursor):
        return Health.LATE
    waiting = after(cursors.place(cursor)).filter(at__lt=timezone.now() - LATE)
    return Health.LATE if concerned(list(waiting[:BATCH])) else Health.FINE
