"""The door: who may make an account here, and what becomes of a new one."""

from __future__ import annotations

from enum import Enum

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from talehouse.accounts import invitations, pen_names, preferences
from talehouse.accounts.models import Account
from talehouse.activity.log import record
from talehouse.site.models import SignUp, Site


class Door(Enum):
    """How somebody comes in now, if at all."""

    OPEN = "open"
    APPROVAL = "approval"
    INVITED = "invited"
    SHUT = "shut"


def invitation_of(request: HttpRequest) -> str:
    """The secret of the invitation that somebody shows: in the link, or in the form that it opened."""
    told: str = request.POST.get("invitation") or request.GET.get("invitation") or ""
    return told[:64]


def door(site: Site, token: str = "") -> Door:
    """How whoever has this invitation ("" for none) comes in. A closed house lets nobody in at all; where the
    host approves accounts, somebody who was invited need not wait.
    """
    if site.sign_up == SignUp.CLOSED:
        return Door.SHUT
    if site.sign_up == SignUp.OPEN:
        return Door.OPEN
    if invitations.opens(token):
        return Door.INVITED
    return Door.APPROVAL if site.sign_up == SignUp.APPROVAL else Door.SHUT


@transaction.atomic
def settle(
    account: Account, *, pen_name: str, way: Door, token: str = "", time_zone: str = "", language: str = ""
) -> None:
    """A new account gets its first pen name, its time zone (UTC if "" is given) and its language (the
    browser's, time after time, if ""), and then: it is in, or waits for the host.

    An invitation is used up whenever it was shown, also at an open door: one link is for one person.
    """
    if way is Door.INVITED or (way is Door.OPEN and invitations.opens(token)):
        invitations.spend(token, by=account)
    pen_names.add(pen_name, by=account)
    preferences.change(by=account, time_zone=time_zone or None, language=language or None)
    if way is Door.APPROVAL:
        account.waits_since, account.is_active = timezone.now(), False
        account.save(update_fields=["waits_since", "is_active"])
        record("account.waits", actor=account.pk, subject=account)
