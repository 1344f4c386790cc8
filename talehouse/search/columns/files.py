"""How an index lies in its folder: generations, the file that names the one in use, what proves it whole.

<folder>/current          JSON: the generation that is asked; replaced in one step
<folder>/<generation>/    a base, whole or not there: written as "<generation>.new", then renamed
<folder>/<generation>/tail    what has changed since; only appended to
<folder>/lock, building   locks of whoever writes, and of whoever builds
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from talehouse.search.questions import IndexMissing

FORMAT = 1
META = "meta.json"
TAIL = "tail"
CURRENT = "current"
_CHUNK = 1 << 20
_NAME = re.compile(r"\d{8}")


def generations(folder: Path) -> list[str]:
    """The whole ones, the oldest first."""
    try:
        return sorted(one.name for one in folder.iterdir() if _NAME.fullmatch(one.name))
    except FileNotFoundError:
        return []


def next_generation(folder: Path) -> str:
    """A name above all that are or were in use."""
    names = [*generations(folder), current(folder) or "0"]
    return f"{max(map(int, names)) + 1:08d}"


def current(folder: Path) -> str:
    """The generation in use, or ""."""
    try:
        told = json.loads((folder / CURRENT).read_bytes())
    except (OSError, ValueError):
        return ""
    name = told.get("generation", "") if isinstance(told, dict) else ""
    return name if isinstance(name, str) and _NAME.fullmatch(name) else ""


def switch(folder: Path, generation: str) -> None:
    """Readers use this one from now on."""
    fresh = folder / f"{CURRENT}.new"
    write_whole(fresh, json.dumps({"generation": generation}).encode())
    fresh.replace(folder / CURRENT)
    sync(folder)


def write_whole(path: Path, content: bytes) -> None:
    """A file that is on the disk when this returns."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync(path: Path) -> None:
    """What was written to this file, or renamed in this folder, outlives a loss of power."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def seal(folder: Path, meta: dict[str, Any]) -> None:
    """Write down what is in a new base, with sizes and checksums, as the last thing."""
    files = {}
    for path in sorted(folder.iterdir()):
        sync(path)
        files[path.name] = [path.stat().st_size, checksum(path)]
    told = json.dumps({**meta, "format": FORMAT, "files": files}, sort_keys=True)
    write_whole(folder / META, f"{zlib.crc32(told.encode()):08x} {told}".encode())
    (folder / TAIL).touch()
    sync(folder)


def checksum(path: Path) -> int:
    """CRC-32 of a file."""
    told = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            told = zlib.crc32(chunk, told)
    return told


def meta(folder: Path) -> dict[str, Any]:
    """What is written down about a base. Raises IndexMissing if that is damaged or of another format."""
    try:
        crc, _, told = (folder / META).read_text("utf-8").partition(" ")
        if int(crc, 16) != zlib.crc32(told.encode()):
            raise IndexMissing(f"{folder.name} is damaged")
        known: dict[str, Any] = json.loads(told)
    except (OSError, ValueError) as error:
        raise IndexMissing(f"{folder.name} is damaged") from error
    if known.get("format") != FORMAT:
        raise IndexMissing(f"{folder.name} has another format")
    return known


def verify(folder: Path, known: dict[str, Any]) -> None:
    """Every file is there as it was written. Raises IndexMissing."""
    for name, (size, crc) in known["files"].items():
        path = folder / name
        try:
            if path.stat().st_size != size or checksum(path) != crc:
                raise IndexMissing(f"{folder.name}: {name} is damaged")
        except OSError as error:
            raise IndexMissing(f"{folder.name}: {name} is missing") from error


def sweep(folder: Path) -> None:
    """Remove what nobody needs: older generations but the one before, and what was never finished.

    Call it with the lock for building held.
    """
    used = current(folder)
    before = [name for name in generations(folder) if name < used]
    for path in folder.iterdir():
        unfinished = path.name.endswith(".new") and path.is_dir()
        if unfinished or path.name in before[:-1]:
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def held(path: Path) -> Iterator[bool]:
    """Whether the lock on this file could be had; it ends with the block, or with the process."""
    path.parent.mkdir(parents=True, exist_ok=True)
    opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(opened)


@contextmanager
def waited_for(path: Path) -> Iterator[None]:
    """The same lock, once whoever has it lets go."""
    opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        os.close(opened)
