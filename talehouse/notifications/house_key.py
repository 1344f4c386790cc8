"""The key by which the services of browsers know this house (VAPID).

It stands in the database, not beside the secret key in the data folder: the devices that were subscribed with
it stand there too and are of no use without it, so both are shared by all machines of an archive, kept in
one backup and brought back together. Nor is it derived from the secret key, since changing that one would
silently end every subscription. It is in no export and in no log.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from talehouse.lib import webpush
from talehouse.notifications.models import HouseKey


def have() -> EllipticCurvePrivateKey:
    """The key, made when it is first wanted; of two that want it at once, one makes it and both get it."""
    row = HouseKey.objects.filter(pk=1).first()
    if row is None:
        row, _made = HouseKey.objects.get_or_create(pk=1, defaults={"private": webpush.new_key()})
    return webpush.private_key(row.private)


def public() -> str:
    """Its public half, which a browser asks for when it subscribes."""
    return webpush.encode(webpush.public_point(have()))
