"""Mails: what is due for one account goes into one mail; a row is claimed before it is sent.

A crash between claim and sending loses that mail rather than sending it twice. What the receiver may see is
asked when it is sent; each mail can be ended by one click (RFC 8058).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import ngettext

from talehouse.accounts.models import Account
from talehouse.notifications import wishes
from talehouse.notifications.models import Kind, Notification
from talehouse.notifications.showing import Line, lines
from talehouse.site.house import current

logger = logging.getLogger(__name__)

AGAIN = timedelta(minutes=10)
"""How long a mail server that refuses is left in peace."""
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
    quiet_until = wishes.after_quiet(now, getattr(account, "quiet", None), wishes.zone_of(account))
    if quiet_until > now:
        _due(account_id, now).update(mail_due_at=quiet_until)
        return False
    claimed = _claim(account_id, now)
    told = lines(claimed, account)
    if not told:
        return False
    try:
        _mail(account, told).send()
    except (OSError, SMTPException):
        logger.warning("A mail could not be sent; it is tried again in ten minutes.")
        ids = [row.pk for row in claimed]
        Notification.objects.filter(pk__in=ids).update(mailed_at=None, mail_due_at=now + AGAIN)
        return False
    return True


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
    return EmailMessage(" ".join(subject.split()), body, to=[account.email], headers=headers)
