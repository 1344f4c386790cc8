"""Numbers and times in a query: reading what was typed into one spelling, and that into a span."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta

from django.utils.translation import gettext as _

from talehouse.search.language.errors import QueryError
from talehouse.search.language.parsed import Filter
from talehouse.search.questions import Span

MOST = 10**12
OLDEST = 100 * 365
"""Days that "updated:>…" may reach back."""
YEARS = (1000, 9998)
UNITS = {"d": 1, "w": 7, "m": 30, "y": 365}
"""Days of a unit; a month has thirty."""
OPPOSITE = {">": "<=", "<=": ">", "<": ">=", ">=": "<"}

_SIGN = re.compile(r"(>=|<=|=>|=<|≥|≤|>|<|=)?\s*(.*)", re.S)
_NUMBER = re.compile(r"(\d{1,3}(?:[,.'’_ ]\d{3})+|\d+)\s*(k|m)?", re.I)
_RANGE = re.compile(r"(.*?\d[km]?)\s*(?:\.\.+|…|[-‐‑–—~])\s*(\d.*)", re.I | re.S)
_AGE = re.compile(r"(\d{1,6})\s*([dwmy])", re.I)
_DATE = re.compile(r"(\d{4})(?:[-./](\d{1,2})(?:[-./](\d{1,2}))?)?")
_DATES = re.compile(r"([\d/]+(?:[-.][\d/]+)*?)\s*(?:\.\.+|…|[–—~]|\bto\b)\s*([\d/.-]+)|(\d{4})-(\d{4})")


def read(field: str, typed: str, *, dates: bool, excluded: bool) -> str:
    """What was typed, in the one spelling of `Filter.value`; left out, the opposite. Raises QueryError."""
    plain = unicodedata.normalize("NFKC", typed).strip()
    value = _date_value(plain) if dates else _number_value(plain)
    if value is None:
        raise QueryError(_wrong(field, typed, dates=dates))
    return _opposite(field, value) if excluded else value


def _wrong(field: str, typed: str, *, dates: bool) -> str:
    said = {"field": field, "read": typed}
    if dates:
        return (
            _("“%(field)s:” wants a time, like %(field)s:<30d or %(field)s:2026-01-31; I read “%(read)s”.")
            % said
        )
    return (
        _("“%(field)s:” wants a number, like %(field)s:>10000 or %(field)s:1000-5000, but I read “%(read)s”.")
        % said
    )


def _opposite(field: str, value: str) -> str:
    sign, rest = _apart(value)
    if not sign:
        raise QueryError(
            _("“-%(field)s:%(value)s” cannot be left out. Ask for the rest: %(field)s:<… or %(field)s:>….")
            % {"field": field, "value": value}
        )
    if _AGE.fullmatch(rest):
        return (">" if sign == "<" else "<") + rest
    return OPPOSITE[sign] + rest


def _apart(plain: str) -> tuple[str, str]:
    found = _SIGN.fullmatch(plain)
    sign, rest = (found[1] or "", found[2]) if found else ("", plain)
    return {"=>": ">=", "=<": "<=", "≥": ">=", "≤": "<=", "=": ""}.get(sign, sign), rest


def _number_value(plain: str) -> str | None:
    sign, rest = _apart(plain)
    if (one := _number(rest)) is not None:
        return f"{sign}{one}"
    pair = _RANGE.fullmatch(rest)
    low, high = (_number(pair[1]), _number(pair[2])) if pair and not sign else (None, None)
    if low is None or high is None:
        return None
    return f"{min(low, high)}-{max(low, high)}"


def _number(typed: str) -> int | None:
    found = _NUMBER.fullmatch(typed.strip())
    if found is None or not found[0].isascii():
        return None
    scale = {"k": 1000, "m": 1_000_000}.get((found[2] or "").lower(), 1)
    digits = re.sub(r"\D", "", found[1])
    number = int(digits) * scale if len(digits) <= 13 else MOST + 1
    return number if number <= MOST else None


def _date_value(plain: str) -> str | None:
    sign, rest = _apart(plain)
    if age := _AGE.fullmatch(rest):
        number, unit = int(age[1]), age[2].lower()
        return f"{sign[:1] or '<'}{number}{unit}" if number * UNITS[unit] <= OLDEST else None
    if (one := _day(rest)) is not None:
        return f"{sign}{one}"
    return None if sign else _days(rest)


def _days(rest: str) -> str | None:
    pair = _DATES.fullmatch(rest)
    if pair is None:
        return None
    low, high = _day(pair[1] or pair[3]), _day(pair[2] or pair[4])
    if low is None or high is None:
        return None
    return f"{low}..{high}" if _bounds(low)[0] <= _bounds(high)[0] else f"{high}..{low}"


def _day(typed: str) -> str | None:
    """A day, month or year as ISO 8601 writes it; None if the calendar does not know it."""
    found = _DATE.fullmatch(typed)
    if found is None or not found[0].isascii() or not YEARS[0] <= int(found[1]) <= YEARS[1]:
        return None
    try:
        date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return None
    return "-".join([found[1], *(f"{int(piece):02}" for piece in found.groups()[1:] if piece)])


def span(asked: Filter, *, now: datetime) -> Span:
    """The span of a filter about a number or a time; `now` is what ages are counted from."""
    sign, rest = _apart(asked.value)
    if age := _AGE.fullmatch(rest):
        then = int((now - timedelta(days=int(age[1]) * UNITS[age[2]])).timestamp())
        return Span(asked.field, low=then) if sign == "<" else Span(asked.field, high=then)
    low, high = _between(asked.field, rest)
    if sign in {">", ">="}:
        return Span(asked.field, low=low if sign == ">=" else high + 1)
    if sign in {"<", "<="}:
        return Span(asked.field, high=high if sign == "<=" else low - 1)
    return Span(asked.field, low=low, high=high)


def _between(field: str, rest: str) -> tuple[int, int]:
    if field in ("updated", "published"):
        first, _dots, last = rest.partition("..")
        return _bounds(first)[0], _bounds(last or first)[1]
    first, _dash, last = rest.partition("-")
    return int(first), int(last or first)


def _bounds(day: str) -> tuple[int, int]:
    """The first and the last second (UTC) of a day, a month or a year."""
    pieces = [int(piece) for piece in day.split("-")]
    start = date(*[*pieces, 1, 1][:3])
    if len(pieces) == 3:
        end = start + timedelta(days=1)
    elif len(pieces) == 2:
        end = (start + timedelta(days=31)).replace(day=1)
    else:
        end = start.replace(year=start.year + 1)
    return _second(start), _second(end) - 1


def _second(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
