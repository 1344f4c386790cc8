"""Writing down what a parser found: one story is one transaction, so it is there whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from talehouse.accounts.models import Account, PenName
from talehouse.imports.found import FoundPart, FoundPicture, FoundSeries, FoundStory
from talehouse.imports.matching import identifier_of, known_part, known_story, language_of, part_keys
from talehouse.imports.models import Source, SourcePart
from talehouse.lib.pictures import BadPictureError
from talehouse.lib.slugs import name_key
from talehouse.stories import describing, ordering, pictures, publishing
from talehouse.stories.models import Part, Picture, SeriesEntry, Story
from talehouse.stories.texts import Wanted
from talehouse.tags.vocabulary import Category, Rating, Status, Warning

LONGEST_ADDRESS = 500
MOST_COUNTED = 10**12


@dataclass(frozen=True, slots=True)
class Terms:
    """How to bring a story in: whose, under which name, in which language if the file does not say, and
    whether to publish at once."""

    by: Account
    pen_name: PenName
    language: str = "en"
    publish: bool = False
    rating: str = ""


@transaction.atomic
def bring(found: FoundStory, terms: Terms) -> Story:
    """The story in the archive: a new one, or the one that came from the same source, brought up to date.

    Parts that the source no longer has stay. Blocks keep their ids as in any edit.
    """
    story = known_story(found, by=terms.by)
    story = _update(story, found, terms) if story else _create(found, terms)
    _file(story, found, terms)
    source, _made = Source.objects.update_or_create(
        owner=terms.by, identifier=identifier_of(found), defaults={"story": story}
    )
    _bring_parts(story, source, found, terms)
    if terms.publish:
        publishing.publish_all(story, by=terms.by)
    story.refresh_from_db()
    return story


def _description(found: FoundStory, terms: Terms) -> dict[str, Any]:
    """What the file says of the story; what it does not say is left as it is."""
    told = {
        "summary": found.summary,
        "language": language_of(found.language) or terms.language,
        "rating": found.rating if found.rating in Rating.values else "",
        "status": found.status if found.status in Status.values else "",
        "source_url": _address(found.source_url),
    }
    return {name: value for name, value in told.items() if value}


def _create(found: FoundStory, terms: Terms) -> Story:
    told = _description(found, terms)
    if terms.rating in Rating.values:
        told.setdefault("rating", terms.rating)
    return publishing.create(by=terms.by, pen_name=terms.pen_name, title=found.title or "?", **told)


def _update(story: Story, found: FoundStory, terms: Terms) -> Story:
    told = _description(found, terms)
    if not language_of(found.language):
        told.pop("language", None)
    if told.get("source_url") == settings.BASE_URL + story.url:
        del told["source_url"]
    return publishing.describe(story, by=terms.by, title=found.title or story.title, **told)


def _file(story: Story, found: FoundStory, terms: Terms) -> None:
    if found.tags:
        describing.set_tags(story, [(tag.kind, tag.name) for tag in found.tags], by=terms.by)
    warnings = [code for code in found.warnings if code in Warning.values]
    if warnings:
        describing.set_warnings(story, warnings, by=terms.by)
    elif not story.warnings.exists():
        describing.set_warnings(story, [Warning.UNKNOWN], by=terms.by)
    categories = [code for code in found.categories if code in Category.values]
    if categories:
        describing.set_categories(story, categories, by=terms.by)
    if found.series:
        _put_in_series(story, found.series, terms)
    if found.cover and (cover := _picture(found.cover, pictures.keep_cover)):
        pictures.set_cover(story, cover, alt=found.cover.alt)


def _put_in_series(story: Story, series: FoundSeries, terms: Terms) -> None:
    """Where the file names no place, a story that is in the series already stays where it is."""
    place = SeriesEntry.objects.filter(story=story).select_related("series").first()
    position = series.position
    if position is None and place and name_key(place.series.title) == name_key(series.title):
        position = float(place.position)
    describing.set_series(story, series.title, owner=terms.pen_name, by=terms.by, position=position)


def _address(url: str) -> str:
    """A source on the web; anything else is no address to send readers to."""
    return url[:LONGEST_ADDRESS] if url.startswith(("https://", "http://")) else ""


def _picture(picture: FoundPicture, keep: Callable[[bytes], Picture] = pictures.keep) -> Picture | None:
    """Ours, or None if it cannot be decoded; the preview has said so."""
    try:
        return keep(picture.data)
    except BadPictureError:
        return None


def _bring_parts(story: Story, source: Source, found: FoundStory, terms: Terms) -> None:
    links = source.parts.filter(part__story=story, part__deleted_at=None).select_related("part")
    known = {link.key: link.part for link in links}
    order: list[int] = []
    new: set[int] = set()
    for key, chapter in zip(part_keys(found.parts), found.parts, strict=True):
        ours = known.get(key) or known_part(story, chapter)
        if ours and ours.pk in order:
            ours = None
        part = _bring_part(story, ours, chapter, found, terms)
        SourcePart.objects.update_or_create(source=source, key=key, defaults={"part": part})
        order.append(part.pk)
        if ours is None:
            new.add(part.pk)
    _put_in_order(story, order, new, terms)


def _bring_part(story: Story, part: Part | None, chapter: FoundPart, found: FoundStory, terms: Terms) -> Part:
    counts = chapter.elsewhere
    fields: dict[str, Any] = {
        "title": chapter.title or "–",
        "note_before": chapter.note_before,
        "note_after": chapter.note_after,
    }
    if not (part and chapter.source_url == settings.BASE_URL + part.url):
        fields["source_url"] = _address(chapter.source_url)
    if chapter.announcement:
        fields["kind"] = Part.Kind.ANNOUNCEMENT
    if counts:
        fields |= {
            "elsewhere_reads": _count(counts.reads),
            "elsewhere_votes": _count(counts.votes),
            "elsewhere_comments": _count(counts.comments),
        }
    brings = Wanted(pictures=_pictures(chapter, found), block_ids=chapter.block_ids, imported=True)
    if part is None:
        return publishing.add_part(story, by=terms.by, html=chapter.html, brings=brings, **fields)
    return publishing.edit(part, by=terms.by, html=chapter.html, brings=brings, **fields)


def _count(number: int) -> int:
    """No less than nothing, and no more than a database can still add up over all parts (64 bits)."""
    return min(max(number, 0), MOST_COUNTED)


def _pictures(chapter: FoundPart, found: FoundStory) -> dict[str, Picture]:
    used = {
        f"picture:{key}": picture
        for key, picture in found.pictures.items()
        if f"picture:{key}" in chapter.html
    }
    kept = {name: _picture(picture) for name, picture in used.items()}
    return {name: picture for name, picture in kept.items() if picture}


def _put_in_order(story: Story, order: Sequence[int], new: set[int], terms: Terms) -> None:
    before = list(story.parts.filter(deleted_at=None).order_by("position").values_list("pk", flat=True))
    after = in_place(before, order, new)
    if after != before:
        ordering.reorder(story, by=terms.by, order=after)


def in_place(before: Sequence[int], order: Sequence[int], new: set[int]) -> list[int]:
    """The story's parts in their new order: what the file does not have stays in its place, what it has
    follows the file's order, and a part that is new stands behind the one that it follows in the file."""
    known = iter([pk for pk in order if pk not in new])
    told = set(order)
    after = [next(known) if pk in told else pk for pk in before if pk not in new]
    following = next((pk for pk in order if pk not in new), None)
    for n, pk in enumerate(order):
        if pk in new:
            front = after.index(following) if following is not None else len(after)
            after.insert(after.index(order[n - 1]) + 1 if n else front, pk)
    return after
