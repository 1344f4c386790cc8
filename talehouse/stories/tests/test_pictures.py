"""Pictures: kept once, addressed by content, shown to whoever may see a place where they are used."""

from __future__ import annotations

import io
import re

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from talehouse.accounts.models import Account, Person, Visitor
from talehouse.lib.pictures import BadPictureError
from talehouse.stories import pictures, publishing
from talehouse.stories.errors import NotAllowedError
from talehouse.stories.models import Picture, PictureUse, Story
from talehouse.stories.texts import Wanted
from tests.addresses import picture
from tests.cast import Archive, Cast, first, story

HERE = '<p>Look: <img src="here" alt="A lamp"></p>'


def seen(person: Person, key: str = "") -> set[Picture]:
    return set(pictures.visible_to(person, key=key))


def test_the_same_picture_is_kept_once(db: None) -> None:
    one, again, other = pictures.keep(picture(1)), pictures.keep(picture(1)), pictures.keep(picture(2))
    assert one == again != other
    assert (one.width, one.height) == (8, 8) and default_storage.exists(one.name)
    assert re.fullmatch(r"/media/[0-9a-f]{64}\.[a-z]{3,4}", one.url)


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'/>", picture(1)[:40]]
)
def test_what_is_no_picture_is_refused(db: None, data: bytes) -> None:
    with pytest.raises(BadPictureError):
        pictures.keep(data)
    assert not Picture.objects.exists()


def test_a_picture_without_a_place_is_nobodys(cast: Cast) -> None:
    pictures.keep(picture(1))
    assert seen(cast.host) == set()


COVERS = {
    "public": True,
    "adult": True,
    "members": False,
    "unlisted": False,
    "private": False,
    "draft": False,
}


@pytest.mark.parametrize("kind", COVERS)
def test_a_cover_is_seen_with_its_story(cast: Cast, archive: Archive, kind: str) -> None:
    made: Story = getattr(archive, kind)
    cover = pictures.keep(picture(1))
    pictures.set_cover(made, cover, alt="A lamp")
    assert (cover in seen(Visitor())) is COVERS[kind]
    assert (cover in seen(cast.reader)) is (COVERS[kind] or kind == "members")
    assert cover in seen(cast.writer)


def test_the_key_of_an_unlisted_story_opens_its_pictures(cast: Cast, archive: Archive) -> None:
    cover, other = pictures.keep(picture(1)), pictures.keep(picture(2))
    pictures.set_cover(archive.unlisted, cover)
    pictures.set_cover(archive.private, other)
    assert seen(Visitor(), archive.unlisted.key) == {cover}
    assert seen(Visitor(), "wrong") == seen(Visitor(), archive.private.key) == set()


def with_picture(cast: Cast, archive: Archive, kept: Picture, by: Account) -> None:
    publishing.edit(archive.scheduled, by=by, html=HERE, brings=Wanted({"here": kept}))


def test_a_picture_in_a_part_is_seen_with_the_part(cast: Cast, archive: Archive) -> None:
    kept = pictures.keep(picture(1))
    with_picture(cast, archive, kept, cast.writer)
    assert seen(cast.reader) == seen(Visitor()) == set()
    assert seen(cast.beta) == {kept}


def test_one_open_place_is_enough(cast: Cast, archive: Archive) -> None:
    kept = pictures.keep(picture(1))
    pictures.set_cover(archive.private, kept)
    pictures.set_cover(archive.public, kept)
    assert seen(Visitor()) == {kept}


def test_a_new_cover_ends_the_use_of_the_old(cast: Cast) -> None:
    made = story(cast)
    old, new = pictures.keep(picture(1)), pictures.keep(picture(2))
    for cover in (old, new, new, None):
        pictures.set_cover(made, cover)
        assert seen(Visitor()) == ({cover} if cover else set())
    made.refresh_from_db()
    assert made.cover is None and not PictureUse.objects.exists()


def test_a_text_shows_no_picture_of_another_story(cast: Cast) -> None:
    """A stranger who knows the address of a private picture cannot open it by putting it into a text."""
    secret = pictures.keep(picture(1))
    pictures.set_cover(story(cast, "Mine", visibility="private"), secret)
    theirs = story(cast, "Theirs", by="stranger")
    publishing.edit(first(theirs), by=cast.stranger, html=f'<p>x<img src="{secret.url}"></p>')
    part = publishing.publish(first(theirs), by=cast.stranger)
    assert part.published is not None and "<img" not in part.published.html
    assert seen(cast.stranger) == set()


def large(width: int = 900, height: int = 1350) -> bytes:
    """A picture that is wider than every copy of a cover."""
    target = io.BytesIO()
    Image.new("RGB", (width, height), (20, 60, 90)).save(target, "JPEG", exif=b"Exif\x00\x00secret")
    return target.getvalue()


def test_a_cover_has_three_narrower_copies(db: None) -> None:
    kept = pictures.keep_cover(large())
    for width in pictures.WIDTHS:
        with default_storage.open(f"{kept.sha256}-{width}.webp") as file, Image.open(file) as copy:
            assert (copy.format, copy.width) == ("WEBP", width)
            assert not copy.getexif()
    assert pictures.srcset(kept) == ", ".join(
        f"/media/{kept.sha256}-{width}.webp {width}w" for width in (160, 320, 640)
    )
    with default_storage.open(kept.name) as file:
        assert b"secret" not in file.read()


def test_a_small_cover_is_not_made_larger(db: None) -> None:
    kept = pictures.keep_cover(large(200, 300))
    assert pictures.srcset(kept, "?key=k") == (
        f"/media/{kept.sha256}-160.webp?key=k 160w, {kept.url}?key=k 200w"
    )


def test_a_cover_is_given_and_taken_away(cast: Cast) -> None:
    made = story(cast)
    kept = pictures.keep_cover(large())
    pictures.give_cover(made, kept, alt=" A  lamp ", by=cast.writer)
    made.refresh_from_db()
    assert (made.cover, made.cover_alt, kept.uses.count()) == (kept, "A lamp", 1)
    pictures.give_cover(made, None, by=cast.writer)
    made.refresh_from_db()
    assert (made.cover, made.cover_alt, kept.uses.count()) == (None, "", 0)
    with pytest.raises(NotAllowedError):
        pictures.give_cover(made, kept, by=cast.reader)


def test_copies_go_through_the_gate(cast: Cast) -> None:
    made = story(cast, visibility="private")
    kept = pictures.keep_cover(large())
    pictures.give_cover(made, kept, by=cast.writer)
    copy = f"/media/{kept.sha256}-320.webp"
    answer = cast.client("writer").get(copy)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/webp")
    assert cast.client("reader").get(copy).status_code == 404
    assert cast.client("writer").get(f"/media/{kept.sha256}-100.webp").status_code == 404
    default_storage.delete(f"{kept.sha256}-320.webp")
    assert cast.client("writer").get(copy).headers["Content-Type"] == "image/jpeg"
