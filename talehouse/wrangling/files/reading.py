"""Which kind of vocabulary a file is: by its ending and its first line."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import IO

from talehouse.wrangling.files import ao3, freeforms, own
from talehouse.wrangling.files.entries import FileError, Told


def read(path: Path) -> Told:
    """What a file says. Raises FileError, saying what is wrong and where."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return freeforms.read(file, name=path.name) if path.suffix == ".json" else _table(file, path.name)
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise FileError(f"{path.name} is not in UTF-8 (byte {error.start}).") from error
    except csv.Error as error:
        raise FileError(f"{path.name} is no table in CSV: {error}.") from error


def _table(file: IO[str], name: str) -> Told:
    columns = [column.strip() for column in file.readline().split(",")]
    file.seek(0)
    if columns[: len(ao3.COLUMNS)] == list(ao3.COLUMNS):
        return ao3.read(file, name=name)
    if {*own.COLUMNS[:3]} <= {*columns}:
        return own.read(file, name=name)
    raise FileError(
        f"{name}, line 1: the columns should be {','.join(ao3.COLUMNS)} or {','.join(own.COLUMNS)}."
    )
