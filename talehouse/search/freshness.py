"""Pages that the index answered hold until it changes: whoever writes it raises one version number."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction

from talehouse.pages.versions import bump
from talehouse.search.columns import files
from talehouse.search.cursors import folder, texts_folder
from talehouse.search.rebuilding import TEXTS

VERSION = "search"
"""What kept pages depend on which the index answered."""
_told: dict[Path, tuple[object, ...]] = {}


def tell_pages() -> bool:
    """Raise the version if the files of the index are not as they were; called after each round of writing.

    A process that begins does not know, so it raises the version once. Returns whether it did.
    """
    where = folder()
    seen = _signature()
    if _told.get(where) == seen:
        return False
    with transaction.atomic():
        bump(VERSION)
    _told[where] = seen
    return True


def _signature() -> tuple[object, ...]:
    stories, texts = files.current(folder()), files.current(texts_folder())
    return (
        stories,
        _size(folder() / stories / files.TAIL) if stories else 0,
        texts,
        _time(texts_folder() / texts / TEXTS / "meta.json") if texts else 0,
    )


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _time(path: Path) -> int:
    return path.stat().st_mtime_ns if path.exists() else 0
