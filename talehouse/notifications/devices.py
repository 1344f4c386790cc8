"""The browsers that somebody has allowed to push to them.

A browser takes push for the session in which it was allowed. Whoever ends sessions on purpose, from the list
of where they are signed in or by a new password, ends push to all browsers but those of sessions that are
alive. A session that ends by itself takes nothing away until then.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account
from talehouse.accounts.signed_in import living_marks, told_by
from talehouse.activity.models import Event
from talehouse.lib import fetch, webpush
from talehouse.notifications import wishes
from talehouse.notifications.models import Device
from talehouse.stories.errors import NotAllowedError, RuleError

LONGEST: int = Device._meta.get_field("endpoint").max_length or 0
MOST = 20
"""Browsers that one account can have."""


@transaction.atomic
def subscribe(
    endpoint: str, p256dh: str, auth: str, *, by: Account, agent: str = "", session: str = ""
) -> Device:
    """Push to this browser from now on; `agent` is how it calls itself, `session` what its session is called
    (`signed_in.mark_of`). Raises RuleError.

    One that another account had is now this account's: whoever is signed in there reads what it shows.
    """
    if by.is_suspended:
        raise NotAllowedError(_("Your account is suspended, so nothing is pushed to you."))
    _check(endpoint, p256dh, auth)
    Account.objects.select_for_update().only("pk").get(pk=by.pk)  # two at once do not both become the last
    if by.devices.exclude(endpoint=endpoint).count() >= MOST:
        raise RuleError(_("You have allowed twenty browsers already. Take one out of the list first."))
    browser, system = told_by(agent)
    told: dict[str, Any] = {
        "account": by,
        "p256dh": p256dh,
        "auth": auth,
        "session": session,
        "browser": browser,
        "system": system,
    }
    fresh = {"failed_at": None, "retry_at": None, "retry_from": None, "tries": 0}
    device, _made = Device.objects.update_or_create(endpoint=endpoint, defaults={**told, **fresh})
    wishes.begin_push(by=by)
    return device


@transaction.atomic
def renew(old: str, endpoint: str, p256dh: str, auth: str, *, by: Account, session: str) -> Device:
    """A browser of mine is reached at `endpoint` from now on, and in this session. Raises RuleError.

    `old` is where it was reached before; "" if it does not know any more: then it is the one of this session.
    """
    _check(endpoint, p256dh, auth)
    Account.objects.select_for_update().only("pk").get(pk=by.pk)
    before = by.devices.filter(endpoint=old) if old else by.devices.filter(session=session)
    device = by.devices.filter(endpoint=endpoint).first() or before.order_by("-made_at", "-pk").first()
    if device is None or Device.objects.filter(endpoint=endpoint).exclude(pk=device.pk).exists():
        raise NotAllowedError(_("This is not your browser."))
    before.exclude(pk=device.pk).delete()  # the same browser, which has been allowed anew meanwhile
    device.endpoint, device.p256dh, device.auth, device.session = endpoint, p256dh, auth, session
    device.failed_at = None
    device.save(update_fields=["endpoint", "p256dh", "auth", "session", "failed_at"])
    return device


def _check(endpoint: str, p256dh: str, auth: str) -> None:
    """What a browser hands out: an address in the open Internet, a key and a secret."""
    try:
        if len(endpoint) > LONGEST:
            raise webpush.BadKeyError("longer than we keep")
        fetch.check(endpoint, near=settings.FETCH_NEAR)
        webpush.check_keys(p256dh, auth)
    except (fetch.RefusedError, webpush.BadKeyError):
        refusal = _("This browser gave nothing that can be pushed to. Try again, or try another browser.")
        raise RuleError(refusal) from None


@transaction.atomic
def remove(device: Device, *, by: Account) -> None:
    """Push to this browser no more."""
    if device.account_id != by.pk:
        raise NotAllowedError(_("This is not your browser."))
    device.delete()


def session_left(event: Event) -> None:
    """Somebody has signed out in a browser: nothing is pushed to it any more."""
    Device.objects.filter(account=event.subject_id, session=event.data["mark"]).delete()


def sessions_ended(event: Event) -> None:
    """Somebody has ended sessions of theirs: only browsers of those that are alive now take push."""
    account = Account.objects.filter(pk=event.subject_id).first()
    if account is not None:
        alive = living_marks(account) | {event.data["here"]}
        account.devices.exclude(session__in=alive - {""}).delete()
