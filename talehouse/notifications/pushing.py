"""Web push: what is due for one account goes to each of its browsers as one message; rows are claimed first.

A crash between claim and sending loses the messages of that round rather than sending any twice. What the
receiver may see is asked when it is sent, and again when it is tried again. A browser whose service takes
nothing waits by itself; it gets then what is still unread, and the others get theirs at once.
"""

from __future__ import annotations

import json
import logging
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from functools import partial
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext

from talehouse.accounts.models import Account
from talehouse.lib import fetch, webpush
from talehouse.notifications import house_key, wishes
from talehouse.notifications.models import Device, Kind, Notification
from talehouse.notifications.showing import Line, lines
from talehouse.site.house import current
from talehouse.site.models import Site

logger = logging.getLogger(__name__)

AGAIN = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360)]
"""How long a browser's service is left in peace after each failure; after the last the message is lost."""
GONE_AFTER = timedelta(days=30)
"""A browser whose service has taken nothing for so long is forgotten."""
KEPT = timedelta(days=1)
"""How long a service keeps a message for a browser that is not there; tokens end sooner (RFC 8292)."""
ACCOUNTS = 32
"""Accounts that are claimed at once."""
AT_ONCE = 16
"""Messages that are on their way at the same time."""
ROUND = 10.0
"""Seconds after which the worker turns to its other duties."""
SECONDS = 8.0
"""The longest that one service may take; nobody waits a second time in a round for one that did."""
SHOWN = 3
"""Sentences of a message about several things."""
LONGEST = 600
"""Characters of all sentences of a message; what is longer leads to the page."""


@dataclass(frozen=True, slots=True)
class Message:
    """One request to a service. `since`: if it fails, what was pushed from then on is tried again."""

    device: Device
    since: datetime
    headers: dict[str, str]
    body: bytes = field(repr=False)

    @property
    def host(self) -> str:
        """Whose service it is; all of the address that may be told."""
        return urlsplit(self.device.endpoint).hostname or ""


class Became(Enum):
    """What a service did with a message."""

    TAKEN = "taken"
    GONE = "gone"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class House:
    """What all messages of a round share."""

    site: Site
    key: EllipticCurvePrivateKey
    now: datetime


def send_due() -> int:
    """Send what is due; the worker calls it. Returns how many messages the services took."""
    taken, silent, end = 0, set[str](), time.monotonic() + ROUND
    now = timezone.now()
    house: House | None = None
    while time.monotonic() < end and (ids := _waiting(now)):
        house = house or House(current(), house_key.have(), now)
        taken += _send([message for pk in ids for message in _serve(pk, house)], silent)
    return taken


def _waiting(now: datetime) -> list[int]:
    """Some accounts for which something is due; serving an account takes it out of here."""
    due = Notification.objects.filter(pushed_at=None, push_due_at__lte=now, read_at=None)
    ids = list(due.order_by("account").values_list("account", flat=True).distinct()[:ACCOUNTS])
    again = Device.objects.filter(retry_at__lte=now).order_by("account").values_list("account", flat=True)
    return ids or list(again.distinct()[:ACCOUNTS])


def _due(account_id: int, now: datetime) -> QuerySet[Notification]:
    return Notification.objects.filter(account=account_id, pushed_at=None, push_due_at__lte=now, read_at=None)


def _serve(account_id: int, house: House) -> list[Message]:
    """What goes to each browser of an account now, claimed."""
    account = Account.objects.select_related("quiet").get(pk=account_id)
    if not account.is_active or account.closed_at or account.is_suspended:
        Notification.objects.filter(account=account, pushed_at=None).update(push_due_at=None)
        account.devices.update(retry_at=None, retry_from=None, tries=0)
        return []
    quiet_until = wishes.after_quiet(house.now, getattr(account, "quiet", None), wishes.zone_of(account))
    if quiet_until > house.now:
        _due(account_id, house.now).update(push_due_at=quiet_until)
        account.devices.filter(retry_at__lte=house.now).update(retry_at=quiet_until)
        return []
    made = []
    with translation.override(account.language or settings.LANGUAGE_CODE):
        for rows, devices in _claim(account, house.now):
            if told := lines(sorted(rows, key=lambda row: row.pk, reverse=True), account):
                made += [_message(device, told, house) for device in devices]
    return made


@transaction.atomic
def _claim(account: Account, now: datetime) -> list[tuple[list[Notification], list[Device]]]:
    """What is told now and to which browsers; nobody else sends that."""
    Account.objects.select_for_update().only("pk").get(pk=account.pk)
    devices = list(account.devices.all())
    due = list(_due(account.pk, now))
    claimed = Notification.objects.filter(pk__in=[row.pk for row in due])
    if devices:
        claimed.update(pushed_at=now)
    else:
        claimed.update(push_due_at=None)
    account.devices.filter(retry_at__lte=now).update(retry_at=None)
    again = [device for device in devices if device.retry_at and device.retry_at <= now]
    well = [device for device in devices if not device.retry_at]
    return [(due, well), *((_again(device), [device]) for device in again)]


