"""The figures of a bench as a table for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

COLUMNS = ("rps", "p50_ms", "p99_ms", "cpu_us", "bytes", "queries")


def table(told: dict[str, Any]) -> str:
    """Ratios with their goals and spreads, then a line a page, then memory and start."""
    return "\n".join([*_ratios(told), "", *_pages(told), "", *_rest(told)])


def _ratios(told: dict[str, Any]) -> Iterator[str]:
    yield "Ratios of CPU time per request (higher is better; in brackets the lowest and highest round)"
    for name, value in told["ratios"].items():
        low, high = told["ratios_spread"][name]
        goal = told["goals"][name]
        judged = "met" if goal["met"] else "not met"
        yield f"  {name:<26} {value:>7.3f}  ({low:.3f} to {high:.3f})  goal {goal['goal']:g}: {judged}"


def _pages(told: dict[str, Any]) -> Iterator[str]:
    yield f"{'page':<18}" + "".join(f"{name:>10}" for name in COLUMNS) + "   CPU µs, lowest to highest"
    for name, figures in {**told["pages"], **told["yardsticks"]}.items():
        low, high = figures["cpu_us_spread"]
        cells = "".join(f"{figures.get(column, '–'):>10}" for column in COLUMNS)
        yield f"{name:<18}{cells}   {low} to {high}"


def _rest(told: dict[str, Any]) -> Iterator[str]:
    archive, mixed = told["archive"], told["mixed"]
    yield f"Memory {told['memory_mb']} MB, start {told['cold_start_s']} s, {told['machine']['cores']} cores"
    yield (
        f"Archive: {archive['stories']:,} stories, {archive['all_words']:,} words, {archive['tags']:,} tags, "
        f"made in {archive['made_s']} s"
    )
    yield (
        f"Mixed: {mixed['page_memory_mb']} MB for {mixed['parts']:,} pages, Zipf {mixed['zipf_exponent']}, "
        f"{mixed['misses_expected']:.1%} misses expected"
    )
    wrong = told["recount_differences"]
    yield f"{wrong} counters differ from their rows." if wrong else "Every counter equals its rows."
