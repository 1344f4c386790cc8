"""Whose something on a device is: an opaque mark, so that it is never shown to, or sent as, somebody else.

Pages carry it for whoever is signed in (`[data-owner]`, on the menu of every page). It says nothing about the
account, and two accounts never have the same.
"""

from __future__ import annotations

from functools import lru_cache

from django.utils.crypto import salted_hmac


@lru_cache(maxsize=4096)
def owner_mark(account_id: int) -> str:
    """The mark of an account (64 bits, hexadecimal): the same on every device."""
    return salted_hmac("talehouse.accounts.owner", str(account_id), algorithm="sha256").hexdigest()[:16]