def _again(device: Device) -> list[Notification]:
    """What was pushed while this browser's service took nothing, and is unread."""
    rows = Notification.objects.filter(account=device.account_id, read_at=None, pushed_at__isnull=False)
    return list(rows.filter(pushed_at__gte=device.retry_from))


def _message(device: Device, told: Sequence[Line], house: House) -> Message:
    """The request by which one browser is told."""
    topic = _topic(device, told)
    body = webpush.encrypt(_words(told, topic, house.site), p256dh=device.p256dh, auth=device.auth)
    contact = f"mailto:{house.site.mail_from}" if house.site.mail_from else settings.BASE_URL
    signed = webpush.authorization(
        device.endpoint, key=house.key, contact=contact, until=house.now + KEPT - timedelta(hours=1)
    )
    headers = {
        "Authorization": signed,
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(int(KEPT.total_seconds())),
        "Topic": topic,
        "Urgency": "low" if {line.notification.kind for line in told} == {Kind.VOTES} else "normal",
    }
    # after a crash during a second try there is no `retry_at`: what was lost then stays lost
    return Message(device, (device.retry_at and device.retry_from) or house.now, headers, body)


def _topic(device: Device, told: Sequence[Line]) -> str:
    """By which a service knows that a message takes the place of one that waits; it tells nothing else."""
    about = " ".join(sorted(line.notification.group for line in told))
    name = f"{device.account_id} {about}"
    return webpush.encode(salted_hmac(__name__, name, algorithm="sha256").digest()[:24])


def _words(told: Sequence[Line], tag: str, site: Site) -> bytes:
    """What the browser shows: `title`, `body`, `url` on this site, `tag` (a later one of the same takes its
    place), `lang`. Several things are one message that leads to the list."""
    title, url = site.name, told[0].url
    if len(told) > 1:
        sentence = ngettext("%(n)d thing is new on %(house)s", "%(n)d things are new on %(house)s", len(told))
        title, url = sentence % {"n": len(told), "house": site.name}, "/notifications/"
    body = "\n".join(line.text for line in told[:SHOWN])
    body = body if len(body) <= LONGEST else body[: LONGEST - 1] + "…"
    shown = {"title": title, "body": body, "url": url, "tag": tag, "lang": translation.get_language()}
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode()


def _send(messages: Sequence[Message], silent: set[str]) -> int:
    """Post all of them and write down what became of each; returns how many were taken."""
    if not messages:
        return 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(partial(_post, silent), messages))
    now = timezone.now()
    became = [_settle(message, answer, now) for message, answer in zip(messages, answers, strict=True)]
    failed = Counter(
        message.host for message, what in zip(messages, became, strict=True) if what is Became.FAILED
    )
    for host, number in failed.items():
        logger.warning("%s did not take %d web push messages.", host, number)
    return became.count(Became.TAKEN)


def _post(silent: set[str], message: Message) -> fetch.Fetched | None:
    """The service's answer; None without one. A host that did not answer is not asked again in this round."""
    if message.host in silent:
        return None
    try:
        return fetch.fetch(
            message.device.endpoint,
            method="POST",
            headers=message.headers,
            body=message.body,
            seconds=SECONDS,
            most_bytes=1 << 16,
            near=settings.FETCH_NEAR,
        )
    except fetch.FetchError:
        silent.add(message.host)
        return None


def _settle(message: Message, answer: fetch.Fetched | None, now: datetime) -> Became:
    """What an answer means for the browser, written down."""
    status = answer.status if answer else 0
    device = Device.objects.filter(pk=message.device.pk)
    if 200 <= status < 300:
        if message.device.failed_at or message.device.retry_from:
            device.update(failed_at=None, retry_at=None, retry_from=None, tries=0)
        return Became.TAKEN
    since = message.device.failed_at or now
    if status in (404, 410) or since < now - GONE_AFTER:
        device.delete()  # its owner has said no in the browser, or nobody is there any more
        return Became.GONE
    tries = message.device.tries
    if tries == len(AGAIN):
        device.update(failed_at=since, retry_at=None, retry_from=None, tries=0)
    else:
        wait = max(AGAIN[tries], _asked_to_wait(answer))
        device.update(failed_at=since, retry_at=now + wait, retry_from=message.since, tries=tries + 1)
    return Became.FAILED


def _asked_to_wait(answer: fetch.Fetched | None) -> timedelta:
    """What a service that has too much to do asks for, a day at most."""
    asked = answer.headers.get("retry-after", "") if answer else ""
    return timedelta(seconds=min(int(asked), 86_400)) if asked.isdecimal() and len(asked) < 9 else timedelta()
