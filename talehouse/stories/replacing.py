"""Find and replace over the newest texts of a story: look first, then change what was agreed to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account
from talehouse.lib.html.finding import Hit, Wanted, hits, replaced
from talehouse.stories import drafting, publishing
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.locking import locked as held
from talehouse.stories.models import Part, Revision, Story
from talehouse.stories.powers import Power

MOST_HITS = 1000
"""So many places are shown at once, at most."""


class Found(NamedTuple):
    """The places in one part; `base` is the number of the revision that was looked at."""

    part: Part
    base: int
    hits: Sequence[Hit]


class Choice(NamedTuple):
    """What was agreed to in one part: the revision that was looked at, and the numbers of its places."""

    base: int
    numbers: frozenset[int]


class Replaced(NamedTuple):
    """What was done: places, parts, how many of the parts readers see changed already, and how many come out
    changed in their turn.
    """

    places: int
    parts: int
    published: int
    queued: int


def look(story: Story, wanted: Wanted) -> list[Found]:
    """Where the words stand in the newest texts, part by part. Whoever calls has asked the gate."""
    found: list[Found] = []
    left = MOST_HITS
    for part in _parts(story).iterator(chunk_size=20):
        newest = part.draft or part.published
        if newest is None or not (there := hits(newest.html, wanted)):
            continue
        found.append(Found(part, newest.number, there[:left]))
        left -= len(there)
        if left <= 0:
            break
    return found


def _parts(story: Story) -> QuerySet[Part]:
    return story.parts.filter(deleted_at=None).select_related("draft", "published").order_by("position")


@transaction.atomic
def replace(
    story: Story,
    wanted: Wanted,
    new: str,
    choices: Mapping[int, Choice],
    *,
    by: Account,
    publish: bool = False,
) -> Replaced:
    """Put the new words into these places; each changed part gets a draft. All of it, or nothing.

    `publish`: parts whose newest text readers saw before show the new one at once, as after the fix of a
    typing error: nobody is told, and no page says "edited". Raises RuleError where a part has changed since.
    """
    locked = held(story.pk, by=by, power=Power.WRITE)
    if publish and not Story.objects.allowing(by, Power.RELEASE).filter(pk=locked.pk).exists():
        raise NotAllowedError(_("Publishing is for the authors of this story."))
    parts = {part.pk: part for part in _parts(locked).filter(pk__in=choices)}
    changed, places = [], 0
    for pk, choice in sorted(choices.items()):
        part = parts.get(pk)
        newest = (part.draft or part.published) if part else None
        if part is None or newest is None or newest.number != choice.base:
            raise RuleError(_stale(part))
        done = _change(part, newest, wanted, new, choice, by)
        places += done
        changed += [part] if done else []
    out = [_publish(part, by) for part in changed if publish and _is_seen(part)]
    queued = sum(part.queued_at is not None for part in changed)
    return Replaced(places, len(changed), len(out), queued)


def _stale(part: Part | None) -> str:
    if part is None:
        return _("One of these parts is not here any more. Nothing was changed; look again.")
    return _("“%(title)s” has been changed since you looked. Nothing was replaced; look again.") % {
        "title": part.title
    }


def _change(part: Part, newest: Revision, wanted: Wanted, new: str, choice: Choice, by: Account) -> int:
    html, done = replaced(newest.html, wanted, new, choice.numbers)
    if done:
        drafting.save(
            part,
            by=by,
            html=html,
            base=newest.number,
            title=newest.title,
            note_before=newest.note_before,
            note_after=newest.note_after,
        )
    return done


def _is_seen(part: Part) -> bool:
    """Whether its newest text is the one that readers see, or will see at its own time."""
    return part.draft_id is None and part.published_id is not None and part.queued_at is None


def _publish(part: Part, by: Account) -> Part:
    """Let readers see the new text; that it was edited is not said."""
    edited = part.edited_at
    out = publishing.publish_changes(part, by=by)
    Part.objects.filter(pk=out.pk).update(edited_at=edited)
    return out
