"""What is suggested to one person, and why.

Never what they hide, decline or have in their library, never above the rating that they asked for, nothing by
a writer whom they mute or of a story of their own. Everything comes through the gate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from talehouse.accounts.models import Account, Muting, Person
from talehouse.library import following
from talehouse.library.hiding import without_hidden
from talehouse.library.models import Follow, NotForMe, PartRead, Reading, Shelved
from talehouse.library.suggestions import wanted
from talehouse.rankings.alike import tags
from talehouse.rankings.models import Alike
from talehouse.search import engine
from talehouse.stories.models import Part, Role, Story
from talehouse.stories.people import AUTHORS

SEEDS = 60
"""Stories of one's library that are looked at: those touched last."""
ENOUGH = 4
"""With fewer found by readers than so many for each that is wanted, tags are asked too."""
BY_TAGS = 0.01
"""What the likeness of tags counts for beside that of readers: it fills up."""
SHARED = 3
"""Words that two stories must have in common before they are akin."""
WEIGHT = {"finished": 1.0, "reading": 0.5, "shelf": 0.25}


class Seed(NamedTuple):
    """A story that tells of a taste: somebody `finished` it, is `reading` it, or put it on a `shelf`."""

    story: int
    title: str
    how: str


class Suggestion(NamedTuple):
    """A story and the one because of which it is suggested; without one, its tags are those of what they read
    (`how` is "tags"), or that they follow ("follows").
    """

    story: Story
    how: str
    title: str = ""


def for_you(account: Account, *, most: int = 12) -> list[Suggestion]:
    """The best first; nothing for somebody who does not want it, or of whom nothing is known yet."""
    return suggest(account, most=most) if wanted(account) else []


def suggest(account: Account, *, most: int) -> list[Suggestion]:
    """The same for somebody of whom it is known that they want it."""
    seeds = seeds_of(account)
    weights = {seed.story: WEIGHT[seed.how] for seed in seeds}
    scores, because = _by_readers(weights)
    if len(scores) < ENOUGH * most:
        carried = tags.weigh(weights) if weights else dict.fromkeys(_followed(account), 1.0)
        for story, score in tags.like(carried, without=weights).items():
            scores[story] = scores.get(story, 0.0) + BY_TAGS * score
    best = sorted(scores, key=lambda story: (-scores[story], -story))
    found = {story.pk: story for story in _fetched(account, best, most)}
    known = {seed.story: seed for seed in seeds}
    return [
        _suggestion(found[story], known.get(because.get(story, 0)), bool(seeds))
        for story in best
        if story in found
    ][:most]


def _suggestion(story: Story, seed: Seed | None, known: bool) -> Suggestion:
    if seed is None:
        return Suggestion(story, "tags" if known else "follows")
    return Suggestion(story, seed.how, seed.title)


def seeds_of(account: Account) -> list[Seed]:
    """What this person has in their library and may still meet, but for what they dropped."""
    chapters = Part.objects.released().filter(
        story=OuterRef(OuterRef("story")), kind=Part.Kind.CHAPTER, deleted_at=None
    )
    last = Subquery(chapters.order_by("-position").values("pk")[:1])
    ended = PartRead.objects.filter(account=account, part=last, finished_at__isnull=False)
    rows: Any = Reading.objects.filter(
        account=account, story__in=Story.objects.listed_for(account).values("pk")
    )
    mine = rows.exclude(shelf=Shelved.DROPPED).exclude(shelf="", read_at=None).annotate(ended=Exists(ended))
    told = mine.order_by("-touched_at", "-pk").values_list(
        "story", "story__title", "shelf", "read_at", "ended"
    )
    return [
        Seed(story, title, _how(shelf, read_at is not None, ended))
        for story, title, shelf, read_at, ended in told[:SEEDS]
    ]


def _how(shelf: str, read: bool, ended: bool) -> str:
    if shelf == Shelved.FINISHED or ended:
        return "finished"
    return "reading" if read or shelf == Shelved.READING else "shelf"


def _followed(account: Account) -> Iterable[int]:
    """The tags that this person follows: all that is known of somebody who has read nothing yet."""
    return following.ids(account, Follow.Target.TAG).values_list("target_id", flat=True)


def _by_readers(weights: Mapping[int, float]) -> tuple[dict[int, float], dict[int, int]]:
    """Scores by what readers of these stories finished too, and because of which one most of all."""
    scores: dict[int, float] = {}
    most: dict[int, tuple[float, int]] = {}
    for story, other, score in Alike.objects.filter(story__in=weights).values_list("story", "other", "score"):
        counted = score * weights[story]
        scores[other] = scores.get(other, 0.0) + counted
        most[other] = max(most.get(other, (0.0, 0)), (counted, story))
    return scores, {other: story for other, (_score, story) in most.items()}


def _fetched(account: Account, best: list[int], most: int) -> QuerySet[Story]:
    """Those of the best that may be suggested; enough of them are asked for that the row is full."""
    return open_to(account).filter(pk__in=best[: 20 * most]).select_related("cover", "series_entry__series")


def open_to(person: Person) -> QuerySet[Story]:
    """What may be suggested to this person at all."""
    stories = without_hidden(Story.objects.listed_for(person), person).filter(ranked=True)
    if person.pk is None:
        return stories
    mine = Reading.objects.filter(account=person.pk, story=OuterRef("pk")).exclude(shelf="", read_at=None)
    declined = NotForMe.objects.filter(account=person.pk, story=OuterRef("pk"))
    roles = Role.objects.filter(story=OuterRef("pk"))
    muted = Muting.objects.filter(by=person.pk).values("pen_name")
    unwanted = Q(pen_name__account=person.pk) | Q(pen_name__in=muted, kind__in=AUTHORS)
    return stories.filter(~Exists(mine), ~Exists(declined), ~Exists(roles.filter(unwanted)))


def beside(story: Story, person: Person, *, most: int = 6) -> list[Story]:
    """What readers who finished this story also finished, for its page: one question."""
    rows = Alike.objects.filter(story=story.pk, other__in=open_to(person).values("pk"))
    chosen = rows.select_related("other__cover", "other__series_entry__series").order_by("-score", "other")
    return [row.other for row in chosen[:most]]


def like(story: Story, person: Person, *, most: int = 12) -> list[Story]:
    """Stories with the tags of this one: three questions."""
    scores = tags.like(tags.weigh({story.pk: 1.0}), without=[story.pk], most=20 * most)
    found = open_to(person).filter(pk__in=scores).select_related("cover", "series_entry__series")
    return sorted(found, key=lambda one: (-scores[one.pk], -one.pk))[:most]


def akin(story: Story, person: Person, *, most: int = 12) -> list[tuple[Story, tuple[str, ...]]]:
    """Stories with words that this one has and few others: each with the words, by the index of texts."""
    told = {one.story: one for one in engine.alike(story.pk, member=person.is_authenticated, most=4 * most)}
    near = [pk for pk, one in told.items() if len(one.words) >= SHARED]
    found = open_to(person).filter(pk__in=near).select_related("cover", "series_entry__series")
    best = sorted(found, key=lambda one: (-told[one.pk].score, -one.pk))[:most]
    return [(one, told[one.pk].words) for one in best]
