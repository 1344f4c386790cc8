"""Pictures are written anew, within limits."""

import io
from typing import Any

import pytest
from PIL import Image

from talehouse.lib import pictures
from talehouse.lib.pictures import BadPictureError, reencode, sizes


def made(size: tuple[int, int] = (40, 20), mode: str = "RGB", kind: str = "PNG", **options: Any) -> bytes:
    image = Image.new(mode, size, options.pop("color", 0))
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("RGB", "JPEG"),
        ("CMYK", "JPEG"),
        ("L", "PNG"),
        ("P", "GIF"),
        ("RGB", "WEBP"),
        ("1", "PNG"),
        ("I;16", "PNG"),
    ],
)
def test_every_kind_becomes_a_plain_jpeg(mode: str, kind: str) -> None:
    picture = reencode(made(mode=mode, kind=kind))
    image = opened(picture.data)
    assert (picture.mime, image.format, image.mode) == ("image/jpeg", "JPEG", "RGB")
    assert (picture.width, picture.height) == image.size == (40, 20)


def test_sixteen_bits_keep_their_brightness() -> None:
    image = opened(reencode(made(mode="I;16", color=0x8000)).data)
    assert image.convert("L").getpixel((5, 5)) == pytest.approx(128, abs=2)


def test_transparency_is_kept_where_there_is_some() -> None:
    clear = reencode(made(mode="RGBA", color=(200, 0, 0, 100)))
    assert clear.mime == "image/png"
    assert opened(clear.data).getpixel((1, 1)) == (200, 0, 0, 100)
    assert reencode(made(mode="RGBA", color=(200, 0, 0, 255))).mime == "image/jpeg"


def test_metadata_goes_and_the_picture_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x013B] = "A private name"
    picture = reencode(made(kind="JPEG", exif=exif, comment=b"A private name"))
    assert (picture.width, picture.height) == (20, 40)
    assert b"private" not in picture.data
    assert not opened(picture.data).getexif()


def test_large_pictures_shrink_and_small_ones_do_not_grow() -> None:
    picture = reencode(made((3000, 1000)), longest=600)
    assert (picture.width, picture.height) == (600, 200)
    assert reencode(made((10, 10)), longest=600).width == 10


def test_an_animation_becomes_its_first_frame() -> None:
    frames = [Image.new("RGB", (8, 8), color) for color in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    pixel = opened(reencode(out.getvalue()).data).getpixel((4, 4))
    assert isinstance(pixel, tuple)
    assert pixel[0] > 200 > 60 > pixel[2]


def test_same_bytes_in_same_bytes_out() -> None:
    data = made((64, 64), color=(10, 20, 30))
    assert reencode(data) == reencode(data)


def test_sizes_are_only_narrower_ones() -> None:
    made_sizes = sizes(reencode(made((400, 200))), [800, 100, 400, 200, 200])
    assert [(size.width, size.height) for size in made_sizes] == [(100, 50), (200, 100)]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"\x89PNG\r\n\x1a\n",
        made()[:60],
        made((300, 300), kind="JPEG")[:500],
        b"GIF89a" + bytes(20),
    ],
    ids=["nothing", "text", "a signature", "cut PNG", "cut JPEG", "zeros"],
)
def test_what_is_no_whole_picture_is_refused(data: bytes) -> None:
    with pytest.raises(BadPictureError):
        reencode(data)


@pytest.mark.parametrize(
    "svg",
    [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- x --><SVG/>"],
)
def test_svg_is_refused_by_name(svg: bytes) -> None:
    with pytest.raises(BadPictureError, match="SVG"):
        reencode(svg)


def test_a_giant_picture_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(BadPictureError, match="megapixels"):
        reencode(made((10_000, 5_001), mode="1"))


def test_a_giant_file_is_refused() -> None:
    with pytest.raises(BadPictureError, match="20 MB"):
        reencode(bytes(pictures.LONGEST_INPUT + 1))
