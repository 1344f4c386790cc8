"""Keeping machines out of the sign-up form, without asking anybody else and without puzzles for people.

A field that people do not see must stay empty, and the form says when it was opened: nobody fills in three
fields in two seconds. Whoever is caught gets the form again and may send it once more; nothing is judged by
address or name.
"""

from __future__ import annotations

from datetime import timedelta

from django.core import signing
from django.utils.translation import gettext as _

BAIT = "remark"
"""The name of the field that people do not see. No browser fills in a field of this name by itself."""

OPENED = "opened"
QUICKEST, LONGEST = timedelta(seconds=2), timedelta(days=1)
"""How long may pass between opening the form and sending it."""

_signer = signing.TimestampSigner(salt="talehouse.accounts.sign-up")


def stamp() -> str:
    """When the form was opened (now), signed."""
    return _signer.sign(OPENED)


def objection(opened: str, bait: str) -> str:
    """What speaks against taking this form, as a sentence for the form; "" for nothing."""
    if bait:
        return _("Something filled in a field that is hidden from people. Please send the form once more.")
    try:
        _signer.unsign(opened, max_age=LONGEST)
    except signing.SignatureExpired:
        return _("This page stood open for more than a day. Please send the form once more.")
    except signing.BadSignature:
        return _("This form came without its time stamp. Please send it once more.")
    if _is_younger(opened, QUICKEST):
        return _("That was very quick. Please look over the form once and send it again.")
    return ""


def _is_younger(opened: str, age: timedelta) -> bool:
    """Whether a stamp that is known to be ours was made within this time."""
    try:
        _signer.unsign(opened, max_age=age)
    except signing.SignatureExpired:
        return False
    return True
