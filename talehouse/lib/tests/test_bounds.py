"""A bound on CPU time: it ends what thinks too long, and leaves everything else alone."""

from __future__ import annotations

import re
import signal
import threading
import time

import pytest

from talehouse.lib.bounds import thinking


class TooLongError(Exception):
    """What the tests raise at the bound."""


def test_endless_work_ends_with_the_given_error() -> None:
    with pytest.raises(TooLongError), thinking(0.05, error=TooLongError):
        while True:
            pass


def test_a_regular_expression_ends_too() -> None:
    with pytest.raises(TooLongError), thinking(0.05, error=TooLongError):
        re.fullmatch(r"(a|aa)+", "a" * 100 + "b")


def test_waiting_is_no_thinking() -> None:
    with thinking(0.2, error=TooLongError):
        time.sleep(0.4)


def test_an_error_that_is_swallowed_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("talehouse.lib.bounds._AGAIN", 0.05)
    swallowed = 0
    with pytest.raises(TooLongError), thinking(0.05, error=TooLongError):
        while True:
            try:
                while True:
                    pass
            except TooLongError:
                swallowed += 1
                if swallowed == 3:
                    raise
    assert swallowed == 3


def test_nothing_is_left_of_a_bound() -> None:
    before = signal.getsignal(signal.SIGPROF)
    with pytest.raises(ValueError, match="other"), thinking(5, error=TooLongError):
        raise ValueError("other")
    assert signal.getsignal(signal.SIGPROF) == before
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


def test_the_outer_of_two_bounds_holds() -> None:
    with pytest.raises(TooLongError), thinking(0.05, error=TooLongError), thinking(99, error=ValueError):
        while True:
            pass


def test_another_thread_has_no_bound() -> None:
    done: list[bool] = []

    def work() -> None:
        with thinking(0.001, error=TooLongError):
            done.append(sum(range(1_000_000)) > 0)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]
