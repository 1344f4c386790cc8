"""The settings of the reading page on the account: the newest wins, by the time at which they were chosen.

A device keeps its own at once and needs no account; these are the copy that goes from device to device.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account
from talehouse.library.models import Wishes
from talehouse.library.placing import righted
from talehouse.library.wishes import row_of
from talehouse.pages.holes import Question, Row, asks
from talehouse.pages.person import Person
from talehouse.stories.errors import RuleError

KNOWN = {
    "theme": frozenset({"paper", "white", "dusk", "night"}),
    "font": frozenset({"sans", "easy"}),
    "size": frozenset("1234567"),
    "leading": frozenset("12345"),
    "width": frozenset({"narrow", "wide"}),
    "gap": frozenset({"space"}),
    "align": frozenset({"justify"}),
    "bubbles": frozenset({"off"}),
    "tap": frozenset({"on"}),
    "awake": frozenset({"on"}),
    "speed": frozenset({"0.8", "1.25", "1.5", "2"}),
}
"""What can be chosen; what is left out is as it is for everybody."""
LONGEST = 2_000
"""Bytes of a message."""


class Told(NamedTuple):
    """What a device tells: its settings, when they were chosen and what time it is, both by its clock."""

    settings: dict[str, str]
    at: datetime
    now: datetime


def read(body: bytes) -> Told:
    """A message: JSON with `settings`, `at` and `now` (milliseconds since 1970). Raises RuleError."""
    try:
        raw: Any = json.loads(body) if len(body) <= LONGEST else None
        told = raw["settings"]
        at, now = (datetime.fromtimestamp(int(raw[name]) / 1000, UTC) for name in ("at", "now"))
        if not isinstance(told, dict):
            raise TypeError
    except (ValueError, TypeError, KeyError, OverflowError, OSError, RecursionError) as problem:
        raise RuleError(_("These settings cannot be read. Please load the page anew.")) from problem
    return Told(known(told), at, now)


def known(told: Mapping[str, object]) -> dict[str, str]:
    """The settings among these that there are, each with a value that there is."""
    return {
        name: value
        for name, values in KNOWN.items()
        if isinstance(value := told.get(name), str) and value in values
    }


@transaction.atomic
def keep(told: Told, *, by: Account) -> Wishes:
    """Keep these settings if they are newer than what is kept; returns the row with what counts now."""
    now = timezone.now()
    at = righted(told.at, told.now - now, now)
    wishes = Wishes.objects.select_for_update().get(pk=row_of(by).pk)
    if wishes.reader_at is None or at > wishes.reader_at:
        wishes.reader, wishes.reader_at = known(told.settings), at
        wishes.save(update_fields=["reader", "reader_at"])
    return wishes


def milliseconds(at: datetime | None) -> int:
    """Since 1970; 0 for never."""
    return int(at.timestamp() * 1000) if at else 0


def _question(person: Person, _argument: str) -> Question:
    mine = "SELECT {} FROM library_wishes WHERE account_id = %s"
    columns = [mine.format(column) for column in ("CAST(reader AS text)", "reader_at")]
    return Question(columns, [person.account_id] * 2)


@asks(_question)
def my_settings(person: Person, _argument: str, row: Row) -> str:
    """What the account keeps, for the script of the page, and the choice to keep them on this device only."""
    kept, at = row
    return _markup(kept, at, str(person.extra.get("form_token", "")), translation.get_language() or "")


@lru_cache(maxsize=1024)
def _markup(kept: str | None, at: str | datetime | None, token: str, _language: str) -> str:
    """The same on every page until somebody changes them."""
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC) if isinstance(at, str) else at
    mine = {"settings": json.loads(kept) if kept else {}, "at": milliseconds(moment)}
    return format_html(
        '<label class="toggle"><input type="checkbox" name="alone" value="on">{}</label>'
        '<span data-my-settings="{}" data-token="{}" hidden></span>',
        _("Only on this device"),
        json.dumps(mine),
        token,
    )
