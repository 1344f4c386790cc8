"""What a mail that could not be sent means: whose fault it is, how long to wait, when to give up."""

from __future__ import annotations

from datetime import timedelta
from smtplib import (
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

import pytest

from talehouse.lib import refusals
from talehouse.lib.refusals import Then

MINUTE = timedelta(minutes=1)
REFUSALS = [
    SMTPRecipientsRefused({"reed@example.net": (550, b"no such mailbox")}),
    SMTPRecipientsRefused({"reed@example.net": (450, b"greylisted")}),
    SMTPDataError(552, b"too large"),
]
FAULTS_OF_THE_HOUSE = [
    SMTPRecipientsRefused({"reed@example.net": (421, b"closing")}),
    SMTPDataError(421, b"closing"),
    SMTPSenderRefused(553, b"not you", "house@example.org"),
    SMTPAuthenticationError(535, b"who?"),
    SMTPServerDisconnected("gone"),
    SMTPException("anything"),
    ConnectionRefusedError("nobody there"),
    TimeoutError(),
]


@pytest.mark.parametrize("error", REFUSALS, ids=repr)
def test_each_refusal_in_a_row_waits_twice_as_long_until_it_is_given_up(error: Exception) -> None:
    refused, waits = 0, list[float]()
    while not (then := refusals.after(error, refused)).gives_up:
        assert then.refused == refused + 1
        refused = then.refused
        waits.append(then.wait / MINUTE)
    assert waits == [10, 20, 40, 80, 160, 320, 640, 720, 720]
    assert then == Then(refusals.MOST, timedelta(hours=12), gives_up=True)
    assert timedelta(days=1.5) < sum(waits) * MINUTE < timedelta(days=2)


def test_what_comes_after_giving_up_is_tried_once() -> None:
    then = refusals.after(REFUSALS[0], refusals.MOST)
    assert then == Then(refusals.MOST, refusals.LONGEST, gives_up=True)


@pytest.mark.parametrize("error", FAULTS_OF_THE_HOUSE, ids=repr)
def test_a_fault_of_the_house_counts_for_nobody(error: Exception) -> None:
    for refused in (0, 3, refusals.MOST):
        assert refusals.after(error, refused) == Then(refused, refusals.AGAIN, gives_up=False)
