"""What the bar of every page shows to somebody who has signed in."""

from __future__ import annotations

from functools import lru_cache

from django.template.loader import render_to_string
from django.utils import translation

from talehouse.accounts.owner_marks import owner_mark
from talehouse.pages.person import Person

_OWNER, _TOKEN = "-the-owner-", "-the-token-"


def me(person: Person, argument: str) -> str:
    """My desk, my name, and the way out. No query: the page layer has asked already."""
    host, wrangles = bool(person.extra.get("host")), bool(person.extra.get("wrangles"))
    menu = _menu(person.name, host, wrangles, translation.get_language() or "")
    token = str(person.extra.get("form_token", ""))
    return menu.replace(_OWNER, owner_mark(person.account_id)).replace(_TOKEN, token)


@lru_cache(maxsize=2048)
def _menu(name: str, is_host: bool, wrangles: bool, language: str) -> str:
    context = {"me": {"name": name}, "is_host": is_host, "wrangles": wrangles}
    context |= {"owner": _OWNER, "token": _TOKEN}
    return render_to_string("_me.html", context)
