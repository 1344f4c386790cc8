"""From rounds to figures: medians, spreads, and ratios of what was measured next to each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from talehouse.ops.bench.wrk import Load

GOALS = {"part_visitor_vs_nginx": 0.25, "part_visitor_vs_django": 10.0, "part_signed_in_vs_django": 0.5}


@dataclass(frozen=True, slots=True)
class Round:
    """One load, and the CPU time in seconds that the server's processes spent on it."""

    load: Load
    cpu_s: float

    @property
    def cpu_us(self) -> float:
        """CPU time per request in microseconds. At least one request must have been answered."""
        return self.cpu_s / self.load.requests * 1e6


def figures(rounds: Sequence[Round]) -> dict[str, Any]:
    """The medians over some rounds of one page, and between which values CPU per request lay."""
    cpu = [one.cpu_us for one in rounds]
    return {
        "rps": round(median(one.load.requests / one.load.seconds for one in rounds), 1),
        "p50_ms": round(median(one.load.p50_us for one in rounds) / 1000, 3),
        "p99_ms": round(median(one.load.p99_us for one in rounds) / 1000, 3),
        "bytes": round(median(one.load.bytes / one.load.requests for one in rounds)),
        "cpu_us": round(median(cpu), 1),
        "cpu_us_spread": [round(min(cpu), 1), round(max(cpu), 1)],
        "requests": sum(one.load.requests for one in rounds),
    }


def ratio(yardstick: Sequence[Round], ours: Sequence[Round]) -> list[float]:
    """What the yardstick costs, in parts of what we cost: round by round, so that noise meets both."""
    return [theirs.cpu_us / own.cpu_us for theirs, own in zip(yardstick, ours, strict=True)]


def ratios(rounds: dict[str, list[Round]]) -> tuple[dict[str, float], dict[str, list[float]]]:
    """The contract's three ratios as medians, and between which values they lay."""
    found = {
        "part_visitor_vs_nginx": ratio(rounds["nginx"], rounds["part_visitor"]),
        "part_visitor_vs_django": ratio(rounds["django"], rounds["part_visitor"]),
        "part_signed_in_vs_django": ratio(rounds["django"], rounds["part_signed_in"]),
    }
    medians = {name: round(median(values), 3) for name, values in found.items()}
    return medians, {name: [round(min(values), 3), round(max(values), 3)] for name, values in found.items()}
