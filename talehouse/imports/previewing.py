"""What an import would do, said before anything is written."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from talehouse.accounts.models import Account
from talehouse.imports.found import FoundPart, FoundStory
from talehouse.imports.matching import identifier_of, known_story, part_keys
from talehouse.imports.models import Source, SourcePart
from talehouse.lib import covers
from talehouse.lib import html as markup
from talehouse.lib.pictures import BadPictureError, reencode, sizes
from talehouse.lib.slugs import name_key
from talehouse.stories.models import Part, Story
from talehouse.tags.vocabulary import Rating, TagKind

COVER_WIDTH = 240
"""Pixels; twice what a preview shows on a phone."""
LITTLE = 20
"""Words; a part with fewer is worth a look before it is written."""


def preview(found: FoundStory, *, by: Account | None) -> dict[str, Any]:
    """Everything that the preview shows of one story, as plain data."""
    story = known_story(found, by=by) if by else None
    known = _known_parts(found, story, by)
    parts = [
        _part(n, chapter, known.get(key))
        for n, (key, chapter) in enumerate(zip(part_keys(found.parts), found.parts, strict=True), 1)
    ]
    return {
        "title": found.title,
        "authors": found.authors,
        "summary": markup.sanitise_note(found.summary),
        "language": found.language,
        "series": {"title": found.series.title, "position": found.series.position} if found.series else None,
        "tags": [{"name": tag.name, "kind_label": str(TagKind(tag.kind).label)} for tag in found.tags],
        "rating": str(Rating(found.rating).label) if found.rating in Rating.values else "",
        "format": found.format,
        "has_cover": found.cover is not None,
        "cover_svg": covers.svg(found.title, found.authors[0] if found.authors else "", len(found.title)),
        "parts": parts,
        "words": sum(part["words"] for part in parts),
        "left_out": [{"what": left.what, "why": left.why} for left in found.left_out],
        "doubts": [*found.doubts, *_doubts(found, parts), *_bad_pictures(found)],
        "updates": story is not None,
        "target_url": story.url if story else "",
    }


def cover_to_show(found: FoundStory, *, by: Account) -> str:
    """The address of what the story will wear; "" for the cover that is drawn.

    The file's own cover is re-encoded and stands inside its address, so nobody but who may open the preview
    can ask for it, and it goes with the preview. Without one, a story that is here keeps the cover it has.
    """
    if found.cover:
        try:
            encoded = reencode(found.cover.data, longest=4 * COVER_WIDTH)
        except BadPictureError:
            return ""  # as `_bad_pictures` says, it will be left out
        small = next(iter(sizes(encoded, (COVER_WIDTH,))), encoded)
        return f"data:{small.mime};base64,{b64encode(small.data).decode('ascii')}"
    story = known_story(found, by=by)
    return story.cover.url if story and story.cover else ""


def answered_below(found: FoundStory, *, by: Account) -> list[str]:
    """Doubts that the form below a preview settles; where there is no form, they are put otherwise.

    A story that is here already keeps who signed it and its language, so of those there is nothing to say.
    """
    if known_story(found, by=by):
        return []
    said = _signed_otherwise(found, by)
    if not found.language:
        said.append(_("The file does not say its language. Please check the one that is chosen below."))
    return said


def _signed_otherwise(found: FoundStory, by: Account) -> list[str]:
    """A doubt about writers whom the file names and none of this account's pen names does."""
    mine = {name_key(name) for name in by.pen_names.filter(retired_at=None).values_list("name", flat=True)}
    others = [author for author in found.authors if author and name_key(author) not in mine]
    if not others:
        return []
    said = _("The file says %(names)s; it will be signed with the pen name chosen below.")
    return [said % {"names": ", ".join(others)}]


def _known_parts(found: FoundStory, story: Story | None, by: Account | None) -> dict[str, Part]:
    if story is None or by is None:
        return {}
    source = Source.objects.filter(owner=by, identifier=identifier_of(found)).first()
    links = (
        source.parts.filter(part__story=story, part__deleted_at=None) if source else SourcePart.objects.none()
    )
    by_key = {link.key: link.part for link in links.select_related("part__draft", "part__published")}
    ours = story.parts.filter(deleted_at=None).select_related("draft", "published")
    return {**{str(part.uuid): part for part in ours}, **by_key}


def _part(number: int, chapter: FoundPart, ours: Part | None) -> dict[str, Any]:
    blocks = markup.split(markup.sanitise(chapter.html, picture=lambda src: f"/media/{src}"))
    words = sum(block.words for block in blocks)
    doubt = "" if words >= LITTLE or "<img" in chapter.html else _("hardly any text")
    return {
        "number": number,
        "title": chapter.title,
        "words": words,
        "note": bool(chapter.note_before or chapter.note_after),
        "doubt": doubt,
        **_state(ours, [block.text for block in blocks]),
        "elsewhere": [chapter.elsewhere.reads, chapter.elsewhere.votes, chapter.elsewhere.comments]
        if chapter.elsewhere
        else None,
    }


def _state(ours: Part | None, texts: Sequence[str]) -> dict[str, str]:
    if ours is None:
        return {"state": "new", "state_label": _("new")}
    newest = ours.draft or ours.published
    same = newest is not None and [block.text for _key, block in markup.parse(newest.html)] == list(texts)
    return (
        {"state": "same", "state_label": _("unchanged")}
        if same
        else {"state": "changed", "state_label": _("changed")}
    )


def _doubts(found: FoundStory, parts: Sequence[dict[str, Any]]) -> list[str]:
    said: list[str] = []
    if not found.title:
        said.append(_("No title was found. Please give the story one after the import."))
    titles = [part["title"] for part in parts]
    if twice := sorted({title for title in titles if titles.count(title) > 1}):
        said.append(_("Several parts have the title “%(title)s”.") % {"title": twice[0]})
    return said


def _bad_pictures(found: FoundStory) -> list[str]:
    """Pictures that cannot be decoded are found now, not when it is too late."""
    said: list[str] = []
    used = set(re.findall(r"picture:([^\"'>\s]+)", " ".join(chapter.html for chapter in found.parts)))
    wanted = {key: picture for key, picture in found.pictures.items() if key in used}
    if found.cover:
        wanted[_("the cover")] = found.cover
    for name, picture in wanted.items():
        try:
            reencode(picture.data)
        except BadPictureError as error:
            said.append(_("The picture %(name)s will be left out: %(why)s") % {"name": name, "why": error})
    return said
