"""The one door to the index: ask it a `Question`, and whether it is there.

It answers with numbers of stories; who may see them is asked again by the page, of the gate.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import numpy as np

from talehouse.accounts.models import Person
from talehouse.search.columns import files
from talehouse.search.columns.index import BROKEN, Index
from talehouse.search.columns.rows import Matched
from talehouse.search.cursors import folder, texts_folder
from talehouse.search.language.words import Words
from talehouse.search.questions import Answer, IndexMissing, Question, Term
from talehouse.search.rebuilding import TEXTS
from talehouse.search.texts import passages as finding
from talehouse.search.texts.alike import Alike, similar
from talehouse.search.texts.asking import Matches, Reader

logger = logging.getLogger(__name__)

_FINE = 1_000
"""Scores are compared in thousandths."""
_open: dict[Path, Index] = {}
_readers: dict[Path, Reader] = {}


def find(question: Question) -> Answer:
    """The answer of the index. Raises IndexMissing, whatever is wrong with it: a page never breaks by it.

    What was looked for instead is told only with stories in which it stands: the index does not ask who may
    meet the title that a mistyped word was like.

    Raises ValueError for a span or a facet that does not exist.
    """
    with _careful():
        matches = _matches(question)
        answer = _index().find(question, _matched(matches))
    if matches is None or not answer.total:
        return answer
    return replace(answer, instead=matches.instead, partly=matches.partly)


def ready() -> bool:
    """Whether there is an index of stories that can be asked."""
    try:
        with _careful():
            _index().refresh()
    except IndexMissing:
        return False
    return True


def passages(words: Words, stories: Collection[int], *, person: Person) -> dict[int, finding.Passage]:
    """Where the words stand in the texts of these stories; nothing where the index cannot be asked."""
    try:
        with _careful():
            return finding.passages(_reader(), words, stories, person=person)
    except IndexMissing:
        return {}


def alike(story: int, *, member: bool, most: int) -> list[Alike]:
    """Stories with the tags and the peculiar words of this one; nothing where the index cannot be asked."""
    try:
        with _careful():
            return similar(_reader(), story, member=member, limit=most)
    except IndexMissing:
        return []


def count(question: Question, terms: Sequence[Term]) -> dict[Term, int]:
    """How many stories of the answer have each of these terms. Raises IndexMissing."""
    with _careful():
        counted = _index().count(question, list(terms), _matched(_matches(question)))
    return {one.term: one.stories for one in counted}


@contextmanager
def _careful() -> Iterator[None]:
    """Whatever cannot be read is a missing index."""
    try:
        yield
    except (OSError, KeyError, IndexError, MemoryError) as error:
        logger.exception("The index cannot be read.")
        raise IndexMissing(str(error)) from error


def _index() -> Index:
    where = folder()
    if where not in _open:
        _open[where] = Index(where)
    return _open[where]


def _reader() -> Reader:
    """The index of texts of the generation in use. Raises IndexMissing."""
    where = texts_folder()
    used = files.current(where)
    if not used:
        raise IndexMissing("there is no index of texts yet")
    path = where / used / TEXTS
    if path not in _readers:
        try:
            reader = Reader(path)
        except IndexMissing:
            with suppress(OSError):
                (where / BROKEN).write_text(used)
            raise
        _readers.clear()
        _readers[path] = reader
    return _readers[path]


def _matches(question: Question) -> Matches | None:
    if question.words is None:
        return None
    return _reader().match(question.words, member=question.member)


def _matched(matches: Matches | None) -> Matched | None:
    if matches is None:
        return None
    scores = (np.asarray(matches.scores, np.float64) * _FINE).astype(np.int64)
    return Matched(np.asarray(matches.stories, np.int64), scores, matches.but)
