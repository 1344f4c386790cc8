"""Pictures of stories: re-encoded, addressed by content, kept once, shown to whoever may see their place."""

from __future__ import annotations

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q

from talehouse.accounts.models import Person
from talehouse.lib import pictures as codec
from talehouse.stories.models import Part, Picture, PictureUse, Story


def keep(data: bytes, *, longest: int = 1600) -> Picture:
    """Decode, re-encode and store a picture. Raises `lib.pictures.BadPictureError` with a plain sentence.

    The file is written before its row, so a crash leaves at most a file that nothing points to.
    """
    encoded = codec.reencode(data, longest=longest)
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
    if not default_storage.exists(picture.name):
        default_storage.save(picture.name, ContentFile(encoded.data))
    return Picture.objects.get_or_create(
        sha256=picture.sha256,
        defaults={
            field: getattr(picture, field) for field in ("extension", "mime", "width", "height", "size")
        },
    )[0]


@transaction.atomic
def set_cover(story: Story, picture: Picture | None, *, alt: str = "") -> None:
    """Give a story its cover; the caller has locked the story."""
    PictureUse.objects.filter(story=story, part=None).delete()
    if picture is not None:
        PictureUse.objects.create(story=story, picture=picture)
    Story.objects.filter(pk=story.pk).update(cover=picture, cover_alt=alt[:300])
    story.cover, story.cover_alt = picture, alt[:300]


def visible_to(person: Person, *, key: str = "") -> models.QuerySet[Picture]:
    """Pictures with at least one use in a place that this person may see."""
    stories = Story.objects.visible_to(person, key=key).filter(pk=OuterRef("story"))
    parts = Part.objects.visible_to(person, key=key).filter(pk=OuterRef("part"))
    uses = PictureUse.objects.filter(picture=OuterRef("pk")).filter(
        Q(Exists(stories), part=None) | Q(Exists(parts), part__isnull=False)
    )
    return Picture.objects.filter(Exists(uses))
