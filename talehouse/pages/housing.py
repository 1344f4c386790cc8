"""The page layer in this house: Django's settings, its database connection, the registered holes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from django.utils import translation

from talehouse.pages import holes, versions
from talehouse.pages.address import Hosts, QueryRules
from talehouse.pages.asking import Reader
from talehouse.pages.holes import Question
from talehouse.pages.layer import House
from talehouse.pages.person import Person
from talehouse.pages.pieces import Hole
from talehouse.pages.store import CannotCheck, Store
from talehouse.pages.variant import Variants
from talehouse.pages.versions import NUMBER


def from_settings() -> tuple[House, Store]:
    """House and store as the settings want them.

    Reads ``PAGE_QUERY``, ``PAGE_FRONT`` (does a front stand before us?), ``PAGE_MEMORY`` (bytes),
    ``LANGUAGES``, ``LANGUAGE_CODE`` and ``ALLOWED_HOSTS``.
    """
    languages = [code for code, _ in settings.LANGUAGES]
    reader = Reader(
        Hosts(settings.ALLOWED_HOSTS),
        Variants(languages, settings.LANGUAGE_CODE),
        QueryRules(settings.PAGE_QUERY),
    )
    behind_front = getattr(settings, "PAGE_FRONT", False)
    house = House(reader, checked_numbers, checked_person, fill, behind_front, visit, speaking)
    return house, Store(settings.PAGE_MEMORY)


@contextmanager
def visit() -> Iterator[None]:
    """Use the database as a request does: old connections are closed (or given back to the pool) after it."""
    try:
        yield
    finally:
        if not connection.in_atomic_block:
            close_old_connections()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """What is translated inside is said in this interface language."""
    with translation.override(language):
        yield


def checked_numbers(keys: Sequence[str]) -> Mapping[str, int]:
    """Version numbers; a connection that has died is opened again once."""
    try:
        return versions.numbers(keys)
    except (DatabaseError, InterfaceError):
        connection.close()
    try:
        return versions.numbers(keys)
    except (DatabaseError, InterfaceError) as problem:
        raise CannotCheck from problem


def checked_person(key: str) -> Person | None:
    """The person of a session key, by the function in ``settings.PAGE_PERSON``."""
    find = holes.person_finder()
    try:
        return find(key)
    except (DatabaseError, InterfaceError):
        connection.close()
    try:
        return find(key)
    except (DatabaseError, InterfaceError) as problem:
        raise CannotCheck from problem


def fill(person: Person, wanted: Sequence[Hole], keys: Sequence[str]) -> tuple[list[str], dict[str, int]]:
    """What stands in holes of a page for a person, and the numbers of version keys; at most one query."""
    fillers = [(holes.filler(hole.name), hole.argument) for hole in wanted]
    filled, row = holes.fill(fillers, person, Question([NUMBER] * len(keys), keys))
    return filled, {key: number or 0 for key, number in zip(keys, row, strict=True)}
