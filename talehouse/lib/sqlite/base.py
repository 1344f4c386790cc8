"""Django's SQLite, with a line for writers. Django finds the class by its name, through `ENGINE`."""

from __future__ import annotations

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

from talehouse.lib.sqlite.line import Line, line_of


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose transactions begin when it is their turn.

    Every transaction here takes the write lock at its start, so each stands in line. A single statement
    outside of one does not: it waits as SQLite waits.
    """

    _line: Line | None = None

    def _start_transaction_under_autocommit(self) -> None:
        if self._line is None and not self.is_in_memory_db():
            line = line_of(str(self.settings_dict["NAME"]))
            if not line.enter(float(self.settings_dict["OPTIONS"].get("timeout", 5))):
                raise OperationalError("database is locked")
            self._line = line
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._leave()
            raise

    def _leave(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.leave()

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._leave()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._leave()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._leave()
