"""The fields that a query can name, and the words that are codes."""

from __future__ import annotations

import re
from functools import cache

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext as _

from talehouse.search.language.errors import QueryError
from talehouse.search.questions import Sort
from talehouse.tags.suggesting import search_key
from talehouse.tags.vocabulary import Category, Rating, Status, TagKind, Warning

TEXTS = ("title", "summary", "text")
"""Fields whose words are looked for in texts."""
NAMES = ("tag", *TagKind.values, "author")
"""Fields that want a name of the vocabulary or of a writer."""
CODES: dict[str, type[Rating | Warning | Category | Status]] = {
    "rating": Rating,
    "warning": Warning,
    "category": Category,
    "status": Status,
}
NUMBERS = ("words", "parts", "reads", "votes", "comments")
DATES = ("updated", "published")
FIELDS = frozenset((*TEXTS, *NAMES, *CODES, *NUMBERS, *DATES, "language", "sort"))

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")


def code(field: str, typed: str) -> str:
    """The code of a fixed vocabulary, from the code itself or from its name. Raises QueryError."""
    found = _sorts().get(_bare(typed)) if field == "sort" else _code(field, typed)
    if found is None:
        raise QueryError(_unknown(field, typed))
    return found


def _code(field: str, typed: str) -> str | None:
    if field == "language":
        return _language(typed)
    bare = _bare(typed)
    return next(
        (choice.value for choice in CODES[field] if bare in {_bare(choice.value), _bare(str(choice.label))}),
        None,
    )


def _language(typed: str) -> str | None:
    low = typed.strip().casefold().replace("_", "-")
    return _languages().get(low) or (low if _LANGUAGE.fullmatch(low) else None)


@cache
def _languages() -> dict[str, str]:
    """English and own names of languages, in lower case."""
    named = ((tag, info) for tag, info in LANG_INFO.items() if "name" in info)
    return {info[key].casefold(): tag for tag, info in named for key in ("name_local", "name")}


@cache
def _sorts() -> dict[str, str]:
    return {_bare(sort.value): sort.value for sort in Sort}


def _bare(typed: str) -> str:
    return "".join(sign for sign in search_key(typed) if sign.isalnum())


def _unknown(field: str, typed: str) -> str:
    if field == "language":
        return _(
            "“language:” wants a language, like language:en or language:english, but I read “%(read)s”."
        ) % {"read": typed}
    known = list(_sorts().values()) if field == "sort" else CODES[field].values
    return _("“%(field)s:” wants one of %(known)s, but I read “%(read)s”.") % {
        "field": field,
        "known": ", ".join(known),
        "read": typed,
    }
