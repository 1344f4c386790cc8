"""Every counter against its rows: `recount --check` tells the differences, `recount` mends them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from django.db import transaction

from talehouse.comments import counting as comments_said
from talehouse.reads import counting
from talehouse.stories import effective, tagging
from talehouse.stories.models import Part, Story
from talehouse.stories.sums import bump_story, expected, sum_up
from talehouse.votes import casting


class Difference(NamedTuple):
    """A counter that is not what its rows say."""

    where: str
    column: str
    shown: object
    rows: object


Progress = Callable[[int, int], None]


def _parts() -> Iterator[Difference]:
    """Reads, votes, comments and words of each part.

    A part that was emptied has no words to count any more; it keeps the number that it had.
    """
    reads, cast, said = counting.recount(), casting.recount(), comments_said.recount()
    columns = ("pk", "purged_at", "read_count", "vote_count", "comment_count", "word_count")
    rows = Part.objects.values_list(*columns, "published__word_count")
    for pk, purged, shown, votes, comments, words, true_words in rows.iterator():
        for column, has, should in (
            ("read_count", shown, reads.get(pk, 0)),
            ("vote_count", votes, cast.get(pk, 0)),
            ("comment_count", comments, said.get(pk, 0)),
            ("word_count", words, words if purged else true_words or 0),
        ):
            if has != should:
                yield Difference(f"part {pk}", column, has, should)


def _stories(progress: Progress | None) -> Iterator[Difference]:
    total = Story.objects.count()
    for number, story in enumerate(Story.objects.filter(purged_at=None).order_by("pk").iterator(), 1):
        for column, should in expected(story).items():
            has = getattr(story, column)
            if has != should:
                yield Difference(f"story {story.pk}", column, has, should)
        if progress:
            progress(number, total)


@transaction.atomic
def check(progress: Progress | None = None) -> list[Difference]:
    """All differences, seen at one moment."""
    return [*_parts(), *_stories(progress), *_tags(), *_likes(), *_effective()]


def _tags() -> Iterator[Difference]:
    """On how many stories each tag stands, and the words by which it is found."""
    for tag, shown, rows in tagging.differences():
        yield Difference(f"tag {tag}", "stories", shown, rows)
    for tag, right, of in tagging.wrong_words():
        yield Difference(f"tag {tag}", "words", right, of)


def _effective() -> Iterator[Difference]:
    """Under which tags each story is found."""
    said = {None: "not there", False: "its own", True: "inherited"}
    for story, tag, kept, true in effective.differences():
        yield Difference(f"effective {story}", f"tag {tag}", said[kept], said[true])


def _likes() -> Iterator[Difference]:
    """Likes of each comment."""
    for pk, shown, rows in comments_said.wrong_likes():
        yield Difference(f"comment {pk}", "like_count", shown, rows)


@transaction.atomic
def mend(progress: Progress | None = None) -> list[Difference]:
    """Set every counter to what its rows say; returns what was different."""
    found = check(progress)
    for difference in found:
        kind, _space, number = difference.where.partition(" ")
        if kind == "part":
            Part.objects.filter(pk=int(number)).update(**{difference.column: difference.rows})
        elif kind == "comment":
            comments_said.set_likes(int(number), int(str(difference.rows)))
    tagging.build(
        int(difference.where.removeprefix("tag "))
        for difference in found
        if difference.where.startswith("tag ")
    )
    effective.mend()
    for story in Story.objects.select_for_update().filter(purged_at=None) if found else ():
        sum_up(story)
        bump_story(story)
    return found
