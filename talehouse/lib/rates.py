"""Limits on how often somebody may do a thing, kept in memory of one process."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable


class Rate:
    """At most `limit` in any `seconds`-long window per name, by a token bucket; bounded memory.

    Each process counts for itself, so a house with N processes allows up to N times as many.
    """

    def __init__(
        self,
        *,
        limit: int,
        seconds: float,
        names: int = 10_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit = limit
        self._refill = limit / seconds
        self._names = names
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def allows(self, name: str) -> bool:
        """Take one token of this name's bucket; False when it is empty."""
        now = self._clock()
        with self._lock:
            tokens, then = self._buckets.pop(name, (float(self._limit), now))
            tokens = min(float(self._limit), tokens + (now - then) * self._refill)
            allowed = tokens >= 1
            self._buckets[name] = (tokens - 1 if allowed else tokens, now)
            if len(self._buckets) > self._names:
                self._buckets.popitem(last=False)
        return allowed
