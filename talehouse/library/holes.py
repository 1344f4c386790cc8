"""Whether I follow this, on a page that everybody shares."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote

from django.template.loader import render_to_string
from django.utils import translation

from talehouse.pages.holes import Question, Row, asks
from talehouse.pages.person import Person

MINE = (
    "EXISTS (SELECT 1 FROM library_follow WHERE account_id = %s AND target = %s AND target_id = %s)",
    "SELECT slug FROM accounts_penname WHERE id = %s",
)
_ACTION, _TOKEN = "/-the-action-/", "-the-token-"
_PLACES = {"story": "/stories/{}/follow/", "series": "/series/{}/follow/", "penname": "/people/{}/follow/"}


def whether_i_follow(person: Person, argument: str) -> Question | None:
    """Whether I follow what is named by kind and id ("story-12"), and the slug of a pen name."""
    kind, _hyphen, number = argument.partition("-")
    if kind not in _PLACES or not number.isdecimal():
        return None
    name = int(number) if kind == "penname" else 0
    return Question(MINE, [person.account_id, kind, int(number), name])


@asks(whether_i_follow)
def my_follow(person: Person, argument: str, row: Row) -> str:
    """The button for what is named by kind and id, as it stands for this person."""
    follows, slug = row
    kind, _hyphen, number = argument.partition("-")
    action = _PLACES[kind].format(quote(slug or "") if kind == "penname" else number)
    button = _button(bool(follows), translation.get_language() or "")
    return button.replace(_ACTION, action).replace(_TOKEN, str(person.extra.get("form_token", "")))


@lru_cache(maxsize=64)
def _button(follows: bool, language: str) -> str:
    """The markup, the same for everybody but for where it goes and the token."""
    return render_to_string("library/_follow.html", {"follows": follows, "action": _ACTION, "token": _TOKEN})
