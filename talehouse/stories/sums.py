"""What a story shows of its parts: sums and times, always worked out anew from the parts' rows."""

from __future__ import annotations

from django.db.models import Count, Max, Min, Q, Sum
from django.utils import timezone

from talehouse.pages.versions import bump
from talehouse.stories.models import Part, Story

SUMMED = ("read_count", "vote_count", "comment_count")
ELSEWHERE = ("elsewhere_reads", "elsewhere_votes", "elsewhere_comments")
"""They come in with drafts, and a sum must not tell of a part that nobody may see yet."""


def expected(story: Story) -> dict[str, object]:
    """The values that the story's columns must have; `recount` compares with these."""
    parts = Part.objects.filter(story=story, deleted_at=None)
    live = Q(published__isnull=False, hidden_at=None, withdrawn_at=None)
    released = live & Q(release_at__lte=timezone.now())
    out = released & Q(kind=Part.Kind.CHAPTER)
    told = parts.aggregate(
        **{f"all_{name}": Sum(name, default=0) for name in SUMMED},
        **{f"all_{name}": Sum(name, filter=released, default=0) for name in ELSEWHERE},
        all_word_count=Sum("word_count", filter=out, default=0),
        all_part_count=Count("pk", filter=out),
        all_release_at=Min("release_at", filter=live),
        all_updated_at=Max("release_at", filter=out),
    )
    return {name.removeprefix("all_"): value for name, value in told.items()}


def sum_up(story: Story) -> None:
    """Set the story's sums. Call it with the story's row locked, after its parts have changed."""
    values = expected(story)
    Story.objects.filter(pk=story.pk).update(**values)
    for name, value in values.items():
        setattr(story, name, value)


def bump_story(story: Story) -> None:
    """Every page that shows this story or one of its parts is rendered anew, and so are lists."""
    people = story.roles.values_list("pen_name_id", flat=True)
    tags = story.effective_tags.values_list("tag_id", flat=True)
    series = story.__class__.objects.filter(pk=story.pk).values_list("series_entry__series_id", flat=True)[0]
    bump(
        f"story:{story.pk}",
        "lists",
        *(f"pen:{pk}" for pk in people),
        *(f"tag:{pk}" for pk in tags),
        *([f"series:{series}"] if series else []),
    )
