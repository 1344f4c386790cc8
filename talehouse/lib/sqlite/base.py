"""Django's SQLite, with a line for writers. Django finds the class by its name, through `ENGINE`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

from talehouse.lib.sqlite.line import Line, line_of

REMEMBERED = 1_000
"""Statements that are remembered as SQLite wants them…"""
REMEMBERED_UP_TO = 8_000
"""… of at most so many characters."""


class Cursor(base.SQLiteCursorWrapper):
    """Django writes its placeholders anew for SQLite at each statement; most statements are old ones."""

    _known: ClassVar[dict[str, str]] = {}

    def convert_query(self, query: str, *, param_names: Sequence[str] | None = None) -> str:
        """The statement with SQLite's placeholders."""
        if param_names is not None or len(query) > REMEMBERED_UP_TO:
            return super().convert_query(query, param_names=param_names)
        written = self._known.get(query)
        if written is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            written = self._known[query] = super().convert_query(query)
        return written


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose transactions begin when it is their turn.

    Every transaction here takes the write lock at its start, so each stands in line. A single statement
    outside of one does not: it waits as SQLite waits.
    """

    _line: Line | None = None

    def create_cursor(self, name: str | None = None) -> Cursor:
        """A cursor that reads equal statements once."""
        cursor: Cursor = self.connection.cursor(factory=Cursor)
        return cursor

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
