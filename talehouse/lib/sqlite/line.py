"""The line in which the writers of one database stand, those of other processes too."""

from __future__ import annotations

import fcntl
import os
import threading

ENDING = "-line"
"""What the name of the file beside the database ends with; nothing is ever written to it."""


class Line:
    """One turn at a time. Only one thread of a process waits for the file, the others for that thread.

    The file's lock has no timeout: it ends with the process that holds it, however that ends.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._here = threading.Lock()
        self._file: int | None = None

    def enter(self, seconds: float) -> bool:
        """Wait for a turn; returns whether it came within so many seconds."""
        if not self._here.acquire(timeout=seconds):
            return False
        try:
            if self._file is None:
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._file, fcntl.LOCK_EX)
        except BaseException:
            self._here.release()
            raise
        return True

    def leave(self) -> None:
        """The turn is over."""
        assert self._file is not None
        fcntl.flock(self._file, fcntl.LOCK_UN)
        self._here.release()


_lines: dict[str, Line] = {}


def line_of(database: str) -> Line:
    """The line of the database in this file."""
    return _lines.setdefault(database, Line(database + ENDING))


os.register_at_fork(after_in_child=_lines.clear)  # what a parent holds is not its child's
