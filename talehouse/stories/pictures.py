"""Pictures of stories: re-encoded, addressed by content, kept once, shown to whoever may see their place.

A cover has narrower copies beside it, named by the picture and their width. They are derived: where one is
missing, the picture itself is shown.
"""

from __future__ import annotations

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q

from talehouse.accounts.models import Account, Person
from talehouse.activity.log import record
from talehouse.lib import pictures as codec
from talehouse.stories.locking import locked as held
from talehouse.stories.models import Part, Picture, PictureUse, Story
from talehouse.stories.powers import Power
from talehouse.stories.sums import bump_story

WIDTHS = (160, 320, 640)
"""The widths of a cover's narrower copies, in pixels."""


def keep(data: bytes, *, longest: int = 1600) -> Picture:
    """Decode, re-encode and store a picture. Raises `lib.pictures.BadPictureError` with a plain sentence.

    The file is written before its row, so a crash leaves at most a file that nothing points to.
    """
    return _kept(codec.reencode(data, longest=longest))


def keep_cover(data: bytes) -> Picture:
    """As `keep`, with the narrower copies that pages show of a cover."""
    encoded = codec.reencode(data, longest=1600)
    for copy in codec.sizes(encoded, WIDTHS):
        _write(f"{encoded.sha256}-{copy.width}.webp", copy.data)
    return _kept(encoded)


def _kept(encoded: codec.Picture) -> Picture:
    known = Picture.objects.filter(sha256=encoded.sha256).first()
    if known:
        return known
    picture = Picture(
        sha256=encoded.sha256,
        extension=encoded.mime.rsplit("/", 1)[1].replace("jpeg", "jpg"),
        mime=encoded.mime,
        width=encoded.width,
        height=encoded.height,
        size=len(encoded.data),
    )
    _write(picture.name, encoded.data)
    return Picture.objects.get_or_create(
        sha256=picture.sha256,
        defaults={
            field: getattr(picture, field) for field in ("extension", "mime", "width", "height", "size")
        },
    )[0]


def _write(name: str, data: bytes) -> None:
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(data))


def set_cover(story: Story, picture: Picture | None, *, alt: str = "") -> None:
    """Give a story its cover; the caller has locked the story."""
    with transaction.atomic():
        PictureUse.objects.filter(story=story, part=None).delete()
        if picture is not None:
            PictureUse.objects.create(story=story, picture=picture)
        Story.objects.filter(pk=story.pk).update(cover=picture, cover_alt=alt[:300])
    story.cover, story.cover_alt = picture, alt[:300]


@transaction.atomic
def give_cover(story: Story, picture: Picture | None, *, by: Account, alt: str = "") -> None:
    """Dress a story in this picture, or in the drawn cover that every story has."""
    locked = held(story.pk, by=by, power=Power.DESCRIBE)
    set_cover(locked, picture, alt=" ".join(alt.split()) if picture else "")
    record("story.described", actor=by.pk, subject=locked)
    bump_story(locked)


def add_to_part(part: Part, data: bytes, *, by: Account) -> Picture:
    """Keep a picture that a part's text may show; whoever may see the part may see it.

    Raises `lib.pictures.BadPictureError`. It is decoded before the story is held, since that takes a while.
    """
    picture = keep(data)
    with transaction.atomic():
        held(part.story_id, by=by, power=Power.WRITE)
        PictureUse.objects.get_or_create(picture=picture, part=part, defaults={"story_id": part.story_id})
    return picture


def srcset(cover: Picture, suffix: str = "") -> str:
    """The `srcset` of a cover: its narrower copies, and itself where it is no wider than they could be."""
    there = [
        f"/media/{cover.sha256}-{width}.webp{suffix} {width}w" for width in WIDTHS if width < cover.width
    ]
    if cover.width <= WIDTHS[-1]:
        there.append(f"{cover.url}{suffix} {cover.width}w")
    return ", ".join(there)


def visible_to(person: Person, *, key: str = "") -> models.QuerySet[Picture]:
    """Pictures with at least one use in a place that this person may see."""
    stories = Story.objects.visible_to(person, key=key).filter(pk=OuterRef("story"))
    parts = Part.objects.visible_to(person, key=key).filter(pk=OuterRef("part"))
    uses = PictureUse.objects.filter(picture=OuterRef("pk")).filter(
        Q(Exists(stories), part=None) | Q(Exists(parts), part__isnull=False)
    )
    return Picture.objects.filter(Exists(uses))
