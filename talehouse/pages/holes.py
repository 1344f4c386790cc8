"""Holes: the few small places of a shared page that differ by person.

A room writes a function ``(person, argument) -> str`` that returns safe HTML and makes at most one query, and
names it in ``settings.PAGE_HOLES``; a template marks the place with ``{% hole "name" argument %}``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from talehouse.pages.person import Person
from talehouse.pages.pieces import CLOSE, OPEN

MOST = 5
Filler = Callable[[Person, str], str]
_ARGUMENT = re.compile(r"[A-Za-z0-9_-]*")


class TooManyHoles(Exception):
    """A template drew more holes than a page may have: each costs a query for everybody signed in."""


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
