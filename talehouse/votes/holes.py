"""My vote, on a page that everybody shares."""

from __future__ import annotations

from functools import lru_cache

from django.db import connection
from django.template.loader import render_to_string
from django.utils import translation

from talehouse.pages.person import Person

MINE = """
SELECT EXISTS (SELECT 1 FROM votes_vote v WHERE v.part_id = p.id AND v.account_id = %s),
    EXISTS (SELECT 1 FROM stories_role r JOIN accounts_penname n ON n.id = r.pen_name_id
            WHERE r.story_id = p.story_id AND n.account_id = %s AND r.accepted_at IS NOT NULL
            AND r.kind IN ('author', 'co-author'))
FROM stories_part p WHERE p.id = %s
"""
_PART, _TOKEN = "0987612345", "-the-token-"


def my_vote(person: Person, argument: str) -> str:
    """The button for a part, as it stands for this person; nothing for the story's authors.

    `argument`: the part's id, and behind a hyphen the key of an unlisted story.
    """
    part, _hyphen, key = argument.partition("-")
    if not part.isdecimal():
        return ""
    with connection.cursor() as cursor:
        cursor.execute(MINE, [person.account_id, person.account_id, int(part)])
        row = cursor.fetchone()
    if row is None or row[1]:
        return ""
    button = _button(bool(row[0]), translation.get_language() or "")
    place = f"{part}/vote/?key={key}" if key else f"{part}/vote/"
    token = str(person.extra.get("form_token", ""))
    return button.replace(f"{_PART}/vote/", place).replace(_PART, part).replace(_TOKEN, token)


@lru_cache(maxsize=64)
def _button(voted: bool, language: str) -> str:
    """The markup, the same for everybody but for the part and the token."""
    return render_to_string("votes/_button.html", {"voted": voted, "part": _PART, "token": _TOKEN})
