"""Which stories an event of the log is about, so that their rows are read anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet

from talehouse.accounts.models import PenName
from talehouse.activity.models import Event
from talehouse.comments.models import Comment
from talehouse.stories.models import Part, Role, StoryTag
from talehouse.tags.vocabulary import TagKind

_SLICE = 500
_IGNORED = frozenset({"part.saved", "part.set-aside", "part.settled", "comment.edited"})
"""What happens often and changes nothing that is kept here: drafts, mostly."""


def concerned_texts(events: Sequence[Event]) -> set[int]:
    """The same, but for what only moves counters: words stay as they were."""
    return concerned([event for event in events if not event.verb.startswith(("vote.", "comment."))])


def concerned(events: Sequence[Event]) -> set[int]:
    """The stories whose rows may differ after these events."""
    by_type: dict[str, set[int]] = {}
    found: set[int] = set()
    for event in events:
        if event.verb in _IGNORED or event.verb.startswith("part.note-"):
            continue
        by_type.setdefault(event.subject_type, set()).add(event.subject_id)
        if isinstance(event.data.get("story"), int):
            found.add(event.data["story"])
    for kind, ids in by_type.items():
        if kind in _FINDERS:
            found |= _FINDERS[kind](sorted(ids))
    return found


def _through(ids: Sequence[int], find: Callable[[Sequence[int]], QuerySet[Any, Any]]) -> set[int]:
    found: set[int] = set()
    for start in range(0, len(ids), _SLICE):
        found |= set(find(ids[start : start + _SLICE]))
    return found - {None}


def _of_parts(ids: Sequence[int]) -> set[int]:
    return _through(ids, lambda some: Part.objects.filter(pk__in=some).values_list("story", flat=True))


def _of_comments(ids: Sequence[int]) -> set[int]:
    return _through(ids, lambda some: Comment.objects.filter(pk__in=some).values_list("story", flat=True))


def _of_pen_names(ids: Sequence[int]) -> set[int]:
    return _through(ids, lambda some: Role.objects.filter(pen_name__in=some).values_list("story", flat=True))


def _of_accounts(ids: Sequence[int]) -> set[int]:
    names = PenName.objects.filter(account__in=ids).values_list("pk", flat=True)
    return _of_pen_names(list(names))


def _of_tags(ids: Sequence[int]) -> set[int]:
    """Those with several fandoms, or relationships, among which something has changed: it may make them a
    crossover, or not, and their first relationship mean another, though their effective tags stay.
    """
    return _with_several(TagKind.FANDOM, ids) | _with_several(TagKind.RELATIONSHIP, ids)


def _with_several(kind: TagKind, ids: Sequence[int]) -> set[int]:
    def find(some: Sequence[int]) -> QuerySet[Any, Any]:
        carried = StoryTag.objects.filter(Q(tag__in=some) | Q(tag__merged_into__in=some))
        stories = carried.filter(tag__kind=kind).values("story")
        each = StoryTag.objects.filter(story__in=stories, tag__kind=kind).order_by()
        several = each.values("story").annotate(n=Count("pk")).filter(n__gt=1)
        return several.values_list("story", flat=True)

    return _through(ids, find)


def _themselves(ids: Iterable[int]) -> set[int]:
    return set(ids)


_FINDERS: dict[str, Callable[[Sequence[int]], set[int]]] = {
    "story": _themselves,
    "part": _of_parts,
    "comment": _of_comments,
    "penname": _of_pen_names,
    "account": _of_accounts,
    "tag": _of_tags,
}
