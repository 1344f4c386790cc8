"""What it means that a mail could not be sent: whose fault it is, how long to wait, when to give up."""

from __future__ import annotations

from datetime import timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import NamedTuple

AGAIN = timedelta(minutes=10)
"""How long a mail server that fails is left in peace; after each refusal in a row twice as long as before."""
LONGEST = timedelta(hours=12)
"""The longest that an address waits."""
MOST = 10
"""Refusals in a row, which take about two days, after which what waits is given up."""
CLOSING = 421
"""By which a server says that it hangs up (RFC 5321); it may say so to any command."""


class Then(NamedTuple):
    """What follows a mail that could not be sent: the refusals in a row by now, how long to wait, and whether
    what it was about is not tried again."""

    refused: int
    wait: timedelta
    gives_up: bool


def after(error: Exception, refused: int) -> Then:
    """What follows this error, for an address that has been refused so often in a row.

    Only the server's answer about this very mail counts, to its address or to its words. A server that is not
    there, takes no sign-in or no sender, or hangs up, is the house's own fault: that is tried for ever.
    """
    if not is_refusal(error):
        return Then(refused, AGAIN, gives_up=False)
    refused = min(refused + 1, MOST)
    return Then(refused, min(AGAIN * 2 ** (refused - 1), LONGEST), refused == MOST)


def is_refusal(error: Exception) -> bool:
    """Whether the server refused this very mail, and not the house."""
    if isinstance(error, SMTPRecipientsRefused):
        return any(code != CLOSING for code, _words in error.recipients.values())
    return isinstance(error, SMTPDataError) and error.smtp_code != CLOSING
