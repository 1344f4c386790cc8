"""Pages of a list by key: the next page begins after the last row seen, however many rows came meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet

from talehouse.stories.models import Story

SORTS = {"newest": "updated_at", "reads": "read_count", "words": "word_count"}
SIZE = 24


@dataclass(frozen=True, slots=True)
class Slice:
    """The stories of one page, and the address of the next, if there is one."""

    stories: list[Story]
    next_url: str | None


def sort_of(wanted: str | None) -> str:
    """A known order; newest for anything else."""
    return wanted if wanted in SORTS else "newest"


def page(stories: QuerySet[Story], *, sort: str, after: str, path: str, query: dict[str, str]) -> Slice:
    """One page of `stories` in the order `sort`, after the key `after` ("value_id"; "" from the start)."""
    column = SORTS[sort]
    ordered = stories.order_by(f"-{column}", "-pk")
    key = _parse(sort, after)
    if key is not None:
        value, number = key
        ordered = ordered.filter(Q(**{f"{column}__lt": value}) | Q(**{column: value}, pk__lt=number))
    found = list(ordered[: SIZE + 1])
    return Slice(found[:SIZE], _next(found, sort, path, query))


def _next(found: Sequence[Story], sort: str, path: str, query: dict[str, str]) -> str | None:
    if len(found) <= SIZE:
        return None
    last = found[SIZE - 1]
    value = getattr(last, SORTS[sort])
    text = str(int(value.timestamp() * 1_000_000)) if isinstance(value, datetime) else str(value)
    return f"{path}?{urlencode({**query, 'after': f'{text}_{last.pk}'})}"


def _parse(sort: str, after: str) -> tuple[Any, int] | None:
    value, _line, number = after.partition("_")
    if not (value.isdecimal() and number.isdecimal() and len(after) < 40):
        return None
    if SORTS[sort] != "updated_at":
        return int(value), int(number)
    seconds, micro = divmod(int(value), 1_000_000)
    if seconds > 253_402_300_000:
        return None
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=micro), int(number)
