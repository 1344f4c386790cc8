"""What a story says of itself, as the form shows it, and writing down what was changed: all or nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from talehouse.accounts.models import Account, PenName
from talehouse.lib import plain
from talehouse.lib.slugs import name_key
from talehouse.stories import describing, pictures, publishing
from talehouse.stories.errors import RuleError
from talehouse.stories.models import Picture, Series, SeriesEntry, Story
from talehouse.writing.forms import TAG_FIELDS, StoryForm, written

PLAIN = (
    "title",
    "language",
    "rating",
    "status",
    "planned_parts",
    "visibility",
    "comments_from",
    "comments_wait",
    "held_words",
    "old_revisions_open",
    "ranked",
    "download",
    "feed",
)
MARKUP = ("summary", "note_before", "note_after")


def own_name(story: Story, account: Account) -> PenName | None:
    """The pen name under which this account belongs to the story; no other one is told of here."""
    role = story.roles.filter(pen_name__account=account, accepted_at__isnull=False).first()
    return role.pen_name if role else None


def own_series(story: Story, account: Account) -> list[str]:
    """The titles of the series of that pen name."""
    name = own_name(story, account)
    if name is None:
        return []
    return list(Series.objects.filter(owner=name).order_by("title").values_list("title", flat=True)[:200])


def as_told(story: Story) -> dict[str, Any]:
    """The story as the form shows it."""
    told: dict[str, Any] = {name: getattr(story, name) for name in PLAIN}
    told |= {name: plain.to_text(getattr(story, name)) for name in MARKUP}
    told["cover_alt"] = story.cover_alt
    told["warnings"] = list(story.warnings.values_list("code", flat=True))
    told["categories"] = list(story.categories.values_list("code", flat=True))
    carried = list(story.story_tags.values_list("tag__kind", "tag__name"))
    for kind, field in TAG_FIELDS.items():
        told[field] = written(name for of, name in carried if of == kind)
    entry = getattr(story, "series_entry", None)
    if entry is not None:
        told |= {"series": entry.series.title, "series_place": Decimal(_number(entry.position))}
    return told


def _number(place: Decimal) -> str:
    """1, 2 or 2.5: without zeros that nobody wrote."""
    return f"{place.normalize():f}"


@transaction.atomic
def tell(story: Story, form: StoryForm, *, by: Account, cover: Picture | None = None) -> list[str]:
    """Write down what the form changes, one rule for each aspect. Returns what the person should know."""
    changed, told = set(form.changed_data), form.cleaned_data
    fields = {name: told[name] for name in PLAIN if name in changed}
    fields |= {name: plain.to_html(told[name]) for name in MARKUP if name in changed}
    if fields:
        publishing.describe(story, by=by, **fields)
    if "warnings" in changed:
        describing.set_warnings(story, told["warnings"], by=by)
    if "categories" in changed:
        describing.set_categories(story, told["categories"], by=by)
    if changed & set(TAG_FIELDS.values()):
        describing.set_tags(story, form.tags(), by=by)
    _dress(story, changed, told, cover, by)
    return _place(story, changed, told, by)


def _dress(story: Story, changed: set[str], told: dict[str, Any], cover: Picture | None, by: Account) -> None:
    if cover is not None:
        pictures.give_cover(story, cover, alt=told["cover_alt"], by=by)
    elif told.get("cover_remove"):
        pictures.give_cover(story, None, by=by)
    elif "cover_alt" in changed and story.cover:
        pictures.give_cover(story, story.cover, alt=told["cover_alt"], by=by)


def _place(story: Story, changed: set[str], told: dict[str, Any], by: Account) -> list[str]:
    if not changed & {"series", "series_place"}:
        return []
    name = own_name(story, by)
    if name is None:
        return []
    wished = told["series_place"]
    _leave_to_its_owner(story, told["series"], name)
    place = None if wished is None else float(wished)
    entry = describing.set_series(story, told["series"], owner=name, by=by, position=place)
    if entry is None or wished is None or entry.position == wished:
        return []
    number = _number(entry.position)
    return [_("This place in the series is taken; the story stands at %(place)s.") % {"place": number}]


def _leave_to_its_owner(story: Story, title: str, name: PenName) -> None:
    """A co-author takes the story out of somebody's series, or leaves it where it stands there."""
    entry = SeriesEntry.objects.filter(story=story).select_related("series__owner").first()
    if entry and entry.series.owner_id != name.pk and name_key(entry.series.title) == name_key(title):
        owner = entry.series.owner.name
        raise RuleError(_("The series belongs to %(name)s, who alone changes its order.") % {"name": owner})
