"""The picture of a pen name: square, re-encoded, in a file of its own.

The file is named by its content and by the pen name: the same picture under two names of one account has two
addresses, so that nothing ties them together.
"""

from __future__ import annotations

import hmac
from hashlib import sha256

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from talehouse.accounts.models import Account, PenName
from talehouse.accounts.pen_names import changed, held
from talehouse.lib import pictures

SIDE = 320
"""Pixels: twice what the largest page shows."""


def put(pen_name: PenName, data: bytes, *, by: Account) -> None:
    """Give a pen name its picture. Raises `lib.pictures.BadPictureError` with a plain sentence.

    The file is written before its row, so a crash leaves at most a file that nothing points to.
    """
    picture = pictures.square(data, side=SIDE)
    name = hmac.new(pen_name.uuid.bytes, picture.data, sha256).hexdigest() + ".webp"
    with transaction.atomic():
        mine = held(pen_name, by=by)
        if not default_storage.exists(path(name)):
            default_storage.save(path(name), ContentFile(picture.data))
        _change(mine, name, by=by)


@transaction.atomic
def remove(pen_name: PenName, *, by: Account) -> None:
    """Show the first letter of the name instead."""
    _change(held(pen_name, by=by), "", by=by)


def _change(mine: PenName, name: str, *, by: Account) -> None:
    old, mine.face = mine.face, name
    mine.save(update_fields=["face"])
    changed(mine, "face-changed", by=by)
    if old and old != name:
        transaction.on_commit(lambda: forget(old))


def path(name: str) -> str:
    """Where the storage keeps the file of this name."""
    return f"faces/{name}"


def forget(name: str) -> None:
    """Take away a file that no pen name shows any more."""
    if not PenName.objects.filter(face=name).exists():
        default_storage.delete(path(name))
