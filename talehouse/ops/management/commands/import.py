"""`talehouse import PATH…`: bring stories in from files, folders and zips."""

from __future__ import annotations

import json
import os
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from talehouse.accounts.house import house_pen_name, name_if_made
from talehouse.accounts.models import PenName
from talehouse.accounts.pen_names import PenNameError, check, tidy
from talehouse.imports.bringing import Terms, bring
from talehouse.imports.found import BadFileError, FoundStory
from talehouse.imports.matching import language_of
from talehouse.imports.opening import open_files
from talehouse.imports.previewing import preview
from talehouse.lib.slugs import name_key
from talehouse.ops.naming import parts_of
from talehouse.ops.preparing import make_first_tables
from talehouse.stories.demo import has_demo, remove_demo
from talehouse.stories.errors import RuleError
from talehouse.tags.vocabulary import Rating


class Command(BaseCommand):
    """Reads everything first, shows what was found, then writes each story whole or not at all."""

    help = "Bring stories in: EPUB, DOCX, HTML, Markdown, plain text, Wattpad page text, folders and zips."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The command's own options."""
        parser.add_argument("paths", nargs="+", metavar="PATH")
        parser.add_argument(
            "--pen-name", default="", help="who signs (made if nobody has the name; default: the host)"
        )
        parser.add_argument(
            "--language", default="en", help="where the file does not say (BCP 47; default: en)"
        )
        parser.add_argument(
            "--rating",
            choices=Rating.values,
            default=Rating.NOT_RATED,
            help="where the file does not say; not-rated is listed only for readers of mature stories",
        )
        parser.add_argument(
            "--publish", action="store_true", help="publish at once instead of keeping private drafts"
        )
        parser.add_argument("--dry-run", action="store_true", help="show what was found and write nothing")
        parser.add_argument("--remove-demo", action="store_true", help="take the demo archive out first")
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of text")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit status 2 for files that cannot be read; then nothing has been written."""
        self.json = options["json"]
        options["language"] = _tag(options["language"])
        found = self._read(options["paths"])
        make_first_tables(kept=not options["dry_run"])
        writer = next((author for story in found for author in story.authors), "")
        name = self._pen_name(options["pen_name"], writer, make=False)
        shown = [preview(story, by=name.account if name else None) for story in found]
        signer = name.name if name else name_if_made(writer)
        for story in shown:
            story["doubts"] += _taken(story, options["language"])
            if not options["pen_name"]:
                story["doubts"] += _signed_otherwise(story, signer)
            self._show(story)
        if options["dry_run"]:
            self._say("Nothing was written (--dry-run).")
            return self._print({"dry_run": True, "stories": [_plain(story) for story in shown]})
        if has_demo() and not options["remove_demo"]:
            self._say("The demo archive is still here; --remove-demo takes it out.")
        return self._print({"stories": self._write_all(found, writer, options)})

    def _write_all(
        self, found: list[FoundStory], writer: str, options: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Each story is there whole or not at all; what the first one needs comes or goes with it."""
        written = []
        for place, story in enumerate(found):
            with transaction.atomic():
                if place == 0 and options["remove_demo"]:
                    remove_demo(by=None)
                name = self._pen_name(options["pen_name"], writer, make=True)
                if name is None:
                    raise CommandError("There is no pen name to sign with.", returncode=2)
                terms = Terms(
                    by=name.account,
                    pen_name=name,
                    language=options["language"],
                    publish=options["publish"],
                    rating=options["rating"],
                )
                written.append(self._write(story, terms))
        return written

    def _read(self, paths: list[str]) -> list[FoundStory]:
        for path in paths:
            if not os.access(path, os.R_OK):
                raise CommandError(
                    _("“%(name)s” does not exist or may not be read.") % {"name": path}, returncode=2
                )
        try:
            return open_files(map(Path, paths))
        except BadFileError as error:
            raise CommandError(str(error), returncode=2) from error

    def _pen_name(self, wanted: str, writer: str, *, make: bool) -> PenName | None:
        try:
            if wanted:
                check(tidy(wanted))
            return house_pen_name(wanted, otherwise=writer, make=make)
        except PenNameError as error:
            raise CommandError(f"--pen-name: {error}", returncode=2) from error

    def _write(self, story: FoundStory, terms: Terms) -> dict[str, Any]:
        began = time.monotonic()
        try:
            written = bring(story, terms)
        except RuleError as error:
            raise CommandError(f"{story.title}: {error}") from error
        state = "published" if written.part_count else "a private draft until you publish it"
        self._say(f"“{written.title}” by {terms.pen_name.name} is in, {state}: {written.url}")
        return {
            "id": written.pk,
            "uuid": str(written.uuid),
            "title": written.title,
            "url": written.url,
            "parts": written.parts.filter(deleted_at=None).count(),
            "published": bool(written.part_count),
            "pen_name": terms.pen_name.name,
            "seconds": round(time.monotonic() - began, 2),
        }

    def _show(self, story: dict[str, Any]) -> None:
        writers = ", ".join(story["authors"]) or "unknown writer"
        kept = "updates the story that is here" if story["updates"] else "new"
        size = f"{parts_of(len(story['parts']))}, {_words(story['words'])}"
        self._say(f"“{story['title']}” by {writers}: {size} ({kept})")
        for part in story["parts"]:
            remark = f"  ({part['doubt']})" if part["doubt"] else ""
            self._say(f"  {part['number']:>4}. {part['title']}  –  {_words(part['words'])}{remark}")
        for left in story["left_out"]:
            self._say(f"  left out: {left['what']} – {left['why']}")
        for doubt in story["doubts"]:
            self._say(f"  doubtful: {doubt}")

    def _say(self, line: str) -> None:
        if not self.json:
            self.stdout.write(line)

    def _print(self, result: dict[str, Any]) -> None:
        if self.json:
            json.dump(result, sys.stdout, ensure_ascii=False)
            sys.stdout.write("\n")


def _words(number: int) -> str:
    return ngettext("%(n)s word", "%(n)s words", number) % {"n": f"{number:,}"}


def _tag(language: str) -> str:
    tag = language_of(language)
    if not tag:
        raise CommandError(_("--language: “%(tag)s” is no language tag.") % {"tag": language}, returncode=2)
    return tag


def _taken(story: dict[str, Any], language: str) -> list[str]:
    """What is decided here where the file says nothing; a story that is here keeps its language."""
    if story["language"] or story["updates"]:
        return []
    return [f"The file does not say its language; it is taken to be “{language}” (--language)."]


def _signed_otherwise(story: dict[str, Any], signer: str) -> list[str]:
    """A doubt about writers whom the file names; a story that is here keeps who signed it."""
    others = [author for author in story["authors"] if author and name_key(author) != name_key(signer)]
    if not others or story["updates"]:
        return []
    said = _("The file says %(names)s; it is signed %(pen_name)s (--pen-name changes that).")
    return [said % {"names": ", ".join(others), "pen_name": signer}]


def _plain(story: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in story.items() if name != "cover_svg"}
