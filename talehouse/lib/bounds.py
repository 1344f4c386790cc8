"""A bound on the thinking that one piece of work may cost, so that a file made to be slow costs little."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_AGAIN = 1.0
"""Seconds after which the error is raised anew, in case something on the way out has swallowed it."""


@contextmanager
def thinking(seconds: float, *, error: Callable[[], Exception]) -> Iterator[None]:
    """Raise `error()` where the block stands once it has used so many `seconds` of CPU time.

    CPU time and not the clock's: a busy machine takes longer for the same work and refuses nothing. Python
    gives signals to the main thread only, so a block in another thread has no bound, nor has one inside
    another bound: the outer one holds. A single call into C ends first, but for regular expressions, which
    look at signals themselves.
    """
    outer = signal.getitimer(signal.ITIMER_PROF)[0] > 0
    if outer or threading.current_thread() is not threading.main_thread():
        yield
        return

    def enough(_number: int, _frame: FrameType | None) -> None:
        raise error()

    before = signal.signal(signal.SIGPROF, enough)
    signal.setitimer(signal.ITIMER_PROF, seconds, _AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
