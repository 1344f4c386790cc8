"""Pictures decoded within limits and written anew: nothing of the sender's file but what can be seen."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

LONGEST_INPUT = 20 * 1024 * 1024
MOST_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "MPO", "AVIF")
JPEG_QUALITY = 85
WEBP_QUALITY = 78


class BadPictureError(Exception):
    """The picture cannot be used; the message is one plain sentence."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that we wrote: its bytes, media type, size in pixels, and the SHA-256 of the bytes in hex."""

    data: bytes
    mime: str
    width: int
    height: int
    sha256: str


def reencode(data: bytes, *, longest: int = 1600) -> Picture:
    """The first frame, upright, at most `longest` pixels on its longer side, without any metadata.

    JPEG, or PNG where something is transparent. The same bytes in give the same bytes out.
    Raises BadPictureError.
    """
    return _written(_decoded(data), longest)


def sizes(picture: Picture, widths: Iterable[int]) -> list[Picture]:
    """The same picture narrower, as WebP: one for each of `widths` (pixels) below its own, rising."""
    image = _decoded(picture.data)
    narrower = sorted({width for width in widths if 0 < width < picture.width})
    return [_small(_resized(image, width, picture.height * width / picture.width)) for width in narrower]


def square(data: bytes, *, side: int) -> Picture:
    """The middle of a picture as a square of at most `side` pixels, upright, without metadata, as WebP.

    Raises BadPictureError.
    """
    image = _decoded(data)
    length = min(side, *image.size)
    return _small(ImageOps.fit(_plain(image), (length, length), Image.Resampling.LANCZOS))


def _small(image: Image.Image) -> Picture:
    out = io.BytesIO()
    bare = Image.frombytes(image.mode, image.size, image.tobytes())
    bare.save(out, "WEBP", quality=WEBP_QUALITY, method=4)
    data = out.getvalue()
    return Picture(data, "image/webp", bare.width, bare.height, sha256(data).hexdigest())


def _decoded(data: bytes) -> Image.Image:
    if len(data) > LONGEST_INPUT:
        raise BadPictureError(_("The picture is larger than 20 MB; please choose a smaller one."))
    if _is_svg(data):
        raise BadPictureError(_("SVG pictures are not taken; please save it as PNG or JPEG."))
    try:
        return _upright(data)
    except (UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise BadPictureError(_("This is not a picture that we can read: JPEG, PNG, WebP, GIF.")) from error
    except (
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        MemoryError,
        TypeError,
        IndexError,
        KeyError,
    ) as error:
        raise BadPictureError(_("The picture is damaged or incomplete; please send it again.")) from error


def _is_svg(data: bytes) -> bool:
    start = data[:4096].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    return start.startswith(b"<") and b"<svg" in start


def _upright(data: bytes) -> Image.Image:
    with warnings.catch_warnings():
        # Pillow warns of what our own limit below refuses, and of odd metadata that is thrown away.
        warnings.simplefilter("ignore")
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise BadPictureError(
                    _("The picture has more than 50 megapixels; please choose a smaller one.")
                )
            image.seek(0)
            image.load()
            return ImageOps.exif_transpose(image)


def _written(image: Image.Image, longest: int) -> Picture:
    scale = longest / max(image.size)
    if scale < 1:
        return _encoded(_resized(image, image.width * scale, image.height * scale))
    return _encoded(_plain(image))


def _resized(image: Image.Image, width: float, height: float) -> Image.Image:
    size = (max(1, round(width)), max(1, round(height)))
    return _plain(image).resize(size, Image.Resampling.LANCZOS)


def _plain(image: Image.Image) -> Image.Image:
    """In RGB, or in RGBA if a pixel is transparent: no palette, no print colours, no 16 bits."""
    if not image.has_transparency_data:
        return _eight_bits(image).convert("RGB")
    clear = image.convert("RGBA")
    lowest = clear.getchannel("A").getextrema()[0]
    return clear.convert("RGB") if lowest == 255 else clear


def _eight_bits(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value / 256).convert("L")
    return image


def _encoded(image: Image.Image) -> Picture:
    bare = Image.frombytes(image.mode, image.size, image.tobytes())  # leaves every bit of metadata behind
    out = io.BytesIO()
    if bare.mode == "RGBA":
        mime = "image/png"
        bare.save(out, "PNG", optimize=True)
    else:
        mime = "image/jpeg"
        bare.save(out, "JPEG", quality=JPEG_QUALITY, optimize=True, progressive=True)
    data = out.getvalue()
    return Picture(data, mime, bare.width, bare.height, sha256(data).hexdigest())
