"""Numbers and times become spans."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from talehouse.search.language.parsed import Filter
from talehouse.search.language.parsing import parse
from talehouse.search.language.spans import span
from talehouse.search.questions import Span

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def at(*when: int) -> int:
    """A second of UTC."""
    return int(datetime(*when, tzinfo=UTC).timestamp())  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("words:>10000", Span("words", low=10001)),
        ("words:>=10000", Span("words", low=10000)),
        ("words:<10000", Span("words", high=9999)),
        ("words:<=10000", Span("words", high=10000)),
        ("words:1000-5000", Span("words", 1000, 5000)),
        ("parts:1", Span("parts", 1, 1)),
        ("updated:<30d", Span("updated", low=at(2026, 1, 30, 12))),
        ("updated:>2w", Span("updated", high=at(2026, 2, 15, 12))),
        ("published:2026-02-28", Span("published", at(2026, 2, 28), at(2026, 3, 1) - 1)),
        ("published:2025-12", Span("published", at(2025, 12, 1), at(2026, 1, 1) - 1)),
        ("published:2025", Span("published", at(2025, 1, 1), at(2026, 1, 1) - 1)),
        ("published:>2025", Span("published", low=at(2026, 1, 1))),
        ("published:<2025-03", Span("published", high=at(2025, 3, 1) - 1)),
        ("published:2024..2025-01-15", Span("published", at(2024, 1, 1), at(2025, 1, 16) - 1)),
    ],
)
def test_a_filter_becomes_a_span(typed: str, expected: Span) -> None:
    (asked,) = parse(typed).filters
    assert span(asked, now=NOW) == expected


def test_a_time_stays_relative_until_it_is_asked() -> None:
    later = datetime(2027, 3, 1, 12, tzinfo=UTC)
    asked = Filter("updated", "<1d")
    assert span(asked, now=NOW) != span(asked, now=later)
