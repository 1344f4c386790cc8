"""How the command line names a story, and its size."""

from __future__ import annotations

import re
from uuid import UUID

from django.utils.translation import ngettext

from talehouse.stories.models import Story


def story_named(text: str) -> Story | None:
    """By number, address (`/stories/12-…/`), UUID or exact title; only if just one story has the title."""
    stories = Story.objects.standing().select_related("cover", "series_entry__series")
    if match := re.fullmatch(r"(?:.*/stories/)?(\d{1,18})(?:-[^/]*)?/?", text):
        return stories.filter(pk=int(match[1])).first()
    try:
        return stories.filter(uuid=UUID(text)).first()
    except ValueError:
        found = list(stories.filter(title=text)[:2])
        return found[0] if len(found) == 1 else None


def parts_of(number: int) -> str:
    """So many parts."""
    return ngettext("%(n)s part", "%(n)s parts", number) % {"n": number}
