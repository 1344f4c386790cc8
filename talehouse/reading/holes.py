"""Rows of one's own on pages that everybody shares: what is new from those I follow, what is suggested to me,
what readers of a story also finished, without what I know already.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account
from talehouse.library.models import PartRead
from talehouse.library.my_feed import parts_of
from talehouse.pages.holes import Question, Row, asks
from talehouse.pages.person import Person
from talehouse.rankings.alike import suggesting
from talehouse.rankings.alike.suggesting import Suggestion
from talehouse.reading.cards import Card, cards
from talehouse.site.house import current
from talehouse.stories.models import Story

SPAN = timedelta(days=30)
"""What came out before that is on the page of updates, or read."""
LOOKED_AT = 60
"""Parts that are looked at for the row; several may be of one story."""
CARDS = 6
FOLLOWS = "EXISTS (SELECT 1 FROM library_follow WHERE account_id = %s)"
READS = "EXISTS (SELECT 1 FROM library_reading WHERE account_id = %s)"
DECLINES = "EXISTS (SELECT 1 FROM library_wishes WHERE account_id = %s AND NOT suggests)"
ALIKE = "EXISTS (SELECT 1 FROM rankings_alike WHERE story_id = %s)"


class New(NamedTuple):
    """A new part of a story that I follow, or that is by somebody or under something that I follow."""

    card: Card
    part: str
    url: str


def account_of(person: Person) -> Account:
    """The account as the gate needs it, made of what the page layer has asked already."""
    account = Account(pk=person.account_id, ceiling=person.rating)
    account.house_limit = cache(lambda: current().ceiling)
    return account


def _asked_for_rows(person: Person, _argument: str) -> Question:
    return Question([FOLLOWS, READS, DECLINES], [person.account_id] * 3)


@asks(_asked_for_rows)
def my_rows(person: Person, _argument: str, row: Row) -> str:
    """The two rows of the home page; nothing is asked for somebody who follows and reads nothing."""
    follows, reads, declines = row
    account = account_of(person)
    new = _new(account) if follows else []
    suggested = suggesting.suggest(account, most=CARDS) if (reads or follows) and not declines else []
    stories = {story.pk: story for story, _part in new} | {one.story.pk: one.story for one in suggested}
    if not stories:
        return ""
    known = {card.id: card for card in cards(list(stories.values()))}
    context = {
        "new": [New(known[story.pk], part.title, part.url) for story, part in new],
        "suggested": [reasoned(known[one.story.pk], one) for one in suggested],
        "token": person.extra.get("form_token", ""),
    }
    return render_to_string("reading/_my_rows.html", context)


def _new(account: Account) -> list[tuple[Story, Any]]:
    """The first new part of each story that I have not read."""
    now = timezone.now()
    read = PartRead.objects.filter(account=account.pk, part=OuterRef("pk"), finished_at__isnull=False)
    lately = parts_of(account).filter(~Exists(read), release_at__gt=now - SPAN, release_at__lte=now)
    parts = lately.select_related("story__cover", "story__series_entry__series").order_by(
        "-release_at", "-pk"
    )
    found: dict[int, tuple[Story, Any]] = {}
    for part in parts[:LOOKED_AT]:
        found.setdefault(part.story_id, (part.story, part))
    return list(found.values())[:CARDS]


def reasoned(card: Card, suggestion: Suggestion) -> Card:
    """The card, with why it is there."""
    reasons = {
        "finished": _("Because you finished “%(title)s”"),
        "reading": _("Because you are reading “%(title)s”"),
        "shelf": _("Because “%(title)s” is on your shelf"),
        "tags": _("It has the tags of what you read"),
        "follows": _("It has a tag that you follow"),
    }
    card.reason = reasons[suggestion.how] % {
        "title": f"\N{FIRST STRONG ISOLATE}{suggestion.title}\N{POP DIRECTIONAL ISOLATE}"
    }
    return card


def _asked_for_beside(_person: Person, argument: str) -> Question | None:
    number = int(argument) if argument.isdecimal() and len(argument) <= 18 else None
    return None if number is None else Question([ALIKE], [number])


@asks(_asked_for_beside)
def beside(person: Person, argument: str, row: Row) -> str:
    """What readers who finished this story also finished, without what I hide or have in my library."""
    if not row[0]:
        return ""
    found = suggesting.beside(Story(pk=int(argument)), account_of(person))
    return render_to_string("reading/_beside.html", {"beside": cards(found), "of": argument}) if found else ""
