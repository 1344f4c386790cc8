"""The zip around a book: the same files give the same bytes, on every machine."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

MIMETYPE = b"application/epub+zip"
_LEVEL = 9
_UNIX = 3
_FIRST, _LAST = datetime(1980, 1, 1, tzinfo=UTC), datetime(2107, 12, 31, 23, 59, 58, tzinfo=UTC)

CONTAINER = b"""<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
  <rootfiles>
    <rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/>
  </rootfiles>
</container>
"""


def pack(files: Iterable[tuple[str, bytes]], modified: datetime, out: BinaryIO) -> None:
    """Write `(path, bytes)` in the given order into a seekable binary file, `mimetype` first and stored.

    The time of every entry is `modified` (UTC), kept inside the years that a zip can tell.
    """
    with ZipFile(out, "w") as archive:
        archive.writestr(entry("mimetype", modified, ZIP_STORED), MIMETYPE)
        archive.writestr(
            entry("META-INF/container.xml", modified, ZIP_DEFLATED), CONTAINER, compresslevel=_LEVEL
        )
        for path, data in files:
            archive.writestr(entry(path, modified, ZIP_DEFLATED), data, compresslevel=_LEVEL)


def entry(path: str, modified: datetime, compression: int) -> ZipInfo:
    """A file of a zip, with nothing in it but the time (UTC, in the years that a zip can tell)."""
    when = modified.replace(tzinfo=UTC) if modified.tzinfo is None else modified.astimezone(UTC)
    when = min(max(when, _FIRST), _LAST)
    info = ZipInfo(path, (when.year, when.month, when.day, when.hour, when.minute, when.second // 2 * 2))
    info.compress_type = compression
    info.create_system = _UNIX
    info.external_attr = 0o644 << 16
    return info
