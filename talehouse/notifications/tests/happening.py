"""What happens, and browsers that are told of it, for the tests of this room."""

from __future__ import annotations

import json

from talehouse.accounts.models import Account
from talehouse.comments.models import Comment
from talehouse.comments.saying import Place, say
from talehouse.notifications import devices, wishes
from talehouse.notifications.models import Device, Kind
from talehouse.notifications.wishes import Way
from talehouse.stories.models import Part, Story
from talehouse.votes import casting
from tests.cast import Cast, first
from tests.delivering import deliver_now
from tests.receiving import Service, Subscriber

BROWSER = Subscriber()


def allow(box: Service, by: Account, name: str = "one") -> Device:
    """A browser of this account, to which everything is pushed."""
    device = devices.subscribe(box.endpoint(name), BROWSER.p256dh, BROWSER.auth, by=by)
    for kind in Kind.values:
        wishes.choose(kind, Way(push=True), by=by)
    return device


def shown(box: Service, name: str = "one") -> list[dict[str, str]]:
    """What this browser has been told to show."""
    return [json.loads(BROWSER.read(posted.body)) for posted in box.to(name)]


def comment(cast: Cast, where: Story | Part, text: str = "One.") -> Comment:
    """The reader comments on a part, or on the first one of a story."""
    part = where if isinstance(where, Part) else first(where)
    fresh = Part.objects.select_related("story", "published").get(pk=part.pk)
    said = say(Place(story=fresh.story, part=fresh), by=cast.reader, text=text)
    deliver_now()
    return said


def vote(cast: Cast, made: Story, *who: Account) -> None:
    """These vote for the first part of a story."""
    for one in who:
        casting.cast(first(made), by=one)
    deliver_now()
