"""`talehouse vocabulary import PATH… | export FILE`: the order among tags as files."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from talehouse.wrangling import bringing
from talehouse.wrangling.files import own
from talehouse.wrangling.files.entries import Entry, FileError
from talehouse.wrangling.files.reading import read


class Command(BaseCommand):
    """Exit status 2 for a file that cannot be read, and then nothing has changed."""

    help = "Bring a vocabulary in (AO3's columns, our own, or JSON of names and counts), or take it out."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The command's own options."""
        parser.add_argument("what", choices=["import", "export"])
        parser.add_argument("paths", nargs="+", metavar="PATH", help="files or folders; one file for export")
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of text")

    def handle(self, *args: Any, **options: Any) -> None:
        """Says what became of it, in numbers."""
        paths = [Path(path) for path in options["paths"]]
        told = self._import(paths) if options["what"] == "import" else self._export(paths)
        if options["json"]:
            self.stdout.write(json.dumps(told))
        elif options["what"] == "export":
            self.stdout.write(f"{told['tags']} tags are in {told['file']}.")
        else:
            self.stdout.write(
                f"{told['made']} tags are new, {told['sorted']} were sorted, "
                f"{told['kept']} stayed as they were; {told['steps']} steps upward."
            )
            for why, number in told["skipped"].items():
                self.stdout.write(f"Left out: {number} {why}.")

    def _import(self, paths: list[Path]) -> dict[str, Any]:
        entries: list[Entry] = []
        skipped: Counter[str] = Counter()
        try:
            for file in (one for path in paths for one in _files(path)):
                told = read(file)
                entries += told.entries
                skipped += told.skipped
        except FileError as error:
            raise CommandError(str(error), returncode=2) from error
        brought = bringing.bring(entries, by=None, progress=self._progress)
        return {
            "made": brought.made,
            "sorted": brought.sorted,
            "kept": brought.kept,
            "steps": brought.steps,
            "skipped": dict(sorted((skipped + brought.skipped).items())),
        }

    def _export(self, paths: list[Path]) -> dict[str, Any]:
        if len(paths) != 1:
            raise CommandError("export writes one file.", returncode=2)
        try:
            with paths[0].open("w", encoding="utf-8", newline="") as file:
                return {"tags": own.write(file, bringing.told()), "file": str(paths[0])}
        except OSError as error:
            raise CommandError(f"{paths[0]} cannot be written: {error.strerror}.", returncode=2) from error

    def _progress(self, number: int, total: int) -> None:
        if sys.stderr.isatty():
            end = "\n" if number == total else ""
            print(f"\r{number} of {total} tags", end=end, file=sys.stderr, flush=True)


def _files(path: Path) -> list[Path]:
    """The file, or those of a folder that may be vocabularies."""
    if not path.is_dir():
        return [path]
    found = sorted(one for one in path.iterdir() if one.suffix in (".csv", ".json"))
    if not found:
        raise FileError(f"{path} holds no .csv and no .json file.")
    return found
