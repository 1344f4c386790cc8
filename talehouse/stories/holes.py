"""What a story's own people see in the place that is empty for everybody else."""

from __future__ import annotations

from django.db import connection
from django.utils.html import format_html
from django.utils.translation import gettext as _

from talehouse.pages.person import Person

ROLE_OF = """
SELECT r.kind FROM stories_role r JOIN accounts_penname p ON p.id = r.pen_name_id
WHERE r.story_id = %s AND p.account_id = %s AND r.accepted_at IS NOT NULL ORDER BY r.position, r.id LIMIT 1
"""


def story_people(person: Person, argument: str) -> str:
    """A line for those with a role on the story; one query."""
    if not argument.isdecimal():
        return ""
    with connection.cursor() as cursor:
        cursor.execute(ROLE_OF, [int(argument), person.account_id])
        row = cursor.fetchone()
    if row is None:
        return ""
    return format_html('<p class="own"><a href="/write/">{}</a></p>', _("This story is on your desk"))
