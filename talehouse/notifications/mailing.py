"""Mails: what is due for one account goes into one mail; a row is claimed before it is sent.

A crash between claim and sending loses that mail rather than sending it twice. What the receiver may see is
asked when it is sent; each mail can be ended by one click (RFC 8058). An address whose server refuses our
mails waits longer each time, and what waited too long is told on the site alone (`lib/refusals.py`).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import ngettext

from talehouse.accounts.models import Account
from talehouse.lib import refusals
from talehouse.notifications import wishes
from talehouse.notifications.models import Kind, Notification, Quiet
from talehouse.notifications.showing import Line, lines
from talehouse.site.house import current
from talehouse.site.mail import Letter

logger = logging.getLogger(__name__)

ACCOUNTS = 200
"""Accounts that are served in one round."""


def send_due() -> int:
    """Send what is due, one mail for each account; the worker calls it. Returns how many mails that were."""
    now = timezone.now()
    waiting = Notification.objects.filter(mailed_at=None, mail_due_at__lte=now, read_at=None)
    ids = list(waiting.order_by("account").values_list("account", flat=True).distinct()[:ACCOUNTS])
    return sum(_serve(pk, now) for pk in ids)


def _serve(account_id: int, now: datetime) -> bool:
    account = Account.objects.select_related("quiet").filter(pk=account_id).first()
    if account is None or not account.is_active or account.closed_at:
        Notification.objects.filter(account=account_id, mailed_at=None).update(mail_due_at=None)
        return False
    waits_until = _waits_until(account, now)
    if waits_until > now:
        _due(account_id, now).update(mail_due_at=waits_until)
        return False
    claimed = _claim(account_id, now)
    told = lines(claimed, account)
    if not told:
        return False
    try:
        _mail(account, told).send()
    except (OSError, SMTPException) as error:
        _put_off(account, claimed, error)
        return False
    Quiet.objects.filter(account=account, refused__gt=0).update(refused=0, refused_email="", mails_from=None)
    return True


def is_refused(account: Account) -> bool:
    """Whether so many mails in a row were refused that what was due has been given up."""
    quiet = getattr(account, "quiet", None)
    return quiet is not None and quiet.refused_of(account.email) >= refusals.MOST


def _waits_until(account: Account, now: datetime) -> datetime:
    """Now, or when this account may get a mail: after its quiet hours, and not while its address waits."""
    quiet: Quiet | None = getattr(account, "quiet", None)
    until = wishes.after_quiet(now, quiet, wishes.zone_of(account))
    if quiet is None or quiet.mails_from is None or not quiet.refused_of(account.email):
        return until
    return max(until, quiet.mails_from)


@transaction.atomic
def _put_off(account: Account, claimed: Sequence[Notification], error: Exception) -> None:
    """What could not be sent waits, or is given up: then only the site tells of it."""
    quiet = Quiet.objects.select_for_update().filter(account=account).first()
    if quiet is None:  # closed meanwhile: nothing is left to tell
        return
    before = quiet.refused_of(account.email)
    then = refusals.after(error, before)
    due = timezone.now() + then.wait
    if then.refused > before or then.gives_up:
        quiet.refused, quiet.refused_email, quiet.mails_from = then.refused, account.email, due
        quiet.save(update_fields=["refused", "refused_email", "mails_from"])
    rows = Notification.objects.filter(pk__in=[row.pk for row in claimed])
    rows.update(mailed_at=None, mail_due_at=None if then.gives_up else due)
    what_then = "given up" if then.gives_up else "tried again later"
    logger.warning("A mail could not be sent; it is %s.", what_then)


def _due(account_id: int, now: datetime) -> QuerySet[Notification]:
    return Notification.objects.filter(account=account_id, mailed_at=None, mail_due_at__lte=now, read_at=None)


@transaction.atomic
def _claim(account_id: int, now: datetime) -> list[Notification]:
    """The rows that are due, now ours: nobody else sends them."""
    Account.objects.select_for_update().only("pk").get(pk=account_id)
    rows = list(_due(account_id, now).order_by("made_at"))
    Notification.objects.filter(pk__in=[row.pk for row in rows]).update(mailed_at=now)
    return rows


def _mail(account: Account, told: Sequence[Line]) -> EmailMessage:
    secret = wishes.quiet_of(account).secret
    kinds = {line.notification.kind for line in told}
    kind = next(iter(kinds)) if len(kinds) == 1 else "all"
    end = f"{settings.BASE_URL}/notifications/end/{secret}/{kind}/"
    with translation.override(account.language or settings.LANGUAGE_CODE):
        again = lines([line.notification for line in told], account)
        house = current()
        context = {
            "house": house,
            "lines": again,
            "base": settings.BASE_URL,
            "end": end,
            "choose": f"{settings.BASE_URL}/settings/notifications/",
            "kind": "" if kind == "all" else Kind(kind).label,
        }
        subject = (
            again[0].text
            if len(again) == 1
            else ngettext("%(n)d thing is new on %(house)s", "%(n)d things are new on %(house)s", len(again))
            % {"n": len(again), "house": house.name}
        )
        body = render_to_string("notifications/mail.txt", context)
    headers = {"List-Unsubscribe": f"<{end}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    headers["Auto-Submitted"] = "auto-generated"
    return Letter(" ".join(subject.split()), body, to=[account.email], headers=headers)
