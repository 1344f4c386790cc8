"""What a story is filed under: tags, warnings, categories, series."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account, PenName
from talehouse.activity.log import record
from talehouse.lib.slugs import name_key, slug
from talehouse.pages.versions import bump
from talehouse.stories.effective import refresh
from talehouse.stories.errors import NotAllowedError, RuleError
from talehouse.stories.locking import locked as held
from talehouse.stories.models import (
    Series,
    SeriesEntry,
    Story,
    StoryCategory,
    StoryTag,
    StoryWarning,
    new_key,
)
from talehouse.stories.powers import Power
from talehouse.stories.sums import bump_story
from talehouse.stories.tagging import count_uses
from talehouse.tags.naming import named
from talehouse.tags.vocabulary import Category, TagKind, Warning

MOST_TAGS = 75


@transaction.atomic
def set_tags(story: Story, tags: Iterable[tuple[str, str]], *, by: Account) -> None:
    """Set the tags, as pairs of kind and name, in this order. At most 75, as more tell nobody anything."""
    locked = held(story.pk, by=by, power=Power.DESCRIBE)
    bump_story(locked)
    wanted = dict.fromkeys(
        tag.pk for kind, name in tags if kind in TagKind.values and (tag := named(kind, name))
    )
    before = set(locked.story_tags.values_list("tag_id", flat=True))
    locked.story_tags.all().delete()
    StoryTag.objects.bulk_create(
        [StoryTag(story=locked, tag_id=pk, position=n) for n, pk in enumerate(list(wanted)[:MOST_TAGS])]
    )
    if moved := before ^ set(list(wanted)[:MOST_TAGS]):
        count_uses(moved)
        refresh([locked.pk], actor=by.pk)
        record("story.tagged", actor=by.pk, subject=locked)
    bump_story(locked)


@transaction.atomic
def set_warnings(story: Story, codes: Iterable[str], *, by: Account) -> None:
    """Set the content warnings. Raises RuleError for a code that is not in the list."""
    wanted = set(codes)
    if unknown := wanted - set(Warning.values):
        raise RuleError(_("There is no warning “%(code)s”.") % {"code": sorted(unknown)[0]})
    locked = held(story.pk, by=by, power=Power.DESCRIBE)
    locked.warnings.all().delete()
    StoryWarning.objects.bulk_create([StoryWarning(story=locked, code=code) for code in sorted(wanted)])
    bump_story(locked)


@transaction.atomic
def set_categories(story: Story, codes: Iterable[str], *, by: Account) -> None:
    """Set the pairing categories. Raises RuleError for a code that is not in the list."""
    wanted = set(codes)
    if unknown := wanted - set(Category.values):
        raise RuleError(_("There is no category “%(code)s”.") % {"code": sorted(unknown)[0]})
    locked = held(story.pk, by=by, power=Power.DESCRIBE)
    locked.categories.all().delete()
    StoryCategory.objects.bulk_create([StoryCategory(story=locked, code=code) for code in sorted(wanted)])
    bump_story(locked)


@transaction.atomic
def set_series(
    story: Story, title: str, *, owner: PenName, by: Account, position: float | None = None
) -> SeriesEntry | None:
    """Put a story into the series of this title by this pen name, made if it is new; "" takes it out.

    A place that is taken or not named becomes the next whole one.
    """
    locked = held(story.pk, by=by, power=Power.DESCRIBE)
    if owner.account_id != by.pk:
        raise NotAllowedError(_("This series belongs to somebody else."))
    bump_story(locked)
    SeriesEntry.objects.filter(story=locked).delete()
    title = " ".join(title.split())[:200]
    if not title:
        return None
    series = _series(title, owner)
    entry = SeriesEntry.objects.create(series=series, story=locked, position=_place(series, position))
    bump(f"series:{series.pk}", *(f"story:{pk}" for pk in series.entries.values_list("story_id", flat=True)))
    return entry


def _series(title: str, owner: PenName) -> Series:
    PenName.objects.select_for_update().get(pk=owner.pk)
    for series in owner.series.order_by("pk"):
        if name_key(series.title) == name_key(title):
            return series
    return Series.objects.create(title=title, slug=slug(title, limit=60), owner=owner)


def _place(series: Series, wanted: float | None) -> Decimal:
    taken = set(series.entries.values_list("position", flat=True))
    if wanted is not None and 0 <= wanted < 9999:
        place = Decimal(str(wanted)).quantize(Decimal("0.01"))
        if place not in taken:
            return place
    return Decimal(int(max(taken, default=Decimal(0))) + 1)


@transaction.atomic
def renew_key(story: Story, *, by: Account) -> str:
    """A new key for the address of an unlisted story: whoever has the old link finds nothing any more."""
    locked = held(story.pk, by=by, power=Power.DESCRIBE)
    locked.key = new_key()
    locked.save(update_fields=["key"])
    record("story.key-renewed", actor=by.pk, subject=locked)
    bump_story(locked)
    return locked.key
