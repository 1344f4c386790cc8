"""Zip files from strangers, read within limits. Nothing is unpacked to disk; no header is believed."""

from __future__ import annotations

import io
import stat
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from django.utils.translation import gettext as _

_CHUNK = 1 << 16
_RATIO_FROM = 1 << 20
"""Below a megabyte a high ratio harms nobody: an empty page packs very well."""
_READABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_LOCAL_HEADER = 30
_ENCRYPTED = 0x1
_UTF8 = 0x800


class BadZipError(Exception):
    """The zip file cannot be used; the message is one plain sentence."""


@dataclass(slots=True)
class _Limits:
    total: int
    file: int
    count: int
    ratio: int
    spent: int = field(default=0)

    def spend(self, size: int) -> None:
        self.spent += size
        if self.spent > self.total:
            raise BadZipError(_("The zip file unpacks to more than %(mb)d MB.") % {"mb": self.total >> 20})


class Zip:
    """An open zip file: `names()` and `read(name)`. Close it, or use it in a `with` statement."""

    def __init__(self, source: zipfile.ZipFile, limits: _Limits, depth: int) -> None:
        self._source = source
        self._limits = limits
        self._depth = depth
        self._entries = _checked(source.infolist(), limits)

    def __enter__(self) -> Zip:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the file."""
        self._source.close()

    def names(self) -> list[str]:
        """The files (no folders) in the order of the zip; "/" divides folders, letters are NFC."""
        return list(self._entries)

    def read(self, name: str) -> bytes:
        """The bytes of a file, counted while they are unpacked. Raises KeyError for an unknown name."""
        info = self._entries[name]
        pieces: list[bytes] = []
        try:
            with self._source.open(info) as stream:
                size = 0
                while piece := stream.read(_CHUNK):
                    size += len(piece)
                    self._check_size(name, size, info.compress_size)
                    self._limits.spend(len(piece))
                    pieces.append(piece)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise BadZipError(_("“%(name)s” in the zip file is damaged.") % {"name": name}) from error
        if size != info.file_size:
            raise BadZipError(_("“%(name)s” in the zip file is not complete.") % {"name": name})
        return b"".join(pieces)

    def open(self, name: str) -> Zip:
        """A zip file inside this one, under the same budget; only one level deep."""
        if self._depth > 0:
            raise BadZipError(_("The zip file holds zip files in zip files; please unpack it first."))
        return _opened(io.BytesIO(self.read(name)), self._limits, self._depth + 1)

    def _check_size(self, name: str, size: int, packed: int) -> None:
        if size > self._limits.file:
            raise BadZipError(
                _("“%(name)s” in the zip file is larger than %(mb)d MB.")
                % {"name": name, "mb": self._limits.file >> 20}
            )
        if size > _RATIO_FROM and size > packed * self._limits.ratio:
            raise BadZipError(_("“%(name)s” in the zip file unpacks to far too much.") % {"name": name})


def open_zip(
    data_or_path: bytes | str | Path,
    *,
    limit_total: int = 500 << 20,
    limit_file: int = 100 << 20,
    limit_count: int = 10_000,
    limit_ratio: int = 200,
) -> Zip:
    """Opens a zip file given as bytes or by its path.

    Limits: bytes of all files together and of one file (unpacked, counted while reading), files, and unpacked
    over packed size. Refused, too: encryption, absolute paths, "..", links, names that occur twice, entries
    that share bytes, wrong checksums, files cut short. Raises BadZipError.
    """
    limits = _Limits(limit_total, limit_file, limit_count, limit_ratio)
    source = io.BytesIO(data_or_path) if isinstance(data_or_path, bytes) else data_or_path
    return _opened(source, limits, 0)


def _opened(source: io.BytesIO | str | Path, limits: _Limits, depth: int) -> Zip:
    try:
        archive = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, ValueError, EOFError) as error:
        raise BadZipError(_not_a_zip(source)) from error
    except OSError as error:
        raise BadZipError(_("The zip file cannot be opened.")) from error
    try:
        return Zip(archive, limits, depth)
    except BaseException:
        archive.close()
        raise


def _not_a_zip(source: io.BytesIO | str | Path) -> str:
    if isinstance(source, io.BytesIO):
        start = source.getvalue()[:2]
    else:
        with Path(source).open("rb") as file:
            start = file.read(2)
    if start == b"PK":
        return _("The zip file is damaged or cut short; please send it again.")
    return _("This is not a zip file.")


def _checked(infos: list[zipfile.ZipInfo], limits: _Limits) -> dict[str, zipfile.ZipInfo]:
    if len(infos) > limits.count:
        raise BadZipError(_("The zip file holds more than %(count)d files.") % {"count": limits.count})
    _check_overlap(infos)
    entries: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        name = _name(info)
        _check_entry(name, info)
        if name.endswith("/"):
            continue
        if name in entries:
            raise BadZipError(_("The zip file holds “%(name)s” twice.") % {"name": name})
        entries[name] = info
    if sum(info.file_size for info in entries.values()) > limits.total:
        raise BadZipError(_("The zip file unpacks to more than %(mb)d MB.") % {"mb": limits.total >> 20})
    return entries


def _check_overlap(infos: list[zipfile.ZipInfo]) -> None:
    """Entries that share packed bytes make a small file unpack to a giant one without a high ratio."""
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise BadZipError(_("The zip file is put together in a way that no honest program does."))
        end = info.header_offset + _LOCAL_HEADER + info.compress_size


def _name(info: zipfile.ZipInfo) -> str:
    """The name as it was meant: many programs write UTF-8 without saying so, and "\\" for "/"."""
    name = info.orig_filename
    if not info.flag_bits & _UTF8:
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            name = info.orig_filename  # really cp437, or a legacy encoding that nothing names
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def _check_entry(name: str, info: zipfile.ZipInfo) -> None:
    parts = name.split("/")
    if name.startswith("/") or ".." in parts or "\x00" in name or (len(parts[0]) == 2 and parts[0][1] == ":"):
        raise BadZipError(_("The zip file holds a path that leads out of it: “%(name)s”.") % {"name": name})
    if info.flag_bits & _ENCRYPTED:
        raise BadZipError(_("The zip file is locked with a password; please unpack it first."))
    mode = info.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise BadZipError(_("The zip file holds a link instead of a file: “%(name)s”.") % {"name": name})
    if info.compress_type not in _READABLE:
        raise BadZipError(_("“%(name)s” is packed in a way that we cannot read.") % {"name": name})
