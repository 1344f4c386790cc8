"""What becomes of a series when its owner leaves a story that stands in it."""

from __future__ import annotations

from django.db import transaction
from django.db.models import ProtectedError

from talehouse.accounts.house import ORPHAN
from talehouse.accounts.models import PenName
from talehouse.lib.slugs import name_key
from talehouse.pages.versions import bump
from talehouse.stories.models import Departure, Series, SeriesEntry, Story


def pass_on(story: Story, old: PenName, new: PenName) -> None:
    """If this story stands in a series of `old`, it stands in one of `new` afterwards, at the same place.

    The series itself goes along if nothing else stands in it. Otherwise the story moves to one of the same
    title, where those already are that went the same way. Call it inside a rule that has locked the story.
    """
    entry = SeriesEntry.objects.select_related("series").filter(story=story, series__owner=old).first()
    if entry is None:
        return
    series = entry.series
    list(PenName.objects.select_for_update().filter(pk__in=(old.pk, new.pk)).order_by("pk"))
    bump(f"series:{series.pk}", *_stories_in(series))
    target = _that_went_before(series, old, new)
    if target is None and series.entries.count() == 1:
        series.owner = new
        series.save(update_fields=["owner"])
        return
    target = target or Series.objects.create(
        title=series.title, slug=series.slug, summary=series.summary, owner=new
    )
    taken = set(target.entries.values_list("position", flat=True))
    if entry.position in taken:
        entry.position = max(taken) // 1 + 1
    entry.series = target
    entry.save(update_fields=["series", "position"])
    if not series.entries.exists():
        _end(series, new)
    bump(f"series:{target.pk}", *_stories_in(target))


def _end(series: Series, new: PenName) -> None:
    """An empty series goes. One that comments hang on stays, out of sight, with the new owner."""
    try:
        with transaction.atomic():
            series.delete()
    except ProtectedError:
        Series.objects.filter(pk=series.pk).update(owner=new)


def _stories_in(series: Series) -> list[str]:
    return [f"story:{pk}" for pk in series.entries.values_list("story_id", flat=True)]


def _that_went_before(series: Series, old: PenName, new: PenName) -> Series | None:
    """The series of this title by `new` in which a story of `old` already is, or that `new` had anyhow."""
    for other in new.series.exclude(pk=series.pk).order_by("pk"):
        same_title = name_key(other.title) == name_key(series.title)
        if same_title and (new.account.email != ORPHAN or _went_along(other, old)):
            return other
    return None


def _went_along(other: Series, old: PenName) -> bool:
    """The archive's pen name may have many series of one title, left behind by different people."""
    stories = other.entries.values("story")
    return Departure.objects.filter(story__in=stories, undone_at=None, pen_name=old).exists()
