"""My vote, on a page that everybody shares."""

from __future__ import annotations

from functools import lru_cache

from django.template.loader import render_to_string
from django.utils import translation

from talehouse.pages.holes import Question, Row, asks
from talehouse.pages.person import Person

MINE = (
    "EXISTS (SELECT 1 FROM votes_vote WHERE part_id = %s AND account_id = %s)",
    "SELECT count(*) FROM stories_part WHERE id = %s AND NOT EXISTS ("
    "SELECT 1 FROM stories_role r JOIN accounts_penname n ON n.id = r.pen_name_id"
    " WHERE r.story_id = stories_part.story_id AND n.account_id = %s AND r.accepted_at IS NOT NULL"
    " AND r.kind IN ('author', 'co-author'))",
)
_PART, _TOKEN = "0987612345", "-the-token-"


def whether_i_voted(person: Person, argument: str) -> Question | None:
    """Whether I voted for it, and whether it is there and not a story of mine."""
    part = argument.partition("-")[0]
    if not part.isdecimal():
        return None
    return Question(MINE, [int(part), person.account_id, int(part), person.account_id])


@asks(whether_i_voted)
def my_vote(person: Person, argument: str, row: Row) -> str:
    """The button for a part, as it stands for this person; nothing for the story's authors.

    `argument`: the part's id, and behind a hyphen the key of an unlisted story.
    """
    voted, may_vote = row
    if not may_vote:
        return ""
    part, _hyphen, key = argument.partition("-")
    button = _button(bool(voted), translation.get_language() or "")
    place = f"{part}/vote/?key={key}" if key else f"{part}/vote/"
    token = str(person.extra.get("form_token", ""))
    return button.replace(f"{_PART}/vote/", place).replace(_PART, part).replace(_TOKEN, token)


@lru_cache(maxsize=64)
def _button(voted: bool, language: str) -> str:
    """The markup, the same for everybody but for the part and the token."""
    return render_to_string("votes/_button.html", {"voted": voted, "part": _PART, "token": _TOKEN})
