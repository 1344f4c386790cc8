"""Building a base, from the database or from the old base and its tail; much of it in the background."""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from django.conf import settings

from talehouse.search import cursors, sources
from talehouse.search.columns import files
from talehouse.search.columns.base import Base
from talehouse.search.columns.building import build
from talehouse.search.columns.folding import folded
from talehouse.search.columns.index import BROKEN, Index
from talehouse.search.columns.tail import Tail
from talehouse.search.cursors import folder, texts_folder
from talehouse.search.texts import writing
from talehouse.stories.models import Part, Story

logger = logging.getLogger(__name__)

SMALL = 3_000
"""Up to so many stories a base is built at once, in the process that asks for it."""
TEXTS, CURSOR = "tantivy", "cursor.json"
"""What lies in the folder of one generation of the index of texts."""
FEW_PARTS = 400
"""The same of the index of texts, in parts."""
PAUSE = 30.0
"""Seconds before a build that failed is tried again."""
Work = Literal["rebuild", "fold", "texts"]
Progress = Callable[[int, int, str], None]


class Busy(Exception):
    """Another process builds already."""


def rebuild(where: Path, tell: Progress | None = None) -> str:
    """A new base from the database; returns its generation, which nobody uses yet. Raises Busy."""
    with files.held(where / "building") as ours:
        if not ours:
            raise Busy
        cursor = cursors.now()
        table = sources.everything((lambda done, of: tell(done, of, "reading")) if tell else None)
        name = files.next_generation(where)
        stories = len(table.stories)
        build(table, cursor, where / name, tell=lambda what: tell(stories, stories, what) if tell else None)
        return name


def fold(where: Path) -> str:
    """A new base from the one in use and its tail; returns its generation. Raises Busy and IndexMissing."""
    with files.held(where / "building") as ours:
        if not ours:
            raise Busy
        used = files.current(where)
        with opened(where, used) as index:
            base, tail = index.refresh()
            table, cursor = folded(base, tail), dict(tail.cursor)
            cursor["folded"] = {"from": used, "read": tail.read}
        name = files.next_generation(where)
        build(table, cursor, where / name)
        return name


def rebuild_texts(where: Path, tell: Progress | None = None) -> str:
    """A new index of texts in the place of the old one; returns its generation. Raises Busy.

    What happened meanwhile comes by the log: its cursor is that of the beginning.
    """
    with files.held(where / "building") as ours:
        if not ours:
            raise Busy
        cursor, name = cursors.now(), files.next_generation(where)
        fresh = where / f"{name}.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        writing.build(fresh / TEXTS, (lambda done, of: tell(done, of, "texts")) if tell else None)
        files.write_whole(fresh / CURSOR, json.dumps(cursor).encode())
        fresh.replace(where / name)
        with files.waited_for(where / "lock"):
            files.switch(where, name)
            (where / BROKEN).unlink(missing_ok=True)
        files.sweep(where)
        return name


@contextmanager
def opened(where: Path, name: str) -> Iterator[Index]:
    """One generation, whether it is in use or not."""
    index = OneGeneration(where, name)
    try:
        yield index
    finally:
        index.close()


class OneGeneration(Index):
    """An index that stays with its generation."""

    def __init__(self, where: Path, name: str) -> None:
        super().__init__(where)
        self.base = Base(where / name)
        self.tail = Tail(self.base, where / name / files.TAIL)

    def _open(self) -> None:
        """It is open."""


def discard(path: Path) -> bool:
    """Throw a generation away that nobody can use."""
    shutil.rmtree(path, ignore_errors=True)
    return False


class Builder:
    """Starts builds, one at a time, and not again and again when they fail."""

    def __init__(self, where: Path) -> None:
        self.where = where
        self._child: subprocess.Popen[bytes] | None = None
        self._not_before = 0.0

    def start(self, work: Work) -> None:
        """See to it that this is built: at once if it is little, else in the background."""
        now = time.monotonic()
        if (self._child is not None and self._child.poll() is None) or now < self._not_before:
            return
        self._not_before = now + PAUSE
        if _is_little(self.where, work):
            self._build_here(work)
        else:
            self._child = subprocess.Popen(_command(work), env=_environment(), stdin=subprocess.DEVNULL)

    def _build_here(self, work: Work) -> None:
        if do(work, self.where):
            self._not_before = 0.0


def _is_little(where: Path, work: Work) -> bool:
    if work == "fold":
        known = files.meta(where / files.current(where))
        return int(known["size"]) <= SMALL
    if work == "texts":
        return Part.objects.count() <= FEW_PARTS
    return Story.objects.count() <= SMALL


def _command(work: Work) -> list[str]:
    return [sys.executable, "-m", "talehouse.search.child", work]


def _environment() -> dict[str, str]:
    """Of the settings, those that may not stand in our own environment."""
    ours = {"DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "config.settings")}
    ours |= {"TALEHOUSE_DATA": str(settings.DATA), "TALEHOUSE_DATABASE_URL": settings.DATABASE_URL}
    return {**os.environ, **ours}


def do(work: Work, where: Path) -> bool:
    """Build; returns whether that was done, and not being done by another process."""
    try:
        _WORKS[work](where)
    except Busy:
        logger.info("The index is being built by another process.")
        return False
    return True


_WORKS: dict[Work, Callable[[Path], object]] = {"rebuild": rebuild, "fold": fold, "texts": rebuild_texts}


def in_background(work: Work) -> None:
    """What the process in the background does."""
    do(work, texts_folder() if work == "texts" else folder())
