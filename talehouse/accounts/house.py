"""The account of the house: the host's, or one that waits for the host; and the one of nobody.

Stories can come in from the command line before the host has made an account. They then belong to an
account that nobody can sign in to, and the host's first account takes its place.
"""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from talehouse.accounts import pen_names, preferences
from talehouse.accounts.models import Account, PenName, key_and_slug

WAITING = "waiting-for-the-host@localhost"
ORPHAN = "orphan@localhost"
"""The account of those who left a story without their name. Nobody can sign in to it."""

OTHERWISE = "Archive"
"""The pen name of a house whose first book names nobody who can sign."""
LONGEST = 60


def host() -> Account | None:
    """The first host, if there is one that can sign in."""
    hosts = Account.objects.filter(host_since__isnull=False, is_active=True).exclude(email=WAITING)
    return hosts.order_by("host_since").first()


def house_account() -> Account:
    """The host's account, else the one that waits for the host."""
    found = host() or Account.objects.filter(email=WAITING).first()
    return found or Account.objects.create_user(WAITING)


def house_pen_name(wanted: str = "", *, otherwise: str = "", make: bool = True) -> PenName | None:
    """The pen name that the host signs an import with.

    `wanted`: that one, whoever has it, made for the house if nobody has it. Without: the host's own, else one
    made from `otherwise` (the book's writer). None if there is none and `make` is off. Raises PenNameError
    if nobody can sign with the wanted name.
    """
    if wanted:
        known = PenName.objects.filter(
            name_key=key_and_slug(pen_names.tidy(wanted))[0], retired_at=None
        ).first()
        return known or (_make(wanted) if make else None)
    account = house_account() if make else (host() or Account.objects.filter(email=WAITING).first())
    own = account.pen_name if account else None
    return own or (_named_after(otherwise) if make else None)


def name_if_made(writer: str) -> str:
    """The pen name that the house would make for itself from the book's writer."""
    name = pen_names.tidy(writer[:LONGEST])
    try:
        pen_names.check(name)
    except pen_names.PenNameError:
        return OTHERWISE
    return OTHERWISE if pen_names.is_taken(name) else name


def _named_after(writer: str) -> PenName:
    """After the book's writer; "Archive" if nobody can sign with that name ("Anonymous")."""
    try:
        return _make(writer)
    except pen_names.PenNameError:
        return _make(OTHERWISE)


def _make(name: str) -> PenName:
    return pen_names.add(name[:LONGEST], by=house_account())


@transaction.atomic
def orphan_pen_name() -> PenName:
    """The archive's own pen name, which stands where a writer has taken theirs away; made when first asked.

    The name is reserved, so nobody else signs with it.
    """
    account, _made = Account.objects.get_or_create(
        email=ORPHAN, defaults={"is_active": False, "password": make_password(None)}
    )
    known = account.pen_names.first()
    if known is not None:
        return known
    key, address = key_and_slug("Orphan")
    free = address if not PenName.objects.filter(slug=address).exists() else f"{address}-of-the-archive"
    made, _new = PenName.objects.get_or_create(
        name_key=key, defaults={"account": account, "name": "Orphan", "slug": free}
    )
    return made


@transaction.atomic
def welcome(*, email: str, password: str, pen_name: str, time_zone: str = "", language: str = "") -> Account:
    """The host's first account. It takes over what came in while the house waited for its host."""
    account = Account.objects.select_for_update().filter(email=WAITING).first()
    if account is None:
        account = Account.objects.create_user(email, password, host_since=timezone.now(), ceiling="explicit")
    else:
        account.email = Account.objects.normalize_email(email).lower()
        account.set_password(password)
        account.host_since = timezone.now()
        account.ceiling = "explicit"
        account.save()
    known = account.pen_names.filter(name_key=key_and_slug(pen_names.tidy(pen_name))[0]).first()
    pen_names.prefer(known or pen_names.add(pen_name, by=account), by=account)
    preferences.change(by=account, time_zone=time_zone or None, language=language or None)
    return account
