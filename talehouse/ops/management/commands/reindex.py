"""`talehouse reindex`: build the index anew from the database."""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from talehouse.search import feeding, feeding_texts
from talehouse.search.rebuilding import Busy


class Command(BaseCommand):
    """Exit status 1 if another process builds already, or the folder cannot be written."""

    help = "Build the index of the search anew. The old one serves until the new one takes its place."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The command's own options."""
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of text")

    def handle(self, *args: Any, **options: Any) -> None:
        """Stories first, then texts; progress goes to standard error."""
        begun = time.monotonic()
        try:
            stories = feeding.rebuild_now(self._progress)
            feeding_texts.rebuild_now(self._progress)
        except Busy as error:
            raise CommandError("The index is being built already. Wait for it to end.") from error
        except OSError as error:
            raise CommandError(f"The index cannot be written: {error}.") from error
        seconds = round(time.monotonic() - begun, 1)
        if options["json"]:
            json.dump({"stories": stories, "seconds": seconds}, sys.stdout)
            sys.stdout.write("\n")
        else:
            self.stdout.write(f"{stories} stories are in the index, after {seconds} s.")

    def _progress(self, done: int, total: int, what: str) -> None:
        if sys.stderr.isatty():
            print(f"\r{what}: {done} of {total}".ljust(60), end="", file=sys.stderr, flush=True)
            if done == total:
                print(file=sys.stderr)
