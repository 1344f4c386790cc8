"""Stories with drafts in a queue, for the tests of this room."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.utils import timezone

from talehouse.accounts.models import Visitor
from talehouse.lib.clock import slots
from talehouse.stories import publishing, rhythm
from talehouse.stories.models import Part, Story
from tests.cast import PROSE, Cast, story

BERLIN = "Europe/Berlin"
TUESDAYS_AND_FRIDAYS = {"days": [2, 5], "at": time(18), "zone": BERLIN}


def waiting_story(cast: Cast, drafts: int = 3, *, out: int = 1) -> Story:
    """A story with its rhythm and so many drafts in the queue."""
    made = story(cast, parts=out)
    rhythm.set(made, by=cast.writer, **TUESDAYS_AND_FRIDAYS)  # type: ignore[arg-type]
    for number in range(drafts):
        publishing.add_part(made, by=cast.writer, title=f"Draft {number}", html=PROSE)
    if drafts:
        assert rhythm.queue_drafts(made, by=cast.writer) == drafts
    return made


def coming(count: int) -> list[datetime]:
    """The next slots of the usual rhythm."""
    return slots([2, 5], time(18), ZoneInfo(BERLIN), timezone.now(), count)


def times(made: Story) -> dict[str, datetime | None]:
    """When what has not come out comes out, by title, in the order of positions."""
    parts = made.parts.filter(deleted_at=None, released_at=None).order_by("position")
    return dict(parts.values_list("title", "release_at"))


def seen(made: Story) -> list[str]:
    """What a visitor may open."""
    parts = Part.objects.visible_to(Visitor()).filter(story=made).order_by("position")
    return list(parts.values_list("title", flat=True))


def one(made: Story, title: str) -> Part:
    return made.parts.get(title=title)
