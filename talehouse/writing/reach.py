"""Whom a part reaches that is published now: what its page says, and whether its link opens for others."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from talehouse.accounts.models import Account
from talehouse.stories import holding
from talehouse.stories.models import Part, Story, Visibility


@dataclass(frozen=True, slots=True)
class Reach:
    """`heading` is for a part that is out or has its time, `promise` for “Now”; `says` keeps readers away.

    `way` names the way on that the page offers; `opens`: the link leads others to the text.
    """

    heading: str
    promise: str
    says: str = ""
    way: str = ""
    opens: bool = False


def reach_of(part: Part, account: Account) -> Reach:
    """What keeps readers from the part, the weightiest first; a host's no and a privacy both have to go."""
    story = part.story
    return _taken_back(part, story) or _held(story) or _private(part, story) or _open(story, account)


def _taken_back(part: Part, story: Story) -> Reach | None:
    if part.hidden_at or story.hidden_at:
        says = _("The host has hidden it: readers see nothing of it.")
        return Reach(_("Hidden by the host"), _("It is published, but the host has hidden it."), says)
    later = _("Readers see it once you have put it back.")
    if story.withdrawn_at:
        says = _("The story is withdrawn. Readers see nothing of it until you put it back.")
        return Reach(_("Withdrawn"), later, says, "story-back")
    if part.withdrawn_at:
        says = _("This part is withdrawn. Readers see nothing of it until you put it back.")
        return Reach(_("Withdrawn"), later, says, "part-back")
    return None


def _held(story: Story) -> Reach | None:
    says = holding.told(story)
    if holding.is_refused(story):
        way = "ask-again" if story.release_at else ""
        return Reach(_("Not approved"), _after_the_host(), says, way)
    if says and story.visibility != Visibility.PRIVATE:
        return Reach(_("Waits for the host"), _after_the_host(), says)
    return None


def _after_the_host() -> str:
    return _("The host looks at it first. Then readers see it, and followers are told.")


def _private(part: Part, story: Story) -> Reach | None:
    promise = _("It is published for you and the people of this story.")
    if story.visibility == Visibility.PRIVATE:
        says = _("The story is private: only you and its people see it.")
        return Reach(_("It is private"), promise, says, "audience")
    if part.visibility == Part.Visibility.PRIVATE:
        says = _("This part is private: only you and the people of this story see it.")
        return Reach(_("It is private"), promise, says)
    return None


def _open(story: Story, account: Account) -> Reach:
    waits = holding.would_wait(story, account)
    promise = _after_the_host() if waits else _("Readers see it at once, and followers are told.")
    return Reach(_("It is out"), promise, opens=True)
