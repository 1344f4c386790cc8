"""The index of texts follows the archive, with a cursor of its own beside it."""

from __future__ import annotations

import json
import logging
import time
from pathlib import Path
from typing import Any, NamedTuple

from talehouse.activity.log import BATCH, after
from talehouse.search import cursors, rebuilding
from talehouse.search.columns import files
from talehouse.search.columns.index import BROKEN
from talehouse.search.concerning import concerned_texts
from talehouse.search.questions import IndexMissing
from talehouse.search.texts.called import ONLY_CALLED, called_anew
from talehouse.search.texts.writing import Writer

logger = logging.getLogger(__name__)

PATIENCE = 1.0
HEAP = 20_000_000
"""Bytes that tantivy may gather: few stories change at a time."""
TURN = 1_000
"""Stories that are described in one go; a tag may stand on very many, and the worker has other duties."""


class Left(NamedTuple):
    """What some events have left to describe, and the cursor after them."""

    stories: list[int]
    cursor: dict[str, Any]


class TextsFeeder:
    """What one process remembers between its rounds."""

    def __init__(self, where: Path) -> None:
        self.where = where
        self.builder = rebuilding.Builder(where)
        self._known = ""
        self._left: Left | None = None

    def round(self) -> int:
        """Follow the log; build what is missing. Returns how many stories were written."""
        with files.held(self.where / "lock") as ours:
            if not ours:
                return 0
            used = files.current(self.where)
            cursor = self._cursor(used)
            if cursor is not None and not (self.where / BROKEN).exists():
                try:
                    return self._follow(self.where / used, cursor)
                except IndexMissing:
                    logger.exception("The index of texts cannot be written.")
        self.builder.start("texts")
        return 0

    def _cursor(self, used: str) -> dict[str, Any] | None:
        """The cursor, if it is one of this log."""
        try:
            cursor: dict[str, Any] = json.loads((self.where / used / rebuilding.CURSOR).read_bytes())
        except (OSError, ValueError):
            return None
        if self._known != used:
            self._left = None
            if not cursors.is_known(cursor):
                return None
        self._known = used
        return cursor

    def _follow(self, generation: Path, cursor: dict[str, Any]) -> int:
        """What was written is committed before the cursor moves: a crash repeats it, without harm."""
        written, until = 0, time.monotonic() + PATIENCE
        while True:
            left, stories = self._left, set[int]()
            if left is None:
                events = list(after(cursors.place(cursor))[:BATCH])
                if not events:
                    break
                stories = concerned_texts([event for event in events if event.verb not in ONLY_CALLED])
                left = Left(sorted(called_anew(events) - stories), cursors.at(events[-1]))
            written += self._write(generation / rebuilding.TEXTS, stories, left.stories)
            self._left = left
            if not left.stories:
                cursor, self._left = left.cursor, None
                fresh = generation / f"{rebuilding.CURSOR}.new"
                files.write_whole(fresh, json.dumps(cursor).encode())
                fresh.replace(generation / rebuilding.CURSOR)
            if time.monotonic() > until:
                break
        return written

    def _write(self, folder: Path, stories: set[int], left: list[int]) -> int:
        """Write these, and describe the first of those that are left; they are left no more."""
        some = left[:TURN]
        if stories or some:
            with Writer(folder, heap=HEAP, threads=1) as writer:
                writer.replace(stories)
                writer.describe(some)
        del left[:TURN]
        return len(stories) + len(some)


def rebuild_now(tell: rebuilding.Progress | None = None) -> None:
    """Build the index of texts anew; the old one serves until then. Raises rebuilding.Busy."""
    rebuilding.rebuild_texts(cursors.texts_folder(), tell)
