"""Whether something is new for me, in the bar of every page."""

from __future__ import annotations

from functools import lru_cache

from django.db import connection
from django.template.loader import render_to_string
from django.utils import translation

from talehouse.pages.person import Person

UNREAD = "SELECT EXISTS (SELECT 1 FROM notifications_notification WHERE account_id = %s AND read_at IS NULL)"


def bell(person: Person, argument: str) -> str:
    """The way to what is new, lit if there is something; one query."""
    with connection.cursor() as cursor:
        cursor.execute(UNREAD, [person.account_id])
        lit = bool(cursor.fetchone()[0])
    return _bell(lit, translation.get_language() or "")


@lru_cache(maxsize=16)
def _bell(lit: bool, language: str) -> str:
    return render_to_string("notifications/_bell.html", {"lit": lit})
