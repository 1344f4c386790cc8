"""The rules of pen names."""

from __future__ import annotations

import unicodedata

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account, PenName, key_and_slug

RESERVED = {"admin", "administrator", "host", "moderator", "talehouse", "anonymous", "orphan", "system"}

TURNING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that turn the direction of writing, also of what stands beside the name."""


class PenNameError(Exception):
    """The name cannot be taken; the message says why."""


def tidy(name: str) -> str:
    """A pen name as it is kept: normal form C, white space folded."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def check(name: str) -> None:
    """Raises PenNameError if nobody could sign with this name."""
    key, _address = key_and_slug(name)
    if not key or not any(character.isalnum() for character in name):
        raise PenNameError(_("A pen name needs at least one letter or digit."))
    if len(name) > 60:
        raise PenNameError(_("A pen name can have at most 60 characters."))
    if any(unicodedata.category(sign) in {"Cc", "Cs", "Co", "Cn"} or sign in TURNING for sign in name):
        raise PenNameError(_("A pen name cannot hold control characters."))
    if key in RESERVED:
        raise PenNameError(_("This name is reserved. Please choose another."))


@transaction.atomic
def prefer(pen_name: PenName, *, by: Account) -> None:
    """Offer this one of my pen names first."""
    mine = by.pen_names.select_for_update()
    mine.filter(preferred=True).update(preferred=False)
    mine.filter(pk=pen_name.pk, retired_at=None).update(preferred=True)


def is_taken(name: str) -> bool:
    """Whether somebody writes under this name, in any spelling, or under one with the same page."""
    key, address = key_and_slug(tidy(name))
    return PenName.objects.filter(Q(name_key=key[:80]) | Q(slug=address)).exists()


def add(name: str, *, by: Account) -> PenName:
    """A new pen name for this account. Raises PenNameError if it is taken, reserved or empty."""
    name = tidy(name)
    check(name)
    key, address = key_and_slug(name)
    try:
        with transaction.atomic():
            return PenName.objects.create(account=by, name=name, name_key=key[:80], slug=address)
    except IntegrityError:
        raise PenNameError(_("Somebody already writes under this name. Please choose another.")) from None
