"""Following a story by mail without an account: asked for, confirmed by a link, at most one mail a day.

A mail tells a visitor what a visitor may see: nothing of a story that is for members, unlisted, hidden or
taken back. Whoever has opened an adult story may follow it. What is sent is claimed before: a crash between
claim and sending loses a mail rather than sending it twice. Nobody learns here whether an address is known.
An address whose server refuses our mails waits longer each time (`lib/refusals.py`); what was given up stands
in the next mail.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import NamedTuple

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from talehouse.accounts.models import Visitor
from talehouse.activity.models import Event
from talehouse.lib import refusals
from talehouse.library.models import MailFollow
from talehouse.site.house import current
from talehouse.stories.models import Part, Story

logger = logging.getLogger(__name__)

WEEK = timedelta(days=7)
"""How long a wish waits for its link to be opened."""
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
"""A second letter to one address about one story goes out after this time at the earliest."""
LETTERS = 5
"""Stories for which one address is written to in a day because somebody typed it in."""
AT_ONCE = 200
"""Mails of one round."""
PARTS = 20
"""Parts that one mail names; it says how many more there are."""


class Claimed(NamedTuple):
    """A mail that nobody else sends now; without parts it is the letter with the link. `told` and `mailed_at`
    are as they were before."""

    row: MailFollow
    parts: Sequence[Part]
    told: datetime
    mailed_at: datetime | None


@transaction.atomic
def ask(story: Story, email: str, *, language: str) -> None:
    """Somebody typed an address in: it gets a letter with a link. Says nothing about what is known of it.

    The story was found as a visitor finds it.
    """
    address = email.strip().lower()[:254]
    now = timezone.now()
    known = MailFollow.objects.select_for_update().filter(story=story, email=address).first()
    if known is not None and (known.due_at is not None or known.made_at > now - HOUR):
        return
    if MailFollow.objects.filter(email=address, made_at__gt=now - DAY).count() >= LETTERS:
        return
    values = {"language": language, "made_at": now, "due_at": now}
    MailFollow.objects.update_or_create(story=story, email=address, defaults=values)


@transaction.atomic
def confirm(secret: str) -> MailFollow | None:
    """The link in the letter was opened and its button pressed; None for a secret that nobody has."""
    row = _held(secret)
    if row is not None and row.confirmed_at is None:
        row.confirmed_at = row.told = timezone.now()
        row.due_at = row.mailed_at = None
        row.save()
    return row


@transaction.atomic
def end(secret: str) -> bool:
    """No more mails; the address is forgotten. Returns whether there was something to end."""
    return bool(MailFollow.objects.filter(secret=secret).delete()[0])


def found(secret: str) -> MailFollow | None:
    """The follow that a link is about."""
    return MailFollow.objects.select_related("story").filter(secret=secret).first()


def _held(secret: str) -> MailFollow | None:
    return MailFollow.objects.select_for_update().filter(secret=secret).first()


def hear(events: Sequence[Event]) -> None:
    """A part came out: who follows its story is due a mail, a day after the last at the earliest. A consumer
    of the log; twice without harm."""
    parts = {event.subject_id for event in events if event.verb == "part.released"}
    stories = Part.objects.filter(pk__in=parts).values("story")
    rows = MailFollow.objects.filter(story__in=stories, confirmed_at__isnull=False, due_at=None)
    now = timezone.now()
    rows.filter(mailed_at__gt=now - DAY).update(due_at=F("mailed_at") + DAY)
    rows.filter(Q(mailed_at=None) | Q(mailed_at__lte=now - DAY)).update(due_at=now)


def send_due() -> int:
    """Send what is due; the worker calls it. Returns how many mails that were."""
    due = MailFollow.objects.filter(due_at__lte=timezone.now())
    return sum(_serve(pk) for pk in list(due.order_by("due_at").values_list("pk", flat=True)[:AT_ONCE]))


def _serve(pk: int) -> bool:
    claimed = _claim(pk)
    if claimed is None:
        return False
    try:
        with translation.override(claimed.row.language or settings.LANGUAGE_CODE):
            (_news(claimed) if claimed.parts else _letter(claimed.row)).send()
    except (OSError, SMTPException) as error:
        _put_off(claimed, error)
        return False
    if claimed.row.refused:
        MailFollow.objects.filter(pk=pk).update(refused=0)
    return True


def _put_off(claimed: Claimed, error: Exception) -> None:
    """As it was before, and tried again later, or not before there is something new."""
    then = refusals.after(error, claimed.row.refused)
    due = None if then.gives_up else timezone.now() + then.wait
    rows = MailFollow.objects.filter(pk=claimed.row.pk)
    rows.update(due_at=due, told=claimed.told, mailed_at=claimed.mailed_at, refused=then.refused)
    logger.warning(
        "A mail to a follower could not be sent; it is %s.", "tried again later" if due else "given up"
    )


@transaction.atomic
def _claim(pk: int) -> Claimed | None:
    """What is to be sent to one follower, now ours; None if there is nothing any more."""
    now = timezone.now()
    row = MailFollow.objects.select_for_update().filter(pk=pk, due_at__lte=now).first()
    if row is None:
        return None
    told, mailed_at, row.due_at = row.told, row.mailed_at, None
    asks = row.confirmed_at is None or row.made_at > (row.mailed_at or row.confirmed_at)
    parts = [] if asks else _new(row)
    sends = (asks or bool(parts)) and _is_open(row)
    if sends:
        row.mailed_at = now
        row.told = max([told, *(part.released_at for part in parts if part.released_at)])
    if asks and row.confirmed_at is not None:
        row.due_at = now + DAY  # for what came out meanwhile
    row.save()
    return Claimed(row, parts, told, mailed_at) if sends else None


def _is_open(row: MailFollow) -> bool:
    return Story.objects.visible_to(Visitor()).filter(pk=row.story_id).exists()


def _new(row: MailFollow) -> list[Part]:
    """The parts that came out since the last one that was told, as a visitor may see them."""
    out = Part.objects.visible_to(Visitor()).released().filter(story=row.story_id, released_at__gt=row.told)
    return list(out.order_by("released_at", "position"))


def _letter(row: MailFollow) -> EmailMessage:
    """The first mail to an address, and nothing more without the link in it; and what comes back to somebody
    who follows already and has asked once more."""
    link = f"{settings.BASE_URL}/by-mail/{row.secret}/"
    house, story = current(), Story.objects.get(pk=row.story_id)
    context = {"house": house, "story": story, "link": link, "again": row.confirmed_at is not None}
    body = render_to_string("library/mail/confirm.txt", context)
    subject = _("New parts of “%(title)s” by mail?") % {"title": story.title}
    return _mail(row, subject, body)


def _news(claimed: Claimed) -> EmailMessage:
    house, story = current(), Story.objects.get(pk=claimed.row.story_id)
    parts = claimed.parts
    context = {
        "house": house,
        "story": story,
        "parts": parts[:PARTS],
        "more": len(parts) - PARTS,
        "base": settings.BASE_URL,
        "end": f"{settings.BASE_URL}/by-mail/{claimed.row.secret}/end/",
    }
    subject = ngettext("%(title)s: a new part", "%(title)s: %(n)d new parts", len(parts)) % {
        "title": story.title,
        "n": len(parts),
    }
    return _mail(claimed.row, subject, render_to_string("library/mail/news.txt", context))


def _mail(row: MailFollow, subject: str, body: str) -> EmailMessage:
    end = f"{settings.BASE_URL}/by-mail/{row.secret}/end/"
    headers = {
        "List-Unsubscribe": f"<{end}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
    }
    return EmailMessage(" ".join(subject.split()), body, to=[row.email], headers=headers)


def forget() -> int:
    """Wishes that nobody confirmed in a week go, and what followed a story that was deleted for good; the
    worker calls it. Returns how many."""
    old = Q(confirmed_at=None, made_at__lt=timezone.now() - WEEK)
    return MailFollow.objects.filter(old | Q(story__purged_at__isnull=False)).delete()[0]
