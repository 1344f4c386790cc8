"""What was typed, cut into terms: quotes of every kind, full-width signs, a minus that is only one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from talehouse.search.language.errors import QueryError
from talehouse.search.language.fields import FIELDS

_CURLY = '"“”„‟＂'
CLOSERS = {
    **dict.fromkeys(_CURLY, _CURLY),
    "«": "»",
    "»": "«",
    "「": "」",
    "『": "』",
    "《": "》",
}
"""Which signs end what a quotation mark has begun; people mix the curly ones."""
MINUS = "-−－–"
COLONS = ":："
STARS = "*＊"
_FIELD = re.compile(rf"([A-Za-z]{{2,20}})[{COLONS}]")


@dataclass(frozen=True, slots=True)
class Term:
    """One piece. `quoted`: it stood in quotation marks; `field` is "" for none."""

    text: str
    start: int
    end: int
    field: str = ""
    quoted: bool = False
    excluded: bool = False

    @property
    def is_or(self) -> bool:
        """It joins its neighbours."""
        return self._is_bare and self.text in {"OR", "|"}

    @property
    def is_and(self) -> bool:
        """It says what goes without saying."""
        return self._is_bare and self.text == "AND"

    @property
    def _is_bare(self) -> bool:
        return not (self.quoted or self.excluded or self.field)


def terms(typed: str) -> Iterator[Term]:
    """The terms of a query in their order. Raises QueryError."""
    at = _over_space(typed, 0)
    while at < len(typed):
        term = _term(typed, at)
        if term.text:
            yield term
        at = _over_space(typed, term.end)


def _over_space(typed: str, at: int) -> int:
    while at < len(typed) and typed[at].isspace():
        at += 1
    return at


def _term(typed: str, start: int) -> Term:
    excluded = typed[start] in MINUS and not _ends(typed, start + 1)
    at = start + excluded
    found = _FIELD.match(typed, at)
    field = found[1].lower() if found and found[1].lower() in FIELDS else ""
    at = found.end() if found and field else at
    if field and _ends(typed, at):
        raise _nothing_after(field, start, at)
    if typed[at] in CLOSERS:
        text, end = _quoted(typed, at)
        if field and not text:
            raise _nothing_after(field, start, end)
        return Term(text, start, end, field, True, excluded)
    end = at
    while not _ends(typed, end) and (typed[end] not in CLOSERS or end == at):
        end += 1
    return Term(typed[at:end], start, end, field, False, excluded)


def _ends(typed: str, at: int) -> bool:
    return at >= len(typed) or typed[at].isspace()


def _quoted(typed: str, at: int) -> tuple[str, int]:
    closers = CLOSERS[typed[at]]
    end = at + 1
    while end < len(typed) and typed[end] not in closers:
        end += 1
    if end == len(typed):
        raise QueryError(
            _("The quotation mark before “%(words)s” has no second one: put it where the phrase ends.")
            % {"words": typed[at + 1 :].strip()[:40] or typed[at]},
            start=at,
            end=len(typed),
        )
    return " ".join(typed[at + 1 : end].split()), end + 1


def _nothing_after(field: str, start: int, end: int) -> QueryError:
    return QueryError(
        _(
            "Nothing follows “%(field)s:”. Write what you look for right after the colon, or put the words "
            "in quotation marks to find them in texts."
        )
        % {"field": field},
        start=start,
        end=end,
    )
