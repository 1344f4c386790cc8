"""`talehouse export STORY -o FILE`: take a story out as an EPUB."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from talehouse.exports.taking import all_of, epub_of
from talehouse.ops.naming import parts_of, story_named


class Command(BaseCommand):
    """Writes next to the target first, so that a failure leaves no half file."""

    help = "Take a story out as an EPUB: what is released; if nothing is, its drafts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The command's own options."""
        parser.add_argument("story", help="its number, address, UUID or exact title")
        parser.add_argument(
            "-o", "--output", type=Path, required=True, metavar="FILE", help="the .epub to write"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of text")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit status 2 if there is no such story or nothing in it."""
        story = story_named(options["story"])
        if story is None:
            raise CommandError(f"There is no story {options['story']!r}.", returncode=2)
        parts = all_of(story)
        if not parts:
            raise CommandError(f"“{story.title}” has no text yet.", returncode=2)
        data = epub_of(story, parts)
        target: Path = options["output"]
        draft = target.with_name(target.name + ".part")
        try:
            draft.write_bytes(data)
            draft.replace(target)
        except OSError as error:
            raise CommandError(f"{target} cannot be written: {error.strerror}.", returncode=2) from error
        if options["json"]:
            json.dump(
                {"file": str(target), "bytes": len(data), "parts": len(parts), "story": story.pk}, sys.stdout
            )
            sys.stdout.write("\n")
        else:
            self.stdout.write(f"“{story.title}”: {parts_of(len(parts))}, {len(data):,} bytes in {target}")
