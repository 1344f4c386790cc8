"""Pictures in a book: found by their `src`, checked by their first bytes, stored once by content."""

from collections.abc import Mapping
from hashlib import sha256
from urllib.parse import unquote, urlsplit

from talehouse.exports.book import Picture

# The raster types that every EPUB 3.3 reading system must show (EPUB 3.3, section 3.2), by signature.
_SIGNATURES = (
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (b"GIF87a", "image/gif", "gif"),
    (b"GIF89a", "image/gif", "gif"),
)


def kind_of(data: bytes) -> tuple[str, str] | None:
    """Media type and file extension told by the first bytes; None for what a book cannot carry."""
    for signature, mime, extension in _SIGNATURES:
        if data.startswith(signature):
            return mime, extension
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp", "webp"
    return None


class PictureShelf:
    """The pictures of one book. Those that a chapter uses are kept, in the order of first use."""

    def __init__(self, pictures: Mapping[str, Picture]) -> None:
        self._by_name = {name.strip("/"): picture for name, picture in pictures.items()}
        self.files: dict[str, Picture] = {}
        self.used = False
        self.all_described = True

    def place(self, src: str, alt: str) -> str | None:
        """The file name to show for `src`, from now on part of the book; None if there is no such picture."""
        picture = self._find(src)
        kind = kind_of(picture.data) if picture else None
        if picture is None or kind is None:
            return None
        self.used = True
        self.all_described = self.all_described and bool(alt.strip())
        mime, extension = kind
        name = f"images/{sha256(picture.data).hexdigest()[:20]}.{extension}"
        self.files.setdefault(name, Picture(picture.data, mime))
        return name

    def _find(self, src: str) -> Picture | None:
        if src.strip("/") in self._by_name:
            return self._by_name[src.strip("/")]
        try:
            steps = unquote(urlsplit(src).path).strip("/").split("/")
        except ValueError:
            return None
        ends = ("/".join(steps[start:]) for start in range(len(steps)))
        return next((self._by_name[end] for end in ends if end in self._by_name), None)
