"""An index that is open: the base and the tail of the generation in use, asked as one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from talehouse.search.columns import files
from talehouse.search.columns.base import Base
from talehouse.search.columns.choosing import chosen
from talehouse.search.columns.counting import Found, count_of, facets
from talehouse.search.columns.ordering import page
from talehouse.search.columns.rows import Matched
from talehouse.search.columns.tail import Tail
from talehouse.search.questions import Answer, Counted, IndexMissing, Question, Term

BROKEN = "broken"
"""A file in the folder of the index: whoever read it found it damaged, and the writer builds a new one."""
_TRIES = 5
T = TypeVar("T")


class Index:
    """Open for reading; notices by itself what is new. One question at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._turn = threading.RLock()
        self._seen: tuple[int, int] | None = None
        self.base: Base | None = None
        self.tail: Tail | None = None

    def find(self, question: Question, matched: Matched | None = None) -> Answer:
        """The answer; `matched` are the stories in which the question's words were found.

        Raises IndexMissing, and ValueError for a span or a facet that does not exist.
        """
        return self._whole(lambda: self._find(question, matched))

    def _find(self, question: Question, matched: Matched | None) -> Answer:
        found = self._found(question, matched)
        stories, following = page(question, found, matched)
        told = facets(found, question.facets, question.facet_size)
        return Answer(
            total=sum(len(hits) for _segment, hits in found),
            stories=stories,
            next=following,
            facets={kind: first for kind, (first, _more) in told.items()},
            more=frozenset(kind for kind, (_first, more) in told.items() if more),
        )

    def count(self, question: Question, terms: list[Term], matched: Matched | None = None) -> list[Counted]:
        """How many stories of the answer have each of these terms."""

        def counted() -> list[Counted]:
            found = self._found(question, matched)
            return [Counted(term, count_of(found, term)) for term in terms]

        return self._whole(counted)

    def _whole(self, ask: Callable[[], T]) -> T:
        """The answer of one generation: files are read when they are needed, so one that was swept away
        meanwhile is asked for anew.
        """
        with self._turn:
            for _attempt in range(_TRIES):
                try:
                    return ask()
                except FileNotFoundError:
                    self._seen = None
        raise IndexMissing("the index comes and goes")

    def _found(self, question: Question, matched: Matched | None) -> Found:
        base, tail = self.refresh()
        in_base = chosen(base, question, tail.covered, matched)
        return (base, in_base), (tail, chosen(tail, question, tail.dead, matched))

    def refresh(self) -> tuple[Base, Tail]:
        """Open what is in use now and read what was appended. Raises IndexMissing."""
        with self._turn:
            return self._refreshed()

    def _refreshed(self) -> tuple[Base, Tail]:
        for _attempt in range(_TRIES):
            self._open()
            assert self.base is not None and self.tail is not None
            try:
                self.tail.catch_up()
            except FileNotFoundError:  # swept away, or made anew
                self._seen = None
                continue
            except (OSError, ValueError, KeyError, TypeError) as error:
                raise self._damaged(error) from error
            return self.base, self.tail
        raise IndexMissing("the index comes and goes")

    def _open(self) -> None:
        try:
            known = (self.folder / files.CURRENT).stat()
        except OSError as error:
            self.close()
            raise IndexMissing("there is no index yet") from error
        seen = (known.st_ino, known.st_mtime_ns)
        if seen == self._seen and self.base is not None:
            return None
        name = files.current(self.folder)
        if not name:
            raise self._damaged(ValueError(files.CURRENT))
        try:
            base = Base(self.folder / name)
        except IndexMissing as error:
            if files.current(self.folder) != name:
                self._seen = None
                return self._open()
            raise self._damaged(error) from error
        self.close()
        self.base, self.tail, self._seen = base, Tail(base, self.folder / name / files.TAIL), seen
        return None

    def _damaged(self, error: Exception) -> IndexMissing:
        with suppress(OSError):
            (self.folder / BROKEN).write_text(files.current(self.folder))
        self.close()
        return IndexMissing(str(error))

    def close(self) -> None:
        """Let go of the files."""
        if self.base is not None:
            self.base.close()
        self.base = self.tail = self._seen = None
