"""The index follows the archive: one process writes, a duty of the worker twice a second.

It reads the log from a cursor that stands beside the index, reads the stories anew to which something
happened, and appends their rows; rows and cursor in one record, so that a crash repeats what is harmless and
skips nothing. Builds of a whole base run in a process of their own; the old one serves until they are done.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Collection, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from django.utils import timezone

from talehouse.activity.log import BATCH, after
from talehouse.reads.models import Read
from talehouse.search import cursors, rebuilding
from talehouse.search.columns import files
from talehouse.search.columns.index import BROKEN, Index
from talehouse.search.columns.tail import Change, Tail, append
from talehouse.search.concerning import concerned
from talehouse.search.cursors import folder, texts_folder
from talehouse.search.feeding_texts import TextsFeeder
from talehouse.search.freshness import tell_pages
from talehouse.search.questions import IndexMissing
from talehouse.search.sources import known_tags, rows_of
from talehouse.stories.models import Story
from talehouse.tags.models import Tag

logger = logging.getLogger(__name__)

PATIENCE = 1.0
"""Seconds after which one round leaves the rest to the next: the worker has other duties."""
COUNTERS = 60.0
"""Seconds between looks at counters, which tell the log nothing."""
MOST_COUNTED = 500
"""Rows that one look at counters writes; the next look goes on."""
FOLD_ROWS, FOLD_SHARE = 4_000, 200
"""Rows in the tail from which on it is folded into a new base, and one more for so many stories; fewer rows
once they are old."""
FOLD_AGE = 6 * 3600.0


class Feeder:
    """What one process remembers between its rounds."""

    def __init__(self, where: Path) -> None:
        self.where = where
        self.index = Index(where)
        self.builder = rebuilding.Builder(where)
        self._known: Tail | None = None
        self._counted = time.monotonic()

    def round(self) -> int:
        """Take over what was built, follow the log, look at counters, fold. Returns the rows written."""
        with files.held(self.where / "lock") as ours:
            if not ours:
                return 0
            adopt(self.where)
            try:
                _base, tail = self.index.refresh()
            except IndexMissing:
                self.builder.start("rebuild")
                adopt(self.where)
                return 0
            self._mend(tail)
            if (self.where / BROKEN).exists() or not self._knows(tail):
                self.builder.start("rebuild")
            written = follow(self.index, patience=PATIENCE) + self._count()
            self._fold(tail)
            return written

    def _mend(self, tail: Tail) -> None:
        """A record that was torn by a crash goes: what is appended must stand behind whole ones."""
        path = self.where / files.current(self.where) / files.TAIL
        if path.stat().st_size > tail.read:
            os.truncate(path, tail.read)

    def _knows(self, tail: Tail) -> bool:
        if self._known is not tail:
            if not cursors.is_known(tail.cursor):
                return False
            self._known = tail
        return True

    def _count(self) -> int:
        if time.monotonic() - self._counted < COUNTERS:
            return 0
        self._counted = time.monotonic()
        return write(self.index, miscounted(self.index))

    def _fold(self, tail: Tail) -> None:
        base = self.index.base
        assert base is not None
        old = time.time() - (base.folder / files.META).stat().st_mtime > FOLD_AGE
        most = max(50, base.size // 1000) if old else FOLD_ROWS + base.size // FOLD_SHARE
        if tail.size > most:
            self.builder.start("fold")


_feeders: tuple[Feeder, TextsFeeder] | None = None


def feed() -> int:
    """One round of the worker's duty, for both indexes."""
    global _feeders  # noqa: PLW0603  what this process has open
    if _feeders is None or _feeders[0].where != folder():
        _feeders = Feeder(folder()), TextsFeeder(texts_folder())
    stories, texts = _feeders
    try:
        written = stories.round()
    finally:  # one of them may fail without the other
        written_texts = texts.round()
    tell_pages()
    return written + written_texts


