"""The part of a query that is looked for in texts and names, as a tree."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """One word as it was typed; `prefix`: it may go on ("dragon*"); `field` is "" for everywhere, else
    "title", "author", "summary" or "text"."""

    text: str
    prefix: bool = False
    field: str = ""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words next to each other."""

    text: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """All of `wanted` and none of `unwanted`; `any_of` holds groups of which one must be there ("a OR b")."""

    wanted: tuple[Word | Phrase, ...] = ()
    unwanted: tuple[Word | Phrase, ...] = ()
    any_of: tuple[tuple[Word | Phrase, ...], ...] = ()
