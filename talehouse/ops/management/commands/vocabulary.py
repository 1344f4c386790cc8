"""`talehouse vocabulary import PATH… | export FILE | undo NUMBER`: the order among tags as files."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from talehouse.stories.errors import RuleError
from talehouse.wrangling import bringing
from talehouse.wrangling.files import own
from talehouse.wrangling.files.entries import Entry, FileError
from talehouse.wrangling.files.reading import read
from talehouse.wrangling.models import Act, Change
from talehouse.wrangling.undoing_imports import standing, undo_import

SHOWN = 20
"""Names that are told of those that were left."""
Told = tuple[dict[str, Any], list[str]]
"""What became of it, for programs and in sentences."""


class Command(BaseCommand):
    """Exit status 2 for a file that cannot be read, and then nothing has changed."""

    help = (
        "Bring a vocabulary in (AO3's columns, our own, or JSON of names and counts), take it out, or undo "
        "what an import has sorted."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The command's own options."""
        parser.add_argument("what", choices=["import", "export", "undo"])
        parser.add_argument(
            "paths",
            nargs="+",
            metavar="PATH",
            help="files or folders; one file for export; the number of an import for undo",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of text")

    def handle(self, *args: Any, **options: Any) -> None:
        """Says what became of it, in numbers."""
        do = {"import": self._import, "export": self._export, "undo": self._undo}[options["what"]]
        told, lines = do(options["paths"])
        for line in [json.dumps(told)] if options["json"] else lines:
            self.stdout.write(line)

    def _import(self, names: list[str]) -> Told:
        brought, skipped = self._brought([Path(name) for name in names])
        left_out = dict(sorted((skipped + brought.skipped).items()))
        told = {
            "import": brought.change.pk,
            "made": brought.made,
            "sorted": brought.sorted,
            "kept": brought.kept,
            "steps": brought.steps,
            "skipped": left_out,
        }
        return told, [
            f"{brought.made} tags are new, {brought.sorted} were sorted, "
            f"{brought.kept} stayed as they were; {brought.steps} steps upward.",
            *(f"Left out: {number} {why}." for why, number in left_out.items()),
            f"talehouse vocabulary undo {brought.change.pk} undoes it.",
        ]

    def _brought(self, paths: list[Path]) -> tuple[bringing.Brought, Counter[str]]:
        entries: list[Entry] = []
        skipped: Counter[str] = Counter()
        try:
            for file in (one for path in paths for one in _files(path)):
                told = read(file)
                entries += told.entries
                skipped += told.skipped
        except FileError as error:
            raise CommandError(str(error), returncode=2) from error
        return bringing.bring(entries, by=None, progress=self._progress), skipped

    def _export(self, names: list[str]) -> Told:
        if len(names) != 1:
            raise CommandError("export writes one file.", returncode=2)
        try:
            with Path(names[0]).open("w", encoding="utf-8", newline="") as file:
                number = own.write(file, bringing.told())
        except OSError as error:
            raise CommandError(f"{names[0]} cannot be written: {error.strerror}.", returncode=2) from error
        return {"tags": number, "file": names[0]}, [f"{number} tags are in {names[0]}."]

    def _undo(self, numbers: list[str]) -> Told:
        change = _import_of(numbers)
        try:
            undone = undo_import(change, by=None, progress=self._progress)
        except RuleError as error:
            raise CommandError(str(error)) from error
        rows = standing(change).order_by("tag__kind", "tag__name").values_list("tag__kind", "tag__name")
        names = [f"{kind}: {name}" for kind, name in rows]
        lines = [f"{undone.done} tags are as they were before the import."]
        if names:
            lines.append(f"{undone.left} were left, since somebody has changed them or built on them since:")
            lines += [*names[:SHOWN], *(["…"] if len(names) > SHOWN else [])]
        return {"undone": undone.done, "left": names}, lines

    def _progress(self, number: int, total: int) -> None:
        if sys.stderr.isatty():
            end = "\n" if number == total else ""
            print(f"\r{number} of {total} tags", end=end, file=sys.stderr, flush=True)


def _import_of(numbers: list[str]) -> Change:
    """The import of this number in the log."""
    imports = Change.objects.filter(act=Act.IMPORT)
    wanted = numbers[0] if len(numbers) == 1 and numbers[0].isdecimal() and len(numbers[0]) < 19 else ""
    found = imports.filter(pk=int(wanted)).first() if wanted else None
    if found is None:
        known = ", ".join(f"{one.pk} ({one.at:%Y-%m-%d})" for one in imports.order_by("-pk")[:10])
        there = f"The last ones are: {known}." if known else "There has been none."
        raise CommandError(f"undo wants the number of one import. {there}", returncode=2)
    return found


def _files(path: Path) -> list[Path]:
    """The file, or those of a folder that may be vocabularies."""
    if not path.is_dir():
        return [path]
    found = sorted(one for one in path.iterdir() if one.suffix in (".csv", ".json"))
    if not found:
        raise FileError(f"{path} holds no .csv and no .json file.")
    return found
