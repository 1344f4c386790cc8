"""Holes: the few small places of a shared page that differ by person.

A room writes a function ``(person, argument) -> str`` that returns safe HTML without a query, or one that is
marked ``@asks(question)`` and gets what the database answered; it names it in ``settings.PAGE_HOLES``; a
template marks the place with ``{% hole "name" argument %}``. The questions of all holes of a page go to the
database as one query, which also tells whether the page is still true.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from talehouse.pages.person import Person
from talehouse.pages.pieces import CLOSE, OPEN

MOST = 8
Filler = Callable[[Person, str], str]
Row = tuple[Any, ...]
_ARGUMENT = re.compile(r"[A-Za-z0-9_-]*")


class TooManyHoles(Exception):
    """A template drew more holes than a page may have: each costs everybody signed in."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a hole asks the database: scalar SQL expressions (no outer FROM), and values for their ``%s``."""

    columns: Sequence[str]
    values: Sequence[int | str | datetime]


NOTHING = Question((), ())


@dataclass(frozen=True, slots=True)
class Asking:
    """A hole that needs an answer of the database; called alone it makes one query.

    ``question`` gives ``None`` when there is nothing to ask (a bad argument): the hole is then empty.
    """

    question: Callable[[Person, str], Question | None]
    answer: Callable[[Person, str, Row], str]

    def __call__(self, person: Person, argument: str) -> str:
        return fill([(self, argument)], person)[0][0]


def asks(question: Callable[[Person, str], Question | None]) -> Callable[..., Asking]:
    """Mark ``(person, argument, row) -> str`` as the answer to a question; see ``Asking``."""
    return lambda answer: Asking(question, answer)


def fill(
    wanted: Sequence[tuple[Filler, str]], person: Person, beside: Question = NOTHING
) -> tuple[list[str], Row]:
    """What stands in each hole (filler and argument), in their order, and the answer to ``beside``; at most
    one query for all, so what stands in the holes is of the same moment as that answer."""
    asked = [
        (filler.question(person, argument) if isinstance(filler, Asking) else None)
        for filler, argument in wanted
    ]
    row = _told([question for question in asked if question is not None] + [beside])
    filled = []
    for (filler, argument), question in zip(wanted, asked, strict=True):
        if not isinstance(filler, Asking):
            filled.append(filler(person, argument))
        elif question is None:
            filled.append("")
        else:
            mine, row = row[: len(question.columns)], row[len(question.columns) :]
            filled.append(filler.answer(person, argument, mine))
    return filled, row


def _told(questions: Sequence[Question]) -> Row:
    statement = _select(tuple(column for question in questions for column in question.columns))
    if not statement:
        return ()
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for question in questions for value in question.values])
        row: Row = cursor.fetchone()
    return row


@lru_cache(maxsize=256)
def _select(columns: tuple[str, ...]) -> str:
    return f"SELECT {', '.join(f'({column})' for column in columns)}" if columns else ""


def filler(name: str) -> Filler:
    """The function registered for a hole; ``LookupError`` says which name is missing."""
    dotted = settings.PAGE_HOLES.get(name)
    if dotted is None:
        raise LookupError(
            f"No hole is called {name!r}. settings.PAGE_HOLES has: {sorted(settings.PAGE_HOLES)}."
        )
    found: Filler = _load(dotted)
    return found


def marked(name: str, argument: str, default: str) -> str:
    """The default content between the markers that the layer looks for."""
    if not _ARGUMENT.fullmatch(argument):
        raise ValueError(f"A hole's argument may have letters, digits, _ and - only: {argument!r}.")
    return f"{OPEN}{name}{':' + argument if argument else ''}-->{default}{CLOSE}"


def person_finder() -> Callable[[str], Person | None]:
    """The function named in ``settings.PAGE_PERSON``: from a session key to a person, by one query."""
    found: Callable[[str], Person | None] = _load(settings.PAGE_PERSON)
    return found


@cache
def _load(dotted: str) -> Any:
    return import_string(dotted)
