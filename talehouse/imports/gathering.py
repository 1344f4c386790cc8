"""All files that a person chose, with folders and zips opened one level: names, sizes, and their bytes when
asked.

Nothing is read before its size is known; hidden files and what systems leave behind are passed over.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path, PurePosixPath

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from talehouse.imports.formats.text.titles import natural_key
from talehouse.imports.found import BadFileError, LeftOut
from talehouse.lib.zips import BadZipError, open_zip

LARGEST_FILE = 300_000_000
"""Bytes of one file."""
LARGEST_CHOICE = 2_000_000_000
"""Bytes of everything chosen at once."""
MOST_FILES = 5_000
UNKNOWN = -1
"""The size of a file in a zip before it is unpacked; no header is believed."""
_PICTURES = {".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp", ".avif", ".tif", ".tiff", ".svg"}
_IGNORED = {"thumbs.db", "desktop.ini", "__macosx", "ehthumbs.db", "icon\r"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One file: its path from what was chosen (`/` between folders), its size in bytes or `UNKNOWN`, how to
    read it.

    `loose` files were chosen by themselves, so their folder says nothing.
    """

    path: str
    size: int
    read: Callable[[], bytes]
    loose: bool = False
    order: int = 0

    @property
    def folder(self) -> str:
        """The folder's path, "" at the top."""
        parent = str(PurePosixPath(self.path).parent)
        return "" if parent == "." else parent

    @property
    def name(self) -> str:
        """The file's own name."""
        return PurePosixPath(self.path).name

    @property
    def is_picture(self) -> bool:
        """Whether its name says that it is a picture."""
        return PurePosixPath(self.path.lower()).suffix in _PICTURES

    def data(self) -> bytes:
        """The bytes; BadFileError when the file cannot be read."""
        try:
            return self.read()
        except BadZipError as error:
            raise BadFileError(_unpackable(self.path, error)) from error
        except (
            OSError,
            zipfile.BadZipFile,
            EOFError,
            NotImplementedError,
            RuntimeError,
            ValueError,
            KeyError,
        ) as error:
            raise BadFileError(_("“%(name)s” cannot be read.") % {"name": self.path}) from error


def gather(
    sources: Iterable[Path | tuple[str, bytes]], stack: ExitStack
) -> tuple[list[Entry], list[LeftOut]]:
    """All files, and those that were refused. A zip stays open until `stack` is closed."""
    entries: list[Entry] = []
    refused: list[LeftOut] = []
    total = 0
    for found in _top(sources):
        if found.size > LARGEST_FILE:
            refused.append(LeftOut(found.path, _too_large(found)))
            continue
        total += found.size
        _within(total, len(entries))
        if _may_be_zip(found) and (data := _plain_zip(found)) is not None:
            members = _members(found, data, stack, refused)
            entries += members
            _within(total, len(entries))
        else:
            entries.append(found)
    _within(total, len(entries))
    return [_numbered(entry, at) for at, entry in enumerate(entries)], refused


def by_folder(entries: list[Entry]) -> dict[str, dict[str, Entry]]:
    """The pictures by path, for each folder that holds or is above them."""
    return {"": {entry.path: entry for entry in entries if entry.is_picture}}


class Beside(Mapping[str, bytes]):
    """The pictures that a file may show, by their path from its folder; read only when asked for."""

    def __init__(self, folder: str, files: dict[str, dict[str, Entry]]) -> None:
        self._folder, self._files = folder, files[""]
        self._used = files.setdefault("used", {})

    def _entry(self, key: str) -> Entry | None:
        path = os.path.normpath(os.path.join(self._folder, key)).replace(os.sep, "/")
        return self._files.get(path)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self._entry(key) is not None

    def __getitem__(self, key: str) -> bytes:
        entry = self._entry(key)
        if entry is None:
            raise KeyError(key)
        self._used[entry.path] = entry
        return entry.data()

    def __iter__(self) -> Iterator[str]:
        return (os.path.relpath(path, self._folder or ".").replace(os.sep, "/") for path in self._files)

    def __len__(self) -> int:
        return len(self._files)


def _top(sources: Iterable[Path | tuple[str, bytes]]) -> Iterator[Entry]:
    for source in sources:
        if isinstance(source, tuple):
            name, data = source
            path = _safe(name) or "file"
            if not _ignored(path):
                yield Entry(path, len(data), lambda data=data: data, loose="/" not in path)  # type: ignore[misc]
        elif source.is_dir():
            yield from _folder(source)
        else:
            yield _file(source, source.name, loose=True)


