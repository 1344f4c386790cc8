"""What a story's own people see in the place that is empty for everybody else."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.html import format_html
from django.utils.translation import gettext as _

from talehouse.pages.holes import Question, Row, asks
from talehouse.pages.person import Person
from talehouse.stories.powers import POWERS, Power

ROLE_OF = """
SELECT r.kind FROM stories_role r JOIN accounts_penname p ON p.id = r.pen_name_id
WHERE r.story_id = %s AND p.account_id = %s AND r.accepted_at IS NOT NULL ORDER BY r.position, r.id LIMIT 1
"""
ROLE_OF_PART = ROLE_OF.replace(
    "r.story_id = %s", "r.story_id = (SELECT story_id FROM stories_part WHERE id = %s)"
)


def _asking(query: str) -> Callable[[Person, str], Question | None]:
    def question(person: Person, argument: str) -> Question | None:
        return Question((query,), (int(argument), person.account_id)) if argument.isdecimal() else None

    return question


@asks(_asking(ROLE_OF))
def story_people(_person: Person, argument: str, row: Row) -> str:
    """The way to the desk for those with a role on the story."""
    (kind,) = row
    if kind in POWERS[Power.DESCRIBE]:
        return _link(f"/write/stories/{argument}/", _("Edit this story"))
    return _link(f"/write/stories/{argument}/parts/", _("This story is on your desk")) if kind else ""


@asks(_asking(ROLE_OF_PART))
def part_people(_person: Person, argument: str, row: Row) -> str:
    """The way to the editor for those who may write on this part, else to its notes."""
    (kind,) = row
    if kind in POWERS[Power.WRITE]:
        return _link(f"/write/parts/{argument}/", _("Edit this part"))
    if kind in POWERS[Power.ANNOTATE]:
        return _link(f"/write/parts/{argument}/notes/", _("Write notes beside this part"))
    return ""


def _link(address: str, label: str) -> str:
    return format_html('<p class="own"><a href="{}">{}</a></p>', address, label)
