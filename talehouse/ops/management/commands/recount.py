"""`talehouse recount [--check]`: every counter against its rows."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from talehouse.ops import recounting


class Command(BaseCommand):
    """Exit status 1 when `--check` finds a difference."""

    help = "Compare every counter with its rows, and mend it; --check only tells."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The command's own options."""
        parser.add_argument("--check", action="store_true", help="tell the differences and change nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of text")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints each difference on its line."""
        found = recounting.check(self._progress) if options["check"] else recounting.mend(self._progress)
        if options["json"]:
            json.dump(
                {"differences": [one._asdict() for one in found], "mended": not options["check"]},
                sys.stdout,
                default=str,
            )
            sys.stdout.write("\n")
        else:
            for one in found:
                self.stdout.write(f"{one.where}: {one.column} shows {one.shown}, the rows say {one.rows}")
            self.stdout.write(f"{len(found)} differences." if found else "Every counter equals its rows.")
        if options["check"] and found:
            raise SystemExit(1)

    def _progress(self, number: int, total: int) -> None:
        if sys.stderr.isatty() and (number % 200 == 0 or number == total):
            end = "\n" if number == total else ""
            print(f"\r{number} of {total} stories", end=end, file=sys.stderr, flush=True)