def _folder(folder: Path) -> Iterator[Entry]:
    """Every file below, in natural order; links are not followed."""
    found = 0
    for at, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted((one for one in folders if not _ignored(one)), key=natural_key)
        for name in sorted(names, key=natural_key):
            path = Path(at, name)
            if _ignored(name) or path.is_symlink():
                continue
            found += 1
            _within(0, found)
            yield _file(path, f"{folder.resolve().name}/{path.relative_to(folder).as_posix()}")


def _file(path: Path, name: str, *, loose: bool = False) -> Entry:
    try:
        status = path.stat()
    except OSError as error:
        raise BadFileError(_("“%(name)s” does not exist or may not be read.") % {"name": name}) from error
    if not path.is_file():
        raise BadFileError(_("“%(name)s” is no file.") % {"name": name})
    return Entry(name, status.st_size, path.read_bytes, loose=loose)


def _may_be_zip(entry: Entry) -> bool:
    return not entry.name.lower().endswith(
        (".docx", ".epub", ".odt", ".txt", ".md", ".html", ".htm", ".xhtml")
    )


def _plain_zip(entry: Entry) -> bytes | None:
    """The bytes of a zip of files; None for a book or a Word document, which are zips too, and for all
    else."""
    data = entry.data()
    if not data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return None
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            top = {name.lower() for name in archive.namelist()}
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError, KeyError):
        return data if entry.name.lower().endswith(".zip") else None
    return None if top & {"mimetype", "meta-inf/container.xml", "[content_types].xml"} else data


def _members(entry: Entry, data: bytes, stack: ExitStack, refused: list[LeftOut]) -> list[Entry]:
    """The files in a zip, in natural order. A zip inside it is not opened."""
    try:
        limits = {"limit_total": LARGEST_CHOICE, "limit_file": LARGEST_FILE, "limit_count": 2 * MOST_FILES}
        archive = stack.enter_context(open_zip(data, **limits))
    except BadZipError as error:
        refused.append(LeftOut(entry.path, _unpackable(entry.path, error)))
        return []
    root = PurePosixPath(entry.name).stem
    found = []
    for name in sorted((name for name in archive.names() if not _ignored(name)), key=natural_key):
        member = Entry(f"{root}/{_safe(name)}", UNKNOWN, partial(archive.read, name))
        if member.name.lower().endswith(".zip"):
            refused.append(LeftOut(member.path, _("a zip inside a zip is not opened; unpack it first")))
        else:
            found.append(member)
    return _without_root(found, root)


def _unpackable(name: str, error: BadZipError) -> str:
    return _("“%(name)s” cannot be unpacked: %(why)s") % {"name": name, "why": error}


def _without_root(members: list[Entry], root: str) -> list[Entry]:
    """A zip of one folder: that folder's name says more than the zip's."""
    inner = {
        PurePosixPath(member.path).parts[1] for member in members if len(PurePosixPath(member.path).parts) > 2
    }
    if len(inner) != 1 or any(len(PurePosixPath(member.path).parts) == 2 for member in members):
        return members
    return [Entry(member.path[len(root) + 1 :], member.size, member.read) for member in members]


def _numbered(entry: Entry, at: int) -> Entry:
    return Entry(entry.path, entry.size, entry.read, entry.loose, at)


def _safe(name: str) -> str:
    """A name that stays below what was chosen."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in {"", ".", ".."}]
    return "/".join(part.replace("\0", "") for part in parts)


def _ignored(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return any(
        part.startswith((".", "~$")) or part.lower() in _IGNORED
        for part in parts
        if part not in {"", ".", ".."}
    )


def _within(total: int, count: int) -> None:
    if total > LARGEST_CHOICE:
        raise BadFileError(_("That is more than 2 GB at once; choose fewer files."))
    if count > MOST_FILES:
        raise BadFileError(
            ngettext(
                "More than %(count)d file was chosen.",
                "More than %(count)d files were chosen; choose fewer at a time.",
                MOST_FILES,
            )
            % {"count": MOST_FILES}
        )


def _too_large(entry: Entry) -> str:
    return _("“%(name)s” has %(size)d MB; files of up to %(most)d MB can be read.") % {
        "name": entry.path,
        "size": entry.size // 1_000_000,
        "most": LARGEST_FILE // 1_000_000,
    }
