"""Effective tags: a story's own, the canonical tag of each, and all that stands above.

Derived from the tags of stories and the order among tags. A rule that sets the tags of a story asks for
`refresh` in its transaction; what wranglers do comes by the log (`hear`), which marks the stories that it may
move and works them out in batches. `rebuild` makes the same from nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Max

from talehouse.activity.log import record_each
from talehouse.activity.models import Event
from talehouse.pages.versions import bump
from talehouse.stories.models import EffectiveTag, StaleStory, Story

BATCH = 2_000
"""Stories whose tags are worked out in one transaction."""
AT_ONCE = 2_000
"""Stories that the consumer works out in the transaction of its cursor; the duty `catch_up` does the rest."""
TURN = 5
"""Batches in one turn of that duty: others of the worker wait meanwhile."""

_WANTED = """
WITH RECURSIVE own(story_id, tag_id) AS (
    SELECT story_id, tag_id FROM stories_storytag WHERE {which}
), reach(root, tag_id) AS (
    SELECT t.id, COALESCE(t.merged_into_id, t.id) FROM tags_tag t WHERE t.id IN (SELECT tag_id FROM own)
    UNION SELECT r.root, a.above_id FROM reach r JOIN tags_above a ON a.tag_id = r.tag_id
), wanted(story_id, tag_id, inherited) AS (
    SELECT story_id, tag_id, MIN(inherited) FROM (
        SELECT story_id, tag_id, 0 AS inherited FROM own
        UNION ALL SELECT o.story_id, r.tag_id, 1 FROM own o JOIN reach r ON r.root = o.tag_id
    ) AS each_way GROUP BY story_id, tag_id
)
"""
"""What should stand, for the stories of `which`: a synonym leads to its canonical tag, that to what is above
it, and so on (UNION, not UNION ALL, ends even where there was a circle)."""

_INSERT = f"""{_WANTED}
INSERT INTO stories_effectivetag (story_id, tag_id, inherited)
SELECT story_id, tag_id, inherited = 1 FROM wanted
"""
_DIFFERENCES = f"""{_WANTED}
SELECT story_id, tag_id, MAX(kept), MAX(true_one) FROM (
    SELECT story_id, tag_id, CAST(NULL AS integer) AS kept, inherited AS true_one FROM wanted
    UNION ALL SELECT story_id, tag_id, CASE WHEN inherited THEN 1 ELSE 0 END, CAST(NULL AS integer)
    FROM stories_effectivetag WHERE {{which}}
) AS both_ways GROUP BY story_id, tag_id
HAVING COALESCE(MAX(kept), -1) <> COALESCE(MAX(true_one), -1)
ORDER BY story_id, tag_id
"""

Progress = Callable[[int, int], None]


class Difference(NamedTuple):
    """A tag of a story that stands where it should not, or the other way round. None: not there."""

    story: int
    tag: int
    kept: bool | None
    true: bool | None


def _found(which: str, values: Sequence[int]) -> list[Difference]:
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENCES.format(which=which), [*values, *values])
        return [
            Difference(story, tag, None if kept is None else bool(kept), None if true is None else bool(true))
            for story, tag, kept, true in cursor.fetchall()
        ]


def _of(story_ids: Sequence[int]) -> list[Difference]:
    marks = ", ".join(["%s"] * len(story_ids))
    return _found(f"story_id IN ({marks})", story_ids)


def refresh(story_ids: Iterable[int], *, actor: int | None = None) -> set[int]:
    """Work out the effective tags of these stories anew, write what differs, and tell the log which changed.

    Call it inside the transaction of the rule that has changed their tags. Returns the changed stories.
    """
    changed: set[int] = set()
    for some in _slices(sorted(set(story_ids)), BATCH):
        changed |= _mend(_of(some), actor)
    return changed


def _mend(found: Sequence[Difference], actor: int | None = None) -> set[int]:
    """Write the differences, and say so to the log and to kept pages."""
    gone: dict[int, list[int]] = {}
    for one in found:
        if one.true is None:
            gone.setdefault(one.tag, []).append(one.story)
    for tag, stories in gone.items():
        for some in _slices(stories):
            EffectiveTag.objects.filter(tag=tag, story__in=some).delete()
    EffectiveTag.objects.bulk_create(
        [
            EffectiveTag(story_id=one.story, tag_id=one.tag, inherited=one.true)
            for one in found
            if one.true is not None
        ],
        update_conflicts=True,
        unique_fields=["story", "tag"],
        update_fields=["inherited"],
        batch_size=1000,
    )
    changed = sorted({one.story for one in found})
    if changed:
        record_each("story.retagged", actor=actor, subjects=[Story(pk=pk) for pk in changed])
        bump("lists", *(f"tag:{pk}" for pk in {one.tag for one in found}))
    return set(changed)


def hear(events: Sequence[Event]) -> None:
    """What the log says of tags and stories. A story that moves with a tag was found under it before.

    (Take the way from one of its own tags to one that is new to it: the first step that is new starts at a
    tag under which it was found already. So those found under the wrangled tags are all that can change.)
    """
    tags = {event.subject_id for event in events if event.verb == "tag.wrangled"}
    stories = {event.subject_id for event in events if event.verb == "story.tagged"}
    for some in _slices(sorted(tags)):
        _mark(some)
    refresh(Story.objects.filter(pk__in=stories).values_list("pk", flat=True))
    if tags:
        _work_off(AT_ONCE)


def _slices(ids: Sequence[int], size: int = 500) -> Iterator[Sequence[int]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))


def _mark(tag_ids: Sequence[int]) -> None:
    marks = ", ".join(["%s"] * len(tag_ids))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO stories_stalestory (story_id) "
            f"SELECT story_id FROM stories_effectivetag WHERE tag_id IN ({marks}) "
            f"UNION SELECT story_id FROM stories_storytag WHERE tag_id IN ({marks}) "
            "ON CONFLICT (story_id) DO NOTHING",
            [*tag_ids, *tag_ids],
        )


def _work_off(most: int) -> int:
    """Some of the stories that wait; returns how many."""
    ids = list(StaleStory.objects.order_by("pk").values_list("pk", flat=True)[:most])
    for some in _slices(ids):
        StaleStory.objects.filter(pk__in=some).delete()
    refresh(ids)
    return len(ids)


def catch_up() -> int:
    """What the consumer has left, a batch at a time, so that nobody waits long; returns how many stories."""
    done = 0
    for _turn in range(TURN):
        with transaction.atomic():
            some = _work_off(BATCH)
        done += some
        if some < BATCH:
            break
    return done


def _ranges() -> Iterator[tuple[int, int, int]]:
    """The ids of all stories, cut up: first, last, and the last of all."""
    last = Story.objects.aggregate(last=Max("pk"))["last"] or 0
    for first in range(1, last + 1, 10 * BATCH):
        yield first, first + 10 * BATCH - 1, last


def rebuild(progress: Progress | None = None) -> int:
    """Make the whole table from nothing, a range of stories in each transaction. Returns the number of rows.

    It tells nobody: whoever keeps something made of it builds that anew, too. A story that is marked while it
    runs stays marked, unless its range is still to come.
    """
    with connection.cursor() as cursor:
        for first, last, of in _ranges():
            with transaction.atomic():
                for table in ("stories_stalestory", "stories_effectivetag"):
                    cursor.execute(f"DELETE FROM {table} WHERE story_id BETWEEN %s AND %s", [first, last])
                cursor.execute(_INSERT.format(which="story_id BETWEEN %s AND %s"), [first, last])
            if progress:
                progress(min(last, of), of)
    with transaction.atomic():
        bump("lists")
    return EffectiveTag.objects.count()


def differences() -> Iterator[Difference]:
    """Where the table is not what a rebuild would make it."""
    for first, last, _of_all in _ranges():
        yield from _found("story_id BETWEEN %s AND %s", [first, last])


@transaction.atomic
def mend(progress: Progress | None = None) -> None:
    """Write what differs, whatever the reason, and tell the log."""
    for first, last, of in _ranges():
        _mend(_found("story_id BETWEEN %s AND %s", [first, last]))
        if progress:
            progress(min(last, of), of)
