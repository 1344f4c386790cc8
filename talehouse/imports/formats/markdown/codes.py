"""Words that writers use for rating, status, warnings and pairings, and our codes for them
(`tags/vocabulary.py`)."""

from __future__ import annotations

import re

_RATINGS = {
    "general": "general", "general audiences": "general", "g": "general", "k": "general", "k+": "general",
    "everyone": "general", "pg": "general",
    "all ages": "general", "teen": "teen", "teens": "teen", "t": "teen", "pg-13": "teen", "13+": "teen",
    "teen and up": "teen",
    "teen and up audiences": "teen", "mature": "mature", "m": "mature", "r": "mature", "16+": "mature",
    "explicit": "explicit", "e": "explicit",
    "ma": "explicit", "nc-17": "explicit", "18+": "explicit", "adult": "explicit",
    "not rated": "not-rated", "not-rated": "not-rated", "unrated": "not-rated",
}  # fmt: skip
_STATUSES = {
    "complete": "complete", "completed": "complete", "finished": "complete", "done": "complete",
    "in progress": "in-progress",
    "in-progress": "in-progress", "ongoing": "in-progress", "wip": "in-progress",
    "work in progress": "in-progress", "hiatus": "hiatus",
    "on hiatus": "hiatus", "on hold": "hiatus", "paused": "hiatus", "abandoned": "abandoned",
    "discontinued": "abandoned",
}  # fmt: skip
_WARNINGS = (
    ("none-apply", r"none|no (?:archive )?warnings?(?: apply)?|none-apply"),
    ("chose-not", r"chose(?:-| )not.*|(?:creator|author) chose not.*"),
    ("unknown", r"unknown"),
    ("violence", r".*violence.*|gore"),
    ("death", r"(?:major )?(?:character )?deaths?|mcd"),
    ("non-consent", r".*non-?con.*|rape.*"),
    ("underage", r"underage.*"),
)
_CATEGORIES = {
    "f/f": "f-f", "f-f": "f-f", "femslash": "f-f", "f/m": "f-m", "m/f": "f-m", "f-m": "f-m", "het": "f-m",
    "gen": "gen", "m/m": "m-m", "m-m": "m-m", "slash": "m-m", "multi": "multi", "other": "other",
}  # fmt: skip


def rating(text: str) -> str:
    """The code of a rating, "" for what we do not know."""
    return _RATINGS.get(" ".join(text.lower().split()), "")


def status(text: str) -> str:
    """The code of a status, "" for what we do not know."""
    return _STATUSES.get(" ".join(text.lower().split()), "")


def warnings(texts: list[str]) -> list[str]:
    """The codes of those warnings that we know."""
    found = [
        code for text in texts for code, pattern in _WARNINGS if re.fullmatch(pattern, text.lower().strip())
    ]
    return list(dict.fromkeys(found))


def categories(texts: list[str]) -> list[str]:
    """The codes of those pairing categories that we know."""
    found = [_CATEGORIES[text.lower().strip()] for text in texts if text.lower().strip() in _CATEGORIES]
    return list(dict.fromkeys(found))