def rebuild_now(tell: rebuilding.Progress | None = None) -> int:
    """Build the index anew from the database and put it in place; the old one serves until then.

    Returns how many stories it holds. Raises rebuilding.Busy.
    """
    where = folder()
    rebuilding.rebuild(where, tell)
    with files.waited_for(where / "lock"):
        adopt(where)
        index = Index(where)
        size = index.refresh()[0].size
        index.close()
    return size


def follow(index: Index, *, patience: float = 3600.0) -> int:
    """Bring the rows of the index up to the end of the log. Call it with the lock held.

    Events that concern no story are passed over in memory; the cursor on the disk follows with a record.
    """
    written, until = 0, time.monotonic() + patience
    while True:
        _base, tail = index.refresh()
        events = list(after(cursors.place(tail.ahead or tail.cursor))[:BATCH])
        if not events:
            return written
        stories, tail.ahead = concerned(events), cursors.at(events[-1])
        wrangled = {event.subject_id for event in events if event.verb == "tag.wrangled"}
        if stories or wrangled or len(events) == BATCH:
            written += write(index, stories, tail.ahead, tags=wrangled)
        if time.monotonic() > until:
            return written


def write(
    index: Index,
    stories: Collection[int],
    cursor: Mapping[str, Any] | None = None,
    *,
    tags: Collection[int] = (),
) -> int:
    """Append the rows of these stories and the kinds of these tags as they are now, and the cursor; returns
    how many rows.

    A story that carries both a tag and what it has come to mean keeps its row: the kind alone tells of it.
    """
    if not stories and cursor is None:
        return 0
    base, tail = index.refresh()
    rows, gone, kinds = rows_of(stories)
    if tags:
        kinds |= {tag: kind for tag, (kind, _meant) in known_tags(Tag.objects.filter(pk__in=tags)).items()}
    gone = [story for story in gone if tail.row(story) is not None or base.position(story) is not None]
    append(base.folder / files.TAIL, Change(rows, gone, kinds, cursor))
    index.refresh()
    return len(rows) + len(gone)


def miscounted(index: Index) -> list[int]:
    """The stories that were read lately and whose counters in the index are old, the oldest news first."""
    since = timezone.now().date() - timedelta(days=1)
    read = Read.objects.filter(day__gte=since).values("part__story")
    counters = ("read_count", "vote_count", "comment_count")
    told = Story.objects.listed_for_somebody().filter(pk__in=read).order_by("pk").values_list("pk", *counters)
    now = np.array(list(told), np.int64).reshape(-1, 4)
    base, tail = index.refresh()
    kept = np.full((len(now), 3), -1, np.int64)
    for segment in (base, tail):
        places, here = segment.positions(now[:, 0])
        for column, name in enumerate(("reads", "votes", "comments")):
            kept[here, column] = segment.numbers[name][places]
    off = np.abs(now[:, 1:] - kept).sum(axis=1)
    worst = np.argsort(-off, kind="stable")[:MOST_COUNTED]
    return [int(now[one, 0]) for one in worst if off[one]]


def adopt(where: Path) -> bool:
    """Put a base that has been built in place of the one in use, with all that has happened meanwhile.

    Call it with the lock held.
    """
    used = files.current(where)
    fresh = [name for name in files.generations(where) if name > used]
    if not fresh:
        return False
    name = fresh[-1]
    try:
        folded = files.meta(where / name)["cursor"].get("folded")
        if folded is not None and folded["from"] != used:
            return rebuilding.discard(where / name)
        if folded is not None:
            _take_tail(where / used / files.TAIL, folded["read"], where / name / files.TAIL)
        else:
            with rebuilding.opened(where, name) as index:
                follow(index)
    except IndexMissing:
        logger.exception("The new index %s is damaged; it is thrown away.", name)
        return rebuilding.discard(where / name)
    files.switch(where, name)
    (where / BROKEN).unlink(missing_ok=True)
    with files.held(where / "building") as ours:
        if ours:
            files.sweep(where)
    return True


def _take_tail(old: Path, start: int, new: Path) -> None:
    """What came to the old base while the new one was made of it."""
    with old.open("rb") as file:
        file.seek(start)
        files.write_whole(new, file.read())
