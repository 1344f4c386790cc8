"""Whether I follow this or hide it, and whether I have marked something, on pages that everybody shares."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote

from django.template.loader import render_to_string
from django.utils import translation

from talehouse.pages.holes import Question, Row, asks
from talehouse.pages.person import Person

FOLLOWS = "EXISTS (SELECT 1 FROM library_follow WHERE account_id = %s AND target = %s AND target_id {})"
HIDES = "EXISTS (SELECT 1 FROM library_hide WHERE account_id = %s AND target = %s AND target_id {})"
ITSELF, OR_A_SYNONYM = "= %s", "IN (SELECT id FROM tags_tag WHERE %s IN (id, merged_into_id))"
MINE = "EXISTS (SELECT 1 FROM accounts_penname WHERE id = %s AND account_id = %s)"
MARKED = "EXISTS (SELECT 1 FROM library_highlight WHERE account_id = %s AND part_id = %s)"
KNOWN_BY = {
    "story": "SELECT CAST(%s AS bigint)",
    "series": "SELECT CAST(%s AS bigint)",
    "penname": "SELECT slug FROM accounts_penname WHERE id = %s",
    "tag": "SELECT kind || '/' || slug FROM tags_tag WHERE id = %s",
    "list": "SELECT p.account_id FROM library_readinglist l JOIN accounts_penname p ON p.id = l.owner_id"
    " WHERE l.id = %s",
}
"""What its address is made of; of a list, whose it is."""
PLACES = {
    "story": "/stories/{}/",
    "series": "/series/{}/",
    "penname": "/people/{}/",
    "tag": "/tags/{}/",
    "list": "/lists/{}/",
}
_ACTION, _TOKEN = "/-the-action-/", "-the-token-"


def _asked(what: str, kinds: tuple[str, ...], person: Person, argument: str) -> Question | None:
    """The question about a thing that is named by kind and id ("story-12")."""
    kind, _hyphen, number = argument.partition("-")
    if kind not in kinds or not number.isdecimal() or len(number) > 18:
        return None
    which = OR_A_SYNONYM if kind == "tag" else ITSELF
    return Question((what.format(which), KNOWN_BY[kind]), [person.account_id, kind, int(number), int(number)])


def _place(argument: str, known_by: object) -> str:
    """The address of the thing, as its forms have it."""
    kind, _hyphen, number = argument.partition("-")
    named = quote(str(known_by)) if kind in ("penname", "tag") else number
    return PLACES[kind].format(named)


def whether_i_follow(person: Person, argument: str) -> Question | None:
    """Whether I follow a thing; of a pen name also whether it is mine."""
    asked = _asked(FOLLOWS, ("story", "series", "penname", "tag", "list"), person, argument)
    return _and_whose(asked, person, argument)


def _and_whose(asked: Question | None, person: Person, argument: str) -> Question | None:
    """The same question; of a pen name, whether it is mine stands behind it."""
    if asked is None or not argument.startswith("penname-"):
        return asked
    number = int(argument.removeprefix("penname-"))
    return Question((*asked.columns, MINE), [*asked.values, number, person.account_id])


@asks(whether_i_follow)
def my_follow(person: Person, argument: str, row: Row) -> str:
    """The button as it stands for this person; on a list of their own the way to change it.

    Nothing on a pen name of their own, unless they followed it already: then the way to end it.
    """
    follows, known_by, *mine = row
    if any(mine) and not follows:
        return ""
    kind, _hyphen, number = argument.partition("-")
    language = translation.get_language() or ""
    if kind == "list" and known_by == person.account_id:
        return _own_list(language).replace(_ACTION, f"/library/lists/{number}/")
    return _filled(_follow(bool(follows), language), f"{_place(argument, known_by)}follow/", person)


def whether_i_hide(person: Person, argument: str) -> Question | None:
    """Whether I hide a thing; of a pen name also whether it is mine."""
    return _and_whose(_asked(HIDES, ("story", "penname", "tag"), person, argument), person, argument)


@asks(whether_i_hide)
def my_hide(person: Person, argument: str, row: Row) -> str:
    """What else somebody can do with a thing: hide it; put a story into a list."""
    hides, known_by, *mine = row
    if any(mine):
        return ""
    kind, _hyphen, number = argument.partition("-")
    button = _hide(kind, bool(hides), translation.get_language() or "")
    filled = _filled(button, f"{_place(argument, known_by)}hide/", person)
    return filled.replace("/-the-story-/", f"/{number}/")


def whether_i_marked(person: Person, argument: str) -> Question | None:
    """Whether something in a part is marked by me."""
    if not argument.isdecimal() or len(argument) > 18:
        return None
    return Question((MARKED,), [person.account_id, int(argument)])


@asks(whether_i_marked)
def my_marks(person: Person, argument: str, row: Row) -> str:
    """The tool that marks words, and whether there are marks to be fetched."""
    tool = _mark(bool(row[0]), translation.get_language() or "")
    return _filled(tool, f"/parts/{argument}/marks/", person)


def _filled(markup: str, action: str, person: Person) -> str:
    return markup.replace(_ACTION, action).replace(_TOKEN, str(person.extra.get("form_token", "")))


@lru_cache(maxsize=64)
def _follow(follows: bool, language: str) -> str:
    """The markup, the same for everybody but for where it goes and the token."""
    return render_to_string("library/_follow.html", {"follows": follows, "action": _ACTION, "token": _TOKEN})


@lru_cache(maxsize=64)
def _own_list(language: str) -> str:
    return render_to_string("library/_own_list.html", {"action": _ACTION})


@lru_cache(maxsize=64)
def _hide(kind: str, hides: bool, language: str) -> str:
    context = {"kind": kind, "hides": hides, "action": _ACTION, "token": _TOKEN}
    return render_to_string("library/_hide.html", context)


@lru_cache(maxsize=64)
def _mark(some: bool, language: str) -> str:
    return render_to_string("library/_mark.html", {"some": some, "action": _ACTION, "token": _TOKEN})
