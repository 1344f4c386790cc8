"""Emptying a closed account: its row stays, as other rows name it, and nothing on it identifies anybody."""

from __future__ import annotations

import secrets
import uuid

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from talehouse.accounts import faces
from talehouse.accounts.models import Account, Invitation, PenName, ReservedName
from talehouse.accounts.pen_names import reserved
from talehouse.activity.log import record
from talehouse.pages.versions import bump

NAMELESS = "–"
"""What a pen name of a closed account is called, wherever something of it is still shown."""


@transaction.atomic
def empty(account: Account) -> None:
    """Take away whatever says who this was: names, address, password, sessions. It cannot be undone.

    Its names stay reserved, as keyed hashes. The caller has seen to everything that the account wrote.
    """
    held = Account.objects.select_for_update().get(pk=account.pk)
    if held.closed_at is not None:
        return
    for pen_name in held.pen_names.select_for_update().order_by("pk"):
        _empty_pen_name(pen_name)
    _end_sessions(held)
    EmailAddress.objects.filter(user=held).delete()
    Authenticator.objects.filter(user=held).delete()
    held.blockings.all().delete()
    held.mutings.all().delete()
    Invitation.objects.filter(made_by=held, used_at=None).delete()
    Invitation.objects.filter(made_by=held).update(note="")
    _empty_row(held)
    record("account.closed", actor=None, subject=held)
    bump("lists", *(f"pen:{pk}" for pk in held.pen_names.values_list("pk", flat=True)))


def _empty_pen_name(pen_name: PenName) -> None:
    names = [(pen_name.name_key, pen_name.slug), *pen_name.former_names.values_list("name_key", "slug")]
    hashes = {reserved(value) for pair in names for value in pair}
    ReservedName.objects.bulk_create([ReservedName(hash=one) for one in hashes], ignore_conflicts=True)
    pen_name.former_names.all().delete()
    mark, face = secrets.token_hex(8), pen_name.face
    PenName.objects.filter(pk=pen_name.pk).update(
        uuid=uuid.uuid4(),
        name=NAMELESS,
        name_key=f"closed {mark}",
        slug=f"closed-{mark}",
        about="",
        links=[],
        face="",
        preferred=False,
        retired_at=timezone.now(),
    )
    if face:
        transaction.on_commit(lambda: faces.forget(face))


def _end_sessions(account: Account) -> None:
    """Every session of the account, those too that no list names: each says inside whose it is."""
    UserSession.objects.filter(user=account).delete()
    ours = [
        session.pk
        for session in Session.objects.iterator()
        if session.get_decoded().get(SESSION_KEY) == str(account.pk)
    ]
    Session.objects.filter(pk__in=ours).delete()


def _empty_row(account: Account) -> None:
    account.set_unusable_password()
    Account.objects.filter(pk=account.pk).update(
        uuid=uuid.uuid4(),
        email=f"{uuid.uuid4().hex}@closed.invalid",
        password=account.password,
        last_login=None,
        is_active=False,
        is_superuser=False,
        language="",
        time_zone="UTC",
        ceiling="teen",
        host_since=None,
        waits_since=None,
        writes_since=None,
        wrangler_since=None,
        closes_at=None,
        closed_at=timezone.now(),
    )
