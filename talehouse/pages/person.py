"""What the page layer knows of a signed-in person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Person:
    """One signed-in account, as one query finds it from a session key.

    ``language`` and ``rating`` choose the variant of the page; ``name`` is the pen name shown to the person;
    ``extra`` is whatever that query brought along for the holes (it never leaves the server by itself).
    ``own_lists``: lists look different to this person, so no kept one serves them.
    """

    account_id: int
    language: str
    rating: str
    name: str
    extra: Mapping[str, Any] = field(default_factory=dict)
    own_lists: bool = False
